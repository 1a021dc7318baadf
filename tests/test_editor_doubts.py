"""Doubts are where the machine is wrong, in order of weight, and nowhere that a person wrote."""

from __future__ import annotations

from editing_desk import PARTS
from spoken import transcript_from_lines

from studio.article.read import article_from_markdown
from studio.editor.doubts import Doubt, DoubtFinder
from studio.model.record import record_from_bytes, replace_fields
from studio.model.transcript import Correction, Transcript

ARTICLE = article_from_markdown((PARTS / "article.md").read_text(encoding="utf-8"), "article.md")
PERSONS = ("Claire Fontanel", "Camille")
MACHINES = record_from_bytes((PARTS / "transcript.json").read_bytes(), Transcript, "transcript.json")


def heard(text: str, probability: float = 0.9) -> Transcript:
    transcript = transcript_from_lines([("Camille", 0, 10_000, text)])
    (segment,) = transcript.segments
    words = tuple(replace_fields(word, probability=probability) for word in segment.words)
    return replace_fields(transcript, segments=(replace_fields(segment, words=words),))


def doubts(transcript: Transcript) -> list[Doubt]:
    return list(DoubtFinder(ARTICLE, PERSONS).doubts(transcript))


def proposals(text: str) -> list[tuple[str, str, str]]:
    return [(doubt.kind, doubt.text, doubt.proposal) for doubt in doubts(heard(text))]


def test_a_name_that_the_article_spells_otherwise_is_proposed_with_its_punctuation() -> None:
    assert sorted(proposals("Nous sommes à Martigue, et Claire Fontanelle l'a dit.")) == [
        ("name", "Claire Fontanelle", "Claire Fontanel"),
        ("name", "Martigue,", "Martigues,"),
    ]
    assert ("name", "d'Aix-Marseil.", "d'Aix-Marseille.") in proposals("C'est l'université d'Aix-Marseil.")


def test_a_name_that_is_right_is_no_doubt() -> None:
    assert proposals("Claire Fontanel est à Martigues, à Port-de-Bouc et à Rivages Numériques.") == []


def test_the_article_is_quoted_where_it_speaks_for_the_proposal() -> None:
    (doubt,) = doubts(heard("Un lycée de Martigue."))
    assert "un lycée de Martigues et je cherchais" in doubt.context


def test_numbers_that_the_article_has_in_letters_are_known() -> None:
    assert proposals("Nous étions 27 et 3000 et 11 tonnes en 2014.") == []
    assert [doubt[:2] for doubt in proposals("Nous étions 28 en 2015.")] == [("number", "28"), ("number", "2015.")]


def test_words_that_nobody_knows_are_doubted_and_the_articles_are_proposed() -> None:
    assert ("unknown", "souddure.", "soudure.") in proposals("Un petit laboratoire de souddure.")


def test_guesses_are_doubted_in_short_runs() -> None:
    found = doubts(heard("nous avons donc toujours voulu cette grande maison", probability=0.2))
    assert {doubt.kind for doubt in found} == {"unsure"}
    assert max(doubt.count for doubt in found) <= 4


def test_phantoms_come_first() -> None:
    found = doubts(heard("Sous-titres réalisés par la communauté d'Amara.org"))
    assert found[0].kind == "phantom"
    loop = doubts(heard("merci à tous merci à tous merci à tous"))
    assert (loop[0].kind, loop[0].count) == ("phantom", 9)


def test_what_a_person_wrote_is_never_doubted() -> None:
    assert doubts(heard("Martigue souddure 28 zzyzx", probability=1.0)) == []


def test_an_unsure_correction_is_doubted_and_can_be_taken_back() -> None:
    transcript = heard("C'est à Martigues demain")
    correction = Correction(segment="s0001", word=2, heard="la mare tique", text="Martigues", reason="name", score=0.6)
    (doubt,) = doubts(replace_fields(transcript, corrections=(correction,)))
    assert (doubt.kind, doubt.text, doubt.heard, doubt.proposal) == ("correction", "Martigues", "la mare tique", "la mare tique")
    assert doubts(replace_fields(transcript, corrections=(replace_fields(correction, score=0.99),))) == []


def test_a_real_transcript_is_no_red_page() -> None:
    finder = DoubtFinder(ARTICLE, PERSONS)
    found = finder.doubts(MACHINES)
    assert len(found) < len(MACHINES.words) / 15
    assert [doubt.weight for doubt in found] == sorted((doubt.weight for doubt in found), reverse=True)
    assert len({doubt.key for doubt in found}) == len(found)
    assert finder.doubts(MACHINES) == found
    for doubt in found:
        segment = next(segment for segment in MACHINES.segments if segment.id == doubt.segment)
        assert " ".join(word.text for word in segment.words[doubt.word : doubt.word + doubt.count]) == doubt.text
