"""Printed sentences are lit while they are said, and only where they are said."""

from __future__ import annotations

from support.spoken import programme_of, transcript_from_lines

from studio.model.clock import ProgrammeMs
from studio.model.turns import turns_from_transcript
from studio.site.paragraph_times import ParagraphTime
from studio.site.sentence_times import sentences_of_paragraph

PRINTED = (
    "Il ne décide de rien, il prévient. Quand le mildiou menace, chacun reçoit un message. "
    "Jamais personne ne conteste cette méthode."
)
LINES = [
    ("Inès", 0, 2_000, "Donc, il décide rien du tout, il prévient."),
    ("Inès", 4_000, 8_000, "Et quand le mildiou menace, on a tous un message."),
    ("Inès", 20_000, 24_000, "Un mildiou qui menace, il décide."),
]


def test_a_printed_sentence_has_the_time_of_its_words() -> None:
    turns = turns_from_transcript(transcript_from_lines(LINES), programme_of((0, 30_000)))
    moment = ParagraphTime(
        exchange=1,
        paragraph=1,
        kind="reworded",
        start_ms=ProgrammeMs(0),
        end_ms=ProgrammeMs(10_000),
    )
    first, second, third = sentences_of_paragraph(PRINTED, moment, turns)
    assert " ".join(one.text for one in (first, second, third)) == PRINTED
    assert first.start_ms is not None
    assert first.end_ms is not None
    assert second.start_ms is not None
    assert second.end_ms is not None
    assert 0 <= first.start_ms < first.end_ms <= 2_000
    assert 4_000 <= second.start_ms < second.end_ms <= 8_000
    assert (third.start_ms, third.end_ms) == (None, None)


def test_a_title_before_a_name_ends_no_sentence() -> None:
    said = [("Inès", 0, 4_000, "C'est M. Paoli qui prévient les vignerons.")]
    turns = turns_from_transcript(transcript_from_lines(said), programme_of((0, 30_000)))
    moment = ParagraphTime(
        exchange=1,
        paragraph=1,
        kind="reworded",
        start_ms=ProgrammeMs(0),
        end_ms=ProgrammeMs(10_000),
    )
    (only,) = sentences_of_paragraph("M. Paoli prévient les vignerons.", moment, turns)
    assert only.start_ms is not None
