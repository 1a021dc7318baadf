"""Article and speech side by side: worked out once, kept in alignment.json, read by all."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from support import interviews
from support.small_show import DEAF_STAGES, SLUG, add_episode, build_show, make_show
from support.spoken import programme_of

import studio.alignment.word_pairs
from studio.alignment.alignment_tables import (
    Term,
    agreements,
    exchange_alignments,
    sections_of,
    with_tables,
)
from studio.alignment.exchange_words import paragraph_places, printed_words, words_of_text
from studio.alignment.passages import locate_passages
from studio.alignment.questions import align_questions
from studio.doubts.article_evidence import ArticleEvidence
from studio.doubts.differences import find_differences
from studio.language.words import plain_words
from studio.model.alignment import Alignment, Pair
from studio.model.article import Article
from studio.model.record import bytes_from_record, record_from_bytes, replace_fields
from studio.model.transcript import Transcript
from studio.pipeline.events import Event, StageStarted
from studio.pipeline.runner import Choice, run_stages
from studio.site.paragraph_times import paragraph_times_from_alignment
from studio.site.sentence_times import with_sentences
from studio.workspace.layout import Workspace

INTERVIEWS = ("002-stephane-soto", "atelier", "radio", "table")


def aligned(interview: str) -> tuple[Transcript, Article, Alignment]:
    transcript, article = (
        interviews.said_transcript(interviews.truth_of(interview)["utterances"]),
        interviews.article_of(interview),
    )
    alignment = align_questions(transcript, article, interviews.HOST)
    passages, quote = locate_passages(transcript, article, alignment)
    alignment = replace_fields(alignment, passages=passages, quote=quote)
    return transcript, article, with_tables(transcript, article, alignment)


def changed(transcript: Transcript, place: int, text: str) -> Transcript:
    """With one word corrected, as the editor does it."""
    left = place
    segments = []
    for segment in transcript.segments:
        words = list(segment.words)
        if 0 <= left < len(words):
            words[left] = replace_fields(words[left], text=text)
        left -= len(words)
        segments.append(replace_fields(segment, words=tuple(words)))
    return replace_fields(transcript, segments=tuple(segments))


@pytest.mark.parametrize("interview", INTERVIEWS)
def test_all_readers_agree_about_a_place(interview: str) -> None:
    transcript, article, alignment = aligned(interview)
    # Every word of both sides is in one pair.
    for table in (*alignment.exchanges, *alignment.anywhere):
        places = [place for pair in table.pairs for place in range(pair.first, pair.last)]
        assert places == list(range(len(table.heard)))
        printed = [
            place for pair in table.pairs for place in range(pair.printed_first, pair.printed_last)
        ]
        assert printed == list(range(len(table.printed)))
    against = {
        table.first + place: (table, pair)
        for table in alignment.exchanges
        for pair in table.pairs
        for place in range(pair.first, pair.last)
    }
    assert against
    # Doubts: the article has this word exactly where both are the same in the table.
    evidence = ArticleEvidence(alignment.exchanges, len(transcript.words)).evidence
    for place, one in enumerate(evidence):
        assert (one is not None) == (place in against)
        if one is not None:
            assert (one.relation == "same") == against[place][1].same
    # Pages: a sentence begins and ends with words that stand against its own.
    sections = sections_of(transcript, article, alignment)
    starts = {int(word.start_ms): place for place, word in enumerate(transcript.words)}
    programme = programme_of((0, int(transcript.words[-1].end_ms)))
    moments = paragraph_times_from_alignment(alignment, programme)
    lit = 0
    for moment in with_sentences(moments, transcript, article, alignment, programme):
        first = sections[moment.exchange, moment.paragraph].first
        for sentence in moment.sentences:
            last = first + len(words_of_text(sentence.text))
            if sentence.start_ms is not None and moment.exchange:
                table, pair = against[starts[int(sentence.start_ms)]]
                assert table.number == moment.exchange
                assert pair.printed_first < last
                assert first < pair.printed_last
                lit += 1
            first = last
    assert lit
    # Differences: no name that the table has in what was said.
    names = {name for table in alignment.exchanges for name in table.printed if name.istitle()}
    for found in find_differences(article, transcript, alignment, sorted(names)):
        section = sections[found.exchange, found.paragraph]
        same = {
            word
            for pair in section.table.pairs
            if pair.same and section.first <= pair.printed_first < section.last
            for word in plain_words(
                " ".join(section.table.printed[pair.printed_first : pair.printed_last])
            )
        }
        assert found.kind != "name" or not set(plain_words(found.item)) <= same


@pytest.mark.parametrize(
    "damage",
    [
        lambda pairs: pairs[:-1],
        lambda pairs: (*pairs, pairs[-1]),
        lambda pairs: (*pairs[:-1], pairs[-1]._replace(last=9_999)),
        lambda pairs: (pairs[1], pairs[0], *pairs[2:]),
        lambda pairs: (pairs[0]._replace(first=-5), *pairs[1:]),
    ],
)
def test_damaged_tables_are_worked_out_again(
    damage: Callable[[tuple[Pair, ...]], tuple[Pair, ...]],
) -> None:
    transcript, article, alignment = aligned("atelier")
    damaged = replace_fields(
        alignment,
        exchanges=tuple(
            replace_fields(one, pairs=damage(one.pairs)) for one in alignment.exchanges
        ),
    )
    assert exchange_alignments(transcript, article, damaged) == alignment.exchanges


def test_stored_tables_are_read_and_not_worked_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    transcript, article, alignment = aligned("atelier")
    stored = record_from_bytes(bytes_from_record(alignment), Alignment, "alignment.json")
    assert stored == alignment
    searched: list[tuple[str, ...]] = []

    def pairs_of(
        heard: tuple[str, ...], printed: tuple[str, ...], breaks: tuple[int, ...] = ()
    ) -> tuple[Pair, ...]:
        searched.append(heard)
        return ()

    monkeypatch.setattr(studio.alignment.word_pairs, "pairs_of", pairs_of)
    assert exchange_alignments(transcript, article, stored) == alignment.exchanges
    assert with_tables(transcript, article, stored) == alignment
    assert searched == []
    # Where a word was corrected, its exchange is worked out, and no other.
    place = alignment.exchanges[1].first + 2
    exchange_alignments(changed(transcript, place, "autrement"), article, stored)
    assert len(searched) == 1
    assert searched[0][2] == "autrement"


def test_a_word_more_before_an_exchange_moves_its_table() -> None:
    transcript, article, alignment = aligned("atelier")
    segment = transcript.segments[0]
    word = replace_fields(segment.words[0], text="Euh,")
    longer = replace_fields(segment, words=(word, *segment.words))
    moved = replace_fields(transcript, segments=(longer, *transcript.segments[1:]))
    stored, found = alignment.exchanges[-1], exchange_alignments(moved, article, alignment)[-1]
    assert found.first == stored.first + 1
    assert found.pairs == stored.pairs


def test_an_alignment_of_before_without_tables_is_read_and_says_the_same() -> None:
    transcript, article, alignment = aligned("radio")
    plain = json.loads(bytes_from_record(alignment))
    del plain["exchanges"], plain["anywhere"]
    plain["of_a_later_version"] = True
    old = record_from_bytes(json.dumps(plain).encode(), Alignment, "alignment.json")
    assert old.exchanges == ()
    assert with_tables(transcript, article, old) == alignment
    assert sections_of(transcript, article, old) == sections_of(transcript, article, alignment)


def test_paragraphs_have_their_places_among_the_printed_words() -> None:
    article = interviews.article_of("table")
    for exchange in article.exchanges:
        words = printed_words(exchange)
        places = paragraph_places(exchange)
        texts = [exchange.question, *(paragraph.text for paragraph in exchange.answer)]
        assert [words[first:last] for first, last in places] == [
            words_of_text(text) for text in texts
        ]
        assert places[-1][1] == len(words)
    assert words_of_text("« Oui ! » dit-il ; pourquoi ?") == ("Oui", "dit-il", "pourquoi")


def test_the_same_words_agree_only_within_a_pair() -> None:
    pairs = (
        Pair(0, 1, 0, 1, 1.0, True),
        Pair(1, 2, 1, 1, 0.0, False),
        Pair(2, 4, 1, 2, 0.8, False),
        Pair(4, 4, 2, 3, 0.0, False),
    )
    heard = [Term("a", 0, 1), Term("b", 1, 2), Term("12000", 2, 4)]
    printed = [Term("a", 0, 1), Term("12000", 1, 2), Term("b", 2, 3)]
    assert list(agreements(pairs, heard, printed)) == [(0, 0), (2, 1)]


def ran(workspace: Workspace) -> set[str]:
    events: list[Event] = []
    done = run_stages(workspace, DEAF_STAGES, Choice(), events.append, command="test")
    assert not done.failures
    return {event.stage for event in events if isinstance(event, StageStarted)}


def test_a_corrected_word_makes_no_chapters_and_no_sound_anew(tmp_path: Path) -> None:
    workspace = make_show(tmp_path / "show")
    add_episode(workspace)
    build_show(workspace)
    files = workspace.episode(SLUG)
    alignment = record_from_bytes(files.alignment.read_bytes(), Alignment, files.alignment)
    assert alignment.exchanges
    transcript = record_from_bytes(files.transcript.read_bytes(), Transcript, files.transcript)
    place = alignment.exchanges[0].first + len(alignment.exchanges[0].heard) - 3
    files.transcript.write_bytes(bytes_from_record(changed(transcript, place, "autrement")))
    stages = ran(workspace)
    assert {"align", "caption", "package"} <= stages
    assert not stages & {"chapter", "programme", "master"}
    again = record_from_bytes(files.alignment.read_bytes(), Alignment, files.alignment)
    assert again.exchanges != alignment.exchanges
    assert again.questions == alignment.questions
    assert ran(workspace) == set()
