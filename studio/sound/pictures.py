"""Charts of audio as self-contained SVG, readable in print and in dark mode, with a descriptive
title.

No information is conveyed by colour alone. Colours are attributes, which all viewers support; a
style sheet changes them in dark mode.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

from studio.model.microphones import OpenSpan
from studio.model.sound import SpeakerTurn
from studio.sound.loudness_analysis import BLOCKS_PER_S
from studio.sound.overview import SoundOverview
from studio.text.typography import stamp_from_ms

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 960, 64, 16, 28, 28
COLUMNS = WIDTH - LEFT - RIGHT
# Distinguishable without colours: dark and light, solid and dashed.
COLOURS = ("#1b4f72", "#b9770e", "#196f3d", "#7b241c", "#5b2c6f", "#566573")
DASHES = ("", "6 3", "2 2", "8 2 2 2")
IN_THE_DARK = ("#8dbde6", "#f0b75c", "#7fd19b", "#f2938a", "#c9a3e0", "#b6bfc7")
GREY = "#888888"
INK, PAPER, GRID, BAND, GOOD, ALARM = (
    "#222222",
    "#ffffff",
    "#dddddd",
    "#eaf2e3",
    "#196f3d",
    "#c0392b",
)
# Pages have their own styles: these rules only apply to the chart's class.
STYLE = (
    f".sound-picture text{{font:12px sans-serif;fill:{INK};stroke:none}}"
    "@media screen and (prefers-color-scheme:dark){"
    ".sound-picture text{fill:#e8e6e1}.sound-picture .paper{fill:#1c2227}.sound-picture "
    ".grid{stroke:#3a434b}"
    ".sound-picture .band{fill:#22331f}.sound-picture "
    ".good{stroke:#7fd19b}.sound-picture .alarm{stroke:#ff9b80}"
    + "".join(
        f".sound-picture .line-{number}{{stroke:{colour}}}"
        for number, colour in enumerate(IN_THE_DARK)
    )
    + "}"
)
MIN_LUFS, MAX_LUFS = -50.0, -5.0
MIN_NOISE_DB, MAX_NOISE_DB = -110.0, -30.0


def waveform_svg(
    overview: SoundOverview,
    *,
    title: str,
    turns: Sequence[SpeakerTurn] = (),
    names: Sequence[str] = (),
    height: int = 180,
) -> str:
    """The peaks over time in the speakers' colours, with marks for clipping.

    :param turns: on the clock of the audio.
    :param names: names of the speakers by number, for the legend.
    """
    peaks = _highest(overview.peaks)
    # Speaker of each column, −1 where nobody is known.
    colours = np.full(len(peaks), -1)
    per_column_ms = len(overview.peaks) * 1000 / BLOCKS_PER_S / len(peaks)
    for turn in turns:
        colours[int(turn.start_ms / per_column_ms) : int(turn.end_ms / per_column_ms) + 1] = (
            turn.speaker
        )
    middle, reach = TOP + (height - TOP - BOTTOM) / 2, (height - TOP - BOTTOM) / 2
    shapes = []
    for speaker in sorted(set(colours.tolist())):
        # A column of silence keeps a visible line.
        halves = {
            column: max(0.4, peaks[column] * reach)
            for column in np.flatnonzero(colours == speaker).tolist()
        }
        path = "".join(
            f"M{LEFT + column} {middle - half:.1f}V{middle + half:.1f}"
            for column, half in halves.items()
        )
        shapes.append(f'<path d="{path}" {_stroke(speaker)}/>')
    clipped = "".join(f"M{LEFT + column} {TOP - 6}v5" for column in np.flatnonzero(peaks >= 0.999))
    shapes.append(
        f'<path d="{clipped}" class="alarm" stroke="{ALARM}" stroke-width="2"/>' if clipped else ""
    )
    legend = [(name, number, "") for number, name in enumerate(names)]
    return _svg(title, height, [*shapes, *_time_axis(len(overview.peaks), height)], legend)


def loudness_svg(
    overviews: Sequence[tuple[str, SoundOverview]],
    *,
    title: str,
    target_lufs: float,
    tolerance_lu: float = 3.0,
    height: int = 240,
) -> str:
    """The loudness of one or several signals over time with names, and the target with a tolerance
    band.
    """

    def place(lufs: float) -> float:
        return _place(lufs, MIN_LUFS, MAX_LUFS, height)

    band = (
        f'<rect class="band" x="{LEFT}" y="{place(target_lufs + tolerance_lu):.1f}" '
        f'width="{COLUMNS}" '
        f'height="{place(target_lufs - tolerance_lu) - place(target_lufs + tolerance_lu):.1f}" '
        f'fill="{BAND}" stroke="none"/>'
    )
    shapes = [
        band,
        f'<path class="good" d="M{LEFT} {place(target_lufs):.1f}h{COLUMNS}" stroke="{GOOD}"/>',
    ]
    shapes += _level_axis(range(-50, -5, 10), place, "LUFS")
    for number, (_, overview) in enumerate(overviews):
        values = _means(overview.short_term_lufs)
        line = " ".join(
            f"{LEFT + x * COLUMNS / max(1, len(values) - 1):.1f},{place(value):.1f}"
            for x, value in enumerate(values)
        )
        shapes.append(
            f'<polyline points="{line}" {_stroke(number)} '
            f'stroke-dasharray="{DASHES[number % len(DASHES)]}"/>'
        )
    longest = max(len(overview.peaks) for _, overview in overviews)
    legend = [
        (name, number, DASHES[number % len(DASHES)]) for number, (name, _) in enumerate(overviews)
    ]
    return _svg(title, height, [*shapes, *_time_axis(longest, height)], legend)


def noise_svg(
    overviews: Sequence[tuple[str, SoundOverview]], *, title: str, height: int = 240
) -> str:
    """The third-octave spectrum of the noise in pauses, of one or several signals."""

    def place(level_db: float) -> float:
        return _place(level_db, MIN_NOISE_DB, MAX_NOISE_DB, height)

    shapes = list(_level_axis(range(-110, -29, 20), place, "dBFS"))
    bands_hz = overviews[0][1].bands_hz
    step = COLUMNS / (len(bands_hz) - 1)
    for number, (_, overview) in enumerate(overviews):
        line = " ".join(
            f"{LEFT + band * step:.1f},{place(float(level)):.1f}"
            for band, level in enumerate(overview.noise_db)
        )
        shapes.append(
            f'<polyline points="{line}" {_stroke(number)} '
            f'stroke-dasharray="{DASHES[number % len(DASHES)]}"/>'
        )
    for band in range(0, len(bands_hz), 3):
        hertz = bands_hz[band]
        label = f"{hertz:,.0f} Hz".replace(",", "\u202f")  # language-independent
        shapes.append(
            f'<text x="{LEFT + band * step:.1f}" y="{height - 8}" '
            f'text-anchor="middle">{label}</text>'
        )
    legend = [
        (name, number, DASHES[number % len(DASHES)]) for number, (name, _) in enumerate(overviews)
    ]
    return _svg(title, height, shapes, legend)


def microphones_svg(
    spans: Sequence[OpenSpan], names: Sequence[str], *, title: str, duration_ms: int
) -> str:
    """A lane for each microphone with its spans of speech."""
    lane = 28
    height = TOP + lane * len(names) + BOTTOM + 12
    shapes = []
    for number, name in enumerate(names):
        y = TOP + 24 + lane * number
        path = "".join(
            f"M{LEFT + span.start_ms / duration_ms * COLUMNS:.1f} {y}"
            f"h{max(0.5, (span.end_ms - span.start_ms) / duration_ms * COLUMNS):.1f}"
            for span in spans
            if span.microphone == number
        )
        shapes.append(f'<path d="{path}" {_stroke(number)} stroke-width="10"/>' if path else "")
        shapes.append(f'<text x="{LEFT}" y="{y - 8}">{escape(name)}</text>')
    blocks = round(duration_ms * BLOCKS_PER_S / 1000)
    return _svg(title, height, [*shapes, *_time_axis(blocks, height)], [])


def stacked_svg(pictures: Sequence[str]) -> str:
    """Several charts of this module in one, stacked vertically."""
    heights = [int(picture.split('height="', 1)[1].split('"', 1)[0]) for picture in pictures]
    placed = [
        picture.replace("<svg ", f'<svg y="{sum(heights[:number])}" ', 1)
        for number, picture in enumerate(pictures)
    ]
    total = sum(heights)
    return (
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{total}" '
            f'viewBox="0 0 {WIDTH} {total}">\n'
        )
        + "".join(placed)
        + "</svg>\n"
    )


def _stroke(number: int) -> str:
    """The line style of a speaker or a signal; below 0: unknown."""
    return (
        f'stroke="{GREY}"'
        if number < 0
        else f'class="line-{number % len(COLOURS)}" stroke="{COLOURS[number % len(COLOURS)]}"'
    )


def _svg(
    title: str, height: int, shapes: Sequence[str], legend: Sequence[tuple[str, int, str]]
) -> str:
    keys = []
    x = WIDTH - RIGHT
    for name, number, dash in reversed(legend):
        x -= 8 * len(name)
        keys.append(f'<text x="{x}" y="16">{escape(name)}</text>')
        x -= 30
        keys.append(
            f'<path d="M{x} 12h24" {_stroke(number)} stroke-width="3" stroke-dasharray="{dash}"/>'
        )
        x -= 12
    size = f'width="{WIDTH}" height="{height}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="sound-picture" role="img" {size} '
        f'viewBox="0 0 {WIDTH} {height}">'
        f"<title>{escape(title)}</title><style>{STYLE}</style>"
        f'<rect class="paper" {size} fill="{PAPER}"/><text x="8" y="16" '
        f'font-weight="bold">{escape(title)}</text>'
        f'<g fill="none" stroke-width="1">{"".join((*shapes, *keys))}</g></svg>\n'
    )


def _place(value: float, lowest: float, highest: float, height: int) -> float:
    """The vertical position of a value."""
    inside = min(max(value, lowest), highest)
    return TOP + (highest - inside) / (highest - lowest) * (height - TOP - BOTTOM)


def _level_axis(values: range, place: Callable[[float], float], unit: str) -> list[str]:
    lines = []
    for value in values:
        lines.append(
            f'<path d="M{LEFT} {place(value):.1f}h{COLUMNS}" class="grid" stroke="{GRID}"/>'
        )
        label = f"{value}".replace("-", "−")
        lines.append(
            f'<text x="{LEFT - 6}" y="{place(value) + 4:.1f}" text-anchor="end">{label}</text>'
        )
    return [*lines, f'<text x="8" y="{place(values[0]) + 18:.1f}">{unit}</text>']


def _time_axis(blocks: int, height: int) -> list[str]:
    """About nine time labels at round steps."""
    seconds = blocks / BLOCKS_PER_S
    step = next(
        (
            step
            for step in (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600)
            if seconds / step <= 10
        ),
        7200,
    )
    marks = []
    for moment in range(0, int(seconds) + 1, step):
        x = LEFT + moment / max(seconds, 0.1) * COLUMNS
        marks.append(f'<path d="M{x:.1f} {height - BOTTOM}v4" stroke="{GREY}"/>')
        marks.append(
            f'<text x="{x:.1f}" y="{height - 8}" '
            f'text-anchor="middle">{stamp_from_ms(moment * 1000)}</text>'
        )
    return marks


def _highest(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The maximum of each column."""
    starts = np.linspace(0, len(values), COLUMNS, endpoint=False).astype(np.int64)
    highest: NDArray[np.float32] = np.maximum.reduceat(values, np.minimum(starts, len(values) - 1))
    return highest


def _means(values: NDArray[np.float64]) -> list[float]:
    """Averaged to at most one value for every second column."""
    count = min(len(values), COLUMNS // 2)
    return [float(part.mean()) for part in np.array_split(values, count)]
