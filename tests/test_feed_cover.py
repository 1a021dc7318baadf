"""The cover: what Apple asks of a picture, the same words the same picture, text only where players
leave it visible.
"""

from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from studio.artwork.cover import (
    PictureFile,
    best_lines,
    make_cover,
    number_and_words,
    read_picture,
    smaller_picture,
)
from studio.artwork.lettering import known_letters
from studio.errors import WorkspaceError

ROOT = Path(__file__).parent.parent
SMALLEST = PictureFile(format="JPEG", width=3000, height=3000, mode="RGB")


@pytest.fixture(scope="module")
def cover() -> bytes:
    return make_cover("3 questions à…", "Medinsoft")


def test_a_cover_is_what_apple_asks_for(cover: bytes) -> None:
    assert read_picture(cover, "cover.jpg") == SMALLEST
    assert len(cover) < 512_000
    # A baseline JPEG's frame starts with FFC0; FFC2 would be progressive.
    assert b"\xff\xc0" in cover
    assert b"\xff\xc2" not in cover


def test_the_same_words_give_the_same_picture(cover: bytes) -> None:
    assert make_cover(" 3  questions à… ", "Medinsoft") == cover


def test_the_bottom_fifth_is_free_of_text(cover: bytes) -> None:
    def bottom(content: bytes) -> Image.Image:
        return Image.open(io.BytesIO(content)).crop((0, 2400, 3000, 3000))

    other = make_cover("7 gypsophiles jaunes, gypse, pyjamas, jggg et pqgj qui penchent", "Gyp")
    assert ImageChops.difference(bottom(cover), bottom(other)).getbbox() is None


@pytest.mark.parametrize(
    ("title", "author"),
    [
        ("", ""),
        ("💬", "مرحبا"),
        ("X" * 300, "Y" * 300),
        ("un " * 40, "É"),
        ("100 ans", "À l’œuvre"),
    ],
)
def test_any_words_make_a_cover(title: str, author: str) -> None:
    content = make_cover(title, author)
    assert read_picture(content, "cover.jpg") == SMALLEST
    assert len(content) < 512_000


def test_a_number_that_opens_the_title_stands_alone() -> None:
    assert number_and_words("3 questions à…") == ("3", "questions à…")
    assert number_and_words("2001 nuits") == ("", "2001 nuits")
    assert number_and_words("Les 3 questions") == ("", "Les 3 questions")
    assert number_and_words("20") == ("", "20")


def test_words_stand_on_the_lines_that_make_them_largest() -> None:
    assert best_lines(["questions", "à…"], 2500, 630)[0] == ["questions à…"]
    assert best_lines(["un", "titre", "qui", "prend", "de", "la", "place"], 600, 600)[0] == [
        "un titre",
        "qui prend",
        "de la place",
    ]


def test_letters_that_the_font_lacks_are_left_out() -> None:
    assert known_letters("Œuvre 💬 où ça ? 漢", "ExtraBold") == "Œuvre où ça ?"


@pytest.mark.parametrize("content", [b"", b"GIF89a", make_cover("a", "b")[:20_000]])
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(WorkspaceError, match="not a readable picture"):
        read_picture(content, "feed/cover.jpg")


def test_a_picture_whose_fields_are_of_another_type_is_damaged() -> None:
    """Where its pixels lie is a number of no whole bytes here."""
    output = io.BytesIO()
    Image.new("RGB", (20, 10)).save(output, "TIFF")
    offsets, long, rational = 273, 4, 5
    content = bytearray(output.getvalue())
    field = content.index(struct.pack("<HH", offsets, long))
    content[field : field + 4] = struct.pack("<HH", offsets, rational)
    with pytest.raises(WorkspaceError, match="a damaged one"):
        read_picture(bytes(content), "feed/cover.jpg")


def test_a_picture_is_what_it_is_and_not_what_its_name_says() -> None:
    output = io.BytesIO()
    Image.new("RGBA", (20, 10)).save(output, "PNG")
    assert read_picture(output.getvalue(), "cover.jpg") == PictureFile(
        format="PNG", width=20, height=10, mode="RGBA"
    )


def test_the_real_shows_cover_is_the_one_that_studio_makes(cover: bytes) -> None:
    real = Image.open(ROOT / "feed" / "cover.jpg")
    made = Image.open(io.BytesIO(cover))
    # Another version of Pillow may encode the same picture in other bytes.
    histogram = ImageChops.difference(real, made).convert("L").histogram()
    assert sum(histogram[24:]) == 0


def test_pages_show_a_smaller_picture_of_the_same(cover: bytes) -> None:
    small = smaller_picture(cover, 640, "cover.jpg")
    assert read_picture(small, "small") == PictureFile(
        format="JPEG", width=640, height=640, mode="RGB"
    )
    assert len(small) < 100_000
    assert small == smaller_picture(cover, 640, "cover.jpg")
    with pytest.raises(WorkspaceError):
        smaller_picture(cover[:2000], 640, "cover.jpg")
