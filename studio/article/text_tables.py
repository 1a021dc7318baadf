"""Tables in a text: questions beside their answers, as in a spreadsheet, and the form with an
article's title above its text.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence

from studio.article.characters import QUESTION_EMOJI
from studio.article.tables import lines_of_form

# Signs around a word of the head: few, and on its line, so that a page of blank lines or signs is
# looked through once.
_SIGNS = r"[^\w\n]{0,9}"
_HEAD = re.compile(
    rf"^{_SIGNS}questions?{_SIGNS}(?P<parted>[;\t|]){_SIGNS}r[ée]ponses?{_SIGNS}$",
    re.IGNORECASE | re.MULTILINE,
)
_ROW = re.compile(r"^[ \t]*\|(?P<cells>.+)\|[ \t]*$\n?", re.MULTILINE)
# What parts the head of a Markdown table from its rows.
_RULE = re.compile(r"[\s|:]*-[\s|:-]*")
# A form stands above an article, and instead of its title. Characters.
_MAX_ABOVE = 500
_TITLE = re.compile(r"^(?:#[ \t]|title[ \t]*:)", re.MULTILINE)


def text_from_tables(text: str) -> str:
    """The text with each question of a table « Question | Réponse » marked, above its answer, and
    with a form « Titre | … » as lines; any other text is unchanged.
    """
    return _text_from_columns(_text_from_form(text))


def _text_from_columns(text: str) -> str:
    head = _HEAD.search(text)
    if head is None:
        return text
    # The bars at both ends of a Markdown row enclose no cell.
    lines = _ROW.sub(r"\g<cells>\n", text[head.end() :].strip()).splitlines()
    try:
        paragraphs = list(_paragraphs(lines, head["parted"]))
    except csv.Error:
        return text
    return "\n\n".join([text[: head.start()].rstrip(), *paragraphs])


def _paragraphs(lines: Sequence[str], delimiter: str) -> Iterator[str]:
    """Question and answer of each row, and what follows the table as it is."""
    rows = csv.reader(lines, delimiter=delimiter)
    for row in rows:
        cells = [cell.strip() for cell in row]
        if not cells:
            break
        if len(cells) == 1:
            yield cells[0]
        elif not _RULE.fullmatch("".join(cells)):
            yield f"{QUESTION_EMOJI[0]} {cells[0]}"
            yield cells[1]
    yield "\n".join(lines[rows.line_num :])


def _text_from_form(text: str) -> str:
    """A Markdown table of facts, if one of them is the title."""
    first = _ROW.search(text)
    if first is None or first.start() > _MAX_ABOVE or _TITLE.search(text, 0, first.start()):
        return text
    rows: list[list[str]] = []
    end = first.start()
    while row := _ROW.match(text, end):
        cells = [cell.strip(" *_") for cell in row["cells"].split("|")]
        rows += [] if _RULE.fullmatch(row["cells"]) else [cells]
        end = row.end()
    if any(len(row) != 2 for row in rows):
        return text
    lines = lines_of_form(dict(rows))
    if not lines:
        return text
    title, *others = (line for _, line in lines)
    return "\n\n".join([text[: first.start()].rstrip(), f"# {title}", *others, text[end:]]).lstrip()
