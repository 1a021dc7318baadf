"""Numbers of the article that were misheard, and words that sound right and are spelled wrong; what
is like them and must stay.
"""

from __future__ import annotations

import pytest
from support.spoken import transcript_from_lines

from studio.corrections.corrections import correct_transcript
from studio.corrections.number_corrections import number_proposals
from studio.corrections.spelling import spelling_proposals
from studio.language.words import plain_words
from studio.model.record import replace_fields
from studio.model.transcript import Transcript

PRINTED = "Nous avons formé des gens et évité onze tonnes de déchets."


def heard(*lines: str, probability: float = 0.4) -> Transcript:
    """Sentences of one speaker, every word heard with one probability."""
    transcript = transcript_from_lines(
        [("A", place * 10_000, place * 10_000 + 9_000, text) for place, text in enumerate(lines)]
    )
    segments = tuple(
        replace_fields(
            segment,
            words=tuple(replace_fields(word, probability=probability) for word in segment.words),
        )
        for segment in transcript.segments
    )
    return replace_fields(transcript, segments=segments)


def with_amounts(transcript: Transcript, printed: str) -> Transcript:
    counts = [len(segment.words) for segment in transcript.segments]
    firsts = frozenset(sum(counts[:place]) for place in range(len(counts)))
    words = transcript.words
    return correct_transcript(
        transcript, number_proposals(words, 0, len(words), firsts, printed.split())
    )


def with_spelling(transcript: Transcript, published: str = "") -> Transcript:
    return correct_transcript(
        transcript, spelling_proposals(transcript.words, frozenset(plain_words(published)))
    )


def text_of(transcript: Transcript) -> str:
    return " ".join(word.text for word in transcript.words)


def test_a_misheard_number_is_written_where_the_words_beside_it_are_the_articles() -> None:
    corrected = with_amounts(heard("Des gens formés et on se donne de déchets par an."), PRINTED)
    assert text_of(corrected) == "Des gens formés et onze tonnes de déchets par an."
    (correction,) = corrected.corrections
    assert (correction.heard, correction.text, correction.reason) == (
        "on se donne",
        "onze tonnes",
        "number",
    )
    assert 0.72 <= correction.score < 1


def test_what_was_misheard_once_is_written_the_second_time_as_well() -> None:
    corrected = with_amounts(
        heard("Et ont sonne de déchets évités, ont sonne, c'est deux éléphants."), PRINTED
    )
    assert (
        text_of(corrected) == "Et onze tonnes de déchets évités, onze tonnes, c'est deux éléphants."
    )
    assert len(corrected.corrections) == 2


@pytest.mark.parametrize("number", ["douze", "dix", "quinze", "six", "cent", "trois"])
def test_another_number_than_the_sound_has_is_not_written(number: str) -> None:
    said = heard("Des gens formés et on se donne de déchets par an.")
    assert with_amounts(said, PRINTED.replace("onze", number)) == said


@pytest.mark.parametrize(
    ("spoken", "probability"),
    [
        ("Des gens formés et on se donne de déchets par an.", 0.9),  # heard clearly
        ("Des gens formés et 12 tonnes de déchets par an.", 0.4),  # digits
        (
            "Des gens formés et on se donne du temps par an.",
            0.4,
        ),  # nothing of the article beside it
        ("Des gens formés et beaucoup de déchets par an.", 0.4),  # not similar
    ],
)
def test_a_number_that_nothing_in_the_sound_speaks_for_is_not_written(
    spoken: str, probability: float
) -> None:
    said = heard(spoken, probability=probability)
    assert with_amounts(said, PRINTED) == said


@pytest.mark.parametrize(
    "printed",
    [
        "trois cent cinquante",
        "cent cinquante",
        "deux cent soixante",
        "mille deux cents",
        "350",
        "12 000",
    ],
)
def test_a_number_that_was_heard_in_letters_is_not_made_another(printed: str) -> None:
    said = heard("Il y a deux cent cinquante élèves inscrits cette année.")
    assert with_amounts(said, f"L'école a {printed} élèves inscrits cette année.") == said


def test_no_number_reaches_across_two_segments() -> None:
    said = heard("Des gens formés et on se", "donne de déchets par an.")
    assert all(
        "onze" not in segment.text or "déchets" in segment.text
        for segment in with_amounts(said, PRINTED).segments
    )


@pytest.mark.parametrize(
    ("spoken", "written"),
    [
        ("On colle une éthiquette sur la palette.", "On colle une étiquette sur la palette."),
        ("C'est deux élefants, en fait.", "C'est deux éléphants, en fait."),
        ("Un lieu emblematique.", "Un lieu emblématique."),
        ("Voici l'éthiquette.", "Voici l'étiquette."),
        ("Passent la porte, se sont des retraités.", "Passent la porte, ce sont des retraités."),
        ("Se sont des retraités.", "Ce sont des retraités."),
        ("Des jeunes ? Et bien non, des artisans.", "Des jeunes ? Eh bien non, des artisans."),
        ("Et bien je vous remercie.", "Eh bien je vous remercie."),
        ("Le chiffre, c'est en sur quatre.", "Le chiffre, c'est un sur quatre."),
    ],
)
def test_what_sounds_right_is_spelled_right(spoken: str, written: str) -> None:
    said = heard(spoken, probability=0.8)
    corrected = with_spelling(said)
    assert text_of(corrected) == written
    (correction,) = corrected.corrections
    assert correction.reason == "spelling"
    assert [(word.start_ms, word.end_ms, word.probability) for word in corrected.words] == [
        (word.start_ms, word.end_ms, word.probability) for word in said.words
    ]


@pytest.mark.parametrize(
    "spoken",
    [
        "Ils se sont rencontrés hier.",
        "Les gens se sont tous levés.",
        "Ils se sont des fois trompés.",
        "Il est beau et bien fait.",
        "Et bien sûr, on recommence.",
        "C'est bel et bien fini.",
        "On agit en sur-mesure ici.",
        "La société Ethiquette est née.",  # a capital: a name
        "Il parle vous et bassez les prix.",  # « ss » and « s » are two sounds
        "Des quéveines polissées partout.",  # two unknown words in a row
        "Le startupeur et le makeur.",
    ],
)
def test_what_is_right_or_unknown_stays(spoken: str) -> None:
    said = heard(spoken, probability=0.8)
    assert with_spelling(said) == said


def test_a_word_that_was_hardly_heard_is_not_respelled() -> None:
    said = heard("On colle une éthiquette sur la palette.", probability=0.4)
    assert with_spelling(said) == said


def test_the_article_knows_how_its_words_are_spelled() -> None:
    said = heard("Notre éthiquette est une marque.", probability=0.8)
    assert with_spelling(said, "Une « éthiquette », mot de notre invention.") == said
