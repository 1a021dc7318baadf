"""The rows of a proof: the printed article, paragraph by paragraph, each beside its spoken words in
the episode.

Every spoken word is in exactly one row, so that accepting all rows accepts everything. Words in
cuts are in none: they do not leave the workspace.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from studio.doubts.doubt import Doubt
from studio.model.alignment import Alignment
from studio.model.article import Article
from studio.model.clock import Programme, ProgrammeMs, RecordingMs, Span
from studio.model.episode import Cut
from studio.model.record import Record
from studio.model.transcript import Segment, Transcript, Word, ascending_starts

# Fewer consecutive unprinted words than this (« Euh, voilà, alors ») belong to the preceding row.
# Chosen by hand: a longer sentence has content of its own.
STRAY_WORDS = 8


class ProofWord(Record, frozen=True):
    """A word in the episode.

    :param doubted: whether it is doubted.
    :param cut_ms: duration of a cut before it; 0 for none.
    """

    text: str
    start_ms: ProgrammeMs
    end_ms: ProgrammeMs
    doubted: bool = False
    cut_ms: int = 0


class ProofTurn(Record, frozen=True):
    """Consecutive words of one speaker, at least one. ``speaker`` is None if unknown."""

    speaker: str | None
    words: tuple[ProofWord, ...]


class ProofRow(Record, frozen=True):
    """A paragraph that is accepted or not.

    :param number: 1, 2, 3… in reading order.
    :param exchange: the number of the article's exchange; 0 before the first one.
    :param question: the article's question, in the first row of its exchange; else empty.
    :param speaker: the name that the article gives before the paragraph, else None.
    :param printed: the printed paragraph; empty for unprinted speech.
    :param turns: the spoken words; empty for a paragraph that is only printed.
    :param played: the spans of the episode to play, ascending.
    :param recorded: position in the recording, from the first word to the end of the last one; None
        without words.
    """

    number: int
    exchange: int
    question: str
    speaker: str | None
    printed: str
    turns: tuple[ProofTurn, ...]
    played: tuple[tuple[ProgrammeMs, ProgrammeMs], ...]
    recorded: Span | None


class _Heard(NamedTuple):
    segment: Segment
    place: int
    word: Word


class _Paragraph(NamedTuple):
    exchange: int
    question: str
    speaker: str | None
    text: str
    spans: tuple[tuple[int, int], ...]


def proof_rows(
    article: Article,
    transcript: Transcript,
    alignment: Alignment,
    programme: Programme,
    *,
    cuts: Sequence[Cut] = (),
    doubts: Sequence[Doubt] = (),
) -> tuple[ProofRow, ...]:
    """The rows in the article's order; unprinted speech follows the speech before it.

    :param alignment: of this article and this transcript, with its passages.
    :param cuts: the cuts, of which only the duration is shown.
    :param doubts: doubts on the current transcript.
    """
    paragraphs = tuple(_paragraphs(article, alignment))
    spoken = _heard_words(transcript, programme)
    owners = _owners(spoken, paragraphs)
    words = _proof_words(spoken, programme, cuts, doubts)
    return tuple(
        _row(number, paragraph, [(spoken[place], words[place]) for place in group])
        for number, (paragraph, group) in enumerate(_in_order(owners, paragraphs), 1)
    )


def _heard_words(transcript: Transcript, programme: Programme) -> tuple[_Heard, ...]:
    """Every word in the episode with its segment and its index there."""
    return tuple(
        _Heard(segment, place, word)
        for segment in transcript.segments
        for place, word in enumerate(segment.words)
        if programme.contains(RecordingMs((word.start_ms + word.end_ms) // 2))
    )


def _paragraphs(article: Article, alignment: Alignment) -> Iterator[_Paragraph]:
    """All printed paragraphs, each with the spans of the recording in which it is spoken."""
    passages = {(one.exchange, one.paragraph): one for one in alignment.passages}
    questions = {one.number: one for one in alignment.questions}

    def said(exchange: int, paragraph: int) -> tuple[tuple[int, int], ...]:
        found = passages.get((exchange, paragraph))
        if found is None or found.start_ms is None or found.end_ms is None:
            return ()
        return ((found.start_ms, found.end_ms),)

    for number, text in enumerate(article.introduction, 1):
        yield _Paragraph(0, "", None, text, said(0, number))
    for exchange in article.exchanges:
        question = questions.get(exchange.number)
        question_spans: tuple[tuple[int, int], ...] = ()
        if question is not None and question.status == "asked" and question.start_ms is not None:
            end_ms = question.answer_start_ms or question.end_ms
            question_spans = () if end_ms is None else ((question.start_ms, end_ms),)
        for number, paragraph in enumerate(exchange.answer, 1):
            first = number == 1
            yield _Paragraph(
                exchange.number,
                exchange.question if first else "",
                paragraph.speaker,
                paragraph.text,
                (*said(exchange.number, number), *(question_spans if first else ())),
            )
        if not exchange.answer:
            yield _Paragraph(exchange.number, exchange.question, None, "", question_spans)


def _owners(spoken: Sequence[_Heard], paragraphs: Sequence[_Paragraph]) -> list[int]:
    """For each word the index of its paragraph; -1 for none."""
    owners = [-1] * len(spoken)
    starts = ascending_starts(one.word for one in spoken)
    claims = sorted(
        (end_ms - start_ms, number, start_ms, end_ms)
        for number, paragraph in enumerate(paragraphs)
        for start_ms, end_ms in paragraph.spans
    )
    # Of two overlapping spans, the shorter one is more precise.
    for _, number, start_ms, end_ms in claims:
        for place in range(
            bisect.bisect_left(starts, start_ms), bisect.bisect_left(starts, end_ms)
        ):
            if owners[place] < 0:
                owners[place] = number
    _assign_strays(owners)
    return owners


def _assign_strays(owners: list[int]) -> None:
    """Assign a few unassigned words to the preceding paragraph."""
    place = 0
    while place < len(owners):
        end = place
        while end < len(owners) and owners[end] < 0:
            end += 1
        if 0 < end - place < STRAY_WORDS and place:
            owners[place:end] = [owners[place - 1]] * (end - place)
        place = max(end, place + 1)


def _in_order(
    owners: Sequence[int], paragraphs: Sequence[_Paragraph]
) -> Iterator[tuple[_Paragraph, list[int]]]:
    """Each paragraph with the indices of its words, followed by the runs of words after it that are
    in no paragraph.
    """
    own: dict[int, list[int]] = {number: [] for number in range(len(paragraphs))}
    # By the preceding paragraph; -1 before all.
    free: dict[int, list[list[int]]] = {}
    last = -1
    for place, owner in enumerate(owners):
        if owner >= 0:
            own[owner].append(place)
            last = owner
        elif place and owners[place - 1] < 0:
            free[last][-1].append(place)
        else:
            free.setdefault(last, []).append([place])
    for group in free.get(-1, []):
        yield _Paragraph(0, "", None, "", ()), group
    for number, paragraph in enumerate(paragraphs):
        yield paragraph, own[number]
        for group in free.get(number, []):
            yield _Paragraph(paragraph.exchange, "", None, "", ()), group


def _removed_before(spoken: Sequence[_Heard], cuts: Sequence[Cut]) -> dict[int, int]:
    """The duration of cuts before each word in ms, by the word's start."""
    starts = ascending_starts(one.word for one in spoken)
    removed: dict[int, int] = {}
    for cut in cuts:
        place = bisect.bisect_left(starts, (cut.start_ms + cut.end_ms) // 2)
        if place < len(starts):
            start_ms = spoken[place].word.start_ms
            removed[start_ms] = removed.get(start_ms, 0) + cut.end_ms - cut.start_ms
    return removed


def _proof_words(
    spoken: Sequence[_Heard],
    programme: Programme,
    cuts: Sequence[Cut],
    doubts: Sequence[Doubt],
) -> tuple[ProofWord, ...]:
    """The words as shown on the page, one for each word in the episode."""
    doubted = {(one.segment, one.word + step) for one in doubts for step in range(one.count)}
    removed = _removed_before(spoken, cuts)
    words = []
    for one in spoken:
        start_ms = programme.programme_from_recording(one.word.start_ms)
        end_ms = programme.programme_from_recording(one.word.end_ms)
        words.append(
            ProofWord(
                text=one.word.text,
                start_ms=start_ms,
                end_ms=max(start_ms, end_ms),
                doubted=(one.segment.id, one.place) in doubted,
                cut_ms=removed.get(one.word.start_ms, 0),
            )
        )
    return tuple(words)


def _row(number: int, paragraph: _Paragraph, words: Sequence[tuple[_Heard, ProofWord]]) -> ProofRow:
    turns = tuple(
        ProofTurn(speaker=speaker, words=tuple(word for _, word in group))
        for speaker, group in itertools.groupby(words, lambda pair: pair[0].segment.speaker)
    )
    recorded = None
    if words:
        first, last = words[0][0].word, words[-1][0].word
        recorded = Span(start_ms=first.start_ms, end_ms=last.end_ms)
    return ProofRow(
        number=number,
        exchange=paragraph.exchange,
        question=paragraph.question,
        speaker=paragraph.speaker,
        printed=paragraph.text,
        turns=turns,
        played=_played([word for _, word in words]),
        recorded=recorded,
    )


# If two words of a row are further apart than this, the player skips to the second one: there is
# other speech or a long pause between them.
_APART_MS = 4_000


def _played(words: Sequence[ProofWord]) -> tuple[tuple[ProgrammeMs, ProgrammeMs], ...]:
    stretches: list[tuple[ProgrammeMs, ProgrammeMs]] = []
    for word in words:
        if stretches and word.start_ms - stretches[-1][1] <= _APART_MS:
            stretches[-1] = (stretches[-1][0], max(stretches[-1][1], word.end_ms))
        else:
            stretches.append((word.start_ms, word.end_ms))
    return tuple(stretches)
