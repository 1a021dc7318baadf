"""Share cards: the same words the same picture, whatever the words; who speaks and what is said,
each in its place.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from studio.artwork.cover import PictureFile, read_picture
from studio.artwork.lettering import font_of, wrapped_lines
from studio.artwork.share_card import (
    COVER_SIDE,
    DARKNESS,
    HEIGHT,
    MARGIN,
    NIGHT,
    TEXT_WIDTH,
    WIDTH,
    make_share_card,
    words_and_byline,
)

COVER = (Path(__file__).parent.parent / "feed" / "cover.jpg").read_bytes()
NBSP = "\u00a0"


def card(
    title: str,
    guests: tuple[str, ...] = ("Ada",),
    cover: bytes = COVER,
    kicker: str = "3 questions à… · Épisode 2",
) -> bytes:
    return make_share_card(cover, kicker=kicker, title=title, guests=guests, language="fr")


def drawn(title: str, guests: tuple[str, ...] = ()) -> Image.Image:
    """What the words add to a card without any."""
    with_words, without = (
        Image.open(io.BytesIO(card(*one, kicker=""))).convert("L")
        for one in ((title, guests), ("", ()))
    )
    return ImageChops.difference(with_words, without).point(lambda value: 255 if value > 60 else 0)


def test_a_card_has_the_size_that_networks_ask_for_and_is_light() -> None:
    content = card("Ada : « Nous étions des petits qui ont vu grand »")
    assert read_picture(content, "card.jpg") == PictureFile(
        format="JPEG", width=1200, height=630, mode="RGB"
    )
    assert len(content) < 200_000
    assert content == card("Ada : « Nous étions des petits qui ont vu grand »")
    assert content != card("Ada : « Nous étions grands »")


def test_the_guest_is_named_once() -> None:
    assert words_and_byline(f"Ada Noël{NBSP}: «{NBSP}Oui{NBSP}»", ("Ada Noël",)) == (
        f"«{NBSP}Oui{NBSP}»",
        "Ada Noël",
    )
    assert words_and_byline("Les débuts", ("Ada", "Léo", "Zoé")) == (
        "Les débuts",
        "Avec Ada, Léo et Zoé",
    )
    assert words_and_byline("Chez Ada", ("Ada",)) == ("Chez Ada", "")
    assert words_and_byline("Les débuts", ()) == ("Les débuts", "")


@settings(max_examples=12)
@given(
    st.text(max_size=300)
    | st.sampled_from(["", "💬", "x" * 400, "mot " * 90, "مرحبا", "É\u202f!"]),
    st.lists(st.text(max_size=90), max_size=3),
)
def test_no_word_ever_leaves_its_place(title: str, guests: list[str]) -> None:
    box = drawn(title, tuple(guests)).getbbox()
    if box is not None:
        left, top, right, bottom = box
        assert left >= MARGIN - 8
        assert top >= MARGIN
        assert right <= WIDTH - MARGIN - COVER_SIDE
        assert bottom <= HEIGHT - MARGIN / 2


def test_letters_are_readable_on_any_cover() -> None:
    """The brightest ground that a cover can give keeps 7 to 1 with the letters (WCAG 2.2, contrast,
    enhanced).
    """

    def luminance(colour: Sequence[float]) -> float:
        parts = [one / 255 for one in colour]
        linear = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        ]
        return sum(
            weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True)
        )

    brightest = tuple(255 * (1 - DARKNESS) + dark * DARKNESS for dark in NIGHT)
    white = io.BytesIO()
    Image.new("RGB", (1400, 1400), "white").save(white, "PNG")
    ground = Image.open(io.BytesIO(card("", (), white.getvalue(), ""))).getpixel((5, 5))
    assert ground == pytest.approx(brightest, abs=4)
    for letters in ((255, 250, 242), (255, 214, 160)):
        assert (luminance(letters) + 0.05) / (luminance(brightest) + 0.05) > 7


def test_lines_are_of_one_length() -> None:
    font = font_of("ExtraBold", 40)
    lines = wrapped_lines(
        "une conversation avec des gens qui ont passé leur vie".split(), font, TEXT_WIDTH
    )
    lengths = [font.getlength(line) for line in lines]
    assert max(lengths) <= TEXT_WIDTH
    assert min(lengths) > 0.7 * max(lengths)
    assert wrapped_lines([], font, 100) == []
