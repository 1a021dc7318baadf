"""Names for files and addresses: ASCII, short, the same for the same text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.web.slugs import ascii_name, slug_from_text


@pytest.mark.parametrize(
    ("text", "folded", "slug"),
    [
        ("Stéphane Soto", "Stephane-Soto", "stephane-soto"),
        ("L’œuvre d’Éloïse Ça — n° 2", "L-oeuvre-d-Eloise-Ca-no-2", "l-oeuvre-d-eloise-ca-no-2"),
        ("été.v2_final.mp3", "ete.v2_final.mp3", "ete-v2-final-mp3"),
        ("../..\\évil", "evil", "evil"),
        ("💬", "", "untitled"),
    ],
)
def test_accents_are_folded(text: str, folded: str, slug: str) -> None:
    assert ascii_name(text) == folded
    assert slug_from_text(text) == slug


@given(st.text())
def test_every_text_has_a_name_that_is_stable(text: str) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug_from_text(text))
    assert len(slug_from_text(text)) <= 60
    assert slug_from_text(slug_from_text(text)) == slug_from_text(text)
    assert ascii_name(ascii_name(text)) == ascii_name(text)


def test_a_long_slug_ends_with_a_whole_word() -> None:
    assert slug_from_text("interminable " * 9) == "-".join(["interminable"] * 4)
    assert slug_from_text("a" * 90) == "a" * 60
