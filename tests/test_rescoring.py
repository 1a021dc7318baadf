"""Where two readings differ, the sound says which words are likelier; names that were told stay."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest

from studio.model.clock import RecordingMs
from studio.model.record import replace_fields
from studio.model.transcript import Utterance, Word
from studio.model.wording import Wording
from studio.speech.rescoring import (
    Score,
    differences_between,
    likelier_words,
    unprompted_wordings,
)


def words_of(text: str, start_ms: int = 0) -> tuple[Word, ...]:
    """Two words a second."""
    return tuple(
        Word(
            text=one,
            start_ms=RecordingMs(start_ms + 500 * place),
            end_ms=RecordingMs(start_ms + 500 * place + 400),
            probability=0.5,
        )
        for place, one in enumerate(text.split())
    )


def utterances_of(*texts: str) -> list[Utterance]:
    made, start_ms = [], 0
    for text in texts:
        words = words_of(text, start_ms)
        made.append(Utterance(start_ms=words[0].start_ms, end_ms=words[-1].end_ms, words=words))
        start_ms = words[-1].end_ms + 100
    return made


def text_of(utterances: Sequence[Utterance]) -> str:
    return " ".join(word.text for utterance in utterances for word in utterance.words)


def likes(*wanted: str, gain: float = 9.0) -> Score:
    """A sound that makes a text the more probable, the more of these words it has."""
    return lambda asked: [gain * sum(one in text for one in wanted) for _, text, _ in asked]


FIRST = ("On a un problème de concommation ici.", "Et la maison est grande.")
OTHER = ("On a un problème de consommation ici. Et la raison est grande.",)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("consommation maison", "On a un problème de consommation ici. Et la maison est grande."),
        ("concommation raison", "On a un problème de concommation ici. Et la raison est grande."),
        ("concommation maison", "On a un problème de concommation ici. Et la maison est grande."),
    ],
)
def test_each_difference_is_asked_about_by_itself(wanted: str, expected: str) -> None:
    sound = likes(*wanted.split())
    made, _ = likelier_words(utterances_of(*FIRST), utterances_of(*OTHER), (), sound)
    assert text_of(made) == expected
    assert len(made) == 2


def with_probability(utterances: Sequence[Utterance], probability: float) -> list[Utterance]:
    return [
        replace_fields(
            utterance,
            words=tuple(replace_fields(word, probability=probability) for word in utterance.words),
        )
        for utterance in utterances
    ]


@pytest.mark.parametrize(
    ("first", "other", "gain", "is_taken"),
    [
        (0.5, 0.5, -4.9, True),
        (0.5, 0.5, -5.1, False),
        # A reading that is surer of its words needs less of the sound, one that is less sure more.
        (0.6, 0.5, -2.2, True),
        (0.6, 0.5, -2.4, False),
        # The sound of words that the model does not believe says nothing.
        (0.2, 0.9, -30.0, True),
        (0.9, 0.2, 30.0, False),
    ],
)
def test_sound_and_certainty_decide_together(
    first: float, other: float, gain: float, *, is_taken: bool
) -> None:
    made, _ = likelier_words(
        with_probability(utterances_of("Et la maison est grande."), first),
        with_probability(utterances_of("Et la raison est grande."), other),
        (),
        likes("raison", gain=gain),
    )
    assert ("raison" in text_of(made)) is is_taken


def test_what_is_not_taken_is_kept_with_its_place() -> None:
    first, other = (
        utterances_of("un deux trois quatre cinq six"),
        utterances_of("un deux et demi quatre singe six"),
    )
    sound = likes("et demi", "cinq")
    heard, alternatives = likelier_words(first, other, (), sound)
    words = [word.text for utterance in heard for word in utterance.words]
    assert words == ["un", "deux", "et", "demi", "quatre", "cinq", "six"]
    kept = [
        (words[one.first : one.last], " ".join(word.text for word in one.words))
        for one in alternatives
    ]
    assert kept == [(["et", "demi"], "trois"), (["cinq"], "singe")]
    assert all(one.gain < 0 for one in alternatives)


def test_names_that_were_told_stay() -> None:
    first, other = (
        utterances_of("Voici Stéphane Soto au micro"),
        utterances_of("Voici ces fans au micro"),
    )
    assert text_of(likelier_words(first, other, ("Stéphane Soto",), likes("fans"))[0]) == text_of(
        first
    )
    assert "fans" in text_of(likelier_words(first, other, (), likes("fans"))[0])


def test_what_the_other_pass_has_for_a_prompted_name_is_kept() -> None:
    first, other = (words_of("Voici Antoine Kuhlmann au micro"), words_of("Voici Rulman au micro"))
    (found,) = unprompted_wordings(first, other, ("Antoine Kuhlmann",))
    assert (found.start_ms, found.end_ms, found.text) == (
        first[1].start_ms,
        first[2].end_ms,
        "Rulman",
    )
    assert unprompted_wordings(first, other, ("Mulhouse",)) == ()


def test_what_sounds_like_a_name_that_was_told_stays() -> None:
    first, other = utterances_of("on est à Oreson ici"), utterances_of("on est aux gares ici")
    assert text_of(likelier_words(first, other, ("Oraison",), likes("gares"))[0]) == text_of(first)
    assert "gares" in text_of(likelier_words(first, other, ("Marseille",), likes("gares"))[0])


def test_a_word_that_is_none_never_takes_the_place_of_one_that_is() -> None:
    first, other = utterances_of("il va à table demain"), utterances_of("il va zattablier demain")
    assert text_of(likelier_words(first, other, (), likes("zattablier"))[0]) == text_of(first)


@pytest.mark.parametrize(
    ("first", "other", "expected"),
    [
        (
            "il y a trop longtemps je crois",
            "il y a trop longtemps y a trop longtemps je crois",
            "il y a trop longtemps je crois",
        ),
        # One word may be said twice.
        ("oui il est là", "oui oui il est là", "oui oui il est là"),
    ],
)
def test_no_phrase_is_written_twice(first: str, other: str, expected: str) -> None:
    heard, _ = likelier_words(utterances_of(first), utterances_of(other), (), likes("y a", "oui"))
    assert text_of(heard) == expected


def test_one_word_more_stands_with_the_one_before_it() -> None:
    found = list(differences_between(words_of("le chat dort"), words_of("le petit chat dort")))
    assert [(one.first, one.last, one.text) for one in found] == [(0, 1, "le petit")]


def test_what_is_said_elsewhere_is_no_other_reading_of_it() -> None:
    assert not list(differences_between(words_of("oui"), words_of("non", start_ms=9_000)))


def test_words_keep_their_order_and_their_room() -> None:
    first, other = utterances_of("un deux trois quatre"), utterances_of("un deux et demi quatre")
    words = [
        word
        for utterance in likelier_words(first, other, (), likes("et demi"))[0]
        for word in utterance.words
    ]
    assert [word.text for word in words] == ["un", "deux", "et", "demi", "quatre"]
    assert all(one.end_ms <= two.start_ms for one, two in itertools.pairwise(words))
    assert all(word.start_ms < word.end_ms for word in words)


def test_the_text_around_is_scored_too() -> None:
    asked: list[Wording] = []

    def score(wanted: Sequence[Wording]) -> list[float]:
        asked.extend(wanted)
        return [0.0] * len(wanted)

    likelier_words(utterances_of(*FIRST), utterances_of(*OTHER), (), score)
    assert any("problème de consommation" in text for _, text, _ in asked)
    assert len({one.span for one in asked}) <= 2
