"""Merge Whisper tokens into words as written between spaces.

Whisper gives pieces of text that carry a leading space where a new word starts, and French puts
spaces before « ? » and inside « … », so that a bare mark can be a piece of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from studio.language.dictionary import is_common_word
from studio.model.clock import RecordingMs
from studio.model.transcript import Word

# Maximum probability of a recognised word: 1 is reserved for words written by a person.
_SUREST = 0.999
_CLOSING = frozenset(".,;:!?…»”’)]}\"'")
_OPENING = frozenset("«“‘([{¿¡\"'-–—")
# An elided word and the word after it, in lower case.
_ELIDED = re.compile(
    r"(?P<lead>[«“(\[\"]*)(?P<first>[cdjlmnst]|qu)['’](?P<rest>[^\W\d_]{3,})", re.IGNORECASE
)


@dataclass(frozen=True)
class SpelledWord:
    """A word or a mark as Whisper's tokens spell it, in ms; ``text`` keeps its leading space if it
    has one.

    :param tokens: how many tokens spell it.
    """

    text: str
    start_ms: int
    end_ms: int
    probability: float
    tokens: int = 1

    @property
    def letters(self) -> int:
        """The number of letters and digits; without any it is a punctuation mark and not spoken."""
        return sum(letter.isalnum() for letter in self.text)


def words_from_pieces(pieces: Iterable[SpelledWord]) -> tuple[Word, ...]:
    """Join pieces into words without spaces.

    A piece without a leading space continues the word before it (« l », « 'organisme »). Closing
    punctuation is attached to the word before it, opening punctuation to the word after it; without
    such a word it is dropped. It does not change the time or probability of its word.
    """
    joined: list[SpelledWord] = []
    opening: SpelledWord | None = None
    for piece in pieces:
        marks = frozenset(piece.text.strip())
        if not marks:
            continue
        starts_word = piece.text[0].isspace() or not joined
        if opening is not None:
            joined.append(_join(opening, piece))
            opening = None
        elif starts_word and marks <= _OPENING:
            opening = piece
        elif not joined and marks <= _CLOSING:
            continue
        elif starts_word and not marks <= _CLOSING:
            joined.append(piece)
        else:
            joined[-1] = _join(joined[-1], piece)
    return tuple(
        Word(
            text=_written_whole(text),
            start_ms=RecordingMs(piece.start_ms),
            end_ms=RecordingMs(piece.end_ms),
            probability=min(_SUREST, round(piece.probability, 3)),
        )
        for piece in joined
        for text in piece.text.split()  # one, unless a token itself contains a space
    )


def _written_whole(text: str) -> str:
    """« naissent » for « n'aissent »: Whisper splits a word that sounds like two, though French has
    no such second word.
    """
    found = _ELIDED.match(text)
    if found is None or not found["rest"].islower() or is_common_word(found["rest"]):
        return text
    whole = found["first"] + found["rest"]
    return found["lead"] + whole + text[found.end() :] if is_common_word(whole) else text


def _join(first: SpelledWord, second: SpelledWord) -> SpelledWord:
    text = first.text + second.text.strip()
    if not second.letters:
        return SpelledWord(text, first.start_ms, first.end_ms, first.probability)
    if not first.letters:
        return SpelledWord(text, second.start_ms, second.end_ms, second.probability)
    probability = (first.letters * first.probability + second.letters * second.probability) / (
        first.letters + second.letters
    )
    return SpelledWord(text, first.start_ms, second.end_ms, probability)
