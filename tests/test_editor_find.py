"""Replacing in French: elisions and borders of passages. What is found, and what pages and server do
alike: test_shared_vectors.py.
"""

from __future__ import annotations

from support.passages import segments_of_lines

from studio.editor.edit_application import changed_documents
from studio.editor.edits import ReplaceSpots, Spot
from studio.editor.patches import Documents


def replaced(lines: list[str], *spots: Spot, text: str) -> list[str]:
    documents = Documents(language="fr", segments=segments_of_lines(lines))
    changed = changed_documents(documents, ReplaceSpots(spots=spots, text=text), 60_000, None)
    assert changed is not None
    return [segment.text for segment in changed.segments]


def test_what_stands_around_stays() -> None:
    spot = Spot(segment="s0001", first=1, was="d'humidité,", text="eau", kept_start=2, kept_end=1)
    assert replaced(["plus d'humidité, donc"], spot, text="") == ["plus d'eau, donc"]


def test_what_is_found_over_a_border_is_written_before_it() -> None:
    before = Spot(segment="s0001", first=3, was="Saint", text="Saint-Maximin")
    after = Spot(segment="s0002", first=0, was="Maximin,", text="", kept_end=1)
    assert replaced(["je suis à Saint", "Maximin, oui"], before, after, text="") == [
        "je suis à Saint-Maximin",
        ", oui",
    ]
