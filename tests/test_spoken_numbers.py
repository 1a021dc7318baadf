"""Numbers are the same number however they are written."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given

from studio.language.number_words import number_words
from studio.language.spoken_numbers import numbers_in_words
from studio.language.words import plain_words


def amounts(text: str) -> list[int]:
    return [amount.value for amount in numbers_in_words(plain_words(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("En 13 ans, le monde a changé", [13]),
        ("vingt-sept à la fin, trois mille personnes", [27, 3000]),
        ("une quarantaine d’ordinateurs, deux centaines", [40, 2, 100]),
        ("une demi-douzaine d’œufs, une demi-heure, douzaine et demi", [6, 12]),
        ("12 000 € en 2015, 200 personnes", [12_000, 2015, 200]),
        ("3 millions, dont un sur quatre, un jour", [3_000_000, 4]),
        ("deux, trois ou quatre", [2, 3, 4]),
        ("2017 2018", [2017, 2018]),
        ("soixante et onze et vingt et un", [71, 21]),
        ("quatre-vingts ans, quatre-vingt-dix-sept", [80, 97]),
        ("et une et des milliers de mercis", [1000]),
        ("J1 et B12", []),
        ("", []),
    ],
)
def test_numbers_in_a_text(text: str, expected: list[int]) -> None:
    assert amounts(text) == expected


def test_two_words_of_a_transcript_may_be_one_number() -> None:
    assert [
        (one.value, one.first, one.last) for one in numbers_in_words(["les", "12", "000", "euros"])
    ] == [(12_000, 1, 3)]


@given(st.integers(min_value=2, max_value=9_999_999))
def test_what_is_spoken_is_what_is_written(number: int) -> None:
    assert amounts(" ".join(number_words(number))) == [number]
    assert amounts(str(number)) == [number]
