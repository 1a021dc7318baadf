"""Names of the article that the recording may contradict: the article may spell a name wrong, or
name somebody whose name sounds alike (« Kuhlmann » for « Ruhlmann »).

A name in the prompt, or in the article beside what was recognised, is written for any name that
sounds like it. Where the decoding without prompt has another name there, both are compared on equal
terms: each is scored in the recording with itself in the model's prompt, so that neither is
improbable because the model does not know it. Nothing is replaced: the other one is seldom spelled
right either. A person who listens decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from studio.corrections.acoustic_evidence import Score
from studio.language.dictionary import is_common_word
from studio.language.phonemes import sound_distances, sounds_of
from studio.language.punctuation import MARKS
from studio.language.words import plain_words
from studio.model.record import replace_fields
from studio.model.transcript import Correction, Suggestion, Transcript, UnpromptedWording, Word
from studio.model.word_windows import window_of_words, window_span, word_windows
from studio.model.wording import Wording

# How much more probable (natural logarithm) the other name has to be. In 31 interviews whose
# articles got wrong names, one or two sounds off, 69 of 128 pairs of a wrong name and another one
# are above it, and 14 of 61 of a right name (4: 61 and 13; 2: 81 and 22); with it 87 of 138 wrong
# words are doubts, 40 without (``python -m bench.wrong_names``).
MIN_GAIN = 3.0
# Edits between the sounds of both names, half of one for related sounds: fewer are the same name,
# spelled otherwise.
MIN_DISTANCE = 1.0
# Share of the sounds by which both may differ: more is another passage.
MAX_DISTANCE_SHARE = 0.6
# Shorter parts of a name are words of grammar.
MIN_NAME_PART = 4
# The probability that is stored for the other name, by judgement: it may be what was said, but is
# seldom spelled right. No doubt depends on it.
OTHER_SCORE = 0.3


class DoubtfulName(NamedTuple):
    """Words ``first`` to ``last`` (excluded) with a name, and the other wording."""

    first: int
    last: int
    other: str


def with_doubtful_names(
    transcript: Transcript,
    names: Sequence[str],
    unprompted: Sequence[UnpromptedWording],
    score: Score,
) -> Transcript:
    """The transcript with a suggestion at each doubtful name, before the other suggestions.

    :param transcript: corrected.
    :param names: the names of the article and of the speakers.
    :param unprompted: what the decoding without names has at such names.
    :param score: log probabilities in the recording.
    """
    words = transcript.words
    found = doubtful_names_in(transcript, names, unprompted)
    gains = gains_of_others(words, found, score)
    # The most probable other wording of each place.
    doubtful: dict[int, Suggestion] = {}
    for gain, one in sorted(zip(gains, found, strict=True), reverse=True):
        places = range(one.first, one.last)
        if gain >= MIN_GAIN and doubtful.keys().isdisjoint(places):
            doubtful |= dict.fromkeys(places, _suggestion(words, one))
    own = dict.fromkeys(doubtful[place] for place in sorted(doubtful))
    return replace_fields(transcript, suggestions=(*own, *transcript.suggestions))


def _suggestion(words: Sequence[Word], one: DoubtfulName) -> Suggestion:
    return Suggestion(
        start_ms=words[one.first].start_ms,
        end_ms=words[one.last - 1].end_ms,
        heard=_text(words, one.first, one.last),
        text=one.other,
        score=OTHER_SCORE,
        doubts_name=True,
    )


def doubtful_names_in(
    transcript: Transcript, names: Sequence[str], unprompted: Sequence[UnpromptedWording]
) -> list[DoubtfulName]:
    """The names for which another one was recognised, unless both decodings have them somewhere;
    where two others were, both.
    """
    words = transcript.words
    parts = {
        part
        for name in names
        for part in plain_words(name)
        if len(part) >= MIN_NAME_PART and not is_common_word(part)
    }
    # A person wrote in the glossary which name it is.
    settled = _places_of(transcript, "glossary")
    found = [
        one
        for one in (*_corrected(transcript), *_prompted(words, unprompted))
        if settled.isdisjoint(range(one.first, one.last))
    ]
    differing = {place for one in found for place in range(one.first, one.last)}
    agreed = {
        part
        for place, word in enumerate(words)
        if place not in differing
        for part in _name_in(word, parts)
    }
    found = [_without_same_sounds(words, one) for one in found]
    return [
        one for one in found if _has_own_name(words, one, parts - agreed) and _differs(words, one)
    ]


def _without_same_sounds(words: Sequence[Word], one: DoubtfulName) -> DoubtfulName:
    """The same without words at the start that sound the same in both: « Bogdan Nowacki » and «
    bog dans Noiki » differ in the surname only, and the first name would be counted against the
    other wording.
    """
    others = one.other.split()
    for first in range(one.last - 1, one.first, -1):
        for count in range(len(others) - 1, 0, -1):
            same = sound_distances([_text(words, one.first, first)], [" ".join(others[:count])])
            if float(same[0, 0]) < MIN_DISTANCE:
                return DoubtfulName(first, one.last, " ".join(others[count:]))
    return one


def _has_own_name(words: Sequence[Word], one: DoubtfulName, parts: set[str]) -> bool:
    """Whether the present words have a name that the other wording has not."""
    own = {part for word in words[one.first : one.last] for part in _name_in(word, parts)}
    return not own <= set(plain_words(one.other))


def _corrected(transcript: Transcript) -> Iterator[DoubtfulName]:
    """Every correction from the article, with what was recognised."""
    for first, one in _placed(transcript):
        if one.reason in {"name", "wording"}:
            yield DoubtfulName(first, first + len(one.text.split()), one.heard)


def _places_of(transcript: Transcript, reason: str) -> set[int]:
    return {
        place
        for first, one in _placed(transcript)
        if one.reason == reason
        for place in range(first, first + len(one.text.split()))
    }


def _placed(transcript: Transcript) -> Iterator[tuple[int, Correction]]:
    """Each correction with the place of its first word among all words."""
    offsets: dict[str, int] = {}
    offset = 0
    for segment in transcript.segments:
        offsets[segment.id] = offset
        offset += len(segment.words)
    for one in transcript.corrections:
        yield offsets[one.segment] + one.word, one


def _prompted(
    words: Sequence[Word], unprompted: Sequence[UnpromptedWording]
) -> Iterator[DoubtfulName]:
    """The words that are now where the decoding without names has others."""
    for one in unprompted:
        places = [
            place
            for place, word in enumerate(words)
            if one.start_ms <= (word.start_ms + word.end_ms) // 2 < one.end_ms
        ]
        # Words of two people at once are not in a row.
        if places and places[-1] - places[0] + 1 == len(places):
            yield DoubtfulName(places[0], places[-1] + 1, one.text)


def _name_in(word: Word, parts: set[str]) -> set[str]:
    """The parts of names in a word that has a capital."""
    return parts.intersection(plain_words(word.text)) if word.text != word.text.lower() else set()


def _differs(words: Sequence[Word], one: DoubtfulName) -> bool:
    name, other = (text.strip(MARKS) for text in (_text(words, one.first, one.last), one.other))
    distance = float(sound_distances([name], [other])[0, 0])
    longest = max(len(sounds_of(name)), len(sounds_of(other)))
    return MIN_DISTANCE <= distance <= MAX_DISTANCE_SHARE * longest


def gains_of_others(
    words: Sequence[Word], doubtful: Sequence[DoubtfulName], score: Score
) -> list[float]:
    """How much more probable (natural logarithm) the other wording is, each with itself in the
    prompt.
    """
    windows = word_windows(words, [(one.first, one.last) for one in doubtful])
    wanted = []
    for one in doubtful:
        first, last = window_of_words(windows, one.first, one.last)
        span = window_span(words, first, last)
        before, after = _text(words, first, one.first), _text(words, one.last, last)
        for middle in (_text(words, one.first, one.last), one.other):
            text = " ".join(filter(None, (before, middle, after)))
            wanted.append(Wording(span, text, middle.strip(MARKS)))
    scores = score(wanted)
    return [after - before for before, after in zip(scores[::2], scores[1::2], strict=True)]


def _text(words: Sequence[Word], first: int, last: int) -> str:
    return " ".join(word.text for word in words[first:last])
