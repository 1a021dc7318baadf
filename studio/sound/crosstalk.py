"""Who speaks into which microphone, of several in one room: what each microphone hears is its own
speaker and, softer, everybody else (bleed).

Powers are compared, not samples: a room changes phases from one syllable to the next, while how
much softer a voice is at the other microphone stays within some decibels.
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
# Below it there is hum, rumble and steps, which every microphone of a room hears.
MIN_HZ = 150
# Syllables, not periods: powers are means over this many frames.
SMOOTH_FRAMES = 5
# Quieter than this is digital silence, in dBFS.
SILENT_DB = -90.0
# The level that a speaker's loud frames reach, and how far below it a person still speaks.
LOUD_PERCENT = 99.0
LOUD_DB = -20.0
FAINT_DB = -38.0
# A speaker is louder than what bleeds into the microphone, by at least this much; bleed varies by
# some decibels with whom one turns to.
OVER_BLEED_DB = 5.0
OVER_NOISE_DB = 6.0
# A room continues sounding after a word: its bleed is expected this long, softer from frame to
# frame (60 dB in half a second).
TAIL_FRAMES = 30
TAIL_DB = 1.2
# The bleed may come some milliseconds before the voice, as far as the two clocks are apart.
AHEAD_FRAMES = 3
# A shorter sound is a click; a shorter pause is within a word or a sentence; milliseconds.
MIN_DURATION_MS = 60
MIN_PAUSE_MS = 300
# While another person speaks, a shorter sound is their bleed, louder than usual for a syllable (80
# and 100 ms in two interviews); « oui » takes 150 ms and more.
MIN_TOGETHER_SPAN_MS = 150
# Where two microphones hear a person nearly alike, they are not apart by voices, in dB: a pair of
# stereo microphones, or one voice twice.
MIN_APART_DB = 6.0
ROUNDS = 8
# The frames in which a microphone stands out from all others are those of its own speaker: a second
# in all tells how far that is, and less by this much is still theirs (a room changes bleed by some
# decibels from one syllable to the next).
MAX_APART_FRAMES = 100
MAX_APART_DB = 6.0
# One speaker's frames, taken for two people's, are at most this far apart, as a sum of both
# directions; two people at microphones of their own are 12 and more (bleed of −6 dB).
MIN_OWN_DB = 9.0
# A microphone does not record where it is digitally silent for this long: its recorder was started
# later, or stopped. One that is silent more often between its speaker's words has a noise gate.
MIN_ABSENT_MS = 1_000
MAX_ABSENCES = 4
# Whose microphone does not record is heard in another one as softly as they bleed into it, and no
# louder than this over it; the loudest within this many frames around counts, for a speaker has
# soft syllables, too.
OVER_ABSENT_DB = 5.0
# Or two others are heard, and the way it is spread over them is so far from their own speakers'.
MIN_SPREAD_DB = 3.0
AROUND_FRAMES = 25


class FramePowers(NamedTuple):
    """What a pass over all microphones keeps.

    :param powers: the mean power of each frame, shape (frames, microphones).
    :param peaks: the highest sample of each.
    :param echoes: voices that are heard late in another microphone.
    :param howls: feedback.
    """

    powers: NDArray[np.float32]
    peaks: tuple[float, ...]
    echoes: tuple[Echo, ...] = ()
    howls: tuple[FeedbackTone, ...] = ()


class Crosstalk(NamedTuple):
    """How microphones hear each other's speakers, and who speaks when.

    :param levels: the power of each speaker's loud frames in their own microphone; 0 where there is
        no speech into it.
    :param noise: the power of each microphone while there is no speech.
    :param bleed: the power of the speaker of a column in the microphone of a row, as a share of
        that in the speaker's own.
    :param active: in which frames the speaker of which microphone speaks, shape (frames,
        microphones).
    :param absent: in which frames a microphone does not record: its recorder began later, or
        ended sooner. Its speaker is then heard in the others only.
    """

    levels: NDArray[np.float64]
    noise: NDArray[np.float64]
    bleed: NDArray[np.float64]
    active: NDArray[np.bool_]
    absent: NDArray[np.bool_]


def read_frame_powers(path: Path, channels: int, progress: Progress = no_progress) -> FramePowers:
    """Decode every microphone once; it keeps 4 bytes for each and every 10 ms.

    :param channels: how many the recording's first sound track has.
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
    """Separate what each speaker gives from what each microphone hears."""
    # 1. Powers above each microphone's own noise.
    smooth = _smoothed(powers.astype(np.float64))
    count = smooth.shape[1]
    noise = np.array([_noise(smooth[:, one]) for one in range(count)])
    heard = np.maximum(smooth - noise, 0.0)
    absent = _absent(powers)
    # Frames in which all record tell who bleeds how much.
    whole: NDArray[np.bool_] = np.logical_not(np.any(absent, axis=1))
    if not whole.any():
        whole = np.ones(len(powers), bool)
    # 2. How loud each speaker is in each microphone. 3. Who speaks in each frame.
    levels, bleed = _levels_and_bleed(heard[whole], noise)
    active = _active(smooth, _sources(heard, bleed), noise, levels, bleed)
    # 4. Where a microphone does not record, its speaker is found by the others.
    active[:, levels <= 0] = False
    levels = np.where(active.any(axis=0), levels, 0.0)
    _give_to_absent(active, heard, levels, bleed, absent)
    return Crosstalk(levels, noise, bleed, active, absent)


def _levels_and_bleed(
    heard: NDArray[np.float64], noise: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How loud each speaker is in their own microphone (0 where there is no speech into it), and
    the matrix of bleed.

    :param heard: powers of frames in which all microphones record, without their noise.
    """
    count = heard.shape[1]
    if count == 1:
        return np.array([_loud(heard[:, 0])]), np.eye(1)
    # What is under the noise of a microphone is not told: it is no louder than that.
    logs = 10 * np.log10(np.maximum(heard, noise / 2))
    loudest = logs.max(axis=1)
    logs = logs[loudest > np.percentile(loudest, LOUD_PERCENT) + LOUD_DB]
    speaking = np.ones(count, bool)
    # Each round takes out one microphone that nobody speaks into, until all have a speaker.
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
    """Who of some is heard in each frame: the nearest to how their voice is spread over the
    microphones, however loud it is. Levels say nothing: in the microphone of a person who seldom
    speaks, most frames are louder with what bleeds. By k-means.

    :param logs: powers in dB, shape (frames, microphones).
    """
    # The pattern over the microphones without its loudness. Each centre starts from the frames in
    # which its microphone is furthest above the others.
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
    one's: it only picks up others. None without one.
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
    """What one frame in twenty stays below, digital silence left out."""
    heard = powers[powers > 10 ** (SILENT_DB / 10)]
    return float(np.percentile(heard, 5)) if len(heard) else 10 ** (SILENT_DB / 10)


def _loud(powers: NDArray[np.float64]) -> float:
    return float(np.percentile(powers, LOUD_PERCENT)) if len(powers) else 0.0


def _sources(heard: NDArray[np.float64], bleed: NDArray[np.float64]) -> NDArray[np.float64]:
    """What each speaker gives, so that with the bleed it makes what is heard: of the solutions of
    least squares the one that is never negative, by multiplicative updates (Lee and Seung).
    """
    sources = heard.copy()
    squared = bleed.T @ bleed
    target = heard @ bleed
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
    """In which frames a person speaks into which microphone."""
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
    """In which frames each microphone does not record."""
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
    heard: NDArray[np.float64],
    levels: NDArray[np.float64],
    bleed: NDArray[np.float64],
    absent: NDArray[np.bool_],
) -> None:
    """Have those speak whose microphone does not record, where every other one hears a person only
    as softly as it hears them. Changes ``active``.
    """
    for one in np.flatnonzero(absent.any(axis=0) & (levels > 0)):
        gone = absent[:, one].copy()
        others = _others(levels, int(one))
        # With several other microphones, the pattern over them identifies the speaker.
        if _spread_apart_db(levels, bleed, int(one)) >= MIN_SPREAD_DB:
            here = gone & ~absent[:, others].any(axis=1)
            nearest = _nearest_spread(heard[:, others], _columns(bleed, others, int(one)))
            theirs = _settled(here & active.any(axis=1) & (nearest == 0))
            active[theirs] = False
            active[theirs, one] = True
            gone &= ~here
        # Else the level: in every other microphone no louder than bleed.
        loud = np.zeros(len(gone), bool)
        sounds = np.zeros(len(gone), bool)
        for other in others:
            here = ~absent[:, other]
            bled = float(bleed[other, one] * levels[one])
            if not is_softer(levels, bleed, int(one), int(other)):
                loud |= here
                continue
            # Halfway to the level of its own speaker where that is nearer.
            limit = min(bled * 10 ** (OVER_ABSENT_DB / 10), math.sqrt(bled * levels[other]))
            loud |= here & (_loudest_around(heard[:, other]) > limit)
            sounds |= here & active[:, other]
        theirs = _settled(gone & sounds & ~loud)
        active[theirs] = False
        active[theirs, one] = True


def _columns(bleed: NDArray[np.float64], others: NDArray[np.intp], one: int) -> NDArray[np.float64]:
    """How one speaker, and then each of the others, is heard in the others' microphones."""
    speakers = np.insert(others, 0, one)
    columns: NDArray[np.float64] = bleed[np.ix_(others, speakers)]
    return columns


def _others(levels: NDArray[np.float64], one: int) -> NDArray[np.intp]:
    """The microphones of all other speakers."""
    return np.flatnonzero((levels > 0) & (np.arange(len(levels)) != one))


def _spread_apart_db(levels: NDArray[np.float64], bleed: NDArray[np.float64], one: int) -> float:
    """How far the way one speaker is spread over the others' microphones is from theirs, in dB; 0
    where there are not two.
    """
    others = _others(levels, one)
    if len(others) < 2:
        return 0.0
    logs = _centred(_columns(bleed, others, one).T)
    return float(np.sqrt(np.square(logs[1:] - logs[0]).sum(axis=1)).min())


def _nearest_spread(heard: NDArray[np.float64], bleed: NDArray[np.float64]) -> NDArray[np.intp]:
    """Whose voice (a column of ``bleed``) is nearest to how the energy of each frame and its
    neighbours is spread over some microphones, however loud it is.
    """
    kernel = np.ones(2 * AROUND_FRAMES + 1)
    around = np.stack([np.convolve(one, kernel, "same") for one in heard.T], axis=1)
    spread = _centred(around)
    distances = [np.square(spread - centre).sum(axis=1) for centre in _centred(bleed.T)]
    nearest: NDArray[np.intp] = np.argmin(distances, axis=0)
    return nearest


def _centred(powers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Powers in dB, without what all of a row have in common."""
    logs = 10 * np.log10(np.maximum(powers, 1e-20))
    centred: NDArray[np.float64] = logs - logs.mean(axis=1, keepdims=True)
    return centred


def is_identifiable_without_own_microphone(heard: Crosstalk, one: int) -> bool:
    """Whether a speaker can be distinguished from the others while their own microphone does not
    record.
    """
    if _spread_apart_db(heard.levels, heard.bleed, one) >= MIN_SPREAD_DB:
        return True
    return any(
        is_softer(heard.levels, heard.bleed, one, int(other))
        for other in _others(heard.levels, one)
    )


def is_softer(
    levels: NDArray[np.float64], bleed: NDArray[np.float64], one: int, other: int
) -> bool:
    """Whether one speaker is so much softer in another's microphone than that one's own speaker
    that the two can be distinguished in it.
    """
    return bool(bleed[other, one] * levels[one] <= levels[other] * 10 ** (-MIN_APART_DB / 10))


def _loudest_around(powers: NDArray[np.float64]) -> NDArray[np.float64]:
    """The loudest of each frame and its neighbours on both sides."""
    padded = np.pad(powers, AROUND_FRAMES, mode="edge")
    found: NDArray[np.float64] = np.lib.stride_tricks.sliding_window_view(
        padded, 2 * AROUND_FRAMES + 1
    ).max(axis=1)
    return found


def _without_blips(active: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Remove what is too short to be speech while another person speaks throughout."""
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
    """What may still sound, or sound already, of powers: their maximum over the frames before, the
    softer the longer ago.
    """
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
    """Without clicks, and without the pauses within a sentence."""
    settled = over.copy()
    for value, shortest_ms in ((True, MIN_DURATION_MS), (False, MIN_PAUSE_MS)):
        edges = np.flatnonzero(np.diff(settled.astype(np.int8))) + 1
        for start, end in itertools.pairwise((0, *map(int, edges), len(settled))):
            inside = value or (start > 0 and end < len(settled))
            if inside and settled[start] == value and (end - start) * FRAME_MS < shortest_ms:
                settled[start:end] = not value
    return settled


def are_microphones(heard: Crosstalk) -> bool:
    """Whether channels are apart by who speaks: in two of them at least a person speaks, and no two
    hear the same nearly alike.
    """
    speaking = [one for one, level in enumerate(heard.levels) if level > 0]
    return len(speaking) > 1 and all(
        level_difference_db(heard, one, other) >= MIN_APART_DB
        for one, other in itertools.combinations(speaking, 2)
    )


def level_difference_db(heard: Crosstalk, one: int, other: int) -> float:
    """How much softer two speakers are in each other's microphone, in dB: the mean of both, so that
    a microphone that is turned up or down as a whole changes nothing.
    """
    return -(db(float(heard.bleed[one, other])) + db(float(heard.bleed[other, one]))) / 2


def spans_of(active: NDArray[np.bool_]) -> tuple[OpenSpan, ...]:
    """The stretches with speech into each microphone, by their beginning."""
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
    """A power in dB, at most 120 under full scale."""
    return round(10 * math.log10(max(power, 1e-12)), 1)
