"""Diarisation by spectral features, without a model.

Each utterance is described by the shape of its spectrum (mel cepstrum without level, so that loud
and quiet do not matter) and its pitch. Variation *within* one utterance cannot be the speaker: the
features are divided by it before the utterances are grouped (the idea behind within-class
covariance normalisation, Hatch et al. 2006).
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.model.transcript import Utterance
from studio.model.voices import Voices, VoiceSpan
from studio.speech.vad import SAMPLE_RATE_HZ

# 25 ms for the spectrum, as is usual for speech; 40 ms for pitch: two periods at least.
FRAME_SAMPLES = 400
PITCH_FRAME_SAMPLES = 640
# Long enough that the lags of the lowest pitch do not wrap around.
PITCH_SPECTRUM = 1024
HOP_SAMPLES = 160
CEPSTRA = 20
MELS = 40
MIN_PITCH_HZ = 65
MAX_PITCH_HZ = 400
# Frames this far below an utterance's loud ones describe the room rather than the voice.
DEPTH_DB = 25.0
# An utterance is described in parts of about this many frames, to measure the variation of one
# voice.
PART_FRAMES = 80
# A voice's pitch varies at least this much (natural logarithm) within a sentence.
MIN_PITCH_SPREAD = 0.12
RESTARTS = 30


def voices_from_spectrum(
    samples: NDArray[np.float32], utterances: Sequence[Utterance], count: int
) -> Voices:
    """Which voice speaks when, by spectrum and pitch alone: each utterance is of one voice.

    :param count: the number of speakers, which this method cannot estimate.
    """
    labels = voices_from_samples(samples, utterances, count)
    return Voices(
        spans=tuple(
            VoiceSpan(
                start_ms=utterance.start_ms, end_ms=utterance.end_ms, voice=label, certainty=0.0
            )
            for utterance, label in zip(utterances, labels, strict=True)
            if label is not None
        ),
        method="spectrum",
    )


def voices_from_samples(
    samples: NDArray[np.float32], utterances: Sequence[Utterance], count: int
) -> tuple[int | None, ...]:
    """Group utterances by voice.

    :param samples: the whole recording, mono, 16 kHz.
    :param count: how many people speak.
    :returns: for each utterance the number of its voice, from 0, in order of first appearance; None
        if it is too short.
    """
    parts: list[NDArray[np.float64]] = []
    owners: list[int] = []
    for place, utterance in enumerate(utterances):
        described = _describe(
            samples[
                utterance.start_ms * SAMPLE_RATE_HZ // 1000 : utterance.end_ms
                * SAMPLE_RATE_HZ
                // 1000
            ]
        )
        parts += described
        owners += [place] * len(described)
    labels: list[int | None] = [None] * len(utterances)
    if not parts:
        return tuple(labels)
    owner = np.array(owners)
    # Features vary with the words said as well as with the voice: dividing by the spread within
    # utterances leaves the differences between voices.
    points = _whitened(_filled(np.array(parts)), owner)
    known = sorted(set(owners))
    centres = np.array([points[owner == place].mean(axis=0) for place in known])
    weights = np.array([float((owner == place).sum()) for place in known])
    groups = _grouped(centres, weights, min(count, len(known)))
    order: dict[int, int] = {}
    for place, group in zip(known, groups, strict=True):
        labels[place] = order.setdefault(int(group), len(order))
    return tuple(labels)


def _describe(samples: NDArray[np.float32]) -> list[NDArray[np.float64]]:
    """Vectors of an utterance's parts: cepstra 1 to 20, then the logarithm of the pitch (NaN where
    none is heard).
    """
    if len(samples) < PITCH_FRAME_SAMPLES + 20 * HOP_SAMPLES:
        return []
    # Mel cepstrum: log energies in mel bands, then a cosine transform; frames far below the loudest
    # tenth are pauses and left out.
    frames = np.lib.stride_tricks.sliding_window_view(samples, FRAME_SAMPLES)[::HOP_SAMPLES]
    power = np.abs(np.fft.rfft(frames * np.hamming(FRAME_SAMPLES), 512, axis=1)) ** 2
    mels = np.log(power @ _mel_filters().T + 1e-8)
    level = mels.mean(axis=1)
    heard = level > np.percentile(level, 90) - DEPTH_DB / 10 * np.log(10)
    cepstra = (mels @ _cosines().T)[heard]
    pitch = _log_pitch(samples)
    middle = float(np.median(pitch)) if len(pitch) > 5 else np.nan
    return [
        np.append(part.mean(axis=0), middle)
        for part in np.array_split(cepstra, max(1, len(cepstra) // PART_FRAMES))
        if len(part)
    ]


def _log_pitch(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """Logarithm of the pitch of the voiced frames, by autocorrelation corrected for the window
    (Boersma 1993).
    """
    frames = np.lib.stride_tricks.sliding_window_view(samples, PITCH_FRAME_SAMPLES)[::HOP_SAMPLES]
    window = np.hanning(PITCH_FRAME_SAMPLES)
    spectrum = np.fft.rfft(
        (frames - frames.mean(axis=1, keepdims=True)) * window, PITCH_SPECTRUM, axis=1
    )
    similarity = np.fft.irfft(np.abs(spectrum) ** 2, axis=1)[:, : SAMPLE_RATE_HZ // MIN_PITCH_HZ]
    # The autocorrelation of the window itself falls with the lag; dividing by it makes long and
    # short periods comparable.
    own = np.fft.irfft(np.abs(np.fft.rfft(window, PITCH_SPECTRUM)) ** 2)[: similarity.shape[1]]
    similarity = similarity / (similarity[:, :1] + 1e-9) / (own / own[0])
    shortest = SAMPLE_RATE_HZ // MAX_PITCH_HZ
    period = similarity[:, shortest:].argmax(axis=1) + shortest
    voiced = similarity[np.arange(len(similarity)), period] > 0.55
    return np.asarray(np.log(SAMPLE_RATE_HZ / period[voiced]), dtype=np.float64)


@functools.cache
def _mel_filters() -> NDArray[np.float64]:
    """Triangles of equal width on the mel scale, 80 to 7600 Hz, on the bins of a 512-point
    spectrum: ``(MELS, 257)``.
    """
    low, high = (2595 * np.log10(1 + hz / 700) for hz in (80, 7600))
    edges_hz = 700 * (10 ** (np.linspace(low, high, MELS + 2) / 2595) - 1)
    bins_hz = np.arange(257) * SAMPLE_RATE_HZ / 512
    rising = (bins_hz - edges_hz[:-2, None]) / (edges_hz[1:-1] - edges_hz[:-2])[:, None]
    falling = (edges_hz[2:, None] - bins_hz) / (edges_hz[2:] - edges_hz[1:-1])[:, None]
    return np.asarray(np.maximum(0, np.minimum(rising, falling)), dtype=np.float64)


@functools.cache
def _cosines() -> NDArray[np.float64]:
    """Rows 1 to ``CEPSTRA`` of the cosine transform; row 0 is the level and is left out."""
    rows = np.arange(1, CEPSTRA + 1)[:, None]
    return np.asarray(
        np.sqrt(2 / MELS) * np.cos(np.pi * rows * (np.arange(MELS) + 0.5) / MELS), dtype=np.float64
    )


def _filled(parts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Parts without a pitch get the median, which is neutral."""
    pitch = parts[:, -1]
    unknown = np.isnan(pitch)
    parts[unknown, -1] = 0.0 if unknown.all() else np.median(pitch[~unknown])
    return parts


def _whitened(parts: NDArray[np.float64], owner: NDArray[np.int_]) -> NDArray[np.float64]:
    """The parts in units of what varies within one utterance."""
    within = np.zeros((parts.shape[1], parts.shape[1]))
    freedom = 0
    for place in np.unique(owner):
        own = parts[owner == place]
        centred = own - own.mean(axis=0)
        within += centred.T @ centred
        freedom += len(own) - 1
    within /= max(1, freedom)
    within[-1, :] = within[:, -1] = 0
    within[-1, -1] = MIN_PITCH_SPREAD**2
    # Shrunk towards its diagonal: few utterances do not show how the cepstra vary together.
    within = 0.7 * within + 0.3 * np.diag(np.diag(within)) + 1e-3 * np.eye(len(within))
    return np.asarray(
        (parts - parts.mean(axis=0)) @ np.linalg.cholesky(np.linalg.inv(within)), dtype=np.float64
    )


def _grouped(
    centres: NDArray[np.float64], weights: NDArray[np.float64], count: int
) -> NDArray[np.int_]:
    """Weighted k-means, the best of several starts, drawn from a fixed seed: the same input gives
    the same groups.
    """
    chance = np.random.default_rng(0)
    best = np.zeros(len(centres), dtype=np.int_)
    lowest = np.inf
    for _ in range(RESTARTS):
        # k-means++: each further start is drawn with a probability that grows with its squared
        # distance from the nearest one chosen so far.
        means = centres[[chance.choice(len(centres), p=weights / weights.sum())]]
        while len(means) < count:
            far = np.min(((centres[:, None] - means) ** 2).sum(axis=2), axis=1) * weights
            if not far.sum():
                break
            means = np.vstack([means, centres[chance.choice(len(centres), p=far / far.sum())]])
        labels = best
        # Lloyd's iterations; 20 are more than enough to converge for some hundred utterances.
        for _ in range(20):
            labels = ((centres[:, None] - means) ** 2).sum(axis=2).argmin(axis=1)
            means = np.array(
                [
                    np.average(centres[labels == group], axis=0, weights=weights[labels == group])
                    if (labels == group).any()
                    else mean
                    for group, mean in enumerate(means)
                ]
            )
        cost = float((((centres - means[labels]) ** 2).sum(axis=1) * weights).sum())
        if cost < lowest:
            lowest, best = cost, labels
    return best
