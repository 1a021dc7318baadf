"""The image of a question's chapter: the question in large letters, in the cover's colours.

Players replace the cover by the chapter's picture at full size; a thumbnail of the cover would only
be a worse cover. Chapters without a question get no image, and players keep showing the cover.
"""

from __future__ import annotations

import functools
import io

from PIL import Image, ImageDraw, ImageFilter

from studio.artwork.lettering import (
    ASCENT,
    DESCENT,
    LEADING,
    font_of,
    known_letters,
    spaced_width,
    wrapped_lines,
    write_spaced,
)
from studio.artwork.share_card import DARKNESS, NIGHT, PAPER, SAND
from studio.text.plain import single_line
from studio.text.typography import set_text

SIDE, MARGIN = 480, 40
# On slow connections, players load all pictures before playback starts.
MAX_BYTES = 20_000
QUALITIES = (80, 70, 60, 50, 40, 30, 20)
KICKER_PX = 18
SIZES = (62, 56, 50, 44, 39, 34, 30, 26)
TOP, BOTTOM = 98, SIDE - MARGIN


def make_chapter_image(cover: bytes, *, kicker: str, question: str, language: str) -> bytes:
    """The picture as a square RGB JPEG of 480 pixels, 20 kB at most. The same words and cover give
    the same bytes.

    :param cover: the show's cover, a readable picture.
    :param kicker: the line above, in small capitals: the show.
    :param question: set by the typography of ``language``; cut at a word if too long.
    """
    picture = _ground(cover).copy()
    draw = ImageDraw.Draw(picture)
    letters = known_letters(set_text(single_line(kicker), language).upper(), "SemiBold")
    while spaced_width(letters, KICKER_PX) > SIDE - 2 * MARGIN:
        letters = letters[: max(1, round(len(letters) * 0.9) - 1)].rstrip("… ") + "…"
    write_spaced(picture, letters, (MARGIN, MARGIN + KICKER_PX), KICKER_PX, SAND)
    # The largest size at which the question fits; at the smallest it is cut.
    words = known_letters(set_text(single_line(question), language), "ExtraBold").split(" ")
    for size in SIZES:
        font = font_of("ExtraBold", size)
        lines = wrapped_lines(words, font, SIDE - 2 * MARGIN)
        room = int((BOTTOM - TOP - (ASCENT + DESCENT) * size) / (LEADING * 1.08 * size)) + 1
        if len(lines) <= room and all(font.getlength(line) <= SIDE - 2 * MARGIN for line in lines):
            break
    if len(lines) > room:
        lines = [*lines[: room - 1], f"{lines[room - 1]}…"]
    for place, line in enumerate(lines):
        draw.text(
            (MARGIN, TOP + (ASCENT + LEADING * 1.08 * place) * size),
            line,
            font=font,
            fill=PAPER,
            anchor="ls",
        )
    # The best JPEG quality that is small enough.
    for quality in QUALITIES:
        output = io.BytesIO()
        picture.save(output, "JPEG", quality=quality, optimize=True)
        if output.tell() <= MAX_BYTES:
            break
    return output.getvalue()


@functools.lru_cache(maxsize=2)
def _ground(cover: bytes) -> Image.Image:
    """The cover, strongly blurred and dark."""
    with Image.open(io.BytesIO(cover)) as opened:
        far = (
            opened.convert("RGB")
            .resize((60, 60), Image.Resampling.BOX)
            .filter(ImageFilter.GaussianBlur(7))
        )
    return Image.blend(
        far.resize((SIDE, SIDE), Image.Resampling.BICUBIC),
        Image.new("RGB", (SIDE, SIDE), NIGHT),
        DARKNESS,
    )
