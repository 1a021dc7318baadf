"""Determine the offset and the clock drift of each microphone's recording from the bleed of each
other's speakers.

1. The loudness envelope in four bands is compared over whole recordings. It is robust against
   rooms, formats and levels, and gives the offset to some hundredths of a second.
2. Around that, the audio is compared in many short windows (GCC-PHAT, based on phase). Each gives
   the lag to a fraction of a millisecond, or none.
3. A line through these lags is the offset and the drift. Sound takes some milliseconds between the
   microphones, in either direction depending on the speaker, so the line is fitted between both.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.errors import RecordingError
from studio.messages.message import message
from studio.model.record import Record
from studio.model.sound import Mix
from studio.progress import Progress, no_progress
from studio.sound.ffmpeg import Decoding

RATE_HZ = 8_000
# The loudness envelope: frames of 32 ms every 10 ms, bands of an octave in which voices are loud.
FRAME_SAMPLES = 256
HOP_SAMPLES = 80
FRAMES_PER_S = RATE_HZ // HOP_SAMPLES
BANDS_HZ = (200, 400, 800, 1600, 3400)
# The lower limit of a band's level in dBFS: digital silence would dominate otherwise.
FLOOR_DB = -90.0
# Slower changes are those of speakers, which are opposite in two microphones; syllables are common.
SLOW_FRAMES = 50
# Envelopes are in units of their standard deviation, clipped to this value (coughs).
MAX_DEVIATION = 3.0
# The windows of envelopes to locate in the other recording: length, and maximum number.
SEARCHED_S = 60
MAX_SEARCHED = 48
# The maximum difference of two clocks (consumer crystals: 100 ppm each), and the search step: 72 ms
# per hour, which envelopes tolerate.
MAX_DRIFT_PPM = 220
DRIFT_STEP_PPM = 20
# The minimum significance of the best position, in standard deviations of all others. For unrelated
# interviews, the best of a million positions has 5 to 6.
MIN_PROMINENCE = 9.0
# The windows for the fine comparison: 4 s each, at most this many.
COMPARED_SAMPLES = 1 << 15
MAX_COMPARED = 500
# The compared frequency range, which telephones transmit, too.
COMPARED_HZ = (250, 3400)
# GCC-PHAT with the exponent between none (0) and all (1) of the whitening.
WHITENING = 0.8
# The search range of the lag around the coarse result, in the first and the second round.
FIRST_REACH_MS = 150
LAST_REACH_MS = 30
# A lower peak, as a multiple of the mean of the other lags, is ignored.
MIN_PEAK = 6.0
# The maximum distance of a lag from the line in ms (rooms of 5 m).
LINE_MS = 15.0
# The minimum number of windows that agree on the line, and their minimum share.
MIN_AGREEING = 3
MIN_AGREEING_SHARE = 0.4
# The range between the levels of the speakers at either microphone (1 and −1) in which a third
# speaker at equal distance is assumed.
HALFWAY = 0.4
# The minimum range between the 1st and 99th percentile of the level in dB: less is noise without a
# voice; speech has at least 20.
MIN_RANGE_DB = 6.0
# The maximum acoustic delay between microphones in ms (8 m).
MAX_DELAY_MS = 24.0


class TrackOffset(Record, frozen=True):
    """The position of a recording on the clock of another one.

    :param offset_ms: its start on the other's clock; negative: before the other.
    :param drift_ppm: drift of its clock relative to the other's, in parts per million.
    :param delay_ms: acoustic delay between the microphones; 0 if unknown.
    :param residual_ms: median distance of the measurements from the line.
    :param agreeing: number of windows that agree.
    """

    offset_ms: float
    drift_ppm: float = 0.0
    delay_ms: float = 0.0
    residual_ms: float = 0.0
    agreeing: int = 0

    def moment_ms(self, own_ms: float) -> float:
        """Convert a time of its own clock to the other's."""
        return self.offset_ms + own_ms / (1 + self.drift_ppm * 1e-6)

    def seen_from(self, other: TrackOffset) -> TrackOffset:
        """The position on the clock of a third recording, which is positioned on the same one."""
        rate = 1 + other.drift_ppm * 1e-6
        return TrackOffset(
            offset_ms=(self.offset_ms - other.offset_ms) * rate,
            drift_ppm=((1 + self.drift_ppm * 1e-6) / rate - 1) * 1e6,
            delay_ms=self.delay_ms,
            residual_ms=self.residual_ms,
            agreeing=self.agreeing,
        )

    def on(self, outer: TrackOffset) -> TrackOffset:
        """The position on the clock on which the other recording is positioned."""
        return TrackOffset(
            offset_ms=outer.moment_ms(self.offset_ms),
            drift_ppm=((1 + self.drift_ppm * 1e-6) * (1 + outer.drift_ppm * 1e-6) - 1) * 1e6,
            delay_ms=self.delay_ms,
            residual_ms=max(self.residual_ms, outer.residual_ms),
            agreeing=self.agreeing,
        )


class SyncAnalysis:
    """The analysis of one recording: 16 kB (samples) and 1.6 kB (envelopes) per second.

    :ivar samples: one channel at 8 kHz, 16 bit.
    :ivar envelopes: loudness in each band, high-pass filtered, shape (bands, frames).
    """

    def __init__(self, samples: NDArray[np.int16]) -> None:
        self.samples = samples
        self.envelopes = _envelopes(samples)

    @property
    def seconds(self) -> float:
        """The duration."""
        return len(self.samples) / RATE_HZ

    @property
    def range_db(self) -> float:
        """The range of its level (100 ms frames) from the 1st to the 99th percentile in dB, without
        digital silence.
        """
        tenth = RATE_HZ // 10
        count = len(self.samples) // tenth
        parts = self.samples[: count * tenth].reshape(count, tenth)
        # Some minutes at a time: two hours at once would take 500 MB.
        powers = np.concatenate(
            [
                np.square(parts[start : start + 4096].astype(np.float32)).mean(axis=1)
                for start in range(0, max(1, count), 4096)
            ]
        )
        sounding = powers[powers > 0]
        if not len(sounding):
            return 0.0
        low, high = np.percentile(sounding, (1, 99))
        return 10 * math.log10(float(high) / max(float(low), 1e-6))


def analyse_for_sync(path: Path, mix: Mix, progress: Progress = no_progress) -> SyncAnalysis:
    """Decode a recording for the comparison.

    :raises RecordingError: it cannot be decoded.
    """
    pieces: list[NDArray[np.int16]] = []
    done = 0
    with Decoding(path, sample_rate_hz=RATE_HZ, channels=1, mix=mix) as decoding:
        for chunk in decoding:
            pieces.append((np.clip(chunk[:, 0], -1, 1) * 32767).astype(np.int16))
            done += len(chunk)
            progress(done, done)
    return SyncAnalysis(np.concatenate(pieces))


def synchronise_tracks(
    tracks: Sequence[tuple[Path, Mix]],
    *,
    offsets_ms: Sequence[float] = (),
    progress: Progress = no_progress,
) -> tuple[TrackOffset, ...]:
    """The position of each recording on the clock of the first one.

    :param tracks: each file with its downmix.
    :param offsets_ms: start of each after the first on the first one's clock; then nothing is
        searched.
    :raises RecordingError: a recording shares nothing with the others.
    """
    if offsets_ms:
        placings = [TrackOffset(offset_ms=0.0)]
        placings += [TrackOffset(offset_ms=offset_ms) for offset_ms in offsets_ms]
    else:
        placings = _found([path for path, _ in tracks], _all_listened(tracks, progress))
    first = min(placings, key=lambda placing: placing.offset_ms)
    return tuple(placing.seen_from(first) for placing in placings)


def _all_listened(tracks: Sequence[tuple[Path, Mix]], progress: Progress) -> list[SyncAnalysis]:
    return [analyse_for_sync(path, mix, progress) for path, mix in tracks]


def _found(paths: Sequence[Path], tracks: Sequence[SyncAnalysis]) -> list[TrackOffset]:
    """Each on the clock of the first; one that shares nothing with it may share something with
    another (a restarted recorder, three people of whom two sit far apart).

    :raises RecordingError: one shares nothing with any other, is only noise, or is a duplicate.
    """
    _require_sound_of_its_own(paths, tracks)
    # A graph search from positioned recordings to the others.
    known: dict[int, TrackOffset] = {0: TrackOffset(offset_ms=0.0)}
    tried: set[tuple[int, int]] = set()
    while len(known) < len(tracks):
        pairs = [
            (one, other)
            for one in known
            for other in range(len(tracks))
            if other not in known and (one, other) not in tried
        ]
        if not pairs:
            lost = next(place for place in range(len(tracks)) if place not in known)
            raise _unshared(paths, lost)
        one, other = pairs[0]
        tried.add((one, other))
        placing = placing_of(tracks[one], tracks[other])
        if placing is not None:
            known[other] = placing.on(known[one])
    return [known[place] for place in range(len(tracks))]


def _require_sound_of_its_own(paths: Sequence[Path], tracks: Sequence[SyncAnalysis]) -> None:
    """Refuse a recording that cannot be a separate microphone.

    :raises RecordingError: a recording is only noise, or the same as another one.
    """
    for path, track in zip(paths, tracks, strict=True):
        if track.range_db < MIN_RANGE_DB:
            raise RecordingError(
                path,
                message("contains only noise: no voice, near or distant"),
                message(
                    "Check which microphone was recorded; leave the file out, or give another."
                ),
            )
    for one, other in itertools.combinations(range(len(tracks)), 2):
        if np.array_equal(tracks[one].samples, tracks[other].samples):
            raise RecordingError(
                paths[other],
                message("is the same sound as {name}", name=paths[one].name),
                message("Give each microphone's file once."),
            )


def _unshared(paths: Sequence[Path], lost: int) -> RecordingError:
    others = ", ".join(path.name for place, path in enumerate(paths) if place != lost)
    return RecordingError(
        paths[lost],
        message(
            "shares no sound with {others}: when it began cannot be found, or it is of another "
            "interview",
            others=others,
        ),
        message(
            "Check the file. If it is the right one, say by how many seconds each recording began "
            "after the first: --offset 2.5 for each but the first (negative: before)."
        ),
    )


def placing_of(one: SyncAnalysis, other: SyncAnalysis) -> TrackOffset | None:
    """The position of the other recording on the clock of the first; None if they share nothing."""
    coarse = _coarse(one, other)
    if coarse is None:
        return None
    offset_s, rate = coarse
    # The first line is accurate to some hundredths of a second; the second round searches a
    # narrower range with fewer false peaks.
    line: tuple[float, float] = (offset_s, rate)
    for reach_ms in (FIRST_REACH_MS, LAST_REACH_MS):
        lags = _lags(one, other, line, reach_ms)
        fitted = _fit(*lags, line)
        if fitted is None:
            return None
        line, placing = fitted
    return placing


# The loudness envelope
# --------------------------------------------------------------------------------------------------


def _envelopes(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    """Loudness in each band in dB, minus its moving average over a second, in standard
    deviations.
    """
    count = max(0, (len(samples) - FRAME_SAMPLES) // HOP_SAMPLES + 1)
    edges = [round(hz * FRAME_SAMPLES / RATE_HZ) for hz in BANDS_HZ]
    envelopes = np.zeros((len(edges) - 1, count), np.float32)
    window = np.hanning(FRAME_SAMPLES).astype(np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples, FRAME_SAMPLES)[::HOP_SAMPLES]
    for start in range(0, count, 4096):
        part = frames[start : start + 4096].astype(np.float32) / 32768 * window
        powers = np.square(np.abs(np.fft.rfft(part, axis=1)))
        bands = np.add.reduceat(powers, edges, axis=1)[:, :-1] / FRAME_SAMPLES
        envelopes[:, start : start + len(part)] = (10 * np.log10(bands + 10 ** (FLOOR_DB / 10))).T
    # High-pass filtered, each band shows starts and ends of speech, independent of the room.
    for band in range(len(envelopes)):
        envelopes[band] -= _running_mean(envelopes[band])
        envelopes[band] /= max(float(envelopes[band].std()), 1e-6)
    return np.clip(envelopes, -MAX_DEVIATION, MAX_DEVIATION)


def _running_mean(envelope: NDArray[np.float32]) -> NDArray[np.float32]:
    if not len(envelope):
        return envelope
    sums = np.concatenate(([0.0], np.cumsum(envelope.astype(np.float64))))
    places = np.arange(len(envelope))
    first = np.maximum(places - SLOW_FRAMES, 0)
    last = np.minimum(places + SLOW_FRAMES + 1, len(envelope))
    means: NDArray[np.float32] = ((sums[last] - sums[first]) / (last - first)).astype(np.float32)
    return means


def _coarse(one: SyncAnalysis, other: SyncAnalysis) -> tuple[float, float] | None:
    """Offset in seconds and rate (seconds of the first per second of the other) to some hundredths
    of a second; None if no position is significant.

    Each window of the other is correlated with all of the first. The results are summed, shifted
    according to each tried drift.
    """
    long, short = one.envelopes.shape[1], other.envelopes.shape[1]
    stretch = min(SEARCHED_S * FRAMES_PER_S, short)
    if min(long, short) < FRAMES_PER_S:
        return None
    # Cross-correlation by FFT: the spectra of the whole recording are computed once.
    starts = np.linspace(0, short - stretch, min(MAX_SEARCHED, -(-short // stretch)), dtype=int)
    size = 1 << (long + stretch - 1).bit_length()
    spectra = np.fft.rfft(one.envelopes, size, axis=1).astype(np.complex64)
    drifts = np.arange(-MAX_DRIFT_PPM, MAX_DRIFT_PPM + 1, DRIFT_STEP_PPM) * 1e-6
    distinct = np.unique(np.round(drifts * short).astype(int))
    # Drifts that shift no window by a frame are represented by one.
    drifts = drifts if len(distinct) > 1 else np.zeros(1)
    # Lags from −short (the other ends where the first starts) to long.
    totals = np.zeros((len(drifts), long + short + 2 * FRAMES_PER_S), np.float32)
    for start in starts:
        piece = other.envelopes[:, start : start + stretch]
        spectrum = np.fft.rfft(piece, size, axis=1)
        found = np.fft.irfft((spectra * np.conj(spectrum)).sum(axis=0), size)
        # From “starts before the first starts” to “ends after it ends”.
        found = np.concatenate((found[size - stretch :], found[:long])).astype(np.float32)
        for row, drift in enumerate(drifts):
            # At position ``start`` of the other, the lag has grown by drift × start.
            at = short - stretch - start - round(drift * start) + FRAMES_PER_S
            lower, upper = max(0, at), min(totals.shape[1], at + len(found))
            totals[row, lower:upper] += found[lower - at : upper - at]
    best = np.unravel_index(int(totals.argmax()), totals.shape)
    row = totals[best[0]]
    # Lags with little overlap have small sums: the standard deviation is that of well covered lags.
    covered = row[row != 0]
    spread = float(np.median(np.abs(covered - np.median(covered)))) * 1.4826
    if spread <= 0 or float(totals[best]) / spread < MIN_PROMINENCE:
        return None
    offset = int(best[1]) - short - FRAMES_PER_S
    return offset / FRAMES_PER_S, 1.0 + float(drifts[best[0]])


# The sound itself
# --------------------------------------------------------------------------------------------------


def _lags(
    one: SyncAnalysis, other: SyncAnalysis, line: tuple[float, float], reach_ms: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """The results of windows of the other: their middle on its clock in seconds, the corresponding
    time in the first, and how much louder it is there, in dB.
    """
    offset_s, rate = line
    length_s = COMPARED_SAMPLES / RATE_HZ
    # Only where both recordings exist, by the line.
    first_s = max(0.0, -offset_s / rate)
    last_s = min(other.seconds, (one.seconds - offset_s) / rate) - length_s
    if last_s <= first_s:
        return (np.zeros(0),) * 3
    count = min(MAX_COMPARED, int((last_s - first_s) / (length_s / 2)) + 1)
    found = []
    for start_s in np.linspace(first_s, last_s, count):
        own = int(start_s * RATE_HZ)
        theirs = round((offset_s + rate * own / RATE_HZ) * RATE_HZ)
        a = _stretch(one.samples, theirs)
        b = _stretch(other.samples, own)
        lag = _lag(a, b, reach_ms)
        if lag is not None:
            middle = own / RATE_HZ + length_s / 2
            level = 10 * math.log10(float(np.square(a).mean()) / float(np.square(b).mean()))
            # The window runs at the other's rate: account for the drift at its middle.
            found.append((middle, theirs / RATE_HZ + length_s / 2 + lag / RATE_HZ, level))
    table = np.array(found).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2]


def _stretch(samples: NDArray[np.int16], start: int) -> NDArray[np.float64]:
    part = samples[max(0, start) : max(0, start + COMPARED_SAMPLES)].astype(np.float64)
    before = max(0, -start)
    after = COMPARED_SAMPLES - before - len(part)
    return np.pad(part, (before, max(0, after)))[:COMPARED_SAMPLES]


def _lag(a: NDArray[np.float64], b: NDArray[np.float64], reach_ms: float) -> float | None:
    """The delay of ``a`` relative to ``b`` in samples; None if they share nothing."""
    if not a.any() or not b.any():
        return None
    size = 2 * COMPARED_SAMPLES
    window = np.hanning(len(a))
    product = np.fft.rfft(a * window, size) * np.conj(np.fft.rfft(b * window, size))
    low, high = (round(hz * size / RATE_HZ) for hz in COMPARED_HZ)
    # GCC-PHAT, restricted to the band of speech, and with partial whitening.
    product[:low] = 0
    product[high:] = 0
    product /= np.maximum(np.abs(product), 1e-9) ** WHITENING
    wave = np.fft.irfft(product, size)
    reach = round(reach_ms * RATE_HZ / 1000)
    near = np.concatenate((wave[-reach:], wave[: reach + 1]))
    peak = int(near.argmax())
    if near[peak] < MIN_PEAK * float(np.abs(near).mean()) or peak in {0, len(near) - 1}:
        return None
    # Parabolic interpolation of the peak gives fractions of a sample.
    before, at, after = near[peak - 1 : peak + 2]
    bend = before - 2 * at + after
    return peak - reach + (0.5 * float(before - after) / float(bend) if bend else 0.0)


def _fit(
    moments: NDArray[np.float64],
    reference: NDArray[np.float64],
    levels: NDArray[np.float64],
    line: tuple[float, float],
) -> tuple[tuple[float, float], TrackOffset] | None:
    """Fit the line through the windows' lags; None if too few agree."""
    if len(moments) < MIN_AGREEING:
        return None
    offset_s, rate = _agreed(moments, reference, line)
    # A speaker closer to the first microphone is louder there than the mean of both.
    low, high = np.percentile(levels, (10, 90))
    apart = (levels - (low + high) / 2) / max((high - low) / 2, 1e-6)
    side = np.where(np.abs(apart) > HALFWAY, np.sign(apart), 0.0)
    # Iteratively reweighted least squares for offset, rate and the delay between the microphones.
    delay_s = 0.0
    near = np.zeros(len(moments), bool)
    for _ in range(10):
        off = reference - (offset_s + rate * moments) + delay_s * side
        near = np.abs(off) <= LINE_MS / 1000
        if int(near.sum()) < MIN_AGREEING:
            return None
        columns = [np.ones(len(moments)), moments]
        # A delay is only visible if both are audible at the other's microphone.
        both = high - low > 6 and min(int((side[near] > 0).sum()), int((side[near] < 0).sum())) > 1
        if both:
            columns.append(-side)
        table = np.stack(columns, axis=1)
        # Huber weights.
        weights = np.sqrt(1 / np.maximum(1, np.abs(off[near]) / 0.002))
        solved = np.linalg.lstsq(
            table[near] * weights[:, None], reference[near] * weights, rcond=None
        )[0]
        offset_s, rate = float(solved[0]), float(solved[1])
        delay_s = float(np.clip(solved[2], 0, MAX_DELAY_MS / 1000)) if both else 0.0
    off = reference - (offset_s + rate * moments) + delay_s * side
    near = np.abs(off) <= LINE_MS / 1000
    agreeing = int(near.sum())
    if agreeing < MIN_AGREEING or agreeing < MIN_AGREEING_SHARE * len(moments):
        return None
    placing = TrackOffset(
        offset_ms=offset_s * 1000,
        drift_ppm=(1 / rate - 1) * 1e6,
        delay_ms=delay_s * 1000,
        residual_ms=float(np.median(np.abs(off[near]))) * 1000,
        agreeing=agreeing,
    )
    return (offset_s, rate), placing


def _agreed(
    moments: NDArray[np.float64], reference: NDArray[np.float64], line: tuple[float, float]
) -> tuple[float, float]:
    """The line near the first estimate on which most windows agree: every drift is tried."""
    offset_s, rate = line
    middle = float(np.median(moments))
    best = (-1, offset_s, rate)
    for drift in np.arange(-MAX_DRIFT_PPM, MAX_DRIFT_PPM + 1, 2) * 1e-6:
        off = reference - (offset_s + rate * middle) - (1 + drift) * (moments - middle)
        ordered = np.sort(off)
        # The window of two line widths with the most lags.
        ends = np.searchsorted(ordered, ordered + 2 * LINE_MS / 1000, side="right")
        counts = ends - np.arange(len(ordered))
        place = int(counts.argmax())
        if counts[place] > best[0]:
            shift = float(np.median(ordered[place : ends[place]]))
            best = (
                int(counts[place]),
                offset_s + rate * middle + shift - (1 + drift) * middle,
                1 + drift,
            )
    return best[1], best[2]
