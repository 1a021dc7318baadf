"""The layouts of clips and of whole episodes: positions in pixels and font sizes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Box = tuple[int, int, int, int]
ShapeName = Literal["square", "vertical", "wide"]
Format = ShapeName | Literal["audio"]


@dataclass(frozen=True)
class Shape:
    """One layout. Boxes are left, top, right, bottom.

    :param cover: the square of the cover.
    :param kicker: the line of show and number.
    :param title: the episode's title, on ``title_lines`` lines at most.
    :param captions: speaker and two lines of captions: slightly wider than the others, for the
        padding of words.
    :param wave: the waveform.
    :param foot: URL of the episode, and notice.
    :param chapter: current chapter, on two lines; None: not displayed.
    :param centred: whether kicker, title and foot are centred in their boxes or left-aligned.
    """

    width: int
    height: int
    cover: Box
    kicker: Box
    title: Box
    captions: Box
    wave: Box
    foot: Box
    kicker_px: int
    title_px: int
    caption_px: int
    speaker_px: int
    foot_px: int
    caption_characters: int
    title_lines: int
    centred: bool
    chapter: Box | None = None
    chapter_px: int = 0


SHAPES: dict[ShapeName, Shape] = {
    "square": Shape(
        width=1080,
        height=1080,
        cover=(64, 64, 324, 324),
        kicker=(364, 64, 1016, 104),
        title=(364, 116, 1016, 324),
        captions=(48, 372, 1032, 742),
        wave=(64, 782, 1016, 922),
        foot=(64, 950, 1016, 1036),
        kicker_px=27,
        title_px=58,
        caption_px=72,
        speaker_px=38,
        foot_px=28,
        caption_characters=24,
        title_lines=3,
        centred=False,
    ),
    # Networks put their own buttons on the top tenth, the bottom fifth and the right edge, which
    # are left empty.
    "vertical": Shape(
        width=1080,
        height=1920,
        cover=(330, 236, 750, 656),
        kicker=(90, 694, 990, 734),
        title=(90, 752, 990, 932),
        captions=(74, 966, 1006, 1320),
        wave=(120, 1352, 960, 1472),
        foot=(120, 1496, 960, 1580),
        kicker_px=29,
        title_px=60,
        caption_px=76,
        speaker_px=40,
        foot_px=29,
        caption_characters=21,
        title_lines=2,
        centred=True,
    ),
    "wide": Shape(
        width=1920,
        height=1080,
        cover=(96, 96, 576, 576),
        kicker=(96, 612, 576, 648),
        title=(96, 664, 576, 984),
        captions=(656, 96, 1840, 636),
        wave=(672, 690, 1824, 860),
        foot=(672, 896, 1824, 984),
        kicker_px=28,
        title_px=56,
        caption_px=96,
        speaker_px=46,
        foot_px=30,
        caption_characters=24,
        title_lines=4,
        centred=False,
    ),
}

# The kinds of clips: a video of each shape, or audio only.
FORMATS: tuple[Format, ...] = (*SHAPES, "audio")

# A whole episode: wide, with room for the chapter above the captions.
WHOLE = replace(
    SHAPES["wide"], chapter=(672, 96, 1824, 204), chapter_px=42, captions=(656, 228, 1840, 636)
)
