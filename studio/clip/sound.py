"""The audio of a clip: cut from the master at pauses, faded, at the loudness of the master."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.errors import WorkspaceError
from studio.messages.message import message
from studio.model.clock import ProgrammeMs
from studio.model.record import Record
from studio.model.sound import FIRST_TRACK, Loudness, MasterFacts
from studio.model.soundbite import Soundbite
from studio.model.turns import Turn
from studio.sound.alternate_enclosure import encode_at_loudness
from studio.sound.ffmpeg import Decoding

# The maximum kept before the first word and after the last one, without other speech: breath, room
# tone.
BEFORE_MS, AFTER_MS = 300, 450
# The window for finding the quietest position for a cut, which is then moved to a zero crossing.
WINDOW_MS = 10
FADE_IN_MS, FADE_OUT_MS = 20, 60
BITRATES_KBPS = {1: 128, 2: 192}


class ClipSpan(Record, frozen=True):
    """The span of the programme in a clip."""

    start_ms: ProgrammeMs
    end_ms: ProgrammeMs


def span_around(
    bite: Soundbite, turns: Sequence[Turn], duration_ms: int
) -> tuple[ClipSpan, ClipSpan]:
    """The ranges in which a clip may start and end: between its own words and those before and
    after.

    :param turns: all turns of the episode.
    :param duration_ms: duration of the episode.
    """
    before = max(
        (word.end_ms for turn in turns for word in turn.words if word.end_ms <= bite.start_ms),
        default=0,
    )
    after = min(
        (word.start_ms for turn in turns for word in turn.words if word.start_ms >= bite.end_ms),
        default=duration_ms,
    )
    return (
        ClipSpan(
            start_ms=ProgrammeMs(max(before, bite.start_ms - BEFORE_MS)), end_ms=bite.start_ms
        ),
        ClipSpan(
            start_ms=bite.end_ms,
            end_ms=ProgrammeMs(min(after, bite.end_ms + AFTER_MS, duration_ms)),
        ),
    )


def cut_sound(
    master: Path, begin: ClipSpan, end: ClipSpan, facts: MasterFacts
) -> tuple[NDArray[np.float32], ProgrammeMs]:
    """The audio of a clip, shape (samples, channels), faded at both ends; and the programme time of
    its first sample.

    :param master: the mastered MP3 or the finished one.
    :param begin: the range in which it may start; ``end`` likewise.
    :param facts: measurements of the master. :raises RecordingError: the MP3 cannot be decoded.
    :raises WorkspaceError: it ends before the clip.
    """
    rate_hz = facts.sample_rate_hz
    first, last = (round(moment * rate_hz / 1000) for moment in (begin.start_ms, end.end_ms))
    trim = f"atrim=start_sample={first}:end_sample={last}"
    with Decoding(
        master, sample_rate_hz=rate_hz, channels=facts.channels, mix=FIRST_TRACK, filters=[trim]
    ) as decoding:
        samples = np.concatenate(list(decoding))
    until, since = (
        round(moment * rate_hz / 1000) - first for moment in (begin.end_ms, end.start_ms)
    )
    # Cut at quiet zero crossings within the allowed ranges.
    start = _quiet_crossing(samples[:until], rate_hz)
    if len(samples) < since:
        raise WorkspaceError(
            master,
            message("ends before the sound bite does"),
            message("Build it again: `studio run`."),
        )
    stop = since + _quiet_crossing(samples[since:], rate_hz, latest=True)
    cut = samples[start:stop].copy()
    # Raised-cosine fades at both ends; the second one is applied backwards.
    for fade_ms, place in ((FADE_IN_MS, slice(None)), (FADE_OUT_MS, slice(None, None, -1))):
        length = min(round(fade_ms * rate_hz / 1000), len(cut))
        ramp = (1 - np.cos(np.pi * (np.arange(length) + 0.5) / length)) / 2
        cut[place][:length] *= ramp.astype(np.float32)[:, None]
    return cut, ProgrammeMs(round((first + start) * 1000 / rate_hz))


def _quiet_crossing(samples: NDArray[np.float32], rate_hz: int, *, latest: bool = False) -> int:
    """The zero crossing at the quietest position. ``latest``: the last one of equally quiet
    ones.
    """
    window = round(WINDOW_MS * rate_hz / 1000)
    mixed = samples.mean(axis=1)
    if len(mixed) <= window:
        return len(mixed) if latest else 0
    powers = np.convolve(np.square(mixed, dtype=np.float64), np.ones(window), "valid")
    quietest = int(len(powers) - 1 - powers[::-1].argmin() if latest else powers.argmin())
    inside = mixed[quietest : quietest + window]
    crossings = np.flatnonzero(np.signbit(inside[1:]) != np.signbit(inside[:-1])) + 1
    return quietest + int(
        crossings[np.abs(crossings - window // 2).argmin()]
        if len(crossings)
        else np.abs(inside).argmin()
    )


def write_sound(
    sound: Callable[[], Iterable[NDArray[np.float32]]],
    target: Path,
    facts: MasterFacts,
    titles: Sequence[str] = (),
) -> Loudness:
    """Write an M4A (AAC) at the master's target loudness, and return its measurements when decoded.

    :param sound: yields its chunks, shape (samples, channels); may be called repeatedly.
    :param target: written over if it exists: give a temporary name.
    :param facts: measurements of the master, whose target also applies to the clip.
    :param titles: what the file says of itself, as ffmpeg's ``-metadata`` takes it.
    :raises WorkspaceError: the audio is silent, or ffmpeg lacks AAC.
    :raises DiskError: the target cannot be written.
    """
    said = [part for title in titles for part in ("-metadata", title)]
    codec = [
        "-c:a",
        "aac",
        "-b:a",
        f"{BITRATES_KBPS[facts.channels]}k",
        "-bitexact",
        "-movflags",
        "+faststart",
        "-f",
        "ipod",
    ]
    return encode_at_loudness(sound, target, facts, [*codec, *said])
