"""Split the transcript into cues with a comfortable reading speed.

Breaks are optimised over a whole turn: every possible cue has a cost (broken phrases, duration,
reading speed), and dynamic programming finds the cheapest sequence.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from studio.captions.cue_tokens import (
    A_CUE,
    AT_SENTENCE,
    IN_NAME,
    LINGER_MS,
    MAX_DURATION_MS,
    MAX_PAUSE_MS,
    MIN_DURATION_MS,
    ORPHAN_PAUSE_MS,
    ORPHAN_PENALTY,
    PER_CHARACTER_TOO_FAST,
    PER_SECOND_OF_PAUSE,
    PER_SECOND_TOO_SHORT,
    READING_CHARACTERS_PER_S,
    SENTENCE_INSIDE,
    WHOLE_NAME,
    CueToken,
    cheapest_lines,
    read_characters,
    tokens_of_turn,
)
from studio.captions.dialogue_cues import dialogue_layouts, dialogues_of
from studio.model.clock import Programme, ProgrammeMs
from studio.model.record import Record
from studio.model.transcript import Transcript
from studio.model.turns import Turn, turns_from_transcript

LINES = 2
# A shorter gap between two cues is perceived as a flicker.
FLICKER_MS = 125
# A cue may start this much before its speech, or end this much after it, so that a fast cue takes
# time of a slow neighbour: half of the BBC guidelines' limit (5.2: 1.5 s). By bench/captions.py, of
# 500, 700 and 900 ms the first with which 95 % of the cues of most recordings stay below 20
# characters a second.
SHIFT_MS = 700
# The full limit of these guidelines, for the few cues that are still too fast: one in thirty in 20
# interviews. Among 18 to 20 characters a second, 19 is the highest threshold that does not let more
# cues exceed 20.
MAX_SHIFT_MS = 1500
FAST_CHARACTERS_PER_S = 19
# The maximum rounds of redistributing time between neighbours. In a long fast passage, time comes
# from distant cues: of 8, 60 and 300 rounds, 60 leave as few fast cues as 300.
SHIFT_ROUNDS = 60
# The shortest duration of a cue, if its neighbours leave enough time: five sixths of a second.
MIN_MS = 834


class Cue(Record, frozen=True):
    """One caption on the programme clock: at least one line, one speaker (None if unknown),
    ``start_ms`` before ``end_ms``.

    :param voices: the speaker of each line in overlapping speech, else empty. ``speaker`` is then
        that of the first one.
    """

    start_ms: ProgrammeMs
    end_ms: ProgrammeMs
    speaker: str | None
    lines: tuple[str, ...]
    voices: tuple[str | None, ...] = ()

    @property
    def text(self) -> str:
        """The lines, one space between them."""
        return " ".join(self.lines)


@dataclasses.dataclass(frozen=True)
class CueShape:
    """The limits of a caption format.

    :param line_characters: the longest line.
    :param speaker_in_text: the format has no field for names: the name, with a colon, is put into
        the text when the speaker changes.
    :param shift_ms: how much a cue may start before its speech or end after it; 0 if words are
        highlighted while they are spoken.
    """

    line_characters: int
    speaker_in_text: bool = False
    shift_ms: int = SHIFT_MS


class _Layout(NamedTuple):
    """The tokens from ``first`` to ``end`` (exclusive), laid out on a cue's lines."""

    first: int
    end: int
    lines: tuple[str, ...]


class _Draft(NamedTuple):
    """A cue before its end is determined: start and end of its speech, its lines, and the number of
    characters to read (without the speaker's name).
    """

    start_ms: int
    end_ms: int
    speaker: str | None
    lines: tuple[str, ...]
    read_characters: int
    voices: tuple[str | None, ...] = ()


def cues_from_transcript(
    transcript: Transcript, programme: Programme, shape: CueShape
) -> tuple[Cue, ...]:
    """The cues of an episode, in order, without overlap; no cue mixes speakers, except in
    overlapping speech, where each has a line.

    They contain every word of the episode, in order for each speaker. A word longer than a line is
    split over lines, a name never. If the speech permits, a cue is shown for 1 to 6.5 seconds and
    read at 17 characters a second at most; for that it starts up to 0.7 s earlier or ends up to 0.7
    s later, or 1.5 s if its speed would exceed 19 otherwise.
    """
    return cues_from_turns(
        turns_from_transcript(transcript, programme),
        programme.duration_ms,
        transcript.language,
        shape,
    )


def cues_from_turns(
    turns: Sequence[Turn], duration_ms: int, language: str, shape: CueShape
) -> tuple[Cue, ...]:
    """The cues of these turns.

    :param duration_ms: the latest end of the last cue.
    """
    drafts: list[_Draft] = []
    named: str | None = None
    for together, following in dialogues_of(turns):
        until_ms = following.start_ms if following is not None else duration_ms
        if len(together) > 1:
            drafts.extend(
                _Draft(*layout)
                for layout in dialogue_layouts(
                    together,
                    language,
                    shape.line_characters,
                    until_ms,
                    name_after=named,
                    with_names=shape.speaker_in_text,
                )
            )
            # Viewers cannot see which of them continues.
            named = None
            continue
        # The name is only shown when the speaker changes.
        turn = together[0]
        name = turn.speaker if shape.speaker_in_text and turn.speaker != named else None
        named = turn.speaker
        drafts += _drafts_of_turn(turn, name, language, shape.line_characters, until_ms)
    return tuple(_timed_cues(drafts, duration_ms, shape.shift_ms))


# The preview while typing requests the same turns repeatedly: some minutes on either side are
# cached.
@functools.lru_cache(maxsize=256)
def _drafts_of_turn(
    turn: Turn, name: str | None, language: str, limit: int, until_ms: int
) -> tuple[_Draft, ...]:
    """The cues of one turn before their ends are determined."""
    tokens = tokens_of_turn(turn, name, language, limit)
    return tuple(
        _Draft(
            tokens[layout.first].start_ms,
            tokens[layout.end - 1].end_ms,
            turn.speaker,
            layout.lines,
            read_characters(layout.lines, tokens[layout.first]),
        )
        for layout in _cheapest_layouts(tokens, limit, until_ms)
    )


def _cheapest_layouts(tokens: Sequence[CueToken], limit: int, until_ms: int) -> list[_Layout]:
    """The cues of one turn. ``until_ms`` is the start of the next turn, the latest end of the last
    cue.
    """
    # Shortest path over token positions: the cheapest cost up to each position, and the cue that
    # ends there. Positions ascend, so each cost is final when cues start from it.
    count = len(tokens)
    costs = [0.0] + [float("inf")] * count
    origins: list[_Layout | None] = [None] * (count + 1)
    for first in range(count):
        for end, cost, lines in _possible_cues(tokens, first, limit, until_ms):
            if costs[first] + cost < costs[end]:
                costs[end] = costs[first] + cost
                origins[end] = _Layout(first, end, lines)
    # Walk back from the last position.
    layouts: list[_Layout] = []
    end = count
    while (origin := origins[end]) is not None:
        layouts.append(origin)
        end = origin.first
    return layouts[::-1]


def _possible_cues(
    tokens: Sequence[CueToken], first: int, limit: int, until_ms: int
) -> Iterator[tuple[int, float, tuple[str, ...]]]:
    """Every cue that may start with a token: its end, cost and lines. At least the one of that
    token alone.
    """
    start_ms = tokens[first].start_ms
    inside = 0.0
    for end in range(first + 1, len(tokens) + 1):
        last = tokens[end - 1]
        # The cost of one more token: its pause, and a sentence that ends inside the cue.
        if end - first > 1:
            previous = tokens[end - 2]
            pause_ms = last.start_ms - previous.end_ms
            named = previous.cue_break >= IN_NAME
            if (last.end_ms - start_ms > MAX_DURATION_MS or pause_ms > MAX_PAUSE_MS) and not named:
                return
            inside += PER_SECOND_OF_PAUSE * max(0, pause_ms) / 1000
            inside += SENTENCE_INSIDE if previous.cue_break == AT_SENTENCE else 0.0
        laid = cheapest_lines(tokens[first:end], limit)
        if laid is None:
            return
        line_cost, lines = laid
        # It can be read until the next cue, or for some time after its end.
        following_ms = tokens[end].start_ms if end < len(tokens) else until_ms
        shown_ms = max(1, min(following_ms, last.end_ms + LINGER_MS) - start_ms)
        speed = read_characters(lines, tokens[first]) * 1000 / shown_ms
        # The cost: the cue itself, its breaks, and its duration and reading speed.
        cost = A_CUE + inside + line_cost
        cost += last.cue_break if end < len(tokens) else 0.0
        cost += ORPHAN_PENALTY if _is_orphan(tokens, first, end) else 0.0
        cost += PER_SECOND_TOO_SHORT * max(0, MIN_DURATION_MS - shown_ms) / 1000
        cost += PER_CHARACTER_TOO_FAST * max(0.0, speed - READING_CHARACTERS_PER_S)
        yield end, cost, lines


def _is_orphan(tokens: Sequence[CueToken], first: int, end: int) -> bool:
    """Whether these tokens are a single word, separated from the rest of its sentence."""
    if first == 0 or end - first > 1:
        return False
    before = tokens[first - 1]
    return (
        before.cue_break not in {AT_SENTENCE, WHOLE_NAME}
        and tokens[first].start_ms - before.end_ms < ORPHAN_PAUSE_MS
    )


def _timed_cues(drafts: Sequence[_Draft], duration_ms: int, shift_ms: int) -> Iterator[Cue]:
    """Extend each cue to its reading time, but never into the next one."""
    starts = _shared_starts(drafts, duration_ms, shift_ms)
    free_from_ms = 0
    for index, draft in enumerate(drafts):
        is_last = index + 1 == len(drafts)
        start_ms = max(starts[index], free_from_ms)
        limit_ms = max(duration_ms, draft.end_ms) if is_last else max(starts[index + 1], start_ms)
        reading_ms = draft.read_characters * 1000 // READING_CHARACTERS_PER_S
        wanted_ms = min(start_ms + max(MIN_DURATION_MS, reading_ms), draft.end_ms + LINGER_MS)
        end_ms = min(limit_ms, max(draft.end_ms, wanted_ms))
        if not is_last and limit_ms - end_ms < FLICKER_MS:
            end_ms = limit_ms
        # Words of zero duration (a damaged transcript) still give cues that start before they end.
        end_ms = max(end_ms, start_ms + 1)
        free_from_ms = end_ms
        yield Cue(
            start_ms=ProgrammeMs(start_ms),
            end_ms=ProgrammeMs(end_ms),
            speaker=draft.speaker,
            lines=draft.lines,
            voices=draft.voices,
        )


def _shared_starts(drafts: Sequence[_Draft], duration_ms: int, shift_ms: int) -> list[int]:
    """The start of each cue: that of its speech, unless it or a neighbour is too fast to read.

    Cues that are still too fast share time with their neighbours once more, with a larger limit.
    """
    spoken = [draft.start_ms for draft in drafts]
    starts = _settled_starts(drafts, spoken, duration_ms, READING_CHARACTERS_PER_S, shift_ms)
    if not shift_ms:
        return starts
    return _settled_starts(drafts, starts, duration_ms, FAST_CHARACTERS_PER_S, MAX_SHIFT_MS)


def _settled_starts(
    drafts: Sequence[_Draft],
    anchors: Sequence[int],
    duration_ms: int,
    characters_per_s: int,
    shift_ms: int,
) -> list[int]:
    """The start of each cue: its anchor, unless it or a neighbour has too little time at this
    speed.

    The boundary between two cues moves, by at most ``shift_ms`` from the speech, to where both have
    the same reading speed; in several rounds, because each move affects the next pair.
    """
    starts = list(anchors)
    # The time that each cue needs at this reading speed, in ms.
    needs_ms = [max(MIN_MS, draft.read_characters * 1000 // characters_per_s) for draft in drafts]
    for _ in range(SHIFT_ROUNDS):
        moved = False
        for index, draft in enumerate(drafts):
            is_last = index + 1 == len(drafts)
            following = max(duration_ms, draft.end_ms) if is_last else starts[index + 1]
            until_ms = min(draft.end_ms + LINGER_MS, following)
            wanted = _shared_start(index, until_ms, anchors, starts, needs_ms)
            # Never further from the speech than allowed, and never before the start.
            kept = max(min(max(wanted, draft.start_ms - shift_ms), draft.start_ms + shift_ms), 0)
            moved = moved or kept != starts[index]
            starts[index] = kept
        if not moved:
            break
    return starts


def _shared_start(
    index: int,
    until_ms: int,
    anchors: Sequence[int],
    starts: Sequence[int],
    needs_ms: Sequence[int],
) -> int:
    """The start of a cue, between the preceding one and ``until_ms``, its latest end."""
    start_ms, needed_ms = anchors[index], needs_ms[index]
    if index == 0:
        return max(0, min(start_ms, until_ms - needed_ms))
    from_ms = starts[index - 1]
    # The least time of the preceding cue, and what remains for this one.
    before_ms = needs_ms[index - 1]
    if from_ms + before_ms <= start_ms and start_ms + needed_ms <= until_ms:
        return start_ms
    if before_ms + needed_ms <= until_ms - from_ms:
        # Enough time for both: as close to the speech as possible.
        return min(max(start_ms, from_ms + before_ms), until_ms - needed_ms)
    shared_ms = from_ms + (until_ms - from_ms) * before_ms // (before_ms + needed_ms)
    if until_ms - from_ms >= 2 * MIN_MS:
        # Both keep their least time, however fast the other one is.
        shared_ms = min(max(shared_ms, from_ms + MIN_MS), until_ms - MIN_MS)
    return shared_ms
