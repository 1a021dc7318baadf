"""Plain text: one paragraph per line, unless the lines are hard-wrapped."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from studio.article.block import ORDINARY, Block, blocks_from_runs
from studio.article.byline import read_byline
from studio.article.labels import read_any_label
from studio.article.outline import is_marked
from studio.messages.message import message

_WIDEST_EDITOR = 120
_ENDS = (".", "?", "!", "…", "»")
_TAG_OF_A_BREAK = re.compile(r"</?br\s*/?>", re.IGNORECASE)


def blocks_from_text(text: str) -> Iterator[Block]:
    """The blocks of a plain text."""
    lines = [line.strip() for line in text.splitlines()]
    width = editor_width(lines)
    paragraph: list[str] = []
    for number, line in enumerate(lines, 1):
        paragraph.append(line)
        following = lines[number] if number < len(lines) else ""
        if not was_broken(line, following, width):
            whole = _TAG_OF_A_BREAK.sub("\n", " ".join(paragraph))
            yield from blocks_from_runs(
                [(whole, ORDINARY)], message("line {number}", number=number - len(paragraph) + 1)
            )
            paragraph.clear()


def editor_width(lines: Sequence[str]) -> int | None:
    """The width at which an editor broke this text's lines, in characters; None for a text whose
    lines are paragraphs.

    A broken text has blank lines between its paragraphs and no line wider than an editor's window.
    """
    width = max(map(len, lines), default=0)
    has_blank_lines = any(not line and following for line, following in itertools.pairwise(lines))
    return width if has_blank_lines and width <= _WIDEST_EDITOR else None


def was_broken(line: str, following: str, width: int | None) -> bool:
    """Whether the next line goes on with this one: its first word did not fit here any more."""
    if width is None or not line or not following or is_marked(following) or read_byline(following):
        return False
    if line.endswith(_ENDS) and read_any_label(following):  # « Q : Et demain ? »
        return False
    return len(line) + 1 + len(following.split(maxsplit=1)[0]) > width
