"""What every format of article is reduced to: a list of blocks, one under the other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from studio.article.characters import clean_text, has_words

_QUESTION_MARK = re.compile(r" ?\?")

Run = tuple[str, bool]
"""A stretch of text and whether it is bold. A line feed in it starts a new line."""


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph or heading, or one line of a paragraph that its author broke.

    :param text: clean, not empty.
    :param place: where it is in the file, for messages: « line 12 », « paragraph 7 ».
    :param level: 1 to 6 of a heading, else None.
    :param bold: every word of it is bold.
    :param lead: the bold question that the paragraph starts with, when the answer follows on the
        same line; else empty.
    :param quoted: it stands out as a quotation (a block quote).
    :param plain: its author said that it is only words, whatever it looks like (Markdown's
        backslash).
    """

    text: str
    place: str
    level: int | None = None
    bold: bool = False
    lead: str = ""
    quoted: bool = False
    plain: bool = False


def blocks_from_runs(
    runs: Iterable[Run], place: str, *, level: int | None = None, quoted: bool = False
) -> Iterator[Block]:
    """The blocks of one paragraph or heading: one a line, none for an empty line. A heading is one
    line.
    """
    lines: list[list[Run]] = [[]]
    for text, bold in runs:
        first, *others = [text] if level is not None else text.split("\n")
        lines[-1].append((first, bold))
        lines.extend([(other, bold)] for other in others)
    for line in lines:
        text = clean_text("".join(text for text, _ in line))
        if text:
            wordy = [bold for text, bold in line if has_words(text)]
            is_bold = bool(wordy) and all(wordy)
            yield Block(
                text,
                place,
                level=level,
                bold=is_bold,
                lead="" if is_bold else _lead(line, text),
                quoted=quoted,
            )


def _lead(line: list[Run], whole: str) -> str:
    """The bold question at the start of a line that goes on in ordinary type; its question mark may
    itself be in ordinary type.
    """
    ordinary = [index for index, (text, bold) in enumerate(line) if not bold and has_words(text)]
    lead = clean_text("".join(text for text, _ in line[: ordinary[0]])) if ordinary else ""
    if not has_words(lead) or not whole.startswith(lead):
        return ""
    if lead.endswith("?"):
        return lead
    mark = _QUESTION_MARK.match(whole, len(lead))
    return whole[: mark.end()] if mark else ""
