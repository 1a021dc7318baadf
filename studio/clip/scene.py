"""The frames of a clip: static content is drawn once, then only changes.

The colours are those of the cover: strongly blurred and dark in the background, and its most vivid
one as accent for the current word. Frames are uint8 arrays of shape (height, width, 3), RGB.
"""

from __future__ import annotations

import bisect
import colorsys
import functools
import io
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from studio.artwork.lettering import (
    ASCENT,
    DESCENT,
    Colour,
    font_of,
    known_letters,
    spaced_width,
    wrapped_lines,
    write_spaced,
)
from studio.artwork.share_card import DARKNESS, NIGHT, PAPER, SAND
from studio.clip.captions import Caption
from studio.clip.shape import Shape
from studio.messages.message import message
from studio.messages.translations import in_language
from studio.model.record import Record
from studio.text.typography import set_text

# The opacity of words and waveform that are still to come.
AHEAD, WAVE_AHEAD = 0.62, 0.3
# The minimum contrast of the accent against the dark background (WCAG requires 4.5 for text).
MIN_CONTRAST = 5.5
LIVELY = 0.25
CORNER = 0.065
# The waveform's bars: their spacing and width.
BAR_STEP_PX, BAR_PX = 14, 8
MIN_BAR = 0.05
# Relative to a caption's size: line height, padding around the current word, its corner radius.
LINE_STEP, PAD_X, PAD_Y, PAD_CORNER = 1.34, 0.13, 0.06, 0.2
# The indent of lines inside their box, which leaves room for the padding of the first word.
OVERHANG_PX = 16
# A word stays highlighted for this long after its end if nothing follows.
LINGER_MS = 300
# Too long text is reduced by this factor; if it is still too long, it is cut.
MIN_SHARE = 0.6
# Shapes are drawn larger and reduced for antialiasing; letters are already antialiased.
FINE = 4


class ClipTexts(Record, frozen=True):
    """The texts of a clip besides captions.

    :param kicker: show and number (« 3 questions à… · Épisode 2 »).
    :param address: URL of the episode for display; ``home``: the show's URL, used instead if there
        is too little room.
    :param notice: a mandatory notice; may be empty.
    :param cover: the cover, a readable picture.
    """

    kicker: str
    title: str
    address: str
    home: str
    notice: str
    language: str
    cover: bytes


class SceneChapter(Record, frozen=True):
    """A chapter of a whole episode, up to the start of the next one."""

    start_ms: int
    title: str


class FrameState(NamedTuple):
    """The visible caption: its index, how many of its words have started, whether the last of these
    is being spoken.
    """

    caption: Caption | None
    begun: int = 0
    lit: bool = False


class Scene:
    """Draws the frames of a clip.

    :param captions: in order of time, on the clip's clock.
    :param levels: the loudness of the clip over time, 0 to 1, :func:`count_bars` values.
    :param chapters: displayed while they play, in order of time; only for shapes with room for it.
    """

    def __init__(
        self,
        shape: Shape,
        story: ClipTexts,
        captions: Sequence[Caption],
        levels: NDArray[np.float32],
        duration_ms: int,
        *,
        chapters: Sequence[SceneChapter] = (),
    ) -> None:
        self._shape = shape
        self._captions = captions
        self._starts = [caption.start_ms for caption in captions]
        self._chapters = chapters
        self._chapter_starts = [chapter.start_ms for chapter in chapters]
        self._duration_ms = duration_ms
        ground, self._accent = _ground_and_accent(story.cover, shape)
        _draw_story(ground, shape, story)
        self._ground = ground
        self._canvas: NDArray[np.uint8] = np.array(ground)
        self._ahead, self._heard = (
            np.array(_wave(ground.crop(shape.wave), levels, colour))
            for colour in (_part(PAPER, WAVE_AHEAD), self._accent)
        )
        self._caption_px = _caption_size(shape, captions)
        self._shown = FrameState(None)
        self._shown_heard = self._shown_chapter = -1

    def frame(self, moment_ms: float) -> NDArray[np.uint8]:
        """The frame at a time. The array is reused by the next call."""
        left, top, right, bottom = self._shape.wave
        played = min(right - left, max(0, round((right - left) * moment_ms / self._duration_ms)))
        if played != self._shown_heard:
            self._shown_heard = played
            self._canvas[top:bottom, left : left + played] = self._heard[:, :played]
            self._canvas[top:bottom, left + played : right] = self._ahead[:, played:]
        chapter = bisect.bisect_right(self._chapter_starts, moment_ms) - 1
        if chapter != self._shown_chapter:
            self._shown_chapter = chapter
            self._show_chapter(self._chapters[chapter])
        state = self.state(moment_ms)
        if state != self._shown:
            self._shown = state
            self._show(state)
        return self._canvas

    def state(self, moment_ms: float) -> FrameState:
        """The visible captions at a time."""
        place = bisect.bisect_right(self._starts, moment_ms) - 1
        # Of two overlapping captions, the first one is shown to its end.
        while place > 0 and self._captions[place - 1].end_ms > moment_ms:
            place -= 1
        if place < 0 or moment_ms >= self._captions[place].end_ms:
            return FrameState(None)
        caption = self._captions[place]
        begun = sum(word.start_ms <= moment_ms for word in caption.words)
        lit = bool(begun) and moment_ms < caption.words[begun - 1].end_ms + LINGER_MS
        return FrameState(caption, begun, lit)

    def _show_chapter(self, chapter: SceneChapter) -> None:
        """The chapter's title on the two lines above the captions, the lower one first."""
        box, size = self._shape.chapter, self._shape.chapter_px
        if box is None:
            return
        picture = self._ground.crop(box)
        font, width = font_of("SemiBold", size), box[2] - box[0]
        lines = wrapped_lines(_shown_words(chapter.title), font, width)
        if len(lines) > 2:
            lines = [lines[0], f"{lines[1]}…"]
        for place, line in enumerate(reversed(lines)):
            baseline = picture.height - (DESCENT + 1.2 * place) * size
            ImageDraw.Draw(picture).text(
                (0, baseline), _fitting(line, font, width), font=font, fill=SAND, anchor="ls"
            )
        self._canvas[box[1] : box[3], box[0] : box[2]] = np.asarray(picture)

    def _show(self, state: FrameState) -> None:
        box = self._shape.captions
        picture = self._ground.crop(box)
        if state.caption is not None:
            draw = ImageDraw.Draw(picture)
            self._write_caption(picture, draw, state, box[2] - box[0], box[3] - box[1])
        self._canvas[box[1] : box[3], box[0] : box[2]] = np.asarray(picture)

    def _write_caption(
        self,
        picture: Image.Image,
        draw: ImageDraw.ImageDraw,
        state: FrameState,
        width: int,
        height: int,
    ) -> None:
        """Draw speaker and lines, vertically centred as if there were always two lines."""
        caption, size = state.caption, self._caption_px
        if caption is None:
            return
        font, name_px = font_of("ExtraBold", size), self._shape.speaker_px
        top = (height - (1.9 * name_px + size * (ASCENT + LINE_STEP + DESCENT))) / 2
        if caption.speaker:
            name_font = font_of("SemiBold", name_px)
            name = _fitting(
                known_letters(caption.speaker, "SemiBold"), name_font, width - 2 * OVERHANG_PX
            )
            left = (width - name_font.getlength(name)) / 2 if self._shape.centred else OVERHANG_PX
            draw.text((left, top + ASCENT * name_px), name, font=name_font, fill=SAND, anchor="ls")
        # Words are numbered in spoken order: overlapping speech may alternate between lines.
        baseline = top + 1.9 * name_px + ASCENT * size
        place, space = -1, font.getlength(" ")
        numbers = {place: number for number, place in enumerate(caption.order, start=1)}
        for line in caption.lines:
            letters = [_shown_letters(word.text) for word in line]
            lengths = [font.getlength(text) for text in letters]
            pad = PAD_X * size
            left = (
                (width - sum(lengths) - space * (len(line) - 1)) / 2
                if self._shape.centred
                else OVERHANG_PX
            )
            for text, length in zip(letters, lengths, strict=True):
                place += 1
                number = numbers[place]
                # Spoken words are bright, coming ones are dim, the current one has the accent
                # behind it.
                colour = PAPER if number <= state.begun else _part(PAPER, AHEAD)
                if number == state.begun and state.lit:
                    colour = NIGHT
                    around = (
                        left - pad,
                        baseline - (ASCENT - 0.08 + PAD_Y) * size,
                        left + length + pad,
                        baseline + (DESCENT + PAD_Y) * size,
                    )
                    _fill_rounded(picture, around, PAD_CORNER * size, self._accent)
                draw.text((left, baseline), text, font=font, fill=colour, anchor="ls")
                left += length + space
            baseline += LINE_STEP * size


def count_bars(shape: Shape) -> int:
    """The number of bars of the waveform."""
    return (shape.wave[2] - shape.wave[0]) // BAR_STEP_PX


def levels_from_sound(
    chunks: Iterable[NDArray[np.float32]], length: int, count: int
) -> NDArray[np.float32]:
    """The perceptually scaled loudness of equal parts of an audio signal: 0 for silence, 1 for the
    loudest.

    :param chunks: the audio, shape (samples, channels) each; ``length`` samples in total.
    """
    edges = np.linspace(0, length, count + 1).astype(np.int64)
    powers = np.zeros(count)
    first = 0
    for chunk in chunks:
        power = np.square(chunk, dtype=np.float64).mean(axis=1)
        parts = np.searchsorted(edges, np.arange(first, first + len(power)), "right") - 1
        powers += np.bincount(parts.clip(0, count - 1), power, count)
        first += len(power)
    powers /= np.maximum(np.diff(edges), 1)
    loudest = powers.max()
    levels: NDArray[np.float32] = (
        np.power(powers / loudest, 0.35).astype(np.float32)
        if loudest > 0
        else np.zeros(count, np.float32)
    )
    return levels


# --- static content


def _ground_and_accent(cover: bytes, shape: Shape) -> tuple[Image.Image, Colour]:
    """The background with the cover on it, and the cover's accent colour."""
    left, top, right, bottom = shape.cover
    with Image.open(io.BytesIO(cover)) as opened:
        whole = opened.convert("RGB")
    square = whole.resize((right - left, bottom - top), Image.Resampling.LANCZOS)
    far = whole.resize((120, 120), Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(14))
    side = max(shape.width, shape.height)
    ground = Image.blend(
        far.resize((side, side), Image.Resampling.BICUBIC),
        Image.new("RGB", (side, side), NIGHT),
        DARKNESS,
    )
    across, down = (side - shape.width) // 2, (side - shape.height) // 2
    ground = ground.crop((across, down, across + shape.width, down + shape.height))
    corners = Image.new("L", (2 * (right - left), 2 * (bottom - top)), 0)
    ImageDraw.Draw(corners).rounded_rectangle(
        (0, 0, corners.width - 1, corners.height - 1), radius=2 * CORNER * (right - left), fill=255
    )
    ground.paste(square, (left, top), corners.reduce(2))
    return ground, accent_from(square)


def accent_from(cover: Image.Image) -> Colour:
    """A frequent and vivid colour of the cover, lightened to be legible on the dark background;
    sand if the cover is grey.
    """
    counted = cover.resize((120, 120)).quantize(16).convert("RGB").getcolors() or []
    best, accent = 0.0, SAND
    for count, colour in counted:
        if not isinstance(colour, tuple):
            continue
        red, green, blue = map(int, colour[:3])
        _, saturation, value = colorsys.rgb_to_hsv(red / 255, green / 255, blue / 255)
        weight = count**0.35 * saturation * value
        if saturation * value > LIVELY and weight > best:
            best, accent = weight, (red, green, blue)
    while contrast(accent, NIGHT) < MIN_CONTRAST:
        red, green, blue = (min(255, part + max(1, (255 - part) // 8)) for part in accent)
        accent = (red, green, blue)
    return accent


def contrast(one: Colour, other: Colour) -> float:
    """The contrast of two colours as WCAG 2 defines it, 1 to 21."""

    def luminance(colour: Colour) -> float:
        linear = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
            for part in (value / 255 for value in colour)
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _part(colour: Colour, share: float) -> Colour:
    """The colour at reduced opacity over the dark background."""
    red, green, blue = (
        round(share * part + (1 - share) * dark) for part, dark in zip(colour, NIGHT, strict=True)
    )
    return red, green, blue


def fitting_kicker(letters: str, size: float, width: float) -> str:
    """Show and number within the width: the end of a long name is cut first, then the number is
    dropped.
    """
    name, dot, number = letters.rpartition(" · ")
    for cut, kept in ((name, dot + number), (letters, "")):
        for length in range(len(cut), 0, -1):
            part = cut if length == len(cut) else cut[:length].rstrip("… ") + "…"
            shorter = part + kept
            if spaced_width(shorter, size) <= width:
                return shorter
    return ""


def _draw_story(picture: Image.Image, shape: Shape, story: ClipTexts) -> None:
    """Draw show and number, title, URL of the episode, and notice."""
    draw = ImageDraw.Draw(picture)
    left, top, right, _ = shape.kicker
    letters = known_letters(set_text(story.kicker, story.language).upper(), "SemiBold")
    size = float(shape.kicker_px)
    # Smaller letters first, then fewer of them.
    while spaced_width(letters, size) > right - left and size > MIN_SHARE * shape.kicker_px:
        size -= 0.5
    letters = fitting_kicker(letters, size, right - left)
    begins = left + (right - left - spaced_width(letters, size)) / 2 if shape.centred else left
    write_spaced(picture, letters, (begins, top + shape.kicker_px), size, SAND)
    _write_title(draw, shape, known_letters(set_text(story.title, story.language), "ExtraBold"))
    left, top, right, _ = shape.foot
    font = font_of("SemiBold", shape.foot_px)
    # The show's URL if the episode's is too long.
    listen = _listen_at(story, story.address)
    if font.getlength(listen) > right - left:
        listen = _listen_at(story, story.home)
    foot = [listen, story.notice]
    for line in filter(
        None, (known_letters(set_text(text, story.language), "SemiBold") for text in foot)
    ):
        text = _fitting(line, font, right - left)
        begins = left + (right - left - font.getlength(text)) / 2 if shape.centred else left
        draw.text(
            (begins, top + shape.foot_px), text, font=font, fill=_part(PAPER, 0.8), anchor="ls"
        )
        top += round(1.45 * shape.foot_px)


def _listen_at(story: ClipTexts, address: str) -> str:
    address_line = message("Listen to the episode: {address}", address=address)
    return known_letters(
        set_text(in_language(address_line, story.language), story.language), "SemiBold"
    )


def _write_title(draw: ImageDraw.ImageDraw, shape: Shape, title: str) -> None:
    """Draw the title as large as its maximum number of lines allows, cut if even the smallest size
    is too large.
    """
    left, top, right, bottom = shape.title
    size = shape.title_px
    while True:
        font = font_of("ExtraBold", size)
        lines = wrapped_lines(title.split(" "), font, right - left)
        room = min(
            shape.title_lines, int((bottom - top - (ASCENT + DESCENT) * size) / (1.08 * size)) + 1
        )
        if len(lines) <= room or size <= MIN_SHARE * shape.title_px:
            break
        size -= 2
    if len(lines) > room:
        lines = [*lines[: room - 1], f"{lines[room - 1]}…"]
    for place, line in enumerate(lines):
        shown = _fitting(line, font, right - left)
        begins = left + (right - left - font.getlength(shown)) / 2 if shape.centred else left
        draw.text(
            (begins, top + (ASCENT + 1.08 * place) * size),
            shown,
            font=font,
            fill=PAPER,
            anchor="ls",
        )


def _fitting(text: str, font: ImageFont.FreeTypeFont, width: float) -> str:
    """The text, cut to the available room."""
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(f"{text}…") > width:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _wave(ground: Image.Image, levels: NDArray[np.float32], colour: Colour) -> Image.Image:
    """The waveform on its part of the background, in one colour."""
    width, height = ground.size
    bars = Image.new("L", (width * FINE, height * FINE), 0)
    draw = ImageDraw.Draw(bars)
    margin = (width - len(levels) * BAR_STEP_PX + BAR_STEP_PX - BAR_PX) / 2
    for place, level in enumerate(levels):
        across = (margin + place * BAR_STEP_PX) * FINE
        half = max(MIN_BAR, float(level)) * (height - BAR_PX) / 2 * FINE + BAR_PX / 2 * FINE
        box = (
            across,
            height * FINE / 2 - half,
            across + BAR_PX * FINE - 1,
            height * FINE / 2 + half - 1,
        )
        draw.rounded_rectangle(box, radius=BAR_PX * FINE / 2, fill=255)
    picture = ground.copy()
    picture.paste(colour, (0, 0), bars.reduce(FINE))
    return picture


def _fill_rounded(
    picture: Image.Image, box: tuple[float, float, float, float], radius: float, colour: Colour
) -> None:
    """Draw an antialiased rounded rectangle."""
    left, top, right, bottom = (round(edge) for edge in box)
    mask = Image.new("L", ((right - left) * FINE, (bottom - top) * FINE), 0)
    ImageDraw.Draw(mask).rounded_rectangle(
        (0, 0, mask.width - 1, mask.height - 1), radius=radius * FINE, fill=255
    )
    picture.paste(colour, (left, top), mask.reduce(FINE))


def _shown_words(text: str) -> list[str]:
    return known_letters(text, "SemiBold").split(" ")


@functools.lru_cache(maxsize=4096)
def _shown_letters(word: str) -> str:
    return known_letters(word, "ExtraBold")


def _caption_size(shape: Shape, captions: Sequence[Caption]) -> float:
    """The font size at which every line fits, the same for all captions."""
    left, _, right, _ = shape.captions
    font = font_of("ExtraBold", shape.caption_px)
    space = font.getlength(" ")
    lines = [line for caption in captions for line in caption.lines]
    widest = max(
        (
            sum(font.getlength(_shown_letters(word.text)) + space for word in line) - space
            for line in lines
        ),
        default=1.0,
    )
    return shape.caption_px * min(1.0, (right - left - 2 * OVERHANG_PX) / max(widest, 1.0))
