"""One recording of several files: each speaker's own microphone becomes a channel, at the moment at
which it was recorded, so that nothing is lost and one clock rules.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from studio.errors import DiskError, RecordingError
from studio.messages.message import message
from studio.model.sound import RecordingFacts
from studio.sound.ffmpeg import Child, input_arguments, mono_graph, url_from_path
from studio.sound.synchronisation import Placing

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
# ffmpeg resamples between whole rates: written so many times larger, they tell drifts of 0.02 ppm,
# which is 0.1 ms in an hour.
RATE_SCALE = 1000
# A drift that moves nothing by a millisecond in an hour is left alone: resampling changes every
# sample.
LEAST_DRIFT_PPM = 0.25


def join_tracks(
    recordings: Sequence[tuple[Path, RecordingFacts]],
    target: Path,
    placings: Sequence[Placing] = (),
) -> None:
    """Write a FLAC of 24 bits with a channel for each file, on one clock. Silence is before those
    that begin later and after those that end sooner.

    :param recordings: two to eight, with what inspecting them said.
    :param placings: where each is on the clock of the first to begin; all begin at the same moment
        when empty.
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
    placed = list(placings) or [Placing(offset_ms=0.0)] * len(recordings)
    longest_ms = math.ceil(
        max(
            placing.moment_ms(facts.duration_ms)
            for (_, facts), placing in zip(recordings, placed, strict=True)
        )
    )
    inputs: list[str] = []
    graph = []
    for number, ((path, facts), placing) in enumerate(zip(recordings, placed, strict=True)):
        inputs += input_arguments(path)
        graph += mono_graph(
            facts.mix, sample_rate_hz=rate_hz, source=number, label=f"mixed{number}"
        )
        steps = [*_placing_filters(placing, rate_hz), f"apad=whole_dur={longest_ms}ms"]
        graph.append(f"[mixed{number}]{','.join(steps)}[{number}]")
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


def _placing_filters(placing: Placing, rate_hz: int) -> list[str]:
    """What brings a channel onto the common clock, in ffmpeg's words."""
    filters = []
    if abs(placing.drift_ppm) >= LEAST_DRIFT_PPM:
        # A clock that counts more than the common one has more samples: it is said to be faster,
        # then resampled.
        told = round(rate_hz * RATE_SCALE * (1 + placing.drift_ppm * 1e-6))
        filters += [
            f"asetrate={told}",
            f"aresample=osr={rate_hz * RATE_SCALE}:linear_interp=1:filter_size=64",
            f"asetrate={rate_hz}",
        ]
    late = round(placing.offset_ms * rate_hz / 1000)
    if late:
        filters.append(f"adelay={late}S")
    return filters
