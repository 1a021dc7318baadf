"""Each paragraph of the article is found where it was said, with how closely; what was not said is
not found.
"""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from support.spoken import GUEST, HOST, transcript_from_lines

from studio.alignment.passages import locate_passages
from studio.model.alignment import Alignment, Passage, Question
from studio.model.article import Article, Exchange, Paragraph
from studio.model.clock import RecordingMs

LINES = (
    (HOST, 1_000, 4_000, "Bonjour et bienvenue dans cette nouvelle émission."),
    (HOST, 5_000, 8_000, "Comment tout cela a-t-il commencé ?"),
    (GUEST, 9_000, 12_000, "Alors, euh, c'était il y a longtemps, vous savez."),
    (
        GUEST,
        12_500,
        18_000,
        "J'avais récupéré quarante ordinateurs que le lycée de Martigues jetait à la benne.",
    ),
    (
        GUEST,
        18_500,
        23_000,
        "Nous réparions des machines tous les samedis avec les voisins du quartier.",
    ),
    (HOST, 23_200, 23_900, "Tous les samedis ?"),
    (GUEST, 24_000, 28_000, "Oui. En 2016, la mairie nous a prêté l'ancienne poste."),
    (GUEST, 28_500, 33_000, "On ne répare pas une machine, on répare une habitude."),
    (HOST, 34_000, 36_000, "Qui vient chez vous ?"),
    (
        GUEST,
        37_000,
        42_000,
        "Des retraités, des lycéens, des artisans qui tiennent à leurs outils.",
    ),
)
TRANSCRIPT = transcript_from_lines(LINES)


def article_of(
    *answers: tuple[str, ...], quote: str | None = None, introduction: tuple[str, ...] = ()
) -> Article:
    exchanges = tuple(
        Exchange(
            number=number,
            question=f"Question {number} ?",
            answer=tuple(Paragraph(text=text) for text in answer),
        )
        for number, answer in enumerate(answers, 1)
    )
    return Article(
        title="3 questions à Claire", exchanges=exchanges, quote=quote, introduction=introduction
    )


def question(
    number: int, start_ms: int | None, answer_ms: int | None, end_ms: int | None
) -> Question:
    times = [
        None if moment is None else RecordingMs(moment) for moment in (start_ms, answer_ms, end_ms)
    ]
    return Question(
        number=number,
        text="?",
        status="absent" if start_ms is None else "asked",
        start_ms=times[0],
        answer_start_ms=times[1],
        end_ms=times[2],
        confidence=0.9,
    )


ALIGNMENT = Alignment(
    questions=(question(1, 5_000, 9_000, 33_000), question(2, 34_000, 37_000, 42_000))
)


def locate(
    article: Article, alignment: Alignment = ALIGNMENT
) -> tuple[list[Passage], Passage | None]:
    passages, quote = locate_passages(TRANSCRIPT, article, alignment)
    return list(passages), quote


def test_each_paragraph_starts_and_ends_with_its_own_sentences_and_the_first_with_the_answer() -> (
    None
):
    article = article_of(
        (
            "J’avais récupéré 40 ordinateurs que le lycée de Martigues jetait à la benne.",
            "Nous réparions des machines le samedi, avec les voisins. La mairie nous a "
            "prêté l’ancienne poste en 2016.",
        ),
        ("Des retraités, des lycéens et des artisans.",),
    )
    passages, quote = locate(article)
    assert [(one.exchange, one.paragraph, one.start_ms, one.end_ms) for one in passages] == [
        (1, 1, 9_000, 18_000),
        (1, 2, 18_500, 28_000),
        (2, 1, 37_000, 42_000),
    ]
    assert [one.kind for one in passages] == ["verbatim", "reworded", "verbatim"]
    assert passages[0].similarity == 1.0
    assert 0.5 < passages[1].similarity < 1.0
    assert quote is None


def test_the_quote_is_found_where_it_was_said_though_no_exchange_says_where() -> None:
    _, quote = locate(
        article_of(("Rien.",), quote="On ne répare pas une machine, on répare une habitude")
    )
    assert quote is not None
    assert (quote.kind, quote.start_ms, quote.end_ms, quote.exchange, quote.paragraph) == (
        "verbatim",
        28_500,
        33_000,
        0,
        0,
    )


@pytest.mark.parametrize(
    "text",
    [
        "Le prix du poisson a doublé au marché de Sète pendant la tempête.",
        "Personne ne nous a jamais aidés, et nous avons fermé.",
        "…",
    ],
)
def test_what_was_never_said_has_no_moment(text: str) -> None:
    (passage,), quote = locate(article_of((text,), quote=text))
    assert quote is not None
    for one in (passage, quote):
        assert (one.kind, one.start_ms, one.end_ms) == ("unheard", None, None)


def test_an_exchange_that_was_not_heard_has_no_passage_and_none_is_taken_from_another() -> None:
    alignment = Alignment(questions=(question(1, None, None, None), ALIGNMENT.questions[1]))
    passages, _ = locate(
        article_of(
            ("Nous réparions des machines tous les samedis.",), ("Des retraités, des lycéens.",)
        ),
        alignment,
    )
    assert [one.kind for one in passages] == ["unheard", "verbatim"]


def test_a_misheard_word_still_counts() -> None:
    (passage,), _ = locate(
        article_of(("J’avais récupéré 40 ordinateur que le lycé de Martigue jetait à la bene.",))
    )
    assert passage.kind == "verbatim"
    assert (passage.start_ms, passage.end_ms) == (9_000, 18_000)


def test_an_introduction_that_is_read_aloud_is_found_and_one_that_is_not_is_not() -> None:
    read = "Bonjour et bienvenue dans cette nouvelle émission."
    passages, _ = locate(
        article_of(
            ("Rien.",), introduction=(read, "Claire Fontanel répare des machines à Martigues.")
        )
    )
    assert [(one.exchange, one.paragraph, one.start_ms) for one in passages[:2]] == [
        (0, 1, 1_000),
        (0, 2, None),
    ]


def test_nothing_was_said_at_all() -> None:
    empty = transcript_from_lines(())
    passages, quote = locate_passages(
        empty, article_of(("Oui.",), quote="Non", introduction=("Si.",)), ALIGNMENT
    )
    assert {one.kind for one in passages} == {"unheard"}
    assert quote is not None
    assert quote.kind == "unheard"


WORDS = st.lists(
    st.sampled_from(
        "lycée samedi voisins mairie 2016 40 de la on et poste benne jamais lune ! …".split()
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS.map(" ".join), min_size=1, max_size=4), WORDS.map(" ".join))
def test_passages_lie_in_their_exchange_one_after_the_other(
    paragraphs: list[str], quote: str
) -> None:
    article = article_of(tuple(paragraphs), ("Des retraités.",), quote=quote)
    passages, _ = locate(article)
    assert [(one.exchange, one.paragraph) for one in passages] == [
        (1, place) for place in range(1, len(paragraphs) + 1)
    ] + [(2, 1)]
    latest = 9_000
    for one in passages[:-1]:
        assert 0 <= one.similarity <= 1
        if one.kind == "unheard":
            assert one.start_ms is one.end_ms is None
            continue
        assert one.start_ms is not None
        assert one.end_ms is not None
        assert latest <= one.start_ms < one.end_ms <= 33_000
        latest = one.end_ms
