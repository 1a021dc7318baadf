"""Locate each paragraph of the article in the recording, with a similarity.

The pairs of its exchange (:mod:`studio.alignment.alignment_tables`) give the spoken words of a
paragraph, weighted by rarity; function words hardly count, misrecognised words do. A paragraph is
located at the densest group of its words, extended to whole sentences. The pull quote and the
introduction may be anywhere: the passage of the recording that shares most with them is searched.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from studio.alignment.alignment_tables import exchange_alignments
from studio.alignment.exchange_words import paragraph_places, words_of_text
from studio.alignment.pairing_limits import ONE_WORD
from studio.alignment.word_pairs import pairs_of
from studio.language.dictionary import lemma_of
from studio.language.number_words import number_words
from studio.language.words import FUNCTION_WORDS, plain_words
from studio.model.alignment import Alignment, ExchangeAlignment, Pair, Passage, Question
from studio.model.article import Article, Exchange
from studio.model.clock import RecordingMs
from studio.model.transcript import Transcript
from studio.model.turns import ends_sentence

# A common function word is weak evidence by itself.
SMALL_WORD = 0.15
# The minimum share of equal printed and spoken words, including function words, of a verbatim
# passage: the rest are recognition errors and additions in speech.
VERBATIM = 0.7
# Below this share, the text was not spoken: any two answers to one question share some words.
MIN_AGREEMENT = 0.18
# Chance matches are isolated: this many spoken words separate two groups.
PARTED_WORDS = 45
# A passage is extended to whole sentences, if there is a boundary within this many words; a pause
# of this length counts as one.
SENTENCE_WORDS = 25
PAUSE_MS = 700
# The minimum share of words for locating a quote anywhere in the recording, and an introduction,
# whose subject is common.
QUOTE_HEARD = 0.6
INTRODUCTION_HEARD = 0.7


@dataclass(frozen=True)
class _Said:
    """One spoken word, normalised. ``place`` is its index in the transcript."""

    term: str
    place: int


@dataclass(frozen=True)
class _Match:
    """A spoken word of a text: the printed word's index in its table, the spoken word's index in
    the transcript, its weight.
    """

    written: int
    said: int
    weight: float


class _Recording:
    """The transcript's words with sentence boundaries."""

    def __init__(self, transcript: Transcript) -> None:
        self.words = transcript.words
        # A change of speaker ends a sentence, regardless of punctuation.
        turns = itertools.accumulate(len(segment.words) for segment in transcript.segments)
        self._turns = {
            place
            for place, (one, other) in zip(
                turns, itertools.pairwise(transcript.segments), strict=False
            )
            if one.speaker != other.speaker
        }
        self.said = [
            _Said(term, place)
            for place, word in enumerate(self.words)
            for term in _terms(word.text)
        ]

    def is_start(self, place: int) -> bool:
        """Whether a sentence starts with this word."""
        if place == 0 or place in self._turns or ends_sentence(self.words[place - 1].text):
            return True
        return self.words[place].start_ms - self.words[place - 1].end_ms >= PAUSE_MS

    def span(self, first: int, last: int, floor: int, ceiling: int) -> dict[str, RecordingMs]:
        """Extend words ``first`` to ``last`` to whole sentences, within ``floor`` to ``ceiling``
        (all inclusive).
        """
        start = next(
            (
                place
                for place in range(first, max(floor, first - SENTENCE_WORDS) - 1, -1)
                if self.is_start(place)
            ),
            first,
        )
        end = next(
            (
                place
                for place in range(last, min(ceiling, last + SENTENCE_WORDS) + 1)
                if place + 1 == len(self.words) or self.is_start(place + 1)
            ),
            last,
        )
        return {"start_ms": self.words[start].start_ms, "end_ms": self.words[end].end_ms}


def locate_passages(
    transcript: Transcript, article: Article, alignment: Alignment
) -> tuple[tuple[Passage, ...], Passage | None]:
    """Every paragraph of the introduction and of the answers in the article's order, and the pull
    quote.

    Times are on the recording clock. Deterministic.
    """
    recording = _Recording(transcript)
    answers = {
        exchange.number: [words_of_text(paragraph.text) for paragraph in exchange.answer]
        for exchange in article.exchanges
    }
    introduction = [words_of_text(text) for text in article.introduction]
    weights = _weights(
        [
            [term for word in words for term in _terms(word)]
            for words in (*itertools.chain(*answers.values()), *introduction)
        ]
    )
    # Answers are searched inside their exchange, with its word pairs; the introduction and the
    # quote may be anywhere in the recording.
    tables = {table.number: table for table in exchange_alignments(transcript, article, alignment)}
    found = {question.number: question for question in alignment.questions}
    passages = [
        _anywhere(recording, words, weights, number=number, least=INTRODUCTION_HEARD)
        for number, words in enumerate(introduction, 1)
    ]
    for exchange in article.exchanges:
        passages += _answer(
            recording,
            exchange,
            weights,
            found.get(exchange.number),
            tables.get(exchange.number),
        )
    quote = (
        _anywhere(recording, words_of_text(article.quote), weights, number=0, least=QUOTE_HEARD)
        if article.quote
        else None
    )
    return tuple(passages), quote


def _answer(
    recording: _Recording,
    exchange: Exchange,
    weights: dict[str, float],
    question: Question | None,
    table: ExchangeAlignment | None,
) -> Iterator[Passage]:
    """The paragraphs of one answer, in the order in which they are printed.

    :param table: the table of the exchange; None if it was not found.
    """
    if question is None or question.start_ms is None or table is None:
        for number in range(1, len(exchange.answer) + 1):
            yield _unheard(exchange.number, number, 0.0)
        return
    start_ms = (
        question.answer_start_ms if question.answer_start_ms is not None else question.start_ms
    )
    # Only from the answer on; the host's question shares words with it.
    places = [
        place
        for place in range(table.first, table.last)
        if recording.words[place].start_ms >= start_ms
    ]
    matches = [
        match
        for match in _matches(table.pairs, table.heard, table.printed, table.first, weights)
        if places and match.said >= places[0]
    ]
    sections = paragraph_places(exchange)[1:]
    paragraphs = [
        [term for word in table.printed[first:last] for term in _terms(word)]
        for first, last in sections
    ]
    # Each paragraph gets the densest group of its matches. A group limits its neighbours: passages
    # never overlap.
    gathered = [
        _gathering([match for match in matches if first <= match.written < last])
        for first, last in sections
    ]
    earliest = min((own[0].said for own in gathered if own), default=0)
    for number, (terms, own) in enumerate(zip(paragraphs, gathered, strict=True), 1):
        similarity = _similarity(own, terms, weights)
        if similarity < MIN_AGREEMENT:
            yield _unheard(exchange.number, number, similarity)
            continue
        before = [match.said for other in gathered[: number - 1] for match in other]
        after = [match.said for other in gathered[number:] for match in other]
        floor = max([places[0], *(place + 1 for place in before)])
        ceiling = min([places[-1], *(place - 1 for place in after)])
        # Editors often drop the start of an answer: everything before the first match belongs to
        # the first paragraph.
        opens = own[0].said == earliest
        yield Passage(
            exchange=exchange.number,
            paragraph=number,
            kind="verbatim" if _is_verbatim(own, terms, recording) else "reworded",
            similarity=similarity,
            **recording.span(places[0] if opens else own[0].said, own[-1].said, floor, ceiling),
        )


def _anywhere(
    recording: _Recording,
    printed: tuple[str, ...],
    weights: dict[str, float],
    *,
    number: int,
    least: float,
) -> Passage:
    """Locate a text that may be said anywhere: the passage, at most 1.5 times as long, that shares
    most with it.
    """
    terms = [term for word in printed for term in _terms(word)]
    length = len(terms) + max(4, len(terms) // 2)
    wanted = set(terms)
    # The passage with most of the text's words, in any order, is then compared word by word.
    counts = list(
        itertools.accumulate(
            (weights.get(one.term, 1.0) if one.term in wanted else 0.0 for one in recording.said),
            initial=0.0,
        )
    )
    starts = range(max(1, len(recording.said) - length + 1))
    best = max(
        starts, key=lambda start: counts[min(start + length, len(recording.said))] - counts[start]
    )
    stretch = recording.said[best : best + length]
    first, last = (stretch[0].place, stretch[-1].place + 1) if stretch else (0, 0)
    heard = tuple(word.text for word in recording.words[first:last])
    own = _gathering(_matches(pairs_of(heard, printed), heard, printed, first, weights))
    similarity = _similarity(own, terms, weights)
    if not own or similarity < least:
        return _unheard(0, number, similarity)
    return Passage(
        exchange=0,
        paragraph=number,
        kind="verbatim" if _is_verbatim(own, terms, recording) else "reworded",
        similarity=similarity,
        **recording.span(own[0].said, own[-1].said, 0, len(recording.words) - 1),
    )


def _is_verbatim(matches: Sequence[_Match], terms: Sequence[str], recording: _Recording) -> bool:
    """Whether a text and the speech from its first to its last matching word have nearly all words
    in common.
    """
    between = sum(matches[0].said <= one.place <= matches[-1].said for one in recording.said)
    return len(matches) >= VERBATIM * max(len(terms), between)


def _unheard(exchange: int, number: int, similarity: float) -> Passage:
    return Passage(exchange=exchange, paragraph=number, kind="unheard", similarity=similarity)


def _terms(text: str) -> list[str]:
    """The normalised words: function words unchanged, others as lemmas, numbers in words."""
    terms: list[str] = []
    for word in plain_words(text):
        if word.isdecimal() and len(word) < 10:
            terms += number_words(int(word))
        else:
            terms.append(word if word in FUNCTION_WORDS else lemma_of(word))
    return terms


def _weights(texts: Sequence[Sequence[str]]) -> dict[str, float]:
    """The weight of each word: higher if it is in few paragraphs, low for function words."""
    counts = Counter(term for text in texts for term in set(text))
    return {
        term: SMALL_WORD
        if term in FUNCTION_WORDS
        else 0.5 + 0.5 * math.log(1 + len(texts) / times) / math.log(1 + len(texts))
        for term, times in counts.items()
    }


def _matches(
    pairs: Iterable[Pair],
    heard: Sequence[str],
    printed: Sequence[str],
    first: int,
    weights: dict[str, float],
) -> list[_Match]:
    """The spoken words of a text in order: those paired with the same word, or a phonetically
    similar one.

    :param first: index of the first spoken word in the transcript.
    """
    matches = []
    for pair in pairs:
        if pair.is_unpaired:
            continue
        said = {
            term: place for place in range(pair.first, pair.last) for term in _terms(heard[place])
        }
        for written in range(pair.printed_first, pair.printed_last):
            for term in _terms(printed[written]):
                similarity = 1.0 if term in said else pair.similarity
                if similarity >= ONE_WORD:
                    place = first + said.get(term, pair.first)
                    matches.append(_Match(written, place, weights.get(term, 1.0) * similarity))
    return matches


def _gathering(matches: Sequence[_Match]) -> list[_Match]:
    """The group of adjacent matches with the largest weight; others are coincidences."""
    groups: list[list[_Match]] = []
    for match in matches:
        if groups and match.said - groups[-1][-1].said <= PARTED_WORDS:
            groups[-1].append(match)
        else:
            groups.append([match])
    best = max(groups, key=lambda group: sum(match.weight for match in group), default=[])
    # At its ends, single function words are coincidences.
    while (
        best and best[0].weight <= SMALL_WORD and len(best) > 1 and best[1].said - best[0].said > 2
    ):
        best = best[1:]
    while (
        best
        and best[-1].weight <= SMALL_WORD
        and len(best) > 1
        and best[-1].said - best[-2].said > 2
    ):
        best = best[:-1]
    return best


def _similarity(
    matches: Sequence[_Match], terms: Sequence[str], weights: dict[str, float]
) -> float:
    total = sum(weights.get(term, 1.0) for term in terms)
    return round(min(1.0, sum(match.weight for match in matches) / total), 2) if total else 0.0
