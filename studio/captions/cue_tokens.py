"""Tokens of captions: pieces that no line breaks, with the cost of ending a line or a cue after
each; and the division into lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from studio.model.turns import CLOSING_MARKS, Turn, ends_sentence
from studio.text.typography import belongs_to_next, ends_on_function_word, leans_on_next, set_text

MAX_DURATION_MS = 6500
MIN_DURATION_MS = 1000
READING_CHARACTERS_PER_S = 17
# A cue may stay this long after its last word, in a pause.
LINGER_MS = 1500
# The longest pause inside a cue.
MAX_PAUSE_MS = 1500

# The cost of a break after a word, from the end of a sentence to the middle of a phrase.
AT_SENTENCE = 0.0
AT_CLAUSE = 1.0
BEFORE_JOINT = 2.5
BETWEEN_WORDS = 5.0
AFTER_LEANING = 10.0
# A break after an article, a preposition or a conjunction, which subtitlers avoid unless the
# speaker pauses there. The same cost applies to a line break.
AFTER_JOINT = 30.0
IN_NAME = 100.0
# The same cost for a name as one token, by which it is recognised.
WHOLE_NAME = 101.0
# The cost of a cue, so that there are few of them; the cost of a sentence that ends inside one.
A_CUE = 3.0
# The cost of a cue with only the last word of a sentence, unless it was said after a pause of
# ORPHAN_PAUSE_MS.
ORPHAN_PENALTY = 12.0
ORPHAN_PAUSE_MS = 1000
SENTENCE_INSIDE = 1.5
PER_SECOND_TOO_SHORT = 6.0
PER_CHARACTER_TOO_FAST = 0.3
PER_SECOND_OF_PAUSE = 3.0
# The longest line in subtitling for broadcast.
BROADCAST_LINE_CHARACTERS = 42
# The longest line with a speaker's name, which is not counted in the limit of the text.
NAMED_LINE_CHARACTERS = BROADCAST_LINE_CHARACTERS
# The weight of unequal line lengths against bad line breaks.
LINE_BREAK_WEIGHT = 0.3
UNEQUAL_LINES_WEIGHT = 2.0

_CLAUSE_ENDS = (",", ";", ":", "–", "—")
_JOINT_WORDS = """
    et ou mais donc or ni car que qui dont où quand comme lorsque puisque parce puis alors pour avec
    sans dans sur sous chez entre vers depuis pendant contre selon afin ainsi par en à au aux
"""
_JOINTS = frozenset(_JOINT_WORDS.split())


class CueToken(NamedTuple):
    """A piece that no line breaks: mostly one word, with the marks that French separates by a
    space.

    :param cue_break: the cost of ending a cue after it.
    :param line_break: the cost of ending a line after it.
    """

    text: str
    start_ms: int
    end_ms: int
    cue_break: float
    line_break: float


def tokens_of_turn(turn: Turn, name: str | None, language: str, limit: int) -> list[CueToken]:
    """The tokens of the turn's words with typography and costs, after ``name`` if it is given."""
    tokens: list[CueToken] = []
    if name is not None:
        # Only split if it does not fit on a line.
        pieces = [f"{name}:"]
        if len(pieces[0]) > NAMED_LINE_CHARACTERS:
            pieces = [part for word in pieces[0].split() for part in _parts(word, limit)]
        tokens.extend(
            CueToken(piece, turn.start_ms, turn.start_ms, IN_NAME, AFTER_LEANING)
            for piece in pieces[:-1]
        )
        # Apps recognise a name by the colon and words after it on the same line.
        price = IN_NAME if len(pieces) > 1 else WHOLE_NAME
        tokens.append(CueToken(pieces[-1], turn.start_ms, turn.start_ms, price, price))
    texts = set_text(turn.text, language).split(" ")
    words = iter(turn.words)
    for index, text in enumerate(texts):
        # Typesetting changes no letter: a token's letters identify its words.
        letters = len("".join(text.split()))
        first = last = next(words)
        letters -= len(first.text)
        while letters > 0:
            last = next(words)
            letters -= len(last.text)
        following = texts[index + 1] if index + 1 < len(texts) else ""
        price = _break_price(text, following)
        parts = _parts(text, limit)
        # A word longer than a line is broken; its time is shared among the parts.
        moments = [
            first.start_ms + (last.end_ms - first.start_ms) * part // len(parts)
            for part in range(len(parts) + 1)
        ]
        tokens.extend(
            CueToken(*one, AFTER_LEANING, AFTER_LEANING)
            for one in zip(parts[:-1], moments, moments[1:], strict=False)
        )
        line_price = AFTER_JOINT / LINE_BREAK_WEIGHT if price == AFTER_JOINT else price
        tokens.append(CueToken(parts[-1], moments[-2], moments[-1], price, line_price))
    return tokens


def _parts(text: str, limit: int) -> list[str]:
    """The text in parts that fit on a line, nearly always one."""
    parts = []
    while len(text) > limit:
        cut = max(text.rfind(mark, 0, limit) for mark in "-/._\u00a0\u202f") + 1
        cut = cut if cut > limit // 2 else limit
        parts.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*parts, text]


def _break_price(word: str, following: str) -> float:
    if belongs_to_next(word, following):
        return AFTER_JOINT
    if ends_sentence(word):
        return AT_SENTENCE
    if word.rstrip(CLOSING_MARKS).endswith(_CLAUSE_ENDS) or following.startswith(
        ("(", "«", "“", "–", "—")
    ):
        return AT_CLAUSE
    if ends_on_function_word(word):
        return AFTER_JOINT
    if leans_on_next(word) or (word[:1].isupper() and following[:1].isupper()):
        return AFTER_LEANING
    if following.lower() in _JOINTS or following.lower().startswith(("qu’", "qu'", "d’", "d'")):
        return BEFORE_JOINT
    return BETWEEN_WORDS


def cheapest_lines(tokens: Sequence[CueToken], limit: int) -> tuple[float, tuple[str, ...]] | None:
    """The tokens on one line if they fit, else on the two best lines; None if they do not fit on
    two.
    """
    length = sum(len(token.text) for token in tokens) + len(tokens) - 1
    # The name and the space after it do not count for the first line's length.
    name = len(tokens[0].text) + 1 if is_name(tokens[0]) else 0
    first_limit = min(limit + name, max(NAMED_LINE_CHARACTERS, name - 1)) if name else limit
    if length <= first_limit:
        return 0.0, (" ".join(token.text for token in tokens),)
    # One character of the total is the space at the line break.
    if length > first_limit + limit + 1:
        return None
    # The cost of every split whose lines both fit: the break, and how unequal the lines are.
    best: tuple[float, int] | None = None
    upper = -1
    for split, token in enumerate(tokens[:-1], start=1):
        upper += len(token.text) + 1
        lower = length - upper - 1
        if upper > first_limit:
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


def is_name(token: CueToken) -> bool:
    """Whether it is the speaker's name, which does not count for the length of a line."""
    return token.cue_break == WHOLE_NAME


def read_characters(lines: Sequence[str], first: CueToken) -> int:
    """The number of characters to read in a cue: those of its lines, with a line break as one,
    without the speaker's name.
    """
    return len(" ".join(lines)) - (len(first.text) if is_name(first) else 0)
