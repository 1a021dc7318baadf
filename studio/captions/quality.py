"""Measure the readability of captions by broadcasters' guidelines.

The limits are those of subtitling for broadcast: two lines of 42 characters, at most 20 characters
a second, five sixths of a second (Netflix's Timed Text Style Guide), breaks at natural points (BBC
Subtitle Guidelines, 3.4).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from studio.captions.cue_tokens import BROADCAST_LINE_CHARACTERS, ORPHAN_PAUSE_MS
from studio.captions.cues import Cue
from studio.model.record import Record
from studio.text.typography import ends_on_function_word

CHARACTERS_PER_S = 20.0
MIN_DURATION_MS = 833
LINE_CHARACTERS = BROADCAST_LINE_CHARACTERS
LINES = 2
# The reported percentile of cues' speeds, since a few words are always spoken fast.
PERCENTILE = 95


class CaptionStats(Record, frozen=True):
    """Measurements of the captions of one episode.

    :param cues: number of cues.
    :param speed_cps: 95th percentile of characters per second, without the speaker's name;
        ``median_cps``: the median.
    :param shortest_ms: the shortest duration; ``too_short``: number of cues shorter than 5/6 s.
    :param longest_line: characters of the longest line; ``too_many_lines``: number of cues of more
        than two.
    :param torn: lines that end on an article, a preposition or a conjunction while their sentence
        continues.
    :param lonely: cues of a single word in the middle of a sentence.
    :param unnamed: cues with an unknown speaker.
    """

    cues: int
    speed_cps: float
    median_cps: float
    shortest_ms: int
    too_short: int
    longest_line: int
    too_many_lines: int
    torn: int
    lonely: int
    unnamed: int


def caption_stats_from_cues(cues: Sequence[Cue]) -> CaptionStats:
    """Measure captions.

    :param cues: with names in ``speaker`` only, not in their lines.
    """
    speeds = sorted(speed_cps(cue) for cue in cues)
    lengths_ms = [cue.end_ms - cue.start_ms for cue in cues]
    return CaptionStats(
        cues=len(cues),
        speed_cps=round(_percentile(speeds, PERCENTILE), 1),
        median_cps=round(_percentile(speeds, 50), 1),
        shortest_ms=min(lengths_ms, default=0),
        too_short=sum(length < MIN_DURATION_MS for length in lengths_ms),
        longest_line=max((len(line) for cue in cues for line in cue.lines), default=0),
        too_many_lines=sum(len(cue.lines) > LINES for cue in cues),
        torn=sum(len(badly_broken_lines(cue)) for cue in cues),
        lonely=sum(is_orphan_word(cues, place) for place in range(len(cues))),
        unnamed=sum(None in (cue.voices or (cue.speaker,)) for cue in cues),
    )


def speed_cps(cue: Cue) -> float:
    """Reading speed in characters per second; a space or a line break counts as one."""
    return len(cue.text) * 1000 / max(1, cue.end_ms - cue.start_ms)


def badly_broken_lines(cue: Cue) -> tuple[str, ...]:
    """The lines that end with a word that belongs to the next word."""
    return tuple(line for line in cue.lines if ends_on_function_word(line))


def is_orphan_word(cues: Sequence[Cue], place: int) -> bool:
    """Whether a cue is a single word of a sentence that the same speaker started just before."""
    cue = cues[place]
    if len(cue.text.split()) > 1 or place == 0:
        return False
    before = cues[place - 1]
    return (
        before.speaker == cue.speaker
        and before.end_ms + ORPHAN_PAUSE_MS > cue.start_ms
        and not before.text.rstrip("»”\"') \u00a0\u202f").endswith((".", "?", "!", "…"))
    )


def _percentile(sorted_values: Sequence[float], percent: int) -> float:
    """The percentile of the values; 0 without values."""
    if not sorted_values:
        return 0.0
    return sorted_values[max(0, math.ceil(len(sorted_values) * percent / 100) - 1)]
