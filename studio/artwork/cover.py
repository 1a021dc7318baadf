"""The show's cover: drawn from the title alone when the user has none; measurements of any cover.

A speech bubble with a waveform in it, sound waves around it, the sea below. The title is above the
bottom fifth, which players cover with their controls; a number at the start of the title is set
large beside the bubble.
"""

from __future__ import annotations

import io
import itertools
import math
import re
import struct
import warnings
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from PIL import ExifTags, Image, ImageCms, ImageDraw, UnidentifiedImageError

from studio.artwork.lettering import (
    ASCENT,
    DESCENT,
    LEADING,
    Colour,
    font_of,
    known_letters,
    spaced_width,
    write_spaced,
)
from studio.errors import WorkspaceError
from studio.messages.message import message
from studio.model.record import Record
from studio.text.plain import single_line

SIDE = 3000
MARGIN = 250
QUALITY = 90
# Shapes are drawn at twice their size and halved, which smooths their edges; letters are already
# antialiased.
FINE = 2

NIGHT = (12, 20, 62)
DUSK = (44, 66, 168)
CORAL = (255, 104, 72)
SAND = (255, 206, 140)
PAPER = (255, 248, 236)
# Each wave: centre height, amplitude, length, phase, colour.
WAVES = (
    (2540, 46, 1500, 0.2, (58, 92, 200)),
    (2660, 54, 1900, 2.4, (36, 62, 158)),
    (2800, 48, 1250, 4.1, (20, 36, 104)),
)
# The bubble's centre and radius; without a number beside it, it is on the left.
BUBBLE_RIGHT, BUBBLE_LEFT, BUBBLE_HEIGHT, BUBBLE_RADIUS = 2165, 785, 1125, 535
BARS = (0.30, 0.62, 1.0, 0.74, 0.44)
# The boxes of the number and the words of the title: left, top, right, bottom.
NUMBER_BOX = (MARGIN, 590, 1480, 1660)
WORDS_BOX = (MARGIN, 1730, SIDE - MARGIN, 2360)
WORDS_MAXIMUM = 460
LINES_MAXIMUM = 3

Box = tuple[int, int, int, int]


class PictureFile(Record, frozen=True):
    """The properties of a picture file by its content. ``mode`` is Pillow's: ``RGB``, ``RGBA``,
    ``CMYK``.

    :param is_upright: it has no EXIF rotation, which some apps ignore.
    :param is_srgb: its colours are sRGB, which apps assume.
    """

    format: str
    width: int
    height: int
    mode: str
    is_upright: bool = True
    is_srgb: bool = True


# Accepted file formats of a cover. Pillow reads some forty more, one of them (EPS) by running
# another program.
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "TIFF", "BMP")
# Four times Apple's maximum (3000 × 3000): decoded and converted to RGB it takes 300 MB.
MAX_PIXELS = 6000 * 6000
# Formats whose decoders hold four copies of the picture.
_MAX_PIXELS_OF = {"WEBP": 4000 * 4000, "AVIF": 4000 * 4000}
# Pixels of a JPEG times its scans: each scan is decoded over the whole picture, and programs write
# about ten.
_MAX_SCANNED = 800_000_000
_START_OF_SCAN = b"\xff\xda"
_REMEDY = message("Put a square JPEG of 3000 × 3000 pixels there.")
_SAVE_REMEDY = message("Open it in a picture program and save it as a JPEG.")
# Exceptions of Pillow's decoders for damaged files with invalid numbers, tables and offsets.
_OF_DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    ArithmeticError,
    LookupError,
    AttributeError,
    RuntimeError,
    struct.error,
    zlib.error,
    EOFError,
    Image.DecompressionBombError,
)
# Picture formats that Pillow does not read, by patterns of their first bytes.
_UNREAD = (
    (re.compile(rb"....ftyp(?:hei[cmsx]|hev[cmsx]|mif1|msf1)", re.DOTALL), "HEIC"),
    # The alternatives are unambiguous: otherwise matching a hostile file would not end (ReDoS).
    (
        re.compile(
            rb"[\xef\xbb\xbf\s]*(?:<(?:\?xml[^>]*|!--(?:(?!-->).)*--"
            rb"|!DOCTYPE\s+svg[^>\[]*(?:\[[^\]]*\]\s*)?)>\s*)*<svg\b",
            re.DOTALL,
        ),
        "SVG",
    ),
    (re.compile(rb"%PDF-"), "PDF"),
    (re.compile(rb"8BPS"), "PSD"),
)


def smaller_picture(
    content: bytes, side_px: int, where: object, *, progressive: bool = True
) -> bytes:
    """The picture as a JPEG of this side, for pages. Deterministic.

    :param progressive: a progressive JPEG, which not every player supports.
    :raises WorkspaceError: it is no picture, or a damaged one.
    """
    with _opened(content, where) as picture:
        small = picture.convert("RGB").resize((side_px, side_px), Image.Resampling.LANCZOS)
    output = io.BytesIO()
    small.save(output, "JPEG", quality=82, optimize=True, progressive=progressive)
    return output.getvalue()


def read_picture(content: bytes, where: object) -> PictureFile:
    """Measure a picture file.

    :raises WorkspaceError: it is not a picture, damaged, or much larger than any cover.
    """
    with _opened(content, where) as picture:
        mode = "RGBA" if picture.has_transparency_data else picture.mode
        return PictureFile(
            format=str(picture.format),
            width=picture.width,
            height=picture.height,
            mode=mode,
            is_upright=picture.getexif().get(ExifTags.Base.Orientation, 1) == 1,
            is_srgb=_is_srgb(picture.info.get("icc_profile")),
        )


def _is_srgb(profile: bytes | None) -> bool:
    """Whether a picture with this ICC profile, or with none, has sRGB colours."""
    if not profile:
        return True
    try:
        return "sRGB" in ImageCms.getProfileDescription(io.BytesIO(profile))
    except ImageCms.PyCMSError:
        return False


@contextmanager
def _opened(content: bytes, where: object) -> Iterator[Image.Image]:
    """The decoded picture, if its header has an acceptable size."""
    try:
        # Pillow only warns of somewhat too large pictures; here our limit applies and is reported
        # below.
        with warnings.catch_warnings(), Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            warnings.simplefilter("ignore")
            pixels = picture.width * picture.height
            scans = content.count(_START_OF_SCAN) if picture.format in {"JPEG", "MPO"} else 1
            most = _MAX_PIXELS_OF.get(str(picture.format), MAX_PIXELS)
            if pixels <= most and pixels * scans <= _MAX_SCANNED:
                picture.load()
                yield picture
                return
            what = (
                message(
                    "has {width} × {height} pixels, far more than a cover",
                    width=picture.width,
                    height=picture.height,
                )
                if pixels > most
                else message("is a JPEG in {scans:,} scans, far more than any has", scans=scans)
            )
    except UnidentifiedImageError:
        form = next((name for pattern, name in _UNREAD if pattern.match(content[:4096])), "")
        if form:
            what = message("is a picture in {form}, which Studio does not read", form=form)
            raise WorkspaceError(where, what, _SAVE_REMEDY) from None
        what = message("is not a readable picture")
    except _OF_DAMAGE as error:
        what = message("is not a readable picture, or a damaged one ({error})", error=error)
    raise WorkspaceError(where, what, _REMEDY)


def make_cover(title: str, author: str) -> bytes:
    """The cover as a baseline RGB JPEG, 3000 × 3000, less than 512 kB. Deterministic.

    :param title: the show's title, set as large as possible.
    :param author: who makes the show, in small letters at the top.
    """
    # All columns are equal.
    falling = Image.linear_gradient("L").crop((0, 0, 1, 256)).resize((1, SIDE))
    column = Image.composite(
        Image.new("RGB", (1, SIDE), DUSK), Image.new("RGB", (1, SIDE), NIGHT), falling
    )
    picture = column.resize((SIDE, SIDE), Image.Resampling.NEAREST)
    number, words = number_and_words(single_line(title))
    for one in shapes(BUBBLE_RIGHT if number else BUBBLE_LEFT):
        picture.paste(one.colour, one.corner, one.mask)
    write_author(picture, single_line(author))
    write_number(picture, number)
    write_words(picture, words)
    output = io.BytesIO()
    picture.save(output, "JPEG", quality=QUALITY, optimize=True, progressive=False)
    return output.getvalue()


def number_and_words(title: str) -> tuple[str, str]:
    """The number at the start of a title and the words after it: « 3 », « questions à… ». The
    number may be empty.
    """
    match = re.fullmatch(r"(\d{1,3})\s+(\S.*)", title)
    return (match[1], match[2]) if match else ("", title)


class ColouredShape(NamedTuple):
    """One colour of the drawing.

    :param mask: 255 inside, less where it is translucent, antialiased at the edges.
    :param corner: the mask's top left corner.
    """

    mask: Image.Image
    corner: tuple[int, int]
    colour: Colour


class _Canvas:
    """A part of the cover at ``FINE`` times its size, limited to the bounding box of its shape.

    :param box: the part, in pixels of the cover.
    """

    def __init__(self, box: tuple[float, float, float, float], opacity: float = 1.0) -> None:
        left, top = (max(0, math.floor(edge)) for edge in box[:2])
        right, bottom = (min(SIDE, math.ceil(edge)) for edge in box[2:])
        self._corner = left, top
        self._mask = Image.new("L", ((right - left) * FINE, (bottom - top) * FINE), 0)
        self._draw = ImageDraw.Draw(self._mask)
        self._ink = round(255 * opacity)

    def circle(self, middle: tuple[float, float], radius: float) -> None:
        """A disc."""
        self._draw.circle(self._fine([middle])[0], radius * FINE, fill=self._ink)

    def rounded_rectangle(self, box: tuple[float, float, float, float], radius: float) -> None:
        """A rectangle with round corners."""
        corners = self._fine([box[:2], box[2:]])
        self._draw.rounded_rectangle(corners, radius=radius * FINE, fill=self._ink)

    def polygon(self, points: Sequence[tuple[float, float]]) -> None:
        """The polygon of these points."""
        self._draw.polygon(self._fine(points), fill=self._ink)

    def shape(self, colour: Colour) -> ColouredShape:
        """The drawn shape, at the cover's size."""
        return ColouredShape(self._mask.reduce(FINE), self._corner, colour)

    def _fine(self, points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        left, top = self._corner
        return [((x - left) * FINE, (y - top) * FINE) for x, y in points]


def shapes(middle: int) -> Iterator[ColouredShape]:
    """The drawing, from back to front.

    :param middle: x coordinate of the bubble's centre.
    """
    x, y, radius = middle, BUBBLE_HEIGHT, BUBBLE_RADIUS
    for ring, opacity in ((3, 0.05), (2, 0.09), (1, 0.16)):
        canvas = _Canvas(_around(x, y, radius * (1 + 0.27 * ring)), opacity)
        canvas.circle((x, y), radius * (1 + 0.27 * ring))
        yield canvas.shape(CORAL)

    canvas = _Canvas(_around(x, y, radius))
    canvas.circle((x, y), radius)
    # A corner of its bounding square turns the circle into a bubble that points to the title.
    canvas.rounded_rectangle((x - radius, y, x, y + radius), radius * 0.09)
    yield canvas.shape(CORAL)

    canvas = _Canvas(_around(x, y, radius))
    width = radius * 0.135
    for place, height in enumerate(BARS):
        across = x + (place - (len(BARS) - 1) / 2) * width * 2.05
        half = radius * 0.52 * height
        canvas.rounded_rectangle(
            (across - width / 2, y - half, across + width / 2, y + half), width / 2
        )
    yield canvas.shape(PAPER)

    for height, crest, length, phase, colour in WAVES:
        canvas = _Canvas((0, height - crest - 1, SIDE, SIDE))
        surface = [
            (float(across), height + crest * math.sin(across / length * math.tau + phase))
            for across in range(0, SIDE + 10, 10)
        ]
        canvas.polygon([*surface, (SIDE, SIDE), (0, SIDE)])
        yield canvas.shape(colour)


def _around(x: float, y: float, radius: float) -> tuple[float, float, float, float]:
    """The bounding square of a circle, with a pixel of margin for antialiasing."""
    return x - radius - 1, y - radius - 1, x + radius + 1, y + radius + 1


def write_author(picture: Image.Image, author: str) -> None:
    """The author in spaced capitals at the top."""
    letters = known_letters(author.upper(), "SemiBold")
    size = 108.0 * min(1.0, (SIDE - 2 * MARGIN) / max(spaced_width(letters, 108.0), 1.0))
    write_spaced(picture, letters, (MARGIN, MARGIN + 110), size, SAND)


def write_number(picture: Image.Image, number: str) -> None:
    """The number beside the bubble, as large as its box allows, at the bottom of the box."""
    if not number:
        return
    left, top, right, bottom = NUMBER_BOX
    ink = font_of("ExtraBold", 1000).getbbox(number)
    font = font_of(
        "ExtraBold",
        1000 * min((right - left) / (ink[2] - ink[0]), (bottom - top) / (ink[3] - ink[1])),
    )
    ink = font.getbbox(number)
    ImageDraw.Draw(picture).text((left - ink[0], bottom - ink[3]), number, font=font, fill=PAPER)


def write_words(picture: Image.Image, words: str) -> None:
    """The words of the title in their box, on the number of lines that makes them largest."""
    left, top, right, bottom = WORDS_BOX
    lines, size = best_lines(
        known_letters(words, "ExtraBold").split(" "), right - left, bottom - top
    )
    font = font_of("ExtraBold", size)
    draw = ImageDraw.Draw(picture)
    first = bottom - LEADING * size * (len(lines) - 1) - DESCENT * size
    for place, line in enumerate(lines):
        draw.text(
            (left - font.getbbox(line)[0], first + place * LEADING * size),
            line,
            font=font,
            fill=PAPER,
            anchor="ls",
        )


def best_lines(words: list[str], width: int, height: int) -> tuple[list[str], float]:
    """The division into lines that makes the words largest in a box, and that size."""
    unit = font_of("ExtraBold", 100)
    best: tuple[list[str], float] = ([], 0.0)
    for count in range(min(LINES_MAXIMUM, len(words))):
        for breaks in itertools.combinations(range(1, len(words)), count):
            lines = [
                " ".join(words[start:end])
                for start, end in itertools.pairwise((0, *breaks, len(words)))
            ]
            widest = max(unit.getlength(line) for line in lines) or 1.0
            size = min(
                WORDS_MAXIMUM, 100 * width / widest, height / (ASCENT + LEADING * count + DESCENT)
            )
            if size > best[1]:
                best = (lines, size)
    return best
