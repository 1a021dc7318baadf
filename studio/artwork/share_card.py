"""The image that social networks and messengers show with a link: cover, guest, title.

Its background is the cover, strongly blurred and dark, so that it matches any show and the letters
are readable.
"""

from __future__ import annotations

import functools
import io
import re

from PIL import Image, ImageDraw, ImageFilter

from studio.artwork.lettering import (
    ASCENT,
    DESCENT,
    LEADING,
    Colour,
    font_of,
    known_letters,
    spaced_width,
    wrapped_lines,
    write_spaced,
)
from studio.messages.message import message
from studio.messages.translations import in_language
from studio.text.plain import names_from_list, single_line
from studio.text.typography import set_text

# Open Graph's aspect ratio: 1.91 to 1.
WIDTH, HEIGHT = 1200, 630
MARGIN = 64
COVER_SIDE, CORNER = 430, 28
# Text between the left margin and the cover.
TEXT_WIDTH = WIDTH - COVER_SIDE - 3 * MARGIN
# The title takes the largest of these sizes at which it fits between the lines above and below.
SIZES = (84, 76, 68, 62, 56, 50, 45, 40)
KICKER_PX, BYLINE_PX = 25, 36
TITLE_TOP, TITLE_BOTTOM = MARGIN + 70, HEIGHT - MARGIN - 76
QUALITY = 88

NIGHT: Colour = (12, 16, 44)
SAND: Colour = (255, 214, 160)
PAPER: Colour = (255, 250, 242)
# The share of the dark colour in the background; the rest is the cover. White on the brightest
# cover has a contrast of 7 to 1.
DARKNESS = 0.8


def make_share_card(
    cover: bytes, *, kicker: str, title: str, guests: tuple[str, ...], language: str
) -> bytes:
    """The card as an RGB JPEG, 1200 × 630, well below the 300 kB that messengers accept.
    Deterministic.

    :param cover: the show's cover, a readable picture.
    :param kicker: the line above in small capitals (« 3 questions à… · Épisode 2 »).
    :param title: set by the typography of ``language``; cut at a word if too long.
    :param guests: named below the title; removed from its start if it begins with them.
    """
    picture = _stock(cover).copy()
    letters = known_letters(set_text(single_line(kicker), language).upper(), "SemiBold")
    size = KICKER_PX * min(1.0, TEXT_WIDTH / max(spaced_width(letters, KICKER_PX), 1.0))
    write_spaced(picture, letters, (MARGIN, MARGIN + KICKER_PX), size, SAND)

    words, byline = words_and_byline(
        set_text(single_line(title), language), tuple(map(single_line, guests)), language
    )
    lines, size = _title_lines(known_letters(words, "ExtraBold").split(" "))
    font, draw = font_of("ExtraBold", size), ImageDraw.Draw(picture)
    # The title is centred vertically in its box.
    tall = size * (ASCENT + LEADING * (len(lines) - 1) + DESCENT)
    baseline = TITLE_TOP + (TITLE_BOTTOM - TITLE_TOP - tall) / 2 + ASCENT * size
    for place, line in enumerate(lines):
        draw.text(
            (MARGIN, baseline + place * LEADING * size), line, font=font, fill=PAPER, anchor="ls"
        )
    byline = known_letters(byline, "SemiBold")
    font = font_of("SemiBold", BYLINE_PX)
    font = font_of("SemiBold", BYLINE_PX * min(1.0, TEXT_WIDTH / max(font.getlength(byline), 1.0)))
    draw.text((MARGIN, HEIGHT - MARGIN - 6), byline, font=font, fill=SAND, anchor="ls")
    output = io.BytesIO()
    picture.save(output, "JPEG", quality=QUALITY, optimize=True)
    return output.getvalue()


def words_and_byline(title: str, guests: tuple[str, ...], language: str = "fr") -> tuple[str, str]:
    """The title in large letters and the line below it: « Ada : « Oui » » by Ada is « Oui » and
    then « Ada ».
    """
    names = names_from_list(tuple(filter(None, guests)), language)
    if names and (match := re.fullmatch(rf"{re.escape(names)}\s*:\s*(\S.*)", title)):
        return match[1], names
    byline = in_language(message("With {guests}", guests=names), language)
    return title, "" if not names or names in title else byline


def _title_lines(words: list[str]) -> tuple[list[str], float]:
    """The title's lines and the largest size at which they fit their box."""
    for size in SIZES:
        font = font_of("ExtraBold", size)
        if len(lines := wrapped_lines(words, font, TEXT_WIDTH)) <= _room(size) and all(
            font.getlength(one) <= TEXT_WIDTH for one in lines
        ):
            return lines, size
    size = SIZES[-1]
    font = font_of("ExtraBold", size)
    lines = wrapped_lines(words, font, TEXT_WIDTH)
    kept = lines[: _room(size)]
    if len(lines) > len(kept):
        kept[-1] += "…"
    return [_cut(line, size) for line in kept], size


def _room(size: float) -> int:
    """The number of lines that fit."""
    return int((TITLE_BOTTOM - TITLE_TOP - (ASCENT + DESCENT) * size) / (LEADING * size)) + 1


def _cut(line: str, size: float) -> str:
    """The line, or the part of an overlong word that fits."""
    font = font_of("ExtraBold", size)
    if font.getlength(line) <= TEXT_WIDTH:
        return line
    while line and font.getlength(f"{line}…") > TEXT_WIDTH:
        line = line[:-1]
    return f"{line}…"


@functools.lru_cache(maxsize=2)
def _stock(cover: bytes) -> Image.Image:
    """The common part of a show's cards: its cover on the right, on a background of the cover's
    colours.
    """
    with Image.open(io.BytesIO(cover)) as opened:
        square = opened.convert("RGB").resize((COVER_SIDE, COVER_SIDE), Image.Resampling.LANCZOS)
    far = square.resize((120, 120), Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(14))
    card = Image.blend(
        far.resize((WIDTH, WIDTH), Image.Resampling.BICUBIC),
        Image.new("RGB", (WIDTH, WIDTH), NIGHT),
        DARKNESS,
    )
    card = card.crop((0, (WIDTH - HEIGHT) // 2, WIDTH, (WIDTH + HEIGHT) // 2))
    # Drawn at twice its size and halved, which smooths its edge.
    corners = Image.new("L", (2 * COVER_SIDE, 2 * COVER_SIDE), 0)
    ImageDraw.Draw(corners).rounded_rectangle(
        (0, 0, 2 * COVER_SIDE - 1, 2 * COVER_SIDE - 1), radius=2 * CORNER, fill=255
    )
    card.paste(square, (WIDTH - MARGIN - COVER_SIDE, (HEIGHT - COVER_SIDE) // 2), corners.reduce(2))
    return card
