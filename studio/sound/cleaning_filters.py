"""Cleaning filters that ffmpeg applies to the recording before any measurement. They do not move
samples in time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from studio.model.episode import EpisodeSound
from studio.model.sound import RecordingFacts, Repair

# Below the frequencies of voices there is only unwanted sound, which takes headroom: rumble,
# plosives, a microphone's DC offset.
RUMBLE_FILTER = "highpass=f=50"
HUM_WIDTH_HZ = 4
# Pauses louder than this in the episode are cleaned. The reduction is limited, so that breath
# stays audible and no musical noise arises.
AUDIBLE_FLOOR_DB = -62.0
REDUCTION_DB = 14
QUIETEST_FLOOR_DB, LOUDEST_FLOOR_DB = -80, -20

# Filters that interpolate damaged samples, by the setting that enables them.
_REPAIRS = {"declip": "adeclip", "declick": "adeclick"}
_REPAIRED = re.compile(r"Detected (?:clips|clicks) in (\d+) of (\d+) samples")


def repair_filters(sound: EpisodeSound) -> tuple[str, ...]:
    """Filters that restore clipped peaks and remove clicks, if enabled. They come first, because
    after another filter a clipped peak is no longer flat.
    """
    return tuple(
        filter_name for setting, filter_name in _REPAIRS.items() if getattr(sound, setting)
    )


def repairs_from_log(filters: Sequence[str], log: str) -> tuple[Repair, ...]:
    """How many samples each of these filters interpolated, from ffmpeg's final output."""
    return tuple(
        Repair(setting=setting, samples=int(found[1]), of=int(found[2]))
        for setting, filter_name in _REPAIRS.items()
        for line in log.splitlines()
        if filter_name in filters
        and f"_{filter_name}_" in line
        and (found := _REPAIRED.search(line))
    )


def cleaning_filters(facts: RecordingFacts, *, hum: bool) -> tuple[str, ...]:
    """Filters against rumble, always, and against each detected frequency of hum, if enabled."""
    notches = tuple(
        f"bandreject=f={frequency_hz:g}:width_type=h:w={HUM_WIDTH_HZ}"
        for frequency_hz in facts.hum_hz
        if hum
    )
    return (RUMBLE_FILTER, *notches)


def noise_filters(floor_db: float, sample_rate_hz: int) -> tuple[str, ...]:
    """Gentle adaptive noise reduction. ffmpeg's filter delays the sound by two hops, so the same
    length is removed from its start.

    :param floor_db: the noise level in dBFS.
    """
    delay = 2 * (sample_rate_hz // 80)
    floor = round(min(max(floor_db, QUIETEST_FLOOR_DB), LOUDEST_FLOOR_DB))
    return (
        f"afftdn=nr={REDUCTION_DB}:nf={floor}:tn=1",
        f"apad=pad_len={delay}",
        f"atrim=start_sample={delay}",
    )
