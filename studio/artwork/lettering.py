"""Lettering in images: Bricolage Grotesque, stored beside this module under the SIL Open Font
License.
"""

from __future__ import annotations

import functools
import io
from importlib.resources import files

from PIL import Image, ImageDraw, ImageFont

from studio.text.plain import single_line

# Letter spacing of capitals, relative to their size.
SPACING = 0.14
# Relative to the font size: line height, ascent (of an accented capital), descent.
LEADING, ASCENT, DESCENT = 0.98, 0.92, 0.22

Colour = tuple[int, int, int]


@functools.lru_cache(maxsize=64)
def font_of(weight: str, size: float) -> ImageFont.FreeTypeFont:
    """The font in a weight (``SemiBold``, ``ExtraBold``) and a size in pixels."""
    return ImageFont.truetype(
        io.BytesIO(_font_file(weight)), size, layout_engine=ImageFont.Layout.BASIC
    )


@functools.cache
def _font_file(weight: str) -> bytes:
    return (
        files("studio.artwork").joinpath("fonts", f"BricolageGrotesque-{weight}.ttf").read_bytes()
    )


def known_letters(text: str, weight: str) -> str:
    """The text without characters that the font lacks (emoji, other scripts), which would be empty
    boxes.
    """
    return single_line(
        "".join(letter for letter in text if letter.isspace() or _has_letter(weight, letter))
    )


@functools.lru_cache(maxsize=4096)
def _has_letter(weight: str, letter: str) -> bool:
    font = font_of(weight, 40)
    return bytes(font.getmask(letter)) != bytes(font.getmask("\uffff"))


def spaced_width(letters: str, size: float) -> float:
    """The width of spaced capitals in pixels."""
    return sum(font_of("SemiBold", size).getlength(letter) + size * SPACING for letter in letters)


def write_spaced(
    picture: Image.Image, letters: str, start: tuple[float, float], size: float, colour: Colour
) -> None:
    """Draw spaced capitals; ``start`` is the start of their baseline."""
    font, (across, down) = font_of("SemiBold", size), start
    for letter in letters:
        ImageDraw.Draw(picture).text((across, down), letter, font=font, fill=colour, anchor="ls")
        across += font.getlength(letter) + size * SPACING


def wrapped_lines(words: list[str], font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    """Wrap the words into as few lines as possible, of similar lengths."""
    lines = _filled_lines(words, font, width)
    narrowest, widest = max(map(font.getlength, words), default=0.0), width
    while widest - narrowest > font.size / 8:
        middle = (narrowest + widest) / 2
        if len(_filled_lines(words, font, middle)) > len(lines):
            narrowest = middle
        else:
            widest = middle
    return _filled_lines(words, font, widest)


def _filled_lines(words: list[str], font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    lines: list[str] = []
    for word in words:
        if lines and font.getlength(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
