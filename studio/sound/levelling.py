"""Levelling: bring all speakers to the same loudness by one gain per turn, which only changes in
the pauses between turns.

Inside a turn the gain is constant, which preserves dynamics and avoids pumping.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from studio.model.clock import RecordingMs
from studio.model.record import Record, replace_fields
from studio.model.sound import SpeakerLevel, SpeakerTurn
from studio.sound.loudness_analysis import BLOCKS_PER_S, LoudnessAnalysis, gated_loudness_lufs

# The maximum deviation of a turn's gain from its speaker's, and the turn length for half of it.
TURN_REACH_DB = 3.0
TURN_HALF_MS = 4000
# The maximum gain: quieter audio is not speech, or only noise would be raised.
MAX_RAISE_DB = 20.0
MIN_RAMP_MS = 40
MAX_RAMP_MS = 400
BLOCK_MS = 1000 // BLOCKS_PER_S
# The tolerance of transcript times: a change of speakers without a longer pause is moved to the
# quietest position nearby.
DOUBT_MS = 350
CLEAR_PAUSE_MS = 500
SOFTEST_MS = 100
SOFT_DB = -65.0  # below this level, positions are equivalent
# a pause is this much quieter than the quieter speaker; without one, the given time is used
PAUSE_DB = -18.0
# a position at the edge of the tolerance must be this much quieter than one in its middle
FAR_DB = 12.0
# How much of a turn's edges is ignored for its level, since the other speaker may still be audible
# there.
EDGE_MS = 250


class Levelled(Record, frozen=True):
    """A turn and its gain."""

    turn: SpeakerTurn
    gain_db: float


def level_turns(analysis: LoudnessAnalysis, turns: Sequence[SpeakerTurn]) -> tuple[Levelled, ...]:
    """The gain of each audible turn, so that all speakers are as loud as the loudest of them.

    :param analysis: of the audio with the turns.
    :param turns: ascending, on the clock of the analysis.
    """
    turns = _resolve_changes(analysis, turns)
    # Loudness of each speaker over all turns, LUFS with the gate of BS.1770.
    levels: dict[int, float] = {}
    for speaker in sorted({turn.speaker for turn in turns}):
        level_lufs = gated_loudness_lufs(
            analysis.block_powers,
            _blocks(analysis, [turn for turn in turns if turn.speaker == speaker]),
        )
        if level_lufs is not None:
            levels[speaker] = level_lufs
    if not levels:
        return ()
    # Speakers are raised to the loudest one. Turns are also brought towards their speaker's level,
    # the more the longer they are: the level of a short one is uncertain.
    loudest_lufs = max(levels.values())
    levelled = []
    for turn in turns:
        if turn.speaker not in levels:
            continue
        speaker_db = min(loudest_lufs - levels[turn.speaker], MAX_RAISE_DB)
        level_lufs = gated_loudness_lufs(analysis.block_powers, _blocks(analysis, [turn]))
        own_db = 0.0 if level_lufs is None else levels[turn.speaker] - level_lufs
        # The weight of a turn is length / (length + TURN_HALF_MS): 0.5 at TURN_HALF_MS, near 1 for
        # long ones.
        length_ms = turn.end_ms - turn.start_ms
        gain_db = speaker_db + max(-TURN_REACH_DB, min(TURN_REACH_DB, own_db)) * length_ms / (
            length_ms + TURN_HALF_MS
        )
        levelled.append(Levelled(turn=turn, gain_db=gain_db))
    return tuple(levelled)


def levelling_gains_db(
    levelled: Sequence[Levelled], cells: int, cells_per_s: float
) -> NDArray[np.float32]:
    """The gain for each cell in dB: constant inside a turn, half a cosine in the pause between two;
    before the first turn as in the first.
    """
    gains = np.zeros(cells, np.float32)
    if not levelled:
        return gains
    gains[:] = levelled[-1].gain_db
    begun = 0
    for one, other in pairwise(levelled):
        start, end = _ramp_ms(one.turn.end_ms, other.turn.start_ms)
        first, last = (min(cells, round(moment * cells_per_s / 1000)) for moment in (start, end))
        first = max(begun, first)
        last = max(first, last)
        gains[begun:first] = one.gain_db
        phase = (np.arange(last - first) + 0.5) / max(1, last - first)
        gains[first:last] = (
            one.gain_db + (other.gain_db - one.gain_db) * (1 - np.cos(np.pi * phase)) / 2
        )
        begun = last
    return gains


def speaker_levels(
    analysis: LoudnessAnalysis, levelled: Sequence[Levelled], gains: NDArray[np.float32]
) -> tuple[SpeakerLevel, ...]:
    """The loudness of each speaker before and after applying these factors per cell."""
    levels = []
    powers = analysis.block_powers * analysis.block_gains(gains)
    for speaker in sorted({one.turn.speaker for one in levelled}):
        turns = [one.turn for one in levelled if one.turn.speaker == speaker]
        blocks = _blocks(analysis, turns)
        before, after = (
            gated_loudness_lufs(analysis.block_powers, blocks),
            gated_loudness_lufs(powers, blocks),
        )
        if before is not None and after is not None:
            levels.append(
                SpeakerLevel(
                    speaker=speaker,
                    turns=len(turns),
                    before_lufs=round(before, 1),
                    after_lufs=round(after, 1),
                )
            )
    return tuple(levels)


def _resolve_changes(analysis: LoudnessAnalysis, turns: Sequence[SpeakerTurn]) -> list[SpeakerTurn]:
    """The turns with every change of speakers moved to the quietest position nearby, unless there
    is a clear pause.
    """
    width = max(1, round(SOFTEST_MS * analysis.cells_per_s / 1000))
    settled = list(turns)
    for number in range(len(settled) - 1):
        one, other = settled[number], settled[number + 1]
        if other.start_ms - one.end_ms >= CLEAR_PAUSE_MS:
            continue
        # Never beyond the middle of either turn.
        earliest = max(one.end_ms - DOUBT_MS, (one.start_ms + one.end_ms) // 2)
        latest = min(other.start_ms + DOUBT_MS, (other.start_ms + other.end_ms) // 2)
        first, last = (round(moment * analysis.cells_per_s / 1000) for moment in (earliest, latest))
        powers = analysis.cell_powers[first:last]
        if len(powers) <= width:
            continue
        # A moving average: a single quiet sample is not a pause.
        levels_db = 10 * np.log10(
            np.maximum(
                np.convolve(powers, np.full(width, 1 / width), "valid"), 10 ** (SOFT_DB / 10)
            )
        )
        speech_db = min(_level_db(analysis, one), _level_db(analysis, other))
        if float(levels_db.min()) > max(SOFT_DB, speech_db + PAUSE_DB):
            continue
        # Of equally quiet positions, the one nearest to the transcript's time.
        cell = (one.end_ms + other.start_ms) / 2000 * analysis.cells_per_s - first - width / 2
        doubt = DOUBT_MS / 1000 * analysis.cells_per_s
        softest = (
            first
            + int(np.argmin(levels_db + FAR_DB * np.abs(np.arange(len(levels_db)) - cell) / doubt))
            + width / 2
        )
        middle = round(softest * 1000 / analysis.cells_per_s)
        settled[number] = replace_fields(one, end_ms=RecordingMs(middle - MIN_RAMP_MS // 2))
        settled[number + 1] = replace_fields(other, start_ms=RecordingMs(middle + MIN_RAMP_MS // 2))
    return settled


def _level_db(analysis: LoudnessAnalysis, turn: SpeakerTurn) -> float:
    """The mean level of a turn in dBFS."""
    first, last = (
        round(moment * analysis.cells_per_s / 1000) for moment in (turn.start_ms, turn.end_ms)
    )
    return float(
        10
        * np.log10(
            max(
                float(analysis.cell_powers[first : max(first + 1, last)].sum())
                / max(1, last - first),
                1e-12,
            )
        )
    )


def _ramp_ms(end_ms: int, start_ms: int) -> tuple[int, int]:
    """The interval in which the gain changes between two turns: in the middle of the pause."""
    length_ms = min(max(start_ms - end_ms, MIN_RAMP_MS), MAX_RAMP_MS)
    middle = (start_ms + end_ms) // 2
    return middle - length_ms // 2, middle + length_ms // 2


def _blocks(analysis: LoudnessAnalysis, turns: Sequence[SpeakerTurn]) -> NDArray[np.bool_]:
    """The blocks inside these turns, without edges."""
    chosen = np.zeros(len(analysis.block_powers), np.bool_)
    for turn in turns:
        edge = min(EDGE_MS, (turn.end_ms - turn.start_ms) // 4)
        chosen[-(-(turn.start_ms + edge) // BLOCK_MS) : (turn.end_ms - edge) // BLOCK_MS] = True
    return chosen
