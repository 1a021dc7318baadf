"""Printed sentences are lit while they are said, and only where they are said."""

from __future__ import annotations

from support.spoken import programme_of, transcript_from_lines

from studio.model.alignment import Alignment, Passage, Question
from studio.model.article import Article, Exchange, Paragraph
from studio.model.clock import Programme, RecordingMs
from studio.site.paragraph_times import PrintedSentence, paragraph_times_from_alignment
from studio.site.sentence_times import with_sentences

PRINTED = (
    "Il ne décide de rien, il prévient. Quand le mildiou menace, chacun reçoit un message. "
    "Jamais personne ne conteste cette méthode."
)
LINES = [
    ("Inès", 0, 2_000, "Donc, il décide rien du tout, il prévient."),
    ("Inès", 4_000, 8_000, "Et quand le mildiou menace, on a tous un message."),
    ("Inès", 20_000, 24_000, "Un mildiou qui menace, il décide."),
]


def sentences_of_answer(
    printed: str,
    lines: list[tuple[str, int, int, str]],
    end_ms: int,
    programme: Programme | None = None,
) -> tuple[PrintedSentence, ...]:
    """The sentences of the only answer, which was said until ``end_ms``; its question is not
    heard.
    """
    article = Article(
        title="Le mildiou",
        exchanges=(Exchange(number=1, question="Comment ?", answer=(Paragraph(text=printed),)),),
    )
    alignment = Alignment(
        questions=(
            Question(
                number=1,
                text="Comment ?",
                status="answered",
                start_ms=RecordingMs(0),
                answer_start_ms=RecordingMs(0),
                end_ms=RecordingMs(30_000),
                confidence=0.9,
            ),
        ),
        passages=(
            Passage(
                exchange=1,
                paragraph=1,
                kind="reworded",
                similarity=0.5,
                start_ms=RecordingMs(0),
                end_ms=RecordingMs(end_ms),
            ),
        ),
    )
    programme = programme or programme_of((0, 30_000))
    moments = paragraph_times_from_alignment(alignment, programme)
    (moment,) = with_sentences(moments, transcript_from_lines(lines), article, alignment, programme)
    return moment.sentences


def test_a_printed_sentence_has_the_time_of_its_words() -> None:
    first, second, third = sentences_of_answer(PRINTED, LINES, 10_000)
    assert " ".join(one.text for one in (first, second, third)) == PRINTED
    assert first.start_ms is not None
    assert first.end_ms is not None
    assert second.start_ms is not None
    assert second.end_ms is not None
    assert 0 <= first.start_ms < first.end_ms <= 2_000
    assert 4_000 <= second.start_ms < second.end_ms <= 8_000
    assert (third.start_ms, third.end_ms) == (None, None)


def test_a_sentence_that_was_misheard_is_lit_and_one_that_was_cut_out_is_not() -> None:
    printed = "La mairie nous a prêté l’ancienne poste. Elle est devenue un atelier."
    lines = [
        ("Inès", 0, 4_000, "Alors, la mérite nous a prêté l'ancienne poste,"),
        ("Inès", 5_000, 8_000, "elle est devenue un atelier."),
    ]
    first, second = sentences_of_answer(printed, lines, 10_000)
    assert first.start_ms is not None
    assert first.start_ms < 2_000  # with the town hall, as which it was not heard
    assert second.start_ms is not None
    first, second = sentences_of_answer(
        printed, lines, 10_000, programme_of((0, 4_500), (9_000, 30_000))
    )
    assert first.start_ms is not None
    assert (second.start_ms, second.end_ms) == (None, None)


def test_a_title_before_a_name_ends_no_sentence() -> None:
    said = [("Inès", 0, 4_000, "C'est M. Paoli qui prévient les vignerons.")]
    (only,) = sentences_of_answer("M. Paoli prévient les vignerons.", said, 10_000)
    assert only.start_ms is not None
