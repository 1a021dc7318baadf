"""Articles that lie: the transcript stays what was heard, and the report tells the difference.

``asr_results/`` holds what Whisper's base weights heard in two of the interviews, with the voices of
the utterances; where the file's name says so, it was told the names of the lying article before it
listened.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from support.outcomes import ARTICLES, HERE, Outcome, heard, lying, outcome, true_outcome
from support.spoken import transcript_from_lines

from studio.article.read import article_from_file
from studio.corrections.corrections import correct_transcript
from studio.corrections.proposal import Proposal
from studio.language.negation import negations_in
from studio.language.words import plain_words


def unheard(found: Outcome) -> list[str]:
    """The printed sentences that were not heard."""
    return [
        one.text
        for paragraph in found.comparison.paragraphs
        for one in paragraph.sentences
        if one.kind == "unheard"
    ]


def lied_words(changes: Sequence[tuple[str, str]]) -> set[str]:
    old, new = (" ".join(change[side] for change in changes) for side in (0, 1))
    return set(plain_words(new)) - set(plain_words(old))


NAMES = [
    ("002-told-durand", ("Stéphane Paoli", "Jacques Durand"), "Jacques Durand"),
    ("002-told-paolini", ("Stéphane Paoli", "Stéphane Paolini"), "Stéphane Paolini"),
    ("002", ("Kevin Polizzi", "Kevin Polino"), "Kevin Polino"),
    ("002", ("Stéphanie Ragu", "Sandrine Rami"), "Sandrine Rami"),
    ("002", ("CES de Las Vegas", "salon de Lisbonne"), "Lisbonne"),
    ("atelier", ("lycée de Martigues", "lycée de Bordeaux"), "Bordeaux"),
    ("atelier", ("Port-de-Bouc", "Saint-Tropez"), "Saint-Tropez"),
]


@pytest.mark.parametrize(
    ("hearing", "change", "item"),
    NAMES,
    ids=lambda value: value if isinstance(value, str) else value[1],
)
def test_a_wrong_name_stays_out_and_is_told(
    tmp_path: Path, hearing: str, change: tuple[str, str], item: str
) -> None:
    found = outcome(hearing, lying(tmp_path, hearing.partition("-")[0], change))
    assert not lied_words([change]) & found.words
    assert ("name", item) in found.differing


def test_where_the_article_lies_about_a_name_no_third_one_is_put(tmp_path: Path) -> None:
    found = outcome("002-told-durand", lying(tmp_path, "002", ("Stéphane Paoli", "Jacques Durand")))
    assert "avec Stéphane Soto" not in found.text


NUMBERS = [
    ("002", ("en 2015 avec", "en 2014 avec"), "2014"),
    ("002", ("fin 2003", "fin 2013"), "2013"),
    ("002", ("En 13 ans", "En 15 ans"), "15"),
    ("002", ("cinq semaines", "six semaines"), "six"),
    ("002", ("édition 2016", "édition 2012"), "2012"),
    ("atelier", ("grenier, en 2014", "grenier, en 2012"), "2012"),
    ("atelier", ("trois mille personnes", "cinq mille personnes"), "cinq mille"),
    ("atelier", ("une quarantaine", "une soixantaine"), "soixantaine"),
]


@pytest.mark.parametrize(
    ("hearing", "change", "item"),
    NUMBERS,
    ids=lambda value: value if isinstance(value, str) else value[1],
)
def test_a_wrong_number_stays_out_and_is_told(
    tmp_path: Path, hearing: str, change: tuple[str, str], item: str
) -> None:
    found = outcome(hearing, lying(tmp_path, hearing, change))
    assert ("number", item) in found.differing
    said = next(one.said for one in found.comparison.differences if one.item == item)
    assert not lied_words([change]) & set(plain_words(said))


NEGATIONS = [
    ("Nous avons été très heureux", "Nous n’avons jamais été très heureux", "jamais"),
    ("La première édition marche très bien", "La première édition ne marche pas très bien", "pas"),
    ("ne baisse pas les bras", "baisse les bras", "pas"),
    ("Je reste très attaché", "Je ne reste plus très attaché", "plus"),
]


@pytest.mark.parametrize(("old", "new", "item"), NEGATIONS)
def test_a_negation_is_neither_added_nor_taken_away_and_is_told(
    tmp_path: Path, old: str, new: str, item: str
) -> None:
    truth, found = true_outcome("002"), outcome("002", lying(tmp_path, "002", (old, new)))
    # A neighbour may no longer be mended where the article no longer agrees around it.
    said, told = (
        [word for word in plain_words(one.text) if negations_in([word])] for one in (found, truth)
    )
    assert said == told
    assert ("negation", item) in found.differing


@pytest.mark.parametrize(
    ("hearing", "before", "invented"),
    [
        (
            "002",
            "Nous étions loin des Gafam.",
            "Nous avons aussi ouvert un bureau à Tokyo avec douze salariés.",
        ),
        (
            "002",
            "Je reste très attaché à Medinsoft.",
            "Le budget municipal avait pourtant doublé sous la pression des syndicats.",
        ),
        (
            "atelier",
            "je cherchais des volontaires pour les remettre en état.",
            "Le maire de Lyon a financé les travaux du toit.",
        ),
    ],
)
def test_a_sentence_that_was_never_said_stays_out_and_is_told(
    tmp_path: Path, hearing: str, before: str, invented: str
) -> None:
    truth, found = (
        true_outcome(hearing),
        outcome(hearing, lying(tmp_path, hearing, (before, f"{before} {invented}"))),
    )
    assert found.words <= truth.words | {
        word for one in truth.transcript.corrections for word in plain_words(one.heard)
    }
    assert sorted(unheard(found)) == sorted([*unheard(truth), invented])


def test_another_episodes_article_changes_next_to_nothing_and_is_not_heard() -> None:
    hearing, _ = heard("002-told-atelier")
    found = outcome("002-told-atelier", article_from_file(HERE / "article" / "atelier.txt"))
    assert {one.status for one in found.alignment.questions} == {"absent"}
    assert found.comparison.coverage.unheard == 1.0
    assert found.comparison.equivalent == "partial"
    before, after = (
        [word.text for word in hearing.words],
        [word.text for word in found.transcript.words],
    )
    changed = {one.text for one in found.transcript.corrections if one.reason != "spelling"}
    # Aix-Marseille is in both.
    assert changed <= {"Aix-Marseille,", "Aix-Marseille"}
    assert len(before) == len(after)
    assert not {"fontanel", "rivages", "martigues", "atelier"} & found.words


@pytest.mark.parametrize("interview", ARTICLES)
def test_the_true_article_is_heard(interview: str) -> None:
    found = true_outcome(interview)
    assert {one.status for one in found.alignment.questions} == {"asked"}
    # Nobody asks the recording here, so that what was misheard stays: one sentence of it is heard
    # for none of the article's.
    assert found.comparison.coverage.unheard < 0.05
    assert "negation" not in {kind for kind, _ in found.differing}


@pytest.mark.parametrize(
    ("heard_text", "wording", "expected"),
    [
        (
            "Bienvenue à l'école du Port à Marseille.",
            "l'École du Port",
            "Bienvenue à l'École du Port à Marseille.",
        ),
        ("Bienvenue chez medinsoft bien sûr.", "Medinsoft", "Bienvenue chez Medinsoft bien sûr."),
        ("Bienvenue chez Medinsoft bien sûr.", "Medinsoft", "Bienvenue chez Medinsoft bien sûr."),
    ],
)
def test_no_word_that_was_heard_beside_a_name_is_taken_away(
    heard_text: str, wording: str, expected: str
) -> None:
    """Whatever stretch a proposal was made for: what it has already needs nothing else."""
    transcript = transcript_from_lines([("A", 0, 4000, heard_text)])
    words = transcript.words
    for first in range(1, len(words)):
        for last in range(first + 1, len(words) + 1):
            text = " ".join(plain_words(" ".join(word.text for word in words[first:last])))
            if " ".join(plain_words(wording)) in text:
                changed = correct_transcript(
                    transcript, [Proposal(first, last, wording, 0.9, 1.0, 2, "name")]
                )
                assert " ".join(word.text for word in changed.words) == expected
                assert len(changed.corrections) == (heard_text != expected)
