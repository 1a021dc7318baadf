"""Data tables, and layout tables as used by old sites, newsletters and Word."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from studio.article.block import ArticleBlock
from studio.article.characters import has_words

# Characters. « Création », « Chiffre d’affaires », « 2,4 millions d’euros »: the maximum length of
# a fact.
_MAX_FACT = 40
# A cell with this many characters contains a paragraph of an article; facts are shorter.
_PARAGRAPH = 250
_MANY_CELLS = 3
# A letterhead: contact details beside a logo or a name. Characters.
_MAX_CONTACT = 200
# A form's fields, and the label before their text in an article.
_NUMBERS = frozenset({"numéro", "n°", "épisode", "numéro d’épisode", "numéro d'épisode"})
_FIELDS = {
    **dict.fromkeys(("invité", "invitée", "invité(e)"), "Invité : "),
    **dict.fromkeys(("invités", "invitées", "invité·es"), "Invités : "),
    **dict.fromkeys(("journaliste", "auteur", "autrice", "auteur·ice", "texte"), "Texte : "),
    **dict.fromkeys(("chapô", "chapeau", "introduction", "accroche"), ""),
    **dict.fromkeys(_NUMBERS, ""),
}
_TITLE = "titre"
# Fields of a form that are no part of the article.
_OTHER_FIELDS = frozenset({"date", "date de publication", "rubrique", "statut", "slug", "lieu"})
_CONTACT = re.compile(
    r"[\w.+-]+@[\w-]+\.\w|www\.\w|https?://|(?:\+33\s?|0)[1-9](?:[ .-]?[0-9]{2}){4}"
    r"|[0-9]{5}\s+[A-ZÀ-Þ]|\bSIRE[NT]\b"
)


def are_facts(rows: Sequence[Sequence[str]], *, has_heads: bool = False) -> bool:
    """Whether a table holds facts: words are in several rows and several columns of it, or it is a
    letterhead. Pictures and empty spacer cells are ignored.

    :param rows: the text of each cell.
    :param has_heads: it has headings of rows or columns, or a caption.
    """
    if _are_contacts(rows):
        return True
    filled = [[has_words(cell) for cell in row] for row in rows]
    lines = sum(map(any, filled))
    columns = {place for row in filled for place, has in enumerate(row) if has}
    if len(columns) < 2:
        return lines >= _MANY_CELLS and _are_facts_in_a_row(rows)
    return lines > 1 or has_heads or _are_facts_in_a_row(rows)


def _are_contacts(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a table has only names, addresses and telephone numbers."""
    cells = [cell for row in rows for cell in row if has_words(cell)]
    return any(map(_CONTACT.search, cells)) and all(
        len(cell) <= _MAX_CONTACT and cell[-1] not in "?!…»" for cell in cells
    )


def _are_facts_in_a_row(rows: Sequence[Sequence[str]]) -> bool:
    """« Création | 2017 »: short cells, one of a number, or many."""
    cells = [cell for row in rows for cell in row if has_words(cell)]
    short = all(len(cell) <= _MAX_FACT and not cell.endswith("?") for cell in cells)
    return short and (len(cells) >= _MANY_CELLS or any(re.search(r"[0-9]", cell) for cell in cells))


def without_facts(
    blocks: Sequence[ArticleBlock], lays_out: Callable[[Sequence[ArticleBlock]], bool]
) -> list[ArticleBlock]:
    """The blocks without tables of facts.

    :param lays_out: whether blocks contain a recognisable part of the article.
    """
    kept: list[ArticleBlock] = []
    for start, end in _tables(blocks):
        cells = blocks[start:end]
        answers = (
            start > 0
            and blocks[start - 1].text.endswith("?")
            and (end == len(blocks) or blocks[end].text.endswith("?"))
        )
        is_article = lays_out(cells) or any(len(cell.text) >= _PARAGRAPH for cell in cells)
        if not cells[0].tabular or answers or is_article:
            kept.extend(cells)
    return kept


def lines_of_form(cells: Mapping[str, str]) -> list[tuple[str, str]]:
    """The title that a form gives, and its other fields as an article has them, each after its
    field's name; nothing if it has no title, or the title alone.

    :param cells: each field's text, by the name before it.
    """
    fields = {_field(name): value for name, value in cells.items()}
    title = fields.pop(_TITLE, "")
    known = [name for name in fields if name in _FIELDS]
    if not title or not (known or fields.keys() & _OTHER_FIELDS):
        return []
    number = next((fields[name] for name in known if name in _NUMBERS), "").strip("#nN°º. ")
    if number.isdecimal():
        title = f"Épisode {number} – {title}"
    others = [name for name in known if name not in _NUMBERS]
    return [(_TITLE, title), *((name, f"{_FIELDS[name]}{fields[name]}") for name in others)]


def _field(name: str) -> str:
    return name.lower().strip(" :")


def with_fields(blocks: Sequence[ArticleBlock]) -> list[ArticleBlock]:
    """The blocks, with a form above the text (« Titre | X », « Invitée | Y ») as lines of it."""
    start, end = next(
        ((start, end) for start, end in _tables(blocks) if blocks[start].tabular), (0, 0)
    )
    cells = blocks[start:end]
    # Under a title, a table with one tells of a book or a film.
    if len(cells) % 2 or any(block.level == 1 for block in blocks[:start]):
        return list(blocks)
    values = {name.text: value for name, value in zip(cells[::2], cells[1::2], strict=True)}
    by_field = {_field(name): value for name, value in values.items()}
    read = [
        replace(
            by_field[field],
            text=line,
            level=1 if field == _TITLE else by_field[field].level,
            tabular=False,
            lead="",
        )
        for field, line in lines_of_form({name: value.text for name, value in values.items()})
    ]
    return [*blocks[:start], *read, *blocks[end:]] if read else list(blocks)


def _tables(blocks: Sequence[ArticleBlock]) -> Iterator[tuple[int, int]]:
    """First and last (excluded) of each run of blocks in tables, or outside of them."""
    start = 0
    for place in range(1, len(blocks) + 1):
        if place == len(blocks) or blocks[place].tabular != blocks[start].tabular:
            yield start, place
            start = place
