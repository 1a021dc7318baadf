"""The automatic mix of several microphones: each speaker is taken from their own microphone, and
the others are attenuated, which avoids comb filtering by delayed copies of a voice, and excessive
room sound.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.errors import RecordingError
from studio.messages.message import message
from studio.model.clock import RecordingMs, Span
from studio.model.microphones import MicrophoneFacts, Microphones
from studio.progress import Progress, no_progress
from studio.sound.crosstalk import (
    FRAME_MS,
    MIN_APART_DB,
    Crosstalk,
    FramePowers,
    db,
    find_crosstalk,
    is_identifiable_without_own_microphone,
    level_difference_db,
    read_frame_powers,
    spans_of,
)
from studio.sound.ffmpeg import Encoding, TrackDecoding, url_from_path, write_error

# The gain of a closed microphone: bleed, itself about 15 dB below the voice, is then 45 dB below it
# and changes no frequency by more than 0.1 dB.
CLOSED_DB = -30.0
# How long a microphone opens before its speaker starts and stays open after the end, so that no
# breath and no end of a word is cut, in ms.
BEFORE_MS = 60
AFTER_MS = 180
# The duration of opening and closing: no click, and too fast to be perceived as pumping.
FADE_MS = 60
# The maximum gain of a quiet speaker: it also raises room noise.
MAX_GAIN_DB = 15.0
# The crest factor of speech relative to the power of 10 ms (16 dB).
MAX_CREST = 6.0
# The maximum number of listed positions of one kind.
MAX_LISTED = 5
# The peak limit of the mix, so that no sum of microphones is clipped.
CEILING = 10 ** (-1 / 20)


def mix_microphones(
    recording: Path,
    names: Sequence[str],
    target: Path,
    *,
    sample_rate_hz: int,
    progress: Progress = no_progress,
) -> Microphones:
    """Write the automatic mix of a recording's channels as a 24-bit mono FLAC.

    :param recording: the channels of its first sound track are the microphones, on one clock.
    :param names: the microphones' names, for remarks.
    :param target: the output file; overwritten if it exists.
    :raises RecordingError: it cannot be decoded, or there is no speech in any microphone.
    :raises DiskError: the target cannot be written.
    """
    frames = read_frame_powers(recording, len(names), progress)
    crosstalk = find_crosstalk(frames.powers)
    if not crosstalk.active.any():
        raise RecordingError(
            recording,
            message("is silent in every microphone"),
            message("Check that these are the right files."),
        )
    found = microphones_from(crosstalk, names, frames)
    gains = open_gains(crosstalk, [one.gain_db for one in found.microphones], frames)
    _write(recording, target, gains, sample_rate_hz=sample_rate_hz, progress=progress)
    return found


def microphones_from(
    crosstalk: Crosstalk, names: Sequence[str], frames: FramePowers
) -> Microphones:
    """The measurements of the microphones, and the gain of each in the mix."""
    gains_db = _gains_db(crosstalk)
    return Microphones(
        microphones=tuple(
            MicrophoneFacts(
                level_db=db(float(crosstalk.levels[one])) if crosstalk.levels[one] > 0 else None,
                noise_floor_db=db(float(crosstalk.noise[one])),
                spoken_ms=int(crosstalk.active[:, one].sum()) * FRAME_MS,
                bleed_db=tuple(db(float(share)) for share in crosstalk.bleed[one]),
                gain_db=gains_db[one],
            )
            for one in range(len(names))
        ),
        spans=spans_of(crosstalk.active),
        remarks=(*remarks_on(crosstalk, names), *disturbances(frames, names)),
        ambiguous_spans=_ambiguous_spans(crosstalk),
    )


def disturbances(frames: FramePowers, names: Sequence[str]) -> list[str]:
    """Echo and feedback, which the mix cannot remove: sentences that begin in lower case."""
    sentences: list[str] = [
        message(
            "{name} picks up {source} {late_ms} ms late, as over a telephone or out of a "
            "loudspeaker: who speaks is less certain, and an echo may be heard; record each "
            "person with headphones",
            name=names[echo.microphone],
            source=names[echo.source],
            late_ms=echo.late_ms,
        )
        for echo in frames.echoes
    ]
    for microphone in sorted({howl.microphone for howl in frames.howls}):
        howls = [howl for howl in frames.howls if howl.microphone == microphone]
        places = ", ".join(
            f"{_minutes(howl.start_ms)} ({howl.frequency_hz} Hz)" for howl in howls[:MAX_LISTED]
        )
        sentences.append(
            message(
                "{name} has a steady tone, as of feedback, at {places}: cut it out, or repair it "
                "in a sound editor",
                name=names[microphone],
                places=places,
            )
        )
    return sentences


def _minutes(moment_ms: int) -> str:
    return f"{moment_ms // 60_000}:{moment_ms // 1000 % 60:02}"


def remarks_on(crosstalk: Crosstalk, names: Sequence[str]) -> list[str]:
    """Remarks on the microphones for the user: sentences that begin in lower case."""
    sentences: list[str] = [
        message("{name} has no speech: it is left out", name=name)
        for name, level in zip(names, crosstalk.levels, strict=True)
        if level <= 0
    ]
    sentences += _describe_absences(crosstalk, names)
    for one, other in itertools.combinations(range(len(names)), 2):
        if crosstalk.levels[one] <= 0 or crosstalk.levels[other] <= 0:
            continue
        if level_difference_db(crosstalk, one, other) < MIN_APART_DB:
            sentences.append(
                message(
                    "{one} and {other} pick up the same voices at nearly the same level "
                    "({apart_db:.0f} dB apart): who speaks is less certain",
                    one=names[one],
                    other=names[other],
                    apart_db=level_difference_db(crosstalk, one, other),
                )
            )
    return sentences


def _describe_absences(crosstalk: Crosstalk, names: Sequence[str]) -> Iterator[str]:
    """Describe passages in which a speaker's microphone does not record."""
    for one, name in enumerate(names):
        if crosstalk.levels[one] <= 0:
            continue
        told_apart = is_identifiable_without_own_microphone(crosstalk, one)
        # Without other evidence, any speaker is possible.
        spoken = crosstalk.active[:, one] if told_apart else crosstalk.active.any(axis=1)
        spoken = spoken & crosstalk.absent[:, one]
        places = [
            f"{_minutes(span.start_ms)}–{_minutes(span.end_ms)}"
            for span in _runs(crosstalk.absent[:, one])
            if spoken[span.start_ms // FRAME_MS : span.end_ms // FRAME_MS].any()
        ]
        if places and not told_apart:
            yield message(
                "{name} does not record at {places}, and every other microphone picks up its "
                "speaker as loudly as its own: speakers are then recognised by their voices "
                "only, which is less certain",
                name=name,
                places=", ".join(places[:MAX_LISTED]),
            )
        elif places:
            softer = max(
                db(float(crosstalk.bleed[other, one]))
                for other in range(len(names))
                if other != one
            )
            yield message(
                "{name} does not record at {places}: what its speaker says then is taken from "
                "another microphone, {softer:.0f} dB softer",
                name=name,
                places=", ".join(places[:MAX_LISTED]),
                softer=-softer,
            )


def _ambiguous_spans(crosstalk: Crosstalk) -> tuple[Span, ...]:
    """The spans in which no level shows who speaks."""
    ambiguous_spans = [
        crosstalk.absent[:, one]
        for one in np.flatnonzero(crosstalk.levels > 0)
        if not is_identifiable_without_own_microphone(crosstalk, int(one))
    ]
    return _runs(np.any(ambiguous_spans, axis=0)) if ambiguous_spans else ()


def _runs(frames: NDArray[np.bool_]) -> tuple[Span, ...]:
    """The runs of true frames."""
    edges = np.flatnonzero(np.diff(np.pad(frames.astype(np.int8), 1))) * FRAME_MS
    return tuple(
        Span(start_ms=RecordingMs(int(start)), end_ms=RecordingMs(int(end)))
        for start, end in zip(edges[::2], edges[1::2], strict=True)
    )


def _gains_db(crosstalk: Crosstalk) -> list[float]:
    """The gains that raise every speaker to the level of the loudest."""
    loudest = db(float(crosstalk.levels.max()))
    return [
        round(min(MAX_GAIN_DB, loudest - db(float(level))), 1) if level > 0 else 0.0
        for level in crosstalk.levels
    ]


def open_gains(
    crosstalk: Crosstalk, gains_db: Sequence[float], frames: FramePowers
) -> NDArray[np.float32]:
    """The gain of each microphone in each frame, shape (frames, microphones)."""
    opened = _opened(crosstalk.active)
    closed = 10 ** (CLOSED_DB / 20)
    gains = np.where(opened, 1.0, closed) * 10 ** (np.array(gains_db) / 20)
    gains[:, crosstalk.levels <= 0] = 0.0
    standing_in = _stand_in(gains, opened, crosstalk)
    # Smooth the gains so that opening and closing make no click.
    fade = max(1, FADE_MS // FRAME_MS)
    window = np.hanning(fade + 2)[1:-1]
    padded = np.pad(gains, ((fade // 2, fade - 1 - fade // 2), (0, 0)), mode="edge")
    smooth = np.stack(
        [np.convolve(one, window / window.sum(), "valid") for one in padded.T], axis=1
    )
    # Scale everything so that no peak clips.
    peaks = np.array(frames.peaks)
    highest = float((np.where(standing_in[:, None], 0.0, smooth).max(axis=0) * peaks).max())
    if standing_in.any():
        # Only quiet audio is amplified this much there.
        crests = np.minimum(np.sqrt(frames.powers[standing_in]) * MAX_CREST, peaks)
        highest = max(highest, float((smooth[standing_in] * crests).sum(axis=1).max()))
    # Peaks were measured without frequencies below the voice: a factor of 1.5 leaves room for them.
    highest *= 1.5
    return (smooth * min(1.0, CEILING / max(highest, 1e-9))).astype(np.float32)


def _stand_in(
    gains: NDArray[np.float64], opened: NDArray[np.bool_], crosstalk: Crosstalk
) -> NDArray[np.bool_]:
    """Raise the best other microphone for a speaker whose own one does not record. Changes
    ``gains``.

    :returns: the frames with a substitute microphone, including fades.
    """
    target = float(crosstalk.levels.max())
    standing_in = np.zeros(len(gains), bool)
    for one in np.flatnonzero(crosstalk.absent.any(axis=0) & (crosstalk.levels > 0)):
        wanted = opened[:, one] & crosstalk.absent[:, one]
        # Power of this voice in every microphone: its own level times the share that bleeds into
        # each.
        bled = crosstalk.bleed[:, one] * crosstalk.levels[one]
        # The microphones in order of this voice's signal-to-noise ratio, for the remaining frames.
        for other in np.argsort(-bled / np.maximum(crosstalk.noise, 1e-20)):
            if other == one or crosstalk.levels[other] <= 0:
                continue
            # Frames in which this microphone is available; where it is open for its own speaker,
            # its gain is kept.
            here = wanted & ~crosstalk.absent[:, other]
            gain_db = min(MAX_GAIN_DB, db(target) - db(float(bled[other])))
            free = here & ~opened[:, other]
            gains[free, other] = 10 ** (gain_db / 20)
            standing_in |= free
            wanted &= ~here
    # Fades have the same length on both sides.
    fade = np.ones(2 * FADE_MS // FRAME_MS + 1)
    around: NDArray[np.bool_] = np.convolve(standing_in, fade, "same")[: len(standing_in)] > 0
    return around


def _opened(active: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The open microphones: those with speech, with margins; in pauses the last one, to keep the
    room tone.
    """
    before, after = BEFORE_MS // FRAME_MS, AFTER_MS // FRAME_MS
    opened = active.copy()
    nobody: NDArray[np.bool_] = np.logical_not(np.any(active, axis=1))
    for one in range(active.shape[1]):
        edges = np.flatnonzero(
            np.diff(np.concatenate(([False], active[:, one], [False])).astype(int))
        )
        for start, end in zip(edges[::2], edges[1::2], strict=True):
            opened[max(0, start - before) : start, one] = True
            # Only while nobody else speaks, because the microphone would also pick up that voice.
            rest = nobody[end : end + after]
            length = int(rest.argmin()) if not rest.all() else len(rest)
            opened[end : end + length, one] = True
    # In pauses the microphone that was open last stays open; before all speech, the first one.
    silent = ~opened.any(axis=1)
    if silent.any() and not silent.all():
        last = np.maximum.accumulate(np.where(silent, -1, np.arange(len(opened))))
        first = int((~silent).argmax())
        opened = opened[np.where(last < 0, first, last)]
    return opened


def _write(
    recording: Path,
    target: Path,
    gains: NDArray[np.float32],
    *,
    sample_rate_hz: int,
    progress: Progress,
) -> None:
    """Apply gains, sum and encode, chunk by chunk.

    :param gains: at the middle of each frame.
    """
    count = gains.shape[1]
    # A gain is given for the middle of a frame and interpolated linearly between, so that opening
    # a microphone makes no click.
    middles = (np.arange(len(gains)) + 0.5) * (FRAME_MS * sample_rate_hz / 1000)
    codec = ["-c:a", "flac", "-sample_fmt", "s32", "-bits_per_raw_sample", "24"]
    bare = ["-map_metadata", "-1", "-bitexact", "-f", "flac", "-y", url_from_path(target)]
    place = 0
    total = int(len(gains) * FRAME_MS * sample_rate_hz / 1000)
    try:
        with (
            TrackDecoding(
                recording, track=0, sample_rate_hz=sample_rate_hz, channels=count
            ) as decoding,
            Encoding([*codec, *bare], sample_rate_hz=sample_rate_hz, channels=1) as encoding,
        ):
            for chunk in decoding:
                moments = np.arange(place, place + len(chunk))
                mixed = np.zeros(len(chunk), np.float32)
                for one in range(count):
                    mixed += chunk[:, one] * np.interp(moments, middles, gains[:, one]).astype(
                        np.float32
                    )
                encoding.write(mixed[:, None])
                place += len(chunk)
                progress(min(place, total), max(total, place))
            encoding.finish()
    except RuntimeError as error:
        raise write_error(target, str(error)) from None
