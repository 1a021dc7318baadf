"""The common intermediate form of all article formats: a sequence of blocks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from studio.article.characters import clean_text, has_words

_QUESTION_MARK = re.compile(r" ?\?")
# « Racontez-nous la suite. », « Parlez-nous de vous : »: what is asked without a question mark.
_REQUEST = re.compile(r"\W*[^\W\d_]+ez(?:-(?:nous|vous|moi|en|y))*\s.{3,100}[.!…:]")


class Formatting(NamedTuple):
    """The formatting in which text differs from ordinary type. Colours, sizes and highlights are in
    the file's own notation; ``named`` is the author's style, class or column for it, independent of
    its appearance.
    """

    bold: bool = False
    italic: bool = False
    underlined: bool = False
    colour: str = ""
    highlight: str = ""
    size: str = ""
    named: str = ""


ORDINARY = Formatting()

Run = tuple[str, Formatting]
"""A stretch of text and how it looks. A line feed in it starts a new line."""


@dataclass(frozen=True, slots=True)
class ArticleBlock:
    """One paragraph or heading, or one line of a paragraph with manual line breaks.

    :param text: clean, not empty.
    :param place: where it is in the file, for messages: « line 12 », « paragraph 7 ».
    :param level: 1 to 6 of a heading, else None.
    :param look: the formatting that all of its words share.
    :param lead: the question that the paragraph starts with, when the answer follows on the same
        line; else empty.
    :param opening: the first words, if their formatting differs from the rest or a tab follows:
        perhaps the speaker.
    :param lead_look: the feature of :class:`Formatting` by which the lead stands out from the rest,
        and its value.
    :param quoted: it is a block quote.
    :param plain: its author marked it as plain text (Markdown's backslash).
    :param listed: it is an item of a numbered list.
    :param item: it is an item of a list of any kind.
    :param tabular: it is in a cell of a table with rows and columns.
    :param boxed: it is in a text box, or a box with an icon.
    :param legend: it is marked as the caption of a picture.
    """

    text: str
    place: str
    level: int | None = None
    look: Formatting = ORDINARY
    lead: str = ""
    lead_look: tuple[str, object] | None = None
    opening: str = ""
    quoted: bool = False
    plain: bool = False
    listed: bool = False
    item: bool = False
    tabular: bool = False
    boxed: bool = False
    legend: bool = False

    @property
    def is_prominent(self) -> bool:
        """Whether its formatting differs from ordinary text."""
        return self.look._replace(named="") != ORDINARY

    @property
    def bold(self) -> bool:
        """Whether every word of it is bold."""
        return self.look.bold


def blocks_from_runs(
    runs: Iterable[Run],
    place: str,
    *,
    level: int | None = None,
    quoted: bool = False,
    listed: bool = False,
    item: bool = False,
    tabular: bool = False,
    boxed: bool = False,
    legend: bool = False,
) -> Iterator[ArticleBlock]:
    """The blocks of one paragraph or heading: one a line, none for an empty line. A heading is one
    line.
    """
    lines: list[list[Run]] = [[]]
    for text, look in runs:
        first, *others = [text] if level is not None else text.split("\n")
        lines[-1].append((first, look))
        lines.extend([(other, look)] for other in others)
    for line in lines:
        text = clean_text("".join(text for text, _ in line))
        if text:
            look = _common([look for text, look in line if has_words(text)])
            lead, lead_look = _lead(line, text)
            yield ArticleBlock(
                text,
                place,
                level=level,
                look=look,
                lead=lead,
                lead_look=lead_look,
                opening=_opening(line, text),
                quoted=quoted,
                listed=listed,
                item=item,
                tabular=tabular,
                boxed=boxed,
                legend=legend,
            )


def _common(looks: Sequence[Formatting]) -> Formatting:
    """The formatting that all of these share."""
    if not looks:
        return ORDINARY
    shared = {
        name: getattr(looks[0], name)
        for name in Formatting._fields
        if all(getattr(look, name) == getattr(looks[0], name) for look in looks)
    }
    return Formatting(**shared)


def _lead(line: list[Run], whole: str) -> tuple[str, tuple[str, object] | None]:
    """The question at the start of a line that continues in other formatting, and its feature."""
    for name in Formatting._fields:
        wordy = [index for index, (text, _) in enumerate(line) if has_words(text)]
        value = getattr(line[wordy[0]][1], name) if wordy else None
        if not value:
            continue
        others = [index for index in wordy if getattr(line[index][1], name) != value]
        lead = _question_before(line, others[0], whole) if others else ""
        if lead:
            return lead, (name, value)
    return "", None


def _opening(line: list[Run], whole: str) -> str:
    """The first words up to a tab or a change of formatting, if text follows them."""
    text = ""
    first: Formatting | None = None
    for part, look in line:
        if has_words(part):
            if first is not None and look != first:
                break
            first = look
        before, tab, _ = part.partition("\t")
        text += before
        if tab and has_words(text):
            break
    opening = clean_text(text)
    return opening if has_words(opening) and len(opening) < len(whole) else ""


def _question_before(line: list[Run], other: int, whole: str) -> str:
    """The text before a run, if it is a question; its question mark may be in that run."""
    lead = clean_text("".join(text for text, _ in line[:other]))
    if not has_words(lead) or not whole.startswith(lead):
        return ""
    if lead.endswith("?") or _REQUEST.fullmatch(lead):
        return lead
    mark = _QUESTION_MARK.match(whole, len(lead))
    return whole[: mark.end()] if mark else ""
