"""One recording of several files: each speaker's own microphone becomes a channel, so that nothing
is lost and one clock rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from studio.errors import DiskError, RecordingError
from studio.messages.message import message
from studio.model.sound import RecordingFacts
from studio.sound.ffmpeg import Child, input_arguments, mono_graph, url_from_path

# FLAC's own (RFC 9639, 9.1.3), as many as it has. That one of six is meant for low frequencies is
# nothing to Studio: each is a microphone.
LAYOUTS = {
    2: ("stereo", "FL FR"),
    3: ("3.0", "FL FR FC"),
    4: ("quad", "FL FR BL BR"),
    5: ("5.0(side)", "FL FR FC SL SR"),
    6: ("5.1(side)", "FL FR FC LFE SL SR"),
    7: ("6.1", "FL FR FC LFE BC SL SR"),
    8: ("7.1", "FL FR FC LFE BL BR SL SR"),
}
HIGHEST_RATE_HZ = 48_000


def join_tracks(recordings: Sequence[tuple[Path, RecordingFacts]], target: Path) -> None:
    """Write a FLAC of 24 bits with a channel for each file. All begin at the same moment; silence
    follows those that end sooner.

    :param recordings: two to eight, with what inspecting them said.
    :raises RecordingError: too many, or one cannot be decoded.
    :raises DiskError: the target cannot be written.
    """
    if len(recordings) not in LAYOUTS:
        raise RecordingError(
            recordings[-1][0],
            message("is file {count} of one recording", count=len(recordings)),
            message("Mix them to {layouts} files at most.", layouts=max(LAYOUTS)),
        )
    rate_hz = min(HIGHEST_RATE_HZ, max(facts.sample_rate_hz for _, facts in recordings))
    longest_ms = max(facts.duration_ms for _, facts in recordings)
    inputs: list[str] = []
    graph = []
    for number, (path, facts) in enumerate(recordings):
        inputs += input_arguments(path)
        graph += mono_graph(
            facts.mix, sample_rate_hz=rate_hz, source=number, label=f"mixed{number}"
        )
        graph.append(f"[mixed{number}]apad=whole_dur={longest_ms}ms[{number}]")
    labels = "".join(f"[{number}]" for number in range(len(recordings)))
    layout, names = LAYOUTS[len(recordings)]
    places = "|".join(f"{number}.0-{name}" for number, name in enumerate(names.split()))
    graph.append(f"{labels}join=inputs={len(recordings)}:channel_layout={layout}:map={places}[out]")
    codec = [
        "-c:a",
        "flac",
        "-sample_fmt",
        "s32",
        "-bits_per_raw_sample",
        "24",
        "-map_metadata",
        "-1",
        "-bitexact",
    ]
    with Child(
        [
            *inputs,
            "-filter_complex",
            ";".join(graph),
            "-map",
            "[out]",
            *codec,
            "-f",
            "flac",
            "-y",
            url_from_path(target),
        ]
    ) as child:
        succeeded, log = child.finish()
    if not succeeded:
        last = log.splitlines()[-1] if log else message("ffmpeg says nothing more")
        raise DiskError(
            target,
            message("cannot be written ({last})", last=last),
            message("Make room, or check that the folder may be written to."),
        )
