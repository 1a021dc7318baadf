"""Names and terms of the article are found in what was misheard, and more freely where the article
has them.
"""

from __future__ import annotations

import pytest
from support.spoken import transcript_from_lines

from studio.corrections import proposals
from studio.corrections.proposal import Proposal
from studio.corrections.proposals import propose_corrections
from studio.model.alignment import Alignment, Question
from studio.model.article import Article, Exchange, Paragraph
from studio.model.clock import RecordingMs

QUESTION = "Où avez-vous grandi ?"
END_MS = 60_000


def proposed(
    heard: str, answer: str, names: tuple[str, ...], terms: tuple[str, ...] = ()
) -> list[tuple[str, str, str]]:
    """What was heard, what is proposed for it, and its kind, of one answer that the whole recording
    is.
    """
    transcript = transcript_from_lines([("A", 0, END_MS, heard)])
    article = Article(
        title="Une vie",
        exchanges=(
            Exchange(number=1, question=QUESTION, answer=(Paragraph(text=answer, speaker=None),)),
        ),
    )
    alignment = Alignment(
        questions=(
            Question(
                number=1,
                text=QUESTION,
                status="asked",
                start_ms=RecordingMs(0),
                answer_start_ms=RecordingMs(0),
                end_ms=RecordingMs(END_MS),
                confidence=1.0,
            ),
        )
    )
    words = transcript.words

    def told(one: Proposal) -> tuple[str, str, str]:
        return " ".join(word.text for word in words[one.first : one.last]), one.text, one.kind

    return [told(one) for one in propose_corrections(transcript, article, alignment, names, terms)]


def test_every_stretch_that_sounds_like_a_name_is_weighed_not_the_likeliest_alone() -> None:
    found = proposed(
        "Chez mon oncle à Beno, on faisait des escaliers.", "Il n’en dit rien.", ("Banon",)
    )
    assert ("à Beno, on", "à Banon", "name") in found
    assert ("Beno,", "Banon", "name") in found


@pytest.mark.parametrize(
    ("answer", "is_proposed"),
    [
        ("Une puce RFID coûte moins que le bois d’une palette.", True),
        ("Ce qui compte est la qualité du bois d’une palette.", False),
        # it has the name, and other words around it
        ("RFID ou puces, mon père se lève tôt.", False),
    ],
)
def test_a_name_that_the_article_has_about_there_may_sound_less_alike(
    answer: str, is_proposed: bool
) -> None:
    found = proposed("Tu vois, fide, ça coûte moins que le bois.", answer, ("RFID",))
    assert (("fide,", "RFID", "name") in found) == is_proposed


def test_a_term_that_no_dictionary_has_is_looked_for_where_the_article_has_it() -> None:
    heard = "Il y a des vaches, des Féhandais. Et il a compris."
    answer = "Les vaches ferrandaises sont rustiques, il a compris."
    found = proposed(heard, answer, (), ("ferrandaises",))
    assert ("Féhandais.", "ferrandaises", "wording") in found


def test_names_are_compared_a_few_at_once_and_not_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard, answer = "Chez mon oncle à Beno, on faisait des escaliers.", "Il est de Banon."
    whole = proposed(heard, answer, ("Banon", "Manosque"))
    monkeypatch.setattr(proposals, "PAIRS_AT_ONCE", 1)
    assert proposed(heard, answer, ("Banon", "Manosque")) == whole
    monkeypatch.setattr(proposals, "MAX_NAMES", 1)
    found = proposed(heard, answer, ("Manosque", "Banon"))
    assert not any("Banon" in text for _, text, _ in found)
