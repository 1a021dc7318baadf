"""Names that were heard letter for letter get the article's capitals."""

from __future__ import annotations

import pytest
from support.spoken import transcript_from_lines

from studio.corrections.capitals import capitalise_names
from studio.model.record import replace_fields
from studio.model.transcript import Correction

NAMES = ("Passy", "Nation", "La Cantine des Petites Louches", "Le Lot", "Naïma Chergui", "RFID")


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        ("entre passy, et la tour", "entre Passy, et la tour"),
        ("celle d'passy.", "celle d'Passy."),
        ("la cantine des petites louches", "la Cantine des Petites Louches"),
        ("une puce rfid", "une puce RFID"),
        # a word of French may be no name
        ("en pause, à nation", "en pause, à nation"),
        ("gagner le lot", "gagner le lot"),
        # a part of a name is not the name
        ("la cantine des petits", "la cantine des petits"),
        # capitals that were heard stay
        ("PASSY et Naïma chergui", "PASSY et Naïma Chergui"),
    ],
)
def test_capitals_are_the_article_s(heard: str, expected: str) -> None:
    transcript = capitalise_names(transcript_from_lines([("A", 0, 9000, heard)]), NAMES)
    assert transcript.segments[0].text == expected
    changed = [
        (place, old, new)
        for place, (old, new) in enumerate(zip(heard.split(), expected.split(), strict=True))
        if old != new
    ]
    assert [(one.word, one.heard, one.text) for one in transcript.corrections] == changed


def test_what_another_correction_wrote_is_left_alone() -> None:
    transcript = transcript_from_lines([("A", 0, 9000, "entre passy et passy")])
    (segment,) = transcript.segments
    earlier = Correction(segment.id, 1, "pas si", "passy", "wording", 0.9)
    corrected = capitalise_names(replace_fields(transcript, corrections=(earlier,)), NAMES)
    assert corrected.segments[0].text == "entre passy et Passy"
    assert [one.reason for one in corrected.corrections] == ["wording", "spelling"]
