"""A preview of mastering: the processing that a recording will get."""

from __future__ import annotations

import numpy as np

from studio.model.loudness_targets import LoudnessTarget
from studio.model.record import Record
from studio.model.sound import RecordingFacts, episode_channels
from studio.sound.cleaning_filters import AUDIBLE_FLOOR_DB
from studio.sound.gain import GainCurve
from studio.sound.mastering import DEFAULT_LOUDNESS, OVERSHOOT_DB
from studio.sound.overview import SoundOverview


class MasteringPreview(Record, frozen=True):
    """The processing by mastering, without cuts and levelling.

    :param limited_db: the limiter's largest gain reduction.
    :param floor_db: level of the noise without noise reduction, in dBFS; None without noise.
    :param hum_hz: the removed frequencies.
    :param denoised: whether noise is reduced.
    """

    channels: int
    target_lufs: float
    gain_db: float
    limited_db: float
    floor_db: float | None
    hum_hz: tuple[float, ...]
    denoised: bool


def preview_mastering(
    facts: RecordingFacts, overview: SoundOverview, loudness: LoudnessTarget = DEFAULT_LOUDNESS
) -> MasteringPreview:
    """Compute it from the recording's overview, for mono.

    :raises ValueError: the recording is silent.
    """
    channels = episode_channels(facts.layout)
    analysis = overview.analysis
    # Two different channels are louder than their downmix, by about the difference of the targets.
    even = np.zeros(len(analysis.cell_peaks), np.float32)
    gain = GainCurve(analysis, even, loudness.lufs(1), loudness.ceiling_dbtp - OVERSHOOT_DB)
    floor_db = analysis.floor_db(gain.factors)
    return MasteringPreview(
        channels=channels,
        target_lufs=loudness.lufs(channels),
        gain_db=round(gain.gain_db, 1),
        limited_db=round(gain.limited_db, 1),
        floor_db=None if floor_db is None else round(floor_db, 1),
        hum_hz=facts.hum_hz,
        denoised=floor_db is not None and floor_db >= AUDIBLE_FLOOR_DB,
    )
