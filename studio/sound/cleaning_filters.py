"""Cleaning filters that ffmpeg applies to the recording before any measurement. None of them moves
a sample in time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from studio.model.episode import EpisodeSound
from studio.model.sound import RecordingFacts, Repair

# Below every voice lies only what nobody wants to hear and what costs level: rumble, plosives, a
# microphone's DC offset.
RUMBLE_FILTER = "highpass=f=50"
HUM_WIDTH_HZ = 4
# Pauses that would be louder than this in the episode are worth cleaning; by so much, that voices
# keep their breath and no music arises.
AUDIBLE_FLOOR_DB = -62.0
REDUCTION_DB = 14
QUIETEST_FLOOR_DB, LOUDEST_FLOOR_DB = -80, -20

# What draws damaged samples anew from those around them, by the setting that asks for it.
_REPAIRS = {"declip": "adeclip", "declick": "adeclick"}
_REPAIRED = re.compile(r"Detected (?:clips|clicks) in (\d+) of (\d+) samples")


def repair_filters(sound: EpisodeSound) -> tuple[str, ...]:
    """What restores cut off peaks and clicks, if asked. It comes before all else: behind another
    filter nothing is flat any more.
    """
    return tuple(
        filter_name for setting, filter_name in _REPAIRS.items() if getattr(sound, setting)
    )


def repairs_from_log(filters: Sequence[str], log: str) -> tuple[Repair, ...]:
    """How many samples each of these filters has drawn anew, as ffmpeg says when it ends."""
    return tuple(
        Repair(setting=setting, samples=int(found[1]), of=int(found[2]))
        for setting, filter_name in _REPAIRS.items()
        for line in log.splitlines()
        if filter_name in filters
        and f"_{filter_name}_" in line
        and (found := _REPAIRED.search(line))
    )


def cleaning_filters(facts: RecordingFacts, *, hum: bool) -> tuple[str, ...]:
    """Rumble, always; each frequency of hum that was found, if asked."""
    notches = tuple(
        f"bandreject=f={frequency_hz:g}:width_type=h:w={HUM_WIDTH_HZ}"
        for frequency_hz in facts.hum_hz
        if hum
    )
    return (RUMBLE_FILTER, *notches)


def noise_filters(floor_db: float, sample_rate_hz: int) -> tuple[str, ...]:
    """Gentle noise reduction that follows the noise. ffmpeg's comes two hops late, so as much is
    taken from its start.

    :param floor_db: how loud the noise is, in dBFS.
    """
    delay = 2 * (sample_rate_hz // 80)
    floor = round(min(max(floor_db, QUIETEST_FLOOR_DB), LOUDEST_FLOOR_DB))
    return (
        f"afftdn=nr={REDUCTION_DB}:nf={floor}:tn=1",
        f"apad=pad_len={delay}",
        f"atrim=start_sample={delay}",
    )
