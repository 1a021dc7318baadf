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
    """What mastering would do without cuts and levelling.

    :param limited_db: how far the highest peak would be pushed down.
    :param floor_db: how loud the noise would be without noise reduction, in dBFS; None when there
        is none.
    :param hum_hz: what is taken out.
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
    """Compute it from the recording's overview, as one channel.

    :raises ValueError: the recording is silent.
    """
    channels = episode_channels(facts.layout)
    analysis = overview.analysis
    # Two channels that differ are louder together than their mix: by about as much as two targets
    # differ.
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
