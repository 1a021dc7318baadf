"""Cues: the transcript in pieces that can be read while they are heard.

Where to break is a choice over a whole turn, not a greedy one: every possible cue has a price (what
it tears apart, how long it stands, how fast it must be read), and the cheapest way through the turn
is taken.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from studio.model.clock import Programme, ProgrammeMs
from studio.model.record import Record
from studio.model.transcript import Transcript
from studio.model.turns import CLOSING_MARKS, Turn, ends_sentence, turns_from_transcript
from studio.text.typography import leans_on_next, set_text

LINES = 2
LONGEST_MS = 6500
SHORTEST_MS = 1000
READING_CHARACTERS_PER_S = 17
# A cue may stay for so long after its last word, when nobody speaks.
LINGER_MS = 1500
# A darkness shorter than this between two cues is a flicker.
FLICKER_MS = 125
# Inside a cue nobody waits for longer.
LONGEST_PAUSE_MS = 1500

# Prices. What a break costs after a word, from the end of a sentence to the middle of a group of
# words.
AT_SENTENCE = 0.0
AT_CLAUSE = 1.0
BEFORE_JOINT = 2.5
BETWEEN_WORDS = 5.0
AFTER_LEANING = 10.0
IN_NAME = 100.0
# What a cue costs, so that there are few of them; what a sentence that ends in the middle of one
# costs.
A_CUE = 3.0
SENTENCE_INSIDE = 1.5
PER_SECOND_TOO_SHORT = 6.0
PER_CHARACTER_TOO_FAST = 0.3
PER_SECOND_OF_PAUSE = 3.0
# Two lines of unequal length are ugly, a line that tears words apart is hard to read: this weighs
# one against the other.
LINE_BREAK_WEIGHT = 0.3
UNEQUAL_LINES_WEIGHT = 2.0

_CLAUSE_ENDS = (",", ";", ":", "–", "—")
_JOINT_WORDS = """
    et ou mais donc or ni car que qui dont où quand comme lorsque puisque parce puis alors pour avec
    sans dans sur sous chez entre vers depuis pendant contre selon afin ainsi par en à au aux
"""
_JOINTS = frozenset(_JOINT_WORDS.split())


class Cue(Record, frozen=True):
    """One caption on the programme's clock: at least one line, one speaker (None while not known),
    ``start_ms`` before ``end_ms``.
    """

    start_ms: ProgrammeMs
    end_ms: ProgrammeMs
    speaker: str | None
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The lines, one space between them."""
        return " ".join(self.lines)


@dataclasses.dataclass(frozen=True)
class CueShape:
    """What a form of captions allows.

    :param line_characters: the longest line.
    :param speaker_in_text: the form has no place for names: the name is written, with a colon,
        where the speaker changes.
    """

    line_characters: int
    speaker_in_text: bool = False


class _Token(NamedTuple):
    """What a line cannot break: mostly one word, with the marks that French keeps at a distance.

    :param cue_break: the price of ending a cue after it.
    :param line_break: the price of ending a line after it.
    """

    text: str
    start_ms: int
    end_ms: int
    cue_break: float
    line_break: float


class _Layout(NamedTuple):
    """The tokens from ``first`` to before ``end``, as they lie on a cue's lines."""

    first: int
    end: int
    lines: tuple[str, ...]


class _Draft(NamedTuple):
    """A cue before its end is settled: when its speech starts and ends, and what it shows."""

    start_ms: int
    end_ms: int
    speaker: str | None
    lines: tuple[str, ...]


def cues_from_transcript(
    transcript: Transcript, programme: Programme, shape: CueShape
) -> tuple[Cue, ...]:
    """The cues of an episode, in order, without overlap; no cue mixes speakers.

    Every heard word is in them, in order. A word longer than a line is broken over lines. Where the
    speech permits it, a cue stands for 1 to 6.5 seconds and is read at 17 characters a second at
    most.
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
    """The same of what is said from the first of these turns to the last.

    :param duration_ms: until when the last cue may stand.
    """
    drafts: list[_Draft] = []
    named: str | None = None
    for index, turn in enumerate(turns):
        until_ms = turns[index + 1].start_ms if index + 1 < len(turns) else duration_ms
        name = turn.speaker if shape.speaker_in_text and turn.speaker != named else None
        named = turn.speaker
        tokens = _tokens(turn, name, language, shape.line_characters)
        drafts.extend(
            _Draft(
                tokens[layout.first].start_ms,
                tokens[layout.end - 1].end_ms,
                turn.speaker,
                layout.lines,
            )
            for layout in _cheapest_layouts(tokens, shape.line_characters, until_ms)
        )
    return tuple(_timed_cues(drafts, duration_ms))


def _tokens(turn: Turn, name: str | None, language: str, limit: int) -> list[_Token]:
    """The turn's words set in type and priced; ``name`` written before them when it is given."""
    tokens: list[_Token] = []
    if name is not None:
        pieces = [part for word in f"{name}:".split() for part in _parts(word, limit)]
        tokens.extend(
            _Token(piece, turn.start_ms, turn.start_ms, IN_NAME, AFTER_LEANING)
            for piece in pieces[:-1]
        )
        # Apps find a name by its colon and the words after it on the same line.
        tokens.append(_Token(pieces[-1], turn.start_ms, turn.start_ms, IN_NAME, IN_NAME))
    texts = set_text(turn.text, language).split(" ")
    words = iter(turn.words)
    for index, text in enumerate(texts):
        # Setting changes no letter: the token has the words whose letters it has.
        letters = len("".join(text.split()))
        first = last = next(words)
        letters -= len(first.text)
        while letters > 0:
            last = next(words)
            letters -= len(last.text)
        following = texts[index + 1] if index + 1 < len(texts) else ""
        price = _break_price(text, following)
        parts = _parts(text, limit)
        moments = [
            first.start_ms + (last.end_ms - first.start_ms) * part // len(parts)
            for part in range(len(parts) + 1)
        ]
        tokens.extend(
            _Token(*one, AFTER_LEANING, AFTER_LEANING)
            for one in zip(parts[:-1], moments, moments[1:], strict=False)
        )
        tokens.append(_Token(parts[-1], moments[-2], moments[-1], price, price))
    return tokens


def _parts(text: str, limit: int) -> list[str]:
    """The text in parts that fit on a line: nearly always one."""
    parts = []
    while len(text) > limit:
        cut = max(text.rfind(mark, 0, limit) for mark in "-/._\u00a0\u202f") + 1
        cut = cut if cut > limit // 2 else limit
        parts.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*parts, text]


def _break_price(word: str, following: str) -> float:
    if ends_sentence(word):
        return AT_SENTENCE
    if word.rstrip(CLOSING_MARKS).endswith(_CLAUSE_ENDS) or following.startswith(
        ("(", "«", "“", "–", "—")
    ):
        return AT_CLAUSE
    if leans_on_next(word) or (word[:1].isupper() and following[:1].isupper()):
        return AFTER_LEANING
    if following.lower() in _JOINTS or following.lower().startswith(("qu’", "qu'", "d’", "d'")):
        return BEFORE_JOINT
    return BETWEEN_WORDS


def _cheapest_layouts(tokens: Sequence[_Token], limit: int, until_ms: int) -> list[_Layout]:
    """The cues of one turn. ``until_ms`` is where the next turn starts: a last cue can stay until
    then.
    """
    count = len(tokens)
    costs = [0.0] + [float("inf")] * count
    origins: list[_Layout | None] = [None] * (count + 1)
    for first in range(count):
        for end, cost, lines in _possible_cues(tokens, first, limit, until_ms):
            if costs[first] + cost < costs[end]:
                costs[end] = costs[first] + cost
                origins[end] = _Layout(first, end, lines)
    layouts: list[_Layout] = []
    end = count
    while (origin := origins[end]) is not None:
        layouts.append(origin)
        end = origin.first
    return layouts[::-1]


def _possible_cues(
    tokens: Sequence[_Token], first: int, limit: int, until_ms: int
) -> Iterator[tuple[int, float, tuple[str, ...]]]:
    """Every cue that may start with a token: where it ends, its price, its lines. At least the one
    of that token alone.
    """
    start_ms = tokens[first].start_ms
    inside = 0.0
    for end in range(first + 1, len(tokens) + 1):
        last = tokens[end - 1]
        if end - first > 1:
            previous = tokens[end - 2]
            pause_ms = last.start_ms - previous.end_ms
            named = previous.cue_break >= IN_NAME
            if (last.end_ms - start_ms > LONGEST_MS or pause_ms > LONGEST_PAUSE_MS) and not named:
                return
            inside += PER_SECOND_OF_PAUSE * max(0, pause_ms) / 1000
            inside += SENTENCE_INSIDE if previous.cue_break == AT_SENTENCE else 0.0
        laid = _cheapest_lines(tokens[first:end], limit)
        if laid is None:
            return
        line_cost, lines = laid
        following_ms = tokens[end].start_ms if end < len(tokens) else until_ms
        shown_ms = max(1, min(following_ms, last.end_ms + LINGER_MS) - start_ms)
        speed = sum(map(len, lines)) * 1000 / shown_ms
        cost = A_CUE + inside + line_cost
        cost += last.cue_break if end < len(tokens) else 0.0
        cost += PER_SECOND_TOO_SHORT * max(0, SHORTEST_MS - shown_ms) / 1000
        cost += PER_CHARACTER_TOO_FAST * max(0.0, speed - READING_CHARACTERS_PER_S)
        yield end, cost, lines


def _cheapest_lines(tokens: Sequence[_Token], limit: int) -> tuple[float, tuple[str, ...]] | None:
    """The tokens on one line where they fit, else on the two best lines; None where they do not fit
    on two.
    """
    length = sum(len(token.text) for token in tokens) + len(tokens) - 1
    if length <= limit:
        return 0.0, (" ".join(token.text for token in tokens),)
    if length > LINES * limit + 1:
        return None
    best: tuple[float, int] | None = None
    upper = -1
    for split, token in enumerate(tokens[:-1], start=1):
        upper += len(token.text) + 1
        lower = length - upper - 1
        if upper > limit:
            break
        if lower <= limit:
            cost = (
                LINE_BREAK_WEIGHT * token.line_break
                + UNEQUAL_LINES_WEIGHT * abs(upper - lower) / limit
            )
            if best is None or cost < best[0]:
                best = cost, split
    if best is None:
        return None
    cost, split = best
    return cost, (
        " ".join(token.text for token in tokens[:split]),
        " ".join(token.text for token in tokens[split:]),
    )


def _timed_cues(drafts: Sequence[_Draft], duration_ms: int) -> Iterator[Cue]:
    """Let each cue stand for as long as it takes to read, but never into the next one."""
    free_from_ms = 0
    for index, draft in enumerate(drafts):
        is_last = index + 1 == len(drafts)
        start_ms = max(draft.start_ms, free_from_ms)
        limit_ms = max(duration_ms, draft.end_ms) if is_last else drafts[index + 1].start_ms
        reading_ms = sum(map(len, draft.lines)) * 1000 // READING_CHARACTERS_PER_S
        wanted_ms = min(start_ms + max(SHORTEST_MS, reading_ms), draft.end_ms + LINGER_MS)
        end_ms = min(limit_ms, max(draft.end_ms, wanted_ms))
        if not is_last and limit_ms - end_ms < FLICKER_MS:
            end_ms = limit_ms
        # Words without any length (a damaged transcript) still make cues that start before they
        # end.
        end_ms = max(end_ms, start_ms + 1)
        free_from_ms = end_ms
        yield Cue(
            start_ms=ProgrammeMs(start_ms),
            end_ms=ProgrammeMs(end_ms),
            speaker=draft.speaker,
            lines=draft.lines,
        )
