"""Determine who speaks into which microphone: each microphone picks up its own speaker and, more
quietly, everybody else (bleed).

Powers are compared, not samples: room acoustics change phases from syllable to syllable, while
level differences between microphones only vary by a few dB.
"""

from __future__ import annotations

import itertools
import math
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.model.clock import RecordingMs
from studio.model.microphones import OpenSpan
from studio.progress import Progress, no_progress
from studio.sound.echoes import Echo, EchoFinder
from studio.sound.feedback import FeedbackFinder, FeedbackTone
from studio.sound.ffmpeg import TrackDecoding

RATE_HZ = 16_000
FRAME_MS = 10
# Below it there is hum, rumble and steps, which all microphones of a room pick up.
MIN_HZ = 150
# Powers are averaged over this many frames, to follow syllables instead of pitch periods.
SMOOTH_FRAMES = 5
# The level of digital silence, in dBFS.
SILENT_DB = -90.0
# The percentile of a speaker's loud frames, and how far below it there is still speech.
LOUD_PERCENT = 99.0
LOUD_DB = -20.0
FAINT_DB = -38.0
# The minimum by which a speaker is louder than bleed in the microphone; bleed varies by a few dB
# with the speaker's orientation.
OVER_BLEED_DB = 5.0
OVER_NOISE_DB = 6.0
# Reverberation: bleed is expected for this long after a word, decaying from frame to frame (60 dB
# in 0.5 s).
TAIL_FRAMES = 30
TAIL_DB = 1.2
# Bleed may precede the voice by some ms, because of clock differences.
AHEAD_FRAMES = 3
# Shorter sounds are clicks; shorter pauses are inside a word or a sentence; in ms.
MIN_DURATION_MS = 60
MIN_PAUSE_MS = 300
# While another person speaks, shorter sounds are bleed of an unusually loud syllable (80 and 100 ms
# in two interviews); « oui » takes at least 150 ms.
MIN_TOGETHER_SPAN_MS = 150
# The minimum level difference of separate microphones, in dB: below, they are a stereo pair, or the
# same voice twice.
MIN_APART_DB = 6.0
ROUNDS = 8
# The frames in which a microphone exceeds all others most are those of its own speaker: one second
# in total determines the difference, and down to this much less counts as theirs (bleed varies by a
# few dB between syllables).
MAX_APART_FRAMES = 100
MAX_APART_DB = 6.0
# The maximum distance, as a sum of both directions, of one speaker's frames that were assigned to
# two people; two people with their own microphones have at least 12 dB (bleed of −6 dB).
MIN_OWN_DB = 9.0
# A microphone that is digitally silent for this long does not record: its recorder was started
# later, or stopped. If it is often silent between its speaker's words, it has a noise gate.
MIN_ABSENT_MS = 1_000
MAX_ABSENCES = 4
# A speaker whose microphone does not record is in another one at the level of their bleed, and at
# most this much louder; the maximum within this many frames is used, because of quiet syllables.
OVER_ABSENT_DB = 5.0
# Or there are two others, and the level pattern over them differs this much from those of their own
# speakers.
MIN_SPREAD_DB = 3.0
AROUND_FRAMES = 25


class FramePowers(NamedTuple):
    """The result of one pass over all microphones.

    :param powers: the mean power of each frame, shape (frames, microphones).
    :param peaks: the highest sample of each.
    :param echoes: voices that are delayed in another microphone.
    :param howls: feedback.
    """

    powers: NDArray[np.float32]
    peaks: tuple[float, ...]
    echoes: tuple[Echo, ...] = ()
    howls: tuple[FeedbackTone, ...] = ()


class Crosstalk(NamedTuple):
    """The crosstalk between microphones, and who speaks when.

    :param levels: the power of each speaker's loud frames in their own microphone; 0 without
        speech.
    :param noise: the power of each microphone without speech.
    :param bleed: the power of the column's speaker in the row's microphone, relative to that in the
        speaker's own.
    :param active: whether each microphone's speaker speaks, shape (frames, microphones).
    :param absent: whether each microphone does not record, because its recorder started later or
        stopped earlier. Its speaker is then only in the others.
    """

    levels: NDArray[np.float64]
    noise: NDArray[np.float64]
    bleed: NDArray[np.float64]
    active: NDArray[np.bool_]
    absent: NDArray[np.bool_]


def read_frame_powers(path: Path, channels: int, progress: Progress = no_progress) -> FramePowers:
    """Decode every microphone once; stores 4 bytes per microphone and 10 ms.

    :param channels: number of channels of the recording's first audio track.
    :raises RecordingError: it cannot be decoded.
    """
    frame = RATE_HZ * FRAME_MS // 1000
    rest = np.zeros((0, channels), np.float32)
    powers: list[NDArray[np.float32]] = []
    peaks = np.zeros(channels)
    done = 0
    echoes, howls = EchoFinder(channels, RATE_HZ), FeedbackFinder(channels, RATE_HZ)
    with TrackDecoding(
        path,
        track=0,
        sample_rate_hz=RATE_HZ,
        channels=channels,
        filters=[f"highpass=f={MIN_HZ}"],
    ) as decoding:
        for chunk in decoding:
            # Whole frames now, the rest with the next chunk.
            samples = np.concatenate((rest, chunk))
            whole = len(samples) // frame * frame
            rest = samples[whole:]
            frames = samples[:whole].reshape(-1, frame, channels)
            powers.append(np.square(frames).mean(axis=1))
            peaks = np.maximum(peaks, np.abs(chunk).max(axis=0))
            echoes.feed(chunk)
            howls.feed(chunk)
            done += len(chunk)
            progress(done, done)
    return FramePowers(
        np.concatenate(powers),
        tuple(float(peak) for peak in peaks),
        echoes.found(),
        howls.found(),
    )


def find_crosstalk(powers: NDArray[np.float32]) -> Crosstalk:
    """Separate each speaker's power from that in each microphone."""
    # 1. Powers above each microphone's own noise.
    smooth = _smoothed(powers.astype(np.float64))
    count = smooth.shape[1]
    noise = np.array([_noise(smooth[:, one]) for one in range(count)])
    speech_powers = np.maximum(smooth - noise, 0.0)
    absent = _absent(powers)
    # Bleed is estimated from frames in which all record.
    whole: NDArray[np.bool_] = np.logical_not(np.any(absent, axis=1))
    if not whole.any():
        whole = np.ones(len(powers), bool)
    # 2. The level of each speaker in each microphone. 3. Who speaks in each frame.
    levels, bleed = _levels_and_bleed(speech_powers[whole], noise)
    active = _active(smooth, _sources(speech_powers, bleed), noise, levels, bleed)
    # 4. Where a microphone does not record, its speaker is identified by the others.
    active[:, levels <= 0] = False
    levels = np.where(active.any(axis=0), levels, 0.0)
    _give_to_absent(active, speech_powers, levels, bleed, absent)
    return Crosstalk(levels, noise, bleed, active, absent)


def _levels_and_bleed(
    powers: NDArray[np.float64], noise: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The level of each speaker in their own microphone (0 without speech), and the bleed matrix.

    :param powers: powers of frames in which all microphones record, without their noise.
    """
    count = powers.shape[1]
    if count == 1:
        return np.array([_loud(powers[:, 0])]), np.eye(1)
    # Levels below a microphone's noise are unknown: the noise is the upper limit.
    logs = 10 * np.log10(np.maximum(powers, noise / 2))
    loudest = logs.max(axis=1)
    logs = logs[loudest > np.percentile(loudest, LOUD_PERCENT) + LOUD_DB]
    speaking = np.ones(count, bool)
    # Each round removes one microphone without a speaker, until all have one.
    while True:
        own = _alone(logs, np.flatnonzero(speaking))
        levels, bleed = np.zeros(count), np.eye(count)
        for one in np.unique(own):
            theirs = logs[own == one]
            levels[one] = _loud(10 ** (theirs[:, one] / 10))
            bleed[:, one] = 10 ** (np.median(theirs - theirs[:, one, None], axis=0) / 10)
        mute = _unused_microphone(bleed, speaking)
        if mute is None:
            return levels, bleed
        speaking[mute] = False


def _alone(logs: NDArray[np.float64], speaking: NDArray[np.intp]) -> NDArray[np.intp]:
    """The speaker in each frame: the nearest level pattern over the microphones, independent of
    loudness. Absolute levels are not reliable: in the microphone of a person who rarely speaks,
    most loud frames are bleed. By k-means.

    :param logs: powers in dB, shape (frames, microphones).
    """
    # The level pattern without loudness. Each centre starts from the frames in which its microphone
    # is furthest above the others.
    spread = logs - logs.mean(axis=1, keepdims=True)
    centres = np.empty((len(speaking), logs.shape[1]))
    for place, one in enumerate(speaking):
        apart = logs[:, one] - np.delete(logs, one, axis=1).max(axis=1)
        most = np.sort(apart)[-min(len(apart), MAX_APART_FRAMES)]
        centres[place] = np.median(spread[apart >= most - MAX_APART_DB], axis=0)
    nearest = np.zeros(len(logs), int)
    for _ in range(ROUNDS):
        distances = [np.square(spread - centre).sum(axis=1) for centre in centres]
        nearest = np.argmin(distances, axis=0)
        for place in range(len(speaking)):
            if (nearest == place).any():
                centres[place] = np.median(spread[nearest == place], axis=0)
    return speaking[nearest]


def _unused_microphone(bleed: NDArray[np.float64], speaking: NDArray[np.bool_]) -> int | None:
    """A microphone whose speaker is louder in another one and cannot be distinguished from that
    one's: it only picks up others. None if there is none.
    """
    found = [(0.0, -1)]
    for one, other in itertools.permutations(np.flatnonzero(speaking), 2):
        louder_db = db(float(bleed[other, one]))
        if -db(float(bleed[one, other])) - louder_db < MIN_OWN_DB:
            found.append((louder_db, int(one)))
    _, place = max(found)
    return None if place < 0 else place


def _smoothed(powers: NDArray[np.float64]) -> NDArray[np.float64]:
    kernel = np.ones(SMOOTH_FRAMES) / SMOOTH_FRAMES
    return np.stack([np.convolve(one, kernel, "same") for one in powers.T], axis=1)


def _noise(powers: NDArray[np.float64]) -> float:
    """The 5th percentile of frames, without digital silence."""
    audible = powers[powers > 10 ** (SILENT_DB / 10)]
    return float(np.percentile(audible, 5)) if len(audible) else 10 ** (SILENT_DB / 10)


def _loud(powers: NDArray[np.float64]) -> float:
    return float(np.percentile(powers, LOUD_PERCENT)) if len(powers) else 0.0


def _sources(powers: NDArray[np.float64], bleed: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each speaker's power that explains the measured powers with the bleed matrix: non-negative
    least squares by multiplicative updates (Lee and Seung).
    """
    sources = powers.copy()
    squared = bleed.T @ bleed
    target = powers @ bleed
    for _ in range(12):
        sources *= target / np.maximum(sources @ squared, 1e-20)
    return sources


def _active(
    smooth: NDArray[np.float64],
    sources: NDArray[np.float64],
    noise: NDArray[np.float64],
    levels: NDArray[np.float64],
    bleed: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """The frames in which each microphone's speaker speaks."""
    count = smooth.shape[1]
    # A frame is active if it is louder than noise, than faint speech, and than the bleed of all
    # others with their reverberation.
    lasting = np.stack([_with_tail(sources[:, one]) for one in range(count)], axis=1)
    others = bleed - np.eye(count)
    bled = lasting @ others.T
    threshold = np.maximum(
        noise * 10 ** (OVER_NOISE_DB / 10), levels * 10 ** (FAINT_DB / 10)
    ) + bled * 10 ** (OVER_BLEED_DB / 10)
    over = smooth > threshold
    return _without_blips(np.stack([_settled(over[:, one]) for one in range(count)], axis=1))


def _absent(powers: NDArray[np.float32]) -> NDArray[np.bool_]:
    """The frames in which each microphone does not record."""
    absent = np.zeros(powers.shape, bool)
    for one in range(powers.shape[1]):
        # Runs of digital silence; many of them are a noise gate.
        silent = powers[:, one] < 10 ** (SILENT_DB / 10)
        edges = np.flatnonzero(np.diff(np.pad(silent.astype(np.int8), 1)))
        runs = list(zip(edges[::2], edges[1::2], strict=True))
        if silent.all() or len(runs) > MAX_ABSENCES:
            continue
        for start, end in runs:
            absent[start:end, one] = (end - start) * FRAME_MS >= MIN_ABSENT_MS
    return absent


def _give_to_absent(
    active: NDArray[np.bool_],
    powers: NDArray[np.float64],
    levels: NDArray[np.float64],
    bleed: NDArray[np.float64],
    absent: NDArray[np.bool_],
) -> None:
    """Assign frames to speakers whose microphone does not record if the level in every other one is
    that of their bleed. Changes ``active``.
    """
    for one in np.flatnonzero(absent.any(axis=0) & (levels > 0)):
        missing = absent[:, one].copy()
        others = _others(levels, int(one))
        # With several other microphones, the pattern over them identifies the speaker.
        if _spread_apart_db(levels, bleed, int(one)) >= MIN_SPREAD_DB:
            here = missing & ~absent[:, others].any(axis=1)
            nearest = _nearest_spread(powers[:, others], _columns(bleed, others, int(one)))
            theirs = _settled(here & active.any(axis=1) & (nearest == 0))
            active[theirs] = False
            active[theirs, one] = True
            missing &= ~here
        # Otherwise the level: in every other microphone at most that of bleed.
        loud = np.zeros(len(missing), bool)
        sounds = np.zeros(len(missing), bool)
        for other in others:
            here = ~absent[:, other]
            bled = float(bleed[other, one] * levels[one])
            if not is_softer(levels, bleed, int(one), int(other)):
                loud |= here
                continue
            # Or halfway to the level of its own speaker, if that is lower.
            limit = min(bled * 10 ** (OVER_ABSENT_DB / 10), math.sqrt(bled * levels[other]))
            loud |= here & (_loudest_around(powers[:, other]) > limit)
            sounds |= here & active[:, other]
        theirs = _settled(missing & sounds & ~loud)
        active[theirs] = False
        active[theirs, one] = True


def _columns(bleed: NDArray[np.float64], others: NDArray[np.intp], one: int) -> NDArray[np.float64]:
    """The levels of one speaker, and of each of the others, in the others' microphones."""
    speakers = np.insert(others, 0, one)
    columns: NDArray[np.float64] = bleed[np.ix_(others, speakers)]
    return columns


def _others(levels: NDArray[np.float64], one: int) -> NDArray[np.intp]:
    """The microphones of all other speakers."""
    return np.flatnonzero((levels > 0) & (np.arange(len(levels)) != one))


def _spread_apart_db(levels: NDArray[np.float64], bleed: NDArray[np.float64], one: int) -> float:
    """The distance of one speaker's level pattern over the others' microphones from theirs, in dB;
    0 with less than two.
    """
    others = _others(levels, one)
    if len(others) < 2:
        return 0.0
    logs = _centred(_columns(bleed, others, one).T)
    return float(np.sqrt(np.square(logs[1:] - logs[0]).sum(axis=1)).min())


def _nearest_spread(powers: NDArray[np.float64], bleed: NDArray[np.float64]) -> NDArray[np.intp]:
    """The voice (a column of ``bleed``) nearest to the level pattern of each frame and its
    neighbours over some microphones, independent of loudness.
    """
    kernel = np.ones(2 * AROUND_FRAMES + 1)
    around = np.stack([np.convolve(one, kernel, "same") for one in powers.T], axis=1)
    spread = _centred(around)
    distances = [np.square(spread - centre).sum(axis=1) for centre in _centred(bleed.T)]
    nearest: NDArray[np.intp] = np.argmin(distances, axis=0)
    return nearest


def _centred(powers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Powers in dB, minus the mean of each row."""
    logs = 10 * np.log10(np.maximum(powers, 1e-20))
    centred: NDArray[np.float64] = logs - logs.mean(axis=1, keepdims=True)
    return centred


def is_identifiable_without_own_microphone(crosstalk: Crosstalk, one: int) -> bool:
    """Whether a speaker can be distinguished from the others while their own microphone does not
    record.
    """
    if _spread_apart_db(crosstalk.levels, crosstalk.bleed, one) >= MIN_SPREAD_DB:
        return True
    return any(
        is_softer(crosstalk.levels, crosstalk.bleed, one, int(other))
        for other in _others(crosstalk.levels, one)
    )


def is_softer(
    levels: NDArray[np.float64], bleed: NDArray[np.float64], one: int, other: int
) -> bool:
    """Whether one speaker is quiet enough in another's microphone to be distinguished from that
    one's own speaker.
    """
    return bool(bleed[other, one] * levels[one] <= levels[other] * 10 ** (-MIN_APART_DB / 10))


def _loudest_around(powers: NDArray[np.float64]) -> NDArray[np.float64]:
    """The maximum of each frame and its neighbours."""
    padded = np.pad(powers, AROUND_FRAMES, mode="edge")
    found: NDArray[np.float64] = np.lib.stride_tricks.sliding_window_view(
        padded, 2 * AROUND_FRAMES + 1
    ).max(axis=1)
    return found


def _without_blips(active: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Remove runs too short to be speech while another person speaks throughout."""
    settled = active.copy()
    count = active.sum(axis=1)
    for one in range(active.shape[1]):
        edges = np.flatnonzero(np.diff(np.pad(active[:, one].astype(np.int8), 1)))
        for start, end in zip(edges[::2], edges[1::2], strict=True):
            short = (end - start) * FRAME_MS < MIN_TOGETHER_SPAN_MS
            if short and (count[start:end] > 1).all():
                settled[start:end, one] = False
    return settled


def _with_tail(powers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Powers with reverberation and early bleed: the maximum over preceding frames with decay."""
    lasting = powers.copy()
    for frames in range(-AHEAD_FRAMES, TAIL_FRAMES + 1):
        factor = 10 ** (-TAIL_DB * max(0, frames) / 10)
        moved = np.roll(powers, frames) * factor
        if frames > 0:
            moved[:frames] = 0
        elif frames < 0:
            moved[frames:] = 0
        np.maximum(lasting, moved, out=lasting)
    return lasting


def _settled(over: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Remove clicks and pauses inside sentences."""
    settled = over.copy()
    for value, shortest_ms in ((True, MIN_DURATION_MS), (False, MIN_PAUSE_MS)):
        edges = np.flatnonzero(np.diff(settled.astype(np.int8))) + 1
        for start, end in itertools.pairwise((0, *map(int, edges), len(settled))):
            inside = value or (start > 0 and end < len(settled))
            if inside and settled[start] == value and (end - start) * FRAME_MS < shortest_ms:
                settled[start:end] = not value
    return settled


def are_microphones(crosstalk: Crosstalk) -> bool:
    """Whether channels are microphones of different speakers: at least two have a speaker, and no
    two pick up the same at nearly the same level.
    """
    speaking = [one for one, level in enumerate(crosstalk.levels) if level > 0]
    return len(speaking) > 1 and all(
        level_difference_db(crosstalk, one, other) >= MIN_APART_DB
        for one, other in itertools.combinations(speaking, 2)
    )


def level_difference_db(crosstalk: Crosstalk, one: int, other: int) -> float:
    """The level difference of two speakers in each other's microphone, in dB: the mean of both
    directions, independent of microphone gains.
    """
    return -(db(float(crosstalk.bleed[one, other])) + db(float(crosstalk.bleed[other, one]))) / 2


def spans_of(active: NDArray[np.bool_]) -> tuple[OpenSpan, ...]:
    """The spans with speech into each microphone, by start."""
    spans = []
    for one in range(active.shape[1]):
        padded = np.concatenate(([False], active[:, one], [False])).astype(np.int8)
        edges = np.flatnonzero(np.diff(padded))
        spans += [
            OpenSpan(
                microphone=one,
                start_ms=RecordingMs(int(start) * FRAME_MS),
                end_ms=RecordingMs(int(end) * FRAME_MS),
            )
            for start, end in zip(edges[::2], edges[1::2], strict=True)
        ]
    return tuple(sorted(spans, key=lambda span: (span.start_ms, span.microphone)))


def db(power: float) -> float:
    """A power in dB, at least −120 dBFS."""
    return round(10 * math.log10(max(power, 1e-12)), 1)
