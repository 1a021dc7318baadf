"""French typography, and turns on the programme's clock: what captions and pages share."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.spoken import GUEST, HOST, programme_of, transcript_from_lines

from studio.model.turns import PARAGRAPH_CHARACTERS, ends_sentence, turns_from_transcript
from studio.text.typography import (
    leans_on_next,
    length_stamp_from_ms,
    set_text,
    stamp_from_ms,
)


@pytest.mark.parametrize(
    ("plain", "set_in_type"),
    [
        ("Pourquoi ?", "Pourquoi\u202f?"),
        ("Pourquoi? Et comment?!", "Pourquoi\u202f? Et comment\u202f?!"),
        ("« Oui » , dit-il", "«\u00a0Oui\u00a0» , dit-il"),
        ("«Oui»", "«\u00a0Oui\u00a0»"),
        ("voici : rien; tout", "voici\u00a0: rien\u202f; tout"),
        ("« Quoi ? »", "«\u00a0Quoi\u202f?\u00a0»"),
        ("l'aventure d'Aix", "l’aventure d’Aix"),
        (
            "12 000 euros, 1 234 567 tonnes, en 2014 300 personnes",
            "12\u202f000 euros, 1\u202f234\u202f567 tonnes, en 2014 300 personnes",
        ),
        ("85 % ou 85% ou 14 €", "85\u00a0% ou 85\u00a0% ou 14\u00a0€"),
        ("https://exemple.fr/?a=1;b=5%20", "https://exemple.fr/?a=1;b=5%20"),
        ("à 12:30 (?)", "à 12:30 (?)"),
        ("", ""),
    ],
)
def test_french_is_set_as_french_printers_set_it(plain: str, set_in_type: str) -> None:
    assert set_text(plain, "fr") == set_in_type
    assert set_text(plain, "fr-FR") == set_in_type
    assert set_text(plain, "en") == plain


@given(st.text(st.sampled_from("aé'’ \u00a0\u202f?!;:«»().,%€0123456789-\n")))
def test_setting_moves_no_letter_and_setting_twice_is_setting_once(text: str) -> None:
    once = set_text(text, "fr")
    assert "".join(once.split()).replace("’", "'") == "".join(text.split()).replace("’", "'")
    assert set_text(once, "fr") == once


@pytest.mark.parametrize("word", ["le", "De", "l’", "d'", "qu’", "à", "«", "dix", "14", "jusqu’à"])
def test_small_words_lean(word: str) -> None:
    assert leans_on_next(word)


@pytest.mark.parametrize("word", ["atelier", "l’atelier", "2014", "Pourquoi", "pas"])
def test_words_with_meaning_do_not_lean(word: str) -> None:
    assert not leans_on_next(word)


def test_sentences_end_where_a_reader_sees_their_end() -> None:
    assert all(map(ends_sentence, ["oui.", "oui ?", "oui\u202f?\u00a0»", "oui!)", "voilà…"]))
    assert not any(map(ends_sentence, ["oui", "oui,", "M.", "R.", "»"]))


@pytest.mark.parametrize(
    ("moment_ms", "stamp"),
    [(0, "0:00"), (45_999, "0:45"), (3_599_999, "59:59"), (3_723_000, "1:02:03")],
)
def test_stamps_tell_the_second_that_has_begun(moment_ms: int, stamp: str) -> None:
    assert stamp_from_ms(moment_ms) == stamp


def test_a_turn_ends_where_somebody_else_speaks() -> None:
    lines = [
        (HOST, 0, 1000, "Bonjour."),
        (HOST, 1500, 2000, "Ça va ?"),
        (GUEST, 2000, 2500, "Oui."),
        ("", 2500, 3000, "Hum."),
    ]
    turns = turns_from_transcript(
        transcript_from_lines(lines), programme_of((0, 3000), opening_ms=100)
    )
    assert [(turn.speaker, turn.text, turn.start_ms, turn.end_ms) for turn in turns] == [
        (HOST, "Bonjour. Ça va ?", 100, 2100),
        (GUEST, "Oui.", 2100, 2600),
        (None, "Hum.", 2600, 3100),
    ]


def test_a_monologue_becomes_paragraphs_of_whole_sentences() -> None:
    sentence = "Nous étions quelques éditeurs de logiciels et cela nous plaisait beaucoup. "
    turns = turns_from_transcript(
        transcript_from_lines([(GUEST, 0, 200_000, sentence * 20)]), programme_of((0, 200_000))
    )
    assert len(turns) > 1
    assert all(turn.text.endswith("beaucoup.") for turn in turns)
    assert all(
        PARAGRAPH_CHARACTERS * 0.5 < len(turn.text) < PARAGRAPH_CHARACTERS * 1.5 for turn in turns
    )
    assert " ".join(turn.text for turn in turns) == (sentence * 20).strip()


def test_a_word_at_the_edge_of_a_cut_is_heard_when_its_middle_is() -> None:
    transcript = transcript_from_lines([(GUEST, 0, 400, "abcd"), (GUEST, 400, 800, "efgh")])
    kept_first = turns_from_transcript(transcript, programme_of((0, 201), (700, 900)))
    assert [(turn.text, turn.start_ms, turn.end_ms) for turn in kept_first] == [("abcd", 0, 201)]
    assert turns_from_transcript(transcript, programme_of((0, 200), (700, 900))) == ()


@pytest.mark.parametrize(
    ("duration_ms", "shown"), [(215_700, "3:36"), (64_400, "1:04"), (59_600, "1:00"), (3, "0:01")]
)
def test_a_length_is_told_to_the_nearest_second(duration_ms: int, shown: str) -> None:
    assert length_stamp_from_ms(duration_ms) == shown


def test_no_length_is_cut_like_a_moment() -> None:
    """One episode lasts as long wherever it is told: 1:43 here is not 1:42 there."""
    moment = re.compile(r"(?<!length_)stamp_from_ms\([\w.]*duration_ms\)|duration_ms\|stamp\b")
    root = Path(__file__).parent.parent / "studio"
    sources = [*root.rglob("*.py"), *root.rglob("templates/*.html")]
    assert [path.name for path in sources if moment.search(path.read_text("utf-8"))] == []
