"""Join several files to one recording: each speaker's microphone becomes a channel, aligned on one
clock.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from studio.errors import RecordingError
from studio.messages.message import message
from studio.model.record import replace_fields
from studio.model.sound import Mix, RecordingFacts, TrackMix
from studio.progress import Progress, no_progress
from studio.sound.ffmpeg import Child, input_arguments, mono_graph, url_from_path, write_error
from studio.sound.synchronisation import TrackOffset, synchronise_tracks

# FLAC's channel layouts (RFC 9639, 9.1.3). Their meaning (e.g. LFE) is ignored: each channel is a
# microphone.
LAYOUTS = {
    1: ("mono", "FC"),
    2: ("stereo", "FL FR"),
    3: ("3.0", "FL FR FC"),
    4: ("quad", "FL FR BL BR"),
    5: ("5.0(side)", "FL FR FC SL SR"),
    6: ("5.1(side)", "FL FR FC LFE SL SR"),
    7: ("6.1", "FL FR FC LFE BC SL SR"),
    8: ("7.1", "FL FR FC LFE BL BR SL SR"),
}
MAX_RATE_HZ = 48_000
# ffmpeg resamples between integer rates: multiplied by this, they have a resolution of 0.02 ppm,
# i.e. 0.1 ms per hour.
RATE_SCALE = 1000
# Drift below 1 ms per hour is not corrected, because resampling changes every sample.
MIN_DRIFT_PPM = 0.25
# The tolerated overlap of pieces of a restarted recorder (the error of their positions), in ms.
MAX_SHARED_MS = 50
# The block of a FLAC (RFC 9639, 4.1 has 4096 in its streamable subset).
BLOCK_SAMPLES = 4096
# The number that distinguishes the names of pieces of one recording.
_FLAC_24 = "-c:a flac -sample_fmt s32 -bits_per_raw_sample 24 -map_metadata -1 -bitexact".split()
_PIECE_WORDS = frozenset("part partie piece morceau suite bis fin debut".split())


def channels_from_placings(
    recordings: Sequence[tuple[Path, RecordingFacts]], placings: Sequence[TrackOffset]
) -> tuple[tuple[int, ...], ...]:
    """The indices of the files of each channel: consecutive files whose names only differ by a
    number are pieces of one microphone (« guest-1.wav », « guest-2.wav »: the recorder was
    stopped).
    """
    channels: list[list[int]] = []
    ends_ms: list[float] = []
    for place in sorted(range(len(recordings)), key=lambda one: placings[one].offset_ms):
        path, facts = recordings[place]
        begins_ms, end_ms = placings[place].offset_ms, placings[place].moment_ms(facts.duration_ms)
        for channel, pieces in enumerate(channels):
            alike = _name_without_number(recordings[pieces[0]][0]) == _name_without_number(path)
            if alike and begins_ms >= ends_ms[channel] - MAX_SHARED_MS:
                pieces.append(place)
                ends_ms[channel] = end_ms
                break
        else:
            channels.append([place])
            ends_ms.append(end_ms)
    return tuple(tuple(pieces) for pieces in sorted(channels, key=min))


def _name_without_number(path: Path) -> tuple[str, ...]:
    plain = unicodedata.normalize("NFD", path.stem.casefold())
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return tuple(word for word in re.findall(r"[^\W\d_]+", letters) if word not in _PIECE_WORDS)


def join_tracks(
    recordings: Sequence[tuple[Path, RecordingFacts]],
    target: Path,
    placings: Sequence[TrackOffset] = (),
) -> tuple[tuple[int, ...], ...]:
    """Write a 24-bit FLAC with a channel for each microphone, on one clock, padded with silence.

    :param recordings: the files with their properties, of at most eight microphones.
    :param placings: position of each on the clock of the first one; empty: all start at the same
        time.
    :returns: the indices of the files of each channel. :raises RecordingError: there are too many
        files, or one cannot be decoded.
    :raises DiskError: the target cannot be written.
    """
    placed = list(placings) or [TrackOffset(offset_ms=0.0)] * len(recordings)
    channels = channels_from_placings(recordings, placed)
    if len(channels) not in LAYOUTS:
        raise RecordingError(
            recordings[-1][0],
            message("is file {count} of one recording", count=len(recordings)),
            message("Mix them to {layouts} files at most.", layouts=max(LAYOUTS)),
        )
    inputs, graph = _joining_graph(recordings, placed, channels)
    with Child(
        [
            *inputs,
            "-filter_complex",
            ";".join(graph),
            "-map",
            "[out]",
            *_FLAC_24,
            "-f",
            "flac",
            "-y",
            url_from_path(target),
        ]
    ) as child:
        succeeded, log = child.finish()
    if not succeeded:
        raise write_error(target, log)
    return channels


def _joining_graph(
    recordings: Sequence[tuple[Path, RecordingFacts]],
    placed: Sequence[TrackOffset],
    channels: Sequence[Sequence[int]],
) -> tuple[list[str], list[str]]:
    """The inputs for ffmpeg, and the filters that put each file into its channel at its time.

    :param placed: position of each file on the common clock.
    :param channels: which files, by their places, are in each channel.
    """
    rate_hz = min(MAX_RATE_HZ, max(facts.sample_rate_hz for _, facts in recordings))
    longest_ms = math.ceil(
        max(
            placing.moment_ms(facts.duration_ms)
            for (_, facts), placing in zip(recordings, placed, strict=True)
        )
    )
    # 1. Each file: mixed to mono, moved to its position on the common clock, padded to the end.
    inputs: list[str] = []
    graph: list[str] = []
    for number, ((path, facts), placing) in enumerate(zip(recordings, placed, strict=True)):
        inputs += input_arguments(path)
        graph += mono_graph(
            facts.mix, sample_rate_hz=rate_hz, source=number, label=f"mixed{number}"
        )
        steps = [*_placing_filters(placing, rate_hz), f"apad=whole_dur={longest_ms}ms"]
        graph.append(f"[mixed{number}]{','.join(steps)}[placed{number}]")
    # 2. Each microphone: the sum of its files, which follow one another and never overlap.
    for channel, pieces in enumerate(channels):
        labels = "".join(f"[placed{number}]" for number in pieces)
        graph.append(f"{labels}amix=inputs={len(pieces)}:normalize=0[channel{channel}]")
    # 3. All microphones as channels of one stream; the layout only gives each a fixed place.
    labels = "".join(f"[channel{channel}]" for channel in range(len(channels)))
    layout, names = LAYOUTS[len(channels)]
    places = "|".join(f"{channel}.0-{name}" for channel, name in enumerate(names.split()))
    joined = f"join=inputs={len(channels)}:channel_layout={layout}:map={places}"
    # The encoder uses the first frame's size as block size, and refuses a first frame of one sample
    # (after a delay of one).
    graph.append(f"{labels}{joined},asetnsamples=n={BLOCK_SAMPLES}:p=0[out]")
    return inputs, graph


def replace_channel(
    recording: Path,
    facts: RecordingFacts,
    channel: int,
    track: tuple[Path, RecordingFacts],
    target: Path,
    *,
    offset_ms: float | None = None,
    progress: Progress = no_progress,
) -> TrackOffset:
    """Replace one channel of a recording of several microphones by another file, aligned on the
    recording clock; its audio before the start is dropped.

    :param facts: the recording's properties.
    :param channel: the channel to replace, from 0.
    :param track: the new file, with its properties.
    :param offset_ms: start of that file on the recording clock; None: found by correlation.
    :returns: the file's position on the recording clock.
    :raises RecordingError: the file shares nothing with the recording.
    :raises DiskError: the target cannot be written.
    """
    count = facts.channels
    path, inspected = track
    # Correlate with all microphones together: the replaced one picks up most of what the new one
    # does.
    whole = Mix(parts=(TrackMix(weights=(1 / count,) * count),))
    found = synchronise_tracks(
        [(recording, whole), (path, inspected.mix)],
        offsets_ms=() if offset_ms is None else (offset_ms,),
        progress=progress,
    )
    placing = found[1].seen_from(found[0])
    # Split the recording into its channels, and put the new file in the place of one.
    parts = [
        replace_fields(
            facts,
            parts=(TrackMix(weights=tuple(float(one == place) for one in range(count))),),
        )
        for place in range(count)
    ]
    recordings = [(recording, part) for part in parts]
    recordings[channel] = track
    placings = [TrackOffset(offset_ms=0.0)] * count
    placings[channel] = placing
    join_tracks(recordings, target, placings)
    return placing


def _placing_filters(placing: TrackOffset, rate_hz: int) -> list[str]:
    """The ffmpeg filters that move a channel to the common clock."""
    filters = []
    if abs(placing.drift_ppm) >= MIN_DRIFT_PPM:
        # A fast clock gives more samples: declare a higher sample rate, then resample.
        scaled_hz = round(rate_hz * RATE_SCALE * (1 + placing.drift_ppm * 1e-6))
        filters += [
            f"asetrate={scaled_hz}",
            f"aresample=osr={rate_hz * RATE_SCALE}:linear_interp=1:filter_size=64",
            f"asetrate={rate_hz}",
        ]
    late = round(placing.offset_ms * rate_hz / 1000)
    if late > 0:
        filters.append(f"adelay={late}S")
    elif late < 0:
        filters.append(f"atrim=start_sample={-late},asetpts=N/SR/TB")
    return filters
