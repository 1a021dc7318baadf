"""Captions of overlapping speech: a line for each speaker, as in subtitled dialogue.

The words of all overlapping speakers are sorted by time and split into cues like those of one turn,
at the lowest cost; the words of each of two speakers are one line of a cue.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from studio.captions.cue_tokens import (
    A_CUE,
    LINGER_MS,
    MAX_DURATION_MS,
    MAX_PAUSE_MS,
    MIN_DURATION_MS,
    NAMED_LINE_CHARACTERS,
    PER_CHARACTER_TOO_FAST,
    PER_SECOND_OF_PAUSE,
    PER_SECOND_TOO_SHORT,
    READING_CHARACTERS_PER_S,
    WHOLE_NAME,
    CueToken,
    cheapest_lines,
    read_characters,
    tokens_of_turn,
)
from studio.model.turns import Turn

# A speaker who starts within this many ms of another's end gets a separate cue after it.
MIN_TOGETHER_MS = 500
# The start of a line of dialogue in formats without voice tags.
DASH = "– "


class DialogueLayout(NamedTuple):
    """One cue before its end is determined.

    :param voices: the speaker of each line if there are two, else empty.
    """

    start_ms: int
    end_ms: int
    speaker: str | None
    lines: tuple[str, ...]
    read_characters: int
    voices: tuple[str | None, ...]


class _Said(NamedTuple):
    """A token, its voice (counted from 0), and its index among the tokens of that voice; ``left``:
    how many of that voice follow.
    """

    token: CueToken
    voice: int
    number: int
    left: int


def dialogues_of(turns: Sequence[Turn]) -> Iterator[tuple[Sequence[Turn], Turn | None]]:
    """Groups of overlapping turns, each with the turn after it.

    :param turns: ascending by start.
    """
    first = 0
    while first < len(turns):
        last, end_ms = first + 1, turns[first].end_ms
        while last < len(turns) and (
            end_ms - turns[last].start_ms >= MIN_TOGETHER_MS
            and (last > first + 1 or turns[last].speaker != turns[first].speaker)
        ):
            end_ms = max(end_ms, turns[last].end_ms)
            last += 1
        yield turns[first:last], turns[last] if last < len(turns) else None
        first = last


def dialogue_layouts(
    turns: Sequence[Turn],
    language: str,
    limit: int,
    until_ms: int,
    *,
    name_after: str | None,
    with_names: bool,
) -> list[DialogueLayout]:
    """The cues of overlapping turns.

    :param limit: the longest line.
    :param until_ms: start of the next turn.
    :param name_after: the last speaker named before.
    :param with_names: whether names and dashes are written into the lines.
    """
    speakers = list(dict.fromkeys(turn.speaker for turn in turns))
    said = _in_order(turns, speakers, language, limit)
    lay = _Lines(said, speakers, limit, name_after if with_names else None, with_names=with_names)
    # The same shortest path as for one turn (:mod:`studio.captions.cues`).
    costs = [0.0] + [float("inf")] * len(said)
    origins: list[tuple[int, DialogueLayout] | None] = [None] * (len(said) + 1)
    for first in range(len(said)):
        for end, cost, layout in _possible_cues(said, lay, first, until_ms):
            if costs[first] + cost < costs[end]:
                costs[end] = costs[first] + cost
                origins[end] = first, layout
    # Walk back from the last word along the cheapest cues.
    layouts: list[DialogueLayout] = []
    end = len(said)
    while (origin := origins[end]) is not None:
        end, layout = origin
        layouts.append(layout)
    return layouts[::-1]


def _in_order(
    turns: Sequence[Turn], speakers: Sequence[str | None], language: str, limit: int
) -> list[_Said]:
    """The words of all turns in order of time."""
    said: list[_Said] = []
    for voice, speaker in enumerate(speakers):
        tokens = [
            token
            for turn in turns
            if turn.speaker == speaker
            for token in tokens_of_turn(turn, None, language, limit - len(DASH))
        ]
        said += [
            _Said(token, voice, number, len(tokens) - number - 1)
            for number, token in enumerate(tokens)
        ]
    return sorted(said, key=lambda one: one.token.start_ms)


def _possible_cues(
    said: Sequence[_Said], lay: _Lines, first: int, until_ms: int
) -> Iterator[tuple[int, float, DialogueLayout]]:
    """Every cue that may start with a word: its end, cost and lines. At least the one of that word
    alone.
    """
    start_ms, end_ms = said[first].token.start_ms, said[first].token.end_ms
    pauses = 0.0
    for end in range(first + 1, len(said) + 1):
        last = said[end - 1]
        # Words overlap, so the end of a cue is the latest end, not the last word's.
        pause_ms = max(0, last.token.start_ms - end_ms)
        end_ms = max(end_ms, last.token.end_ms)
        if end - first > 1 and (end_ms - start_ms > MAX_DURATION_MS or pause_ms > MAX_PAUSE_MS):
            return
        pauses += PER_SECOND_OF_PAUSE * pause_ms / 1000
        laid = lay.of(first, end)
        if laid is None:
            return
        line_cost, speaker, lines, read, voices = laid
        # Shown until the next word, at most LINGER_MS longer.
        following_ms = said[end].token.start_ms if end < len(said) else until_ms
        shown_ms = max(1, min(following_ms, end_ms + LINGER_MS) - start_ms)
        # The cost: the cue, the breaks of each speaker's sentence, and its readability.
        cost = A_CUE + pauses + line_cost
        lasts = {one.voice: one for one in said[first:end]}
        cost += sum(one.token.cue_break for one in lasts.values() if one.left)
        cost += PER_SECOND_TOO_SHORT * max(0, MIN_DURATION_MS - shown_ms) / 1000
        cost += PER_CHARACTER_TOO_FAST * max(0.0, read * 1000 / shown_ms - READING_CHARACTERS_PER_S)
        yield end, cost, DialogueLayout(start_ms, end_ms, speaker, lines, read, voices)


class _Lines:
    """Lays out overlapping words on lines."""

    def __init__(
        self,
        said: Sequence[_Said],
        speakers: Sequence[str | None],
        limit: int,
        named: str | None,
        *,
        with_names: bool,
    ) -> None:
        self._said, self._speakers, self._limit = said, speakers, limit
        self._named, self._with_names = named, with_names
        # Up to here only one speaker.
        self._alone = next(
            (place for place, one in enumerate(said) if one.voice != said[0].voice), len(said)
        )

    def of(
        self, first: int, end: int
    ) -> tuple[float, str | None, tuple[str, ...], int, tuple[str | None, ...]] | None:
        """Cost of the lines, first speaker, lines, number of characters to read, and speaker of
        each; None if they do not fit.
        """
        tokens: dict[int, list[CueToken]] = {}
        for one in self._said[first:end]:
            tokens.setdefault(one.voice, []).append(one.token)
        if len(tokens) == 1:
            ((voice, own),) = tokens.items()
            return self._one_voice(first, voice, own)
        # A cue has two lines, so it holds two speakers at most.
        if len(tokens) > 2:
            return None
        lines, read = [], 0
        for voice in sorted(tokens):
            text = " ".join(token.text for token in tokens[voice])
            if len(text) > self._limit - (len(DASH) if self._with_names else 0):
                return None
            read += len(text)
            begins = any(one.voice == voice and one.number == 0 for one in self._said[first:end])
            lines.append(self._as_dialogue(text, voice, begins=begins))
        voices = tuple(self._speakers[voice] for voice in sorted(tokens))
        return 0.0, voices[0], tuple(lines), read, voices

    def _one_voice(
        self, first: int, voice: int, own: list[CueToken]
    ) -> tuple[float, str | None, tuple[str, ...], int, tuple[str | None, ...]] | None:
        speaker = self._speakers[voice]
        begins = first == 0 and speaker != self._named
        if self._with_names and speaker is not None and (begins or first >= self._alone):
            name = CueToken(f"{speaker}:", own[0].start_ms, own[0].start_ms, WHOLE_NAME, WHOLE_NAME)
            named = cheapest_lines([name, *own], self._limit)
            if named is not None:
                return named[0], speaker, named[1], read_characters(named[1], name), ()
        laid = cheapest_lines(own, self._limit)
        if laid is None:
            return None
        return laid[0], speaker, laid[1], read_characters(laid[1], own[0]), ()

    def _as_dialogue(self, text: str, voice: int, *, begins: bool) -> str:
        """A line with its dash, and with the name of a new speaker if there is room."""
        if not self._with_names:
            return text
        speaker = self._speakers[voice]
        if begins and speaker is not None and speaker != self._named:
            named = f"{DASH}{speaker}: {text}"
            if len(named) <= NAMED_LINE_CHARACTERS:
                return named
        return f"{DASH}{text}"
