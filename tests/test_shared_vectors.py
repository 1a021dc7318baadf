"""Pages and server find, replace and write alike: what each vector of tests/vectors says, both do.
The pages' half is tests/scripts, which node runs in test_scripts.py. Journals of before replace
words as the server finds them here.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.passages import segments_of_lines

from studio.editor.edit_application import changed_documents, places_of
from studio.editor.edits import ReplaceSpots, Spot
from studio.editor.patches import Documents
from studio.editor.text_search import FindOptions, HitPart, find_text
from studio.language.number_words import number_words
from studio.model.clock import RecordingMs
from studio.model.transcript import Segment, Word
from studio.site.search import folded_words, search_keys, word_stem
from studio.text.typography import set_text, stamp_from_ms
from studio.transcript.retiming import words_in_text

FOLDER = Path(__file__).parent / "vectors"


def vectors(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def options_of(vector: dict[str, Any]) -> FindOptions:
    return FindOptions(**{name: bool(vector.get(name)) for name in ("exact", "accents", "parts")})


def found_in(segment: Segment, piece: HitPart) -> str:
    words = segment.words[piece.first : piece.first + piece.count]
    text = " ".join(word.text for word in words)
    return text[piece.kept_start : len(text) - piece.kept_end]


@pytest.mark.parametrize("vector", vectors("find"), ids=lambda vector: vector["find"])
def test_what_is_looked_for_is_found(vector: dict[str, Any]) -> None:
    segments = segments_of_lines(vector["lines"])
    found = find_text(segments, vector["find"], options_of(vector))
    texts = ["|".join(found_in(segments[one.place], one) for one in hit) for hit in found]
    assert texts == vector["found"]


@pytest.mark.parametrize("vector", vectors("replacement"), ids=lambda vector: vector["find"])
def test_what_is_found_is_replaced(vector: dict[str, Any]) -> None:
    segments = segments_of_lines(vector["lines"])
    pieces = [
        piece for hit in find_text(segments, vector["find"], options_of(vector)) for piece in hit
    ]
    spots = tuple(
        Spot(
            segment=segments[one.place].id,
            first=one.first,
            was=" ".join(
                word.text for word in segments[one.place].words[one.first : one.first + one.count]
            ),
            text=text,
            kept_start=one.kept_start,
            kept_end=one.kept_end,
        )
        for one, text in zip(pieces, vector["texts"], strict=True)
    )
    changed = changed_documents(
        Documents(language="fr", segments=segments),
        ReplaceSpots(spots=spots, text=vector["replace"]),
        60_000,
        None,
    )
    assert changed is not None
    assert [segment.text for segment in changed.segments] == vector["becomes"]


@pytest.mark.parametrize(("moment_ms", "shown"), vectors("time_stamps")["stamps"])
def test_moments_are_written_so(moment_ms: int, shown: str) -> None:
    assert stamp_from_ms(moment_ms) == shown


@pytest.mark.parametrize(("moment_ms", "shown"), vectors("time_stamps")["exact"])
def test_moments_are_written_to_the_millisecond_so(moment_ms: float, shown: str) -> None:
    assert f"{stamp_from_ms(round(moment_ms))},{round(moment_ms) % 1000:03}" == shown


@pytest.mark.parametrize("case", vectors("words")["typed"], ids=lambda case: case["typed"])
def test_what_is_typed_becomes_these_words(case: dict[str, Any]) -> None:
    assert words_in_text(case["typed"]) == case["words"]


@pytest.mark.parametrize(("text", "shown"), vectors("words")["set"])
def test_french_text_is_set_so(text: str, shown: str) -> None:
    assert set_text(text, "fr") == shown


@pytest.mark.parametrize("case", vectors("words")["places"], ids=lambda case: case["find"])
def test_words_stand_there(case: dict[str, Any]) -> None:
    start, end = RecordingMs(0), RecordingMs(1)
    words = tuple(
        Word(text=text, start_ms=start, end_ms=end, probability=1.0) for text in case["words"]
    )
    segment = Segment(id="s0001", speaker=None, start_ms=start, end_ms=end, words=words)
    found = places_of([segment], case["find"], exact=case["exact"])
    assert [[first, count] for _, first, count in found] == case["places"]


@pytest.mark.parametrize("case", vectors("search_words")["words"], ids=lambda case: case["text"])
def test_the_site_is_searched_by_these_words(case: dict[str, Any]) -> None:
    assert folded_words(case["text"]) == case["words"]
    assert [word_stem(word) for word in case["words"]] == case["stems"]


def test_numbers_are_called_so() -> None:
    for digits, stems in vectors("search_words")["numbers"].items():
        named = folded_words(" ".join(number_words(int(digits))))
        assert [word_stem(word) for word in named if word != "et"] == stems
        assert set(stems) <= search_keys(digits)
