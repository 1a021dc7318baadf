"""The published article."""

from __future__ import annotations

from studio.model.record import Record


class Paragraph(Record, frozen=True):
    """One paragraph of an answer. ``speaker`` is the name that the article gives before it (« Rémi
    Sautel : … »), else None.
    """

    text: str
    speaker: str | None = None


class Exchange(Record, frozen=True):
    """One question and its answer. ``number`` is its place in the article, from 1; ``question`` has
    no emoji and no markup.
    """

    number: int
    question: str
    answer: tuple[Paragraph, ...]


class Article(Record, frozen=True):
    """An interview as published.

    :param preamble: paragraphs before the episode's title (the series' own words).
    :param number: the episode's number, when the title gives one.
    :param title: the title without « Episode 2 – ».
    :param guests: who answers, as the title names them.
    :param quote: the pull quote without its « ».
    :param introduction: paragraphs between title and first question, without the quote.
    :param exchanges: the questions with their answers, at least one.
    :param credit: the line that names the interviewer (« Propos recueillis par Jean Dupont »); not
        part of any answer.
    """

    title: str
    exchanges: tuple[Exchange, ...]
    number: int | None = None
    guests: tuple[str, ...] = ()
    preamble: tuple[str, ...] = ()
    quote: str | None = None
    introduction: tuple[str, ...] = ()
    credit: str | None = None
