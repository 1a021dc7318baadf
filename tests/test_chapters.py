"""Chapters stand where the questions are heard, and their titles fit on a telephone."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.spoken import programme_of

from studio.chapters.build import chapters_from_alignment, closed_chapters, require_valid_chapters
from studio.chapters.short_titles import short_title
from studio.errors import WorkspaceError
from studio.model.alignment import Alignment, Question, Status
from studio.model.chapters import Chapter, Chapters
from studio.model.clock import Programme, ProgrammeMs, RecordingMs
from studio.text.typography import leans_on_next


def question(
    number: int,
    start_ms: int | None,
    end_ms: int | None = None,
    status: Status = "asked",
    text: str = "",
) -> Question:
    return Question(
        number=number,
        text=text or f"Question {number} ?",
        status=status,
        start_ms=None if start_ms is None else RecordingMs(start_ms),
        answer_start_ms=None,
        end_ms=None if end_ms is None else RecordingMs(end_ms),
        confidence=0.9,
    )


def chapters_of(
    programme: Programme, *questions: Question
) -> list[tuple[float, float | None, str, int | None]]:
    chapters = chapters_from_alignment(Alignment(questions=questions), programme)
    require_valid_chapters(chapters, programme.duration_ms, "chapters.json")
    return [
        (chapter.start_s, chapter.end_s, chapter.title, chapter.question)
        for chapter in chapters.chapters
    ]


WHOLE = programme_of((0, 215_619))


# --- titles


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("💬 Et la suite ?", "Et la suite ?"),
        (
            "Comment a commencé l’aventure Medinsoft ?",
            "Comment a commencé l’aventure Medinsoft ?",
        ),
        (
            "Très vite, vous avez trouvé une recette optimum pour chacun ?",
            "Très vite, vous avez trouvé une recette optimum… ?",
        ),
        (
            "Quels sont vos projets pour les dix prochaines années de l’association ?",
            "Quels sont vos projets pour les dix prochaines années… ?",
        ),
        (
            "Vous avez quitté le sport de haut niveau pour la logistique. Pourquoi ?",
            "Vous avez quitté le sport de haut niveau… ?",
        ),
        (
            "Une entreprise où tout se décide à plusieurs, du salaire au choix des machines",
            "Une entreprise où tout se décide à plusieurs, du salaire…",
        ),
        ("– Que fait\u00a0<b>Palette\nMobile</b> ?", "Que fait Palette Mobile ?"),
        ("Une fraternité 👩‍👩‍👧‍👦 🇫🇷 à 20 °C ?", "Une fraternité à 20 °C ?"),
        (
            "Anticonstitutionnellement" * 3 + " ?",
            ("Anticonstitutionnellement" * 3)[:57] + "… ?",
        ),
        ("R&D : 3 < 4 ?", "R&D : 3 < 4 ?"),
    ],
)
def test_a_title_says_as_much_of_the_question_as_fits(text: str, title: str) -> None:
    assert short_title(text) == title


@given(st.lists(st.text(min_size=1), min_size=1, max_size=30).map(" ".join), st.integers(5, 60))
def test_any_question_makes_a_title_that_fits(text: str, limit: int) -> None:
    title = short_title(text, limit)
    assert len(title) <= limit
    assert title == title.strip()
    assert not any(
        unicodedata.category(sign) in {"Cc", "So", "Cs"} for sign in title if sign not in "°©®™"
    )
    assert short_title(title, limit) == title


WORDS = [
    "l’atelier",
    "de",
    "la",
    "ville",
    "à",
    "Aix",
    ",",
    "et",
    "vous",
    "?",
    "pour",
    "les",
    "qui",
    "pourquoi",
    "d’",
    "«",
]


@given(st.lists(st.sampled_from(WORDS), min_size=12, max_size=30))
def test_a_cut_title_keeps_whole_words_and_ends_with_none_that_leans(words: list[str]) -> None:
    title = short_title(" ".join(words))
    if title.endswith("…"):
        kept = title.removesuffix("…").split(" ")
        assert kept[:-1] == words[: len(kept) - 1]
        assert len(kept) == 1 or not leans_on_next(kept[-1])


# --- chapters


def test_each_question_that_is_heard_is_a_chapter_in_the_order_of_the_recording() -> None:
    questions = [
        question(1, 45_823, 90_000),
        question(2, 10_212, 45_000),
        question(3, None, status="absent"),
    ]
    answered = question(4, 113_309, 130_000, status="answered")
    assert chapters_of(WHOLE, *questions, answered) == [
        (0.0, 10.212, "Introduction", None),
        (10.212, 45.823, "Question 2 ?", 2),
        (45.823, 113.309, "Question 1 ?", 1),
        (113.309, 215.619, "Question 4 ?", 4),
    ]


def test_the_opening_shifts_all_but_the_first() -> None:
    programme = programme_of((1000, 50_000), opening_ms=4000, closing_ms=2000)
    assert chapters_of(programme, question(1, 11_000, 20_000)) == [
        (0.0, 14.0, "Introduction", None),
        (14.0, 55.0, "Question 1 ?", 1),
    ]


def test_a_question_at_the_very_start_leaves_no_introduction() -> None:
    assert chapters_of(WHOLE, question(1, 400, 9000)) == [(0.0, 215.619, "Question 1 ?", 1)]


def test_a_question_that_was_cut_out_starts_at_the_joint_when_its_answer_is_heard() -> None:
    programme = programme_of((0, 10_000), (20_000, 60_000))
    assert chapters_of(programme, question(1, 12_000, 40_000), question(2, 40_000, 60_000)) == [
        (0.0, 10.0, "Introduction", None),
        (10.0, 30.0, "Question 1 ?", 1),
        (30.0, 50.0, "Question 2 ?", 2),
    ]


def test_an_exchange_that_was_cut_out_makes_no_chapter() -> None:
    programme = programme_of((0, 10_000), (20_000, 60_000))
    assert chapters_of(programme, question(1, 11_000, 19_000), question(2, 20_000, 60_000)) == [
        (0.0, 10.0, "Introduction", None),
        (10.0, 50.0, "Question 2 ?", 2),
    ]


def test_two_questions_in_one_breath_are_one_chapter() -> None:
    assert chapters_of(
        WHOLE, question(2, 30_000, 60_000), question(1, 30_000, 50_000), question(3, 30_900, 70_000)
    ) == [
        (0.0, 30.0, "Introduction", None),
        (30.0, 215.619, "Question 1 ?", 1),
    ]


def test_no_question_found_is_one_chapter_not_three() -> None:
    assert chapters_of(WHOLE, question(1, None, status="absent")) == [
        (0.0, 215.619, "Introduction", None)
    ]


MOMENTS = st.integers(0, 100_000)


@given(
    st.lists(st.tuples(MOMENTS, MOMENTS), max_size=8),
    st.sets(MOMENTS, min_size=2, max_size=6),
    st.integers(0, 9000),
)
def test_chapters_of_any_alignment_keep_the_rules(
    exchanges: list[tuple[int, int]], edges: set[int], opening_ms: int
) -> None:
    moments = sorted(edges)
    programme = programme_of(*zip(moments[::2], moments[1::2], strict=False), opening_ms=opening_ms)
    questions = (
        question(number, min(pair), max(pair)) for number, pair in enumerate(exchanges, start=1)
    )
    chapters = chapters_from_alignment(Alignment(questions=tuple(questions)), programme)
    require_valid_chapters(chapters, programme.duration_ms, "chapters.json")
    assert all(chapter.end_s is not None for chapter in chapters.chapters)
    assert all(
        two.start_ms - one.start_ms >= 1000
        for one, two in zip(chapters.chapters, chapters.chapters[1:], strict=False)
    )


# --- chapters that a person edited

EDITED = Chapters(
    chapters=(
        Chapter(start_s=0, title="Un"),
        Chapter(start_s=10.5, title="Deux"),
        Chapter(start_s=20, title="Trois", end_s=30),
    )
)
LENGTH = ProgrammeMs(30_000)


def test_left_out_ends_are_filled_in() -> None:
    require_valid_chapters(EDITED, LENGTH, "chapters.json")
    assert [chapter.end_s for chapter in closed_chapters(EDITED, LENGTH).chapters] == [10.5, 20, 30]


@pytest.mark.parametrize(
    ("chapters", "place"),
    [
        ([], "chapters.json"),
        ([Chapter(start_s=1, title="Un")], "chapters[0].startTime"),
        ([Chapter(start_s=-1, title="Un")], "chapters[0].startTime"),
        (
            [
                Chapter(start_s=0, title="Un"),
                Chapter(start_s=9, title="Deux"),
                Chapter(start_s=5, title="Trois"),
            ],
            "chapters[2].startTime",
        ),
        (
            [Chapter(start_s=0, title="Un"), Chapter(start_s=0.0002, title="Deux")],
            "chapters[1].startTime",
        ),
        (
            [Chapter(start_s=0, title="Un"), Chapter(start_s=30, title="Deux")],
            "chapters[1].startTime",
        ),
        ([Chapter(start_s=0, title=" ")], "chapters[0].title"),
        ([Chapter(start_s=0, title="Un\nDeux")], "chapters[0].title"),
        (
            [Chapter(start_s=0, title="Un", end_s=8), Chapter(start_s=9, title="Deux")],
            "chapters[0].endTime",
        ),
        ([Chapter(start_s=0, title="Un", end_s=31)], "chapters[0].endTime"),
    ],
)
def test_a_breach_is_told_with_its_place(chapters: list[Chapter], place: str) -> None:
    with pytest.raises(WorkspaceError) as breach:
        require_valid_chapters(Chapters(chapters=tuple(chapters)), LENGTH, "chapters.json")
    assert breach.value.where.endswith(place)
