"""Finding and replacing in French: elisions, borders of passages, accents, capitals; the page and the
search over all episodes find the same.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from judges import ask_node

from studio.editor.edit_application import changed_documents
from studio.editor.edits import ReplaceSpots, Spot
from studio.editor.patches import Documents
from studio.editor.text_search import FindOptions, Piece, find_text
from studio.model.clock import RecordingMs
from studio.model.record import plain_from_record
from studio.model.transcript import Segment, Word

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "find_vectors.json").read_text(encoding="utf-8")
)


def segments_of(lines: list[str]) -> tuple[Segment, ...]:
    return tuple(
        Segment(
            id=f"s{number:04}",
            speaker=None,
            start_ms=RecordingMs(1000 * number),
            end_ms=RecordingMs(1000 * number + 900),
            words=tuple(
                Word(
                    text=text,
                    start_ms=RecordingMs(1000 * number + 10 * place),
                    end_ms=RecordingMs(1000 * number + 10 * place + 9),
                    probability=1.0,
                )
                for place, text in enumerate(line.replace("« ", "«").replace(" »", "»").split())
            ),
        )
        for number, line in enumerate(lines, 1)
    )


def options_of(vector: dict[str, Any]) -> dict[str, bool]:
    return {name: bool(vector.get(name)) for name in ("exact", "accents", "parts")}


def text_of(segments: Sequence[Segment], pieces: tuple[Piece, ...]) -> str:
    parts = []
    for piece in pieces:
        words = segments[piece.place].words[piece.first : piece.first + piece.count]
        text = " ".join(word.text for word in words)
        parts.append(text[piece.kept_start : len(text) - piece.kept_end])
    return "|".join(parts)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["find"])
def test_what_is_looked_for_is_found(vector: dict[str, Any]) -> None:
    segments = segments_of(vector["lines"])
    found = find_text(segments, vector["find"], FindOptions(**options_of(vector)))
    assert [text_of(segments, pieces) for pieces in found] == vector["found"]


@pytest.mark.judge
def test_the_page_finds_the_same() -> None:
    question = [
        {
            "segments": plain_from_record(segments_of(one["lines"])),
            "find": one["find"],
            "options": options_of(one),
        }
        for one in VECTORS
    ]
    answers = json.loads(ask_node("find.mjs", json.dumps(question), "axe-core"))
    for vector, answer in zip(VECTORS, answers, strict=True):
        segments = segments_of(vector["lines"])
        found = find_text(segments, vector["find"], FindOptions(**options_of(vector)))
        assert answer == [[plain_from_record(piece) for piece in pieces] for pieces in found]


def replaced(lines: list[str], *spots: Spot, text: str) -> list[str]:
    documents = Documents(language="fr", segments=segments_of(lines))
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
