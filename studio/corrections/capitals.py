"""Capitalise names as in the article, where they were recognised letter for letter.

Whisper writes « entre passy et Bir-Hakeim ». Only the case of letters changes, so the recording is
not needed. A single word is only capitalised if no dictionary has it (« nation » may be a noun);
names of several words need at least two content words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from studio.language.dictionary import is_unknown_word
from studio.language.punctuation import bare, split_elision
from studio.language.words import FUNCTION_WORDS, content_words
from studio.model.record import replace_fields
from studio.model.transcript import Correction, Transcript, Word


def capitalise_names(transcript: Transcript, names: Iterable[str]) -> Transcript:
    """The transcript with the capitals of the names, each changed word recorded as a
    :class:`Correction` with the reason ``spelling``. Words of other corrections are not changed.

    :param names: names as spelled in the article and the glossary.
    """
    spelled = [[bare(part) for part in name.split()] for name in names if _is_distinct(name)]
    corrected = {
        (one.segment, place)
        for one in transcript.corrections
        for place in range(one.word, one.word + len(one.text.split()))
    }
    segments, corrections = [], list(transcript.corrections)
    for segment in transcript.segments:
        words = list(segment.words)
        for place, text in _capitals(words, spelled):
            if (segment.id, place) not in corrected:
                heard, words[place] = words[place].text, replace_fields(words[place], text=text)
                corrections.append(Correction(segment.id, place, heard, text, "spelling", 1.0))
        segments.append(replace_fields(segment, words=tuple(words)))
    order = {segment.id: place for place, segment in enumerate(segments)}
    corrections.sort(key=lambda one: (order[one.segment], one.word))
    return replace_fields(transcript, segments=tuple(segments), corrections=tuple(corrections))


def _is_distinct(name: str) -> bool:
    """Whether these letters are exactly the name, ignoring case."""
    meaning = content_words(name)
    return len(meaning) > 1 or (len(name.split()) == 1 and all(map(is_unknown_word, meaning)))


def _capitals(words: Sequence[Word], names: Sequence[Sequence[str]]) -> Iterator[tuple[int, str]]:
    """The words to capitalise, each with its new text."""
    heard = [bare(word.text) for word in words]
    lowered = [text.lower() for text in heard]
    for name in names:
        parts = [part.lower() for part in name]
        for first in range(len(words) - len(name) + 1):
            if lowered[first : first + len(name)] != parts:
                continue
            for place, part in enumerate(name, first):
                is_small = heard[place] in FUNCTION_WORDS  # « La Cantine »: « à la Cantine »
                if heard[place].islower() and part != heard[place] and not is_small:
                    before, _, after = split_elision(words[place].text)
                    yield place, f"{before}{part}{after}"
