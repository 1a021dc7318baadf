"""Draw the rooms of the code into docs/images/architecture.svg, from the levels in the tests.

`python docs/draw_rooms.py --check` changes nothing, and fails where the drawing is another.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
DRAWING = ROOT / "docs" / "images" / "architecture.svg"
TESTS = ROOT / "tests" / "support" / "rooms.py"
MARK = "<!-- the rooms: imports go down only -->"
LEFT, RIGHT, TOP, HEIGHT, GAP = 20.0, 1100.0, 466, 34, 8


def read_levels() -> dict[str, int]:
    """``LEVELS`` of the architecture's test."""
    for node in ast.parse(TESTS.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "LEVELS":
            return dict(ast.literal_eval(node.value))
    raise SystemExit(f"{TESTS} has no LEVELS")


def draw_rooms(levels: dict[str, int]) -> tuple[str, int]:
    """The boxes, the highest level first, and the height of the whole drawing."""
    lines = [
        f'<text x="20" y="{TOP - 16}" font-size="13" fill="#3b4656" text-anchor="start"'
        ' font-weight="700">the rooms: imports go down only,'
        " rooms side by side do not know each other</text>"
    ]
    top = TOP
    for level in sorted(set(levels.values()), reverse=True):
        rooms = [room for room, own in levels.items() if own == level]
        width = (RIGHT - LEFT - GAP * (len(rooms) - 1)) / len(rooms)
        size = ' font-size="11"' if len(rooms) > 8 else ""
        for place, room in enumerate(rooms):
            left = LEFT + place * (width + GAP)
            lines += [
                f'<rect x="{left:.1f}" y="{top}" width="{width:.1f}" height="{HEIGHT}" rx="8"'
                ' fill="#f1f1ee" stroke="#a9b0ba"/>',
                f'<text x="{left + width / 2:.1f}" y="{top + 22}" text-anchor="middle"{size}'
                f' font-weight="700">{room}</text>',
            ]
        top += HEIGHT + GAP
    return "\n  ".join(lines), top + 10


def main() -> None:
    """Write the drawing anew."""
    rooms, height = draw_rooms(read_levels())
    text = DRAWING.read_text(encoding="utf-8").partition(MARK)[0]
    old = text.partition('viewBox="0 0 1120 ')[2].partition('"')[0]
    text = text.replace(f"0 0 1120 {old}", f"0 0 1120 {height}")
    text = text.replace(f'height="{old}"', f'height="{height}"')
    drawn = f"{text}{MARK}\n  {rooms}\n</svg>\n"
    if "--check" not in sys.argv[1:]:
        DRAWING.write_text(drawn, encoding="utf-8")
    elif DRAWING.read_text(encoding="utf-8") != drawn:
        raise SystemExit(f"{DRAWING} has other rooms: run python docs/draw_rooms.py")


if __name__ == "__main__":
    main()
