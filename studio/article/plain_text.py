"""Plain text: one paragraph per line, unless the lines are hard-wrapped."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from studio.article.block import ORDINARY, ArticleBlock, blocks_from_runs
from studio.article.byline import read_byline
from studio.article.labels import read_any_label
from studio.article.outline import is_marked
from studio.language.dictionary import is_common_word
from studio.messages.message import message

_NARROWEST_EDITOR, _WIDEST_EDITOR = 40, 120
_WIDEST_HEADING = 250  # a question that is a heading
_LINES_FOR_A_HEADING = 4  # lines of paragraphs, at least, for each such heading
_SHARE_OF_FORWARDED = 0.6  # of a mail's lines
_LINES_OF_A_SIGNATURE, _WIDEST_SIGNATURE = 10, 80
_ENDS = (".", "?", "!", "…", "»")
_LAST_WORD = re.compile(r"([^\W\d_]{2,})-\Z")
_FIRST_WORD = re.compile(r"[^\W\d_]{2,}")
# « ---------- Forwarded message --------- », « Début du message transféré : »
_FORWARDED = re.compile(
    r"-{3,}\s*(?:forwarded|original|message\s+(?:transféré|d[’']origine|original))\b[^.!?]{0,40}"
    r"|début\s+du\s+message\s+(?:réexpédié|transféré)\s*:|begin\s+forwarded\s+message\s*:",
    re.IGNORECASE,
)
_QUOTE_SIGNS = re.compile(r"\A(?:>\s?)+")
_NUMBER = re.compile(r"[0-9]+")
# « La Gazette – page 2 », « 12 », « 3/8 »
_OF_A_PAGE = re.compile(
    r"(?:.{0,60}\W)?p(?:age|\.)\s*[0-9]{1,4}(?:\s*(?:/|sur)\s*[0-9]{1,4})?|\W*[0-9]{1,4}(?:\s*/\s*[0-9]{1,4})?\W*",
    re.IGNORECASE,
)
_PAGE_NUMBER = re.compile(r"[0-9]{1,3}")
# « 12 | Le Mag du littoral | mai 2026 »
_NUMBERED_EDGE = re.compile(
    r"(?:(?P<first>[0-9]{1,3})\s*[|·•–—-]\s*)?(?P<said>[^\W\d_].{2,80}?)"
    r"(?:\s*[|·•–—-]\s*(?P<last>[0-9]{1,3}))?"
)
_BULLET = re.compile(r"[•○◦‣▪■●]\s")
_TAG_OF_A_BREAK = re.compile(r"</?br\s*/?>", re.IGNORECASE)


def blocks_from_text(text: str) -> Iterator[ArticleBlock]:
    """The blocks of a plain text."""
    stripped = [line.strip() for line in text.splitlines()]
    lines = _without_quote_signs(_without_signature(_without_mail_head(stripped)))
    width = editor_width(lines)
    placed = _without_pages(_without_numbered_edges(lines))
    paragraph: list[str] = []
    start = 0
    for number, (place, line) in enumerate(placed, 1):
        start = start if paragraph else place
        paragraph.append(line)
        following = placed[number][1] if number < len(placed) else ""
        if not (
            was_hard_wrapped(line, following, width)
            or _asks_on(line, following, placed, number + 1)
        ):
            whole = _TAG_OF_A_BREAK.sub("\n", _joined(paragraph))
            yield from blocks_from_runs(
                [(whole, ORDINARY)], message("line {number}", number=start + 1)
            )
            paragraph.clear()


def without_page_edges(text: str) -> str:
    """The text of pages separated by form feeds, without headers, footers and page numbers. Each
    line is still at its number.
    """
    pages = [page.split("\n") for page in text.split("\f")]
    if len(pages) == 1:
        return text
    edges = [{_first(page), len(page) - 1 - _first(page[::-1])} for page in pages]
    shown = [
        (page, place, " ".join(_NUMBER.sub("", page[place]).split()))
        for page, places in zip(pages, edges, strict=True)
        for place in places
        if 0 <= place < len(page)
    ]
    often = Counter(words for _, _, words in shown)
    for page, place, words in shown:
        if often[words] > 1 or _OF_A_PAGE.fullmatch(page[place].strip()):
            page[place] = ""
    return "\f".join("\n".join(page) for page in pages)


def _first(lines: Sequence[str]) -> int:
    """The index of the first line that is not empty."""
    return next((place for place, line in enumerate(lines) if line.strip()), len(lines))


def _asks_on(line: str, following: str, placed: Sequence[tuple[int, str]], after: int) -> bool:
    """Whether a marked question continues in the line under it, which ends its paragraph. One that
    already ends with a question continues if an answer is under both.

    :param placed: all lines with their places.
    :param after: the index of the line under these two.
    """
    if not (is_marked(line) and following.endswith("?")) or is_marked(following):
        return False
    if after < len(placed) and placed[after][1]:
        return False
    under = (text for _, text in itertools.islice(placed, after, None) if text)
    answer = next(under, "")
    return not line.endswith("?") or (answer != "" and not is_marked(answer))


def editor_width(lines: Sequence[str]) -> int | None:
    """The width at which an editor wrapped this text's lines, in characters; None for a text whose
    lines are paragraphs.

    A wrapped text has blank lines between its paragraphs and no line wider than an editor's window.
    Some programs do not wrap headings: only a few lines may be longer than the others.
    """
    width = max(map(_columns, lines), default=0)
    beside = [
        line
        for before, line, after in zip(["", *lines], lines, [*lines[1:], ""], strict=False)
        if line and (before or after)
    ]
    inner = max(map(_columns, beside), default=width)
    longer = sum(_columns(line) > inner for line in lines)
    if (
        longer * _LINES_FOR_A_HEADING <= len(beside)
        and inner >= _NARROWEST_EDITOR
        and width <= _WIDEST_HEADING
    ):
        width = inner
    pairs = list(itertools.pairwise(lines))
    has_blank_lines = any(not line and following for line, following in pairs)
    # In a wrapped text, at least one line ends in the middle of a sentence.
    goes_on = any(_ends_inside(line, following) for line, following in pairs)
    return width if has_blank_lines and goes_on and width <= _WIDEST_EDITOR else None


def _ends_inside(line: str, following: str) -> bool:
    return following[:1].islower() and bool(line) and not line.endswith((*_ENDS, ":", ";"))


def was_hard_wrapped(line: str, following: str, width: int | None) -> bool:
    """Whether the next line continues with this one: its first word did not fit here any more."""
    if width is None or not line or not following or is_marked(following) or read_byline(following):
        return False
    if line.endswith(_ENDS) and read_any_label(following):  # « Q : Et demain ? »
        return False
    if _BULLET.match(following):
        return False
    # Allows for lines wrapped in a proportional font, and words broken at their ends.
    if (_continues_line(line, following) and 2 * len(line) > width) or (
        _LAST_WORD.search(line) and following[0].isalpha()
    ):
        return True
    return _columns(line) + 1 + _columns(following.split(maxsplit=1)[0]) > width


def _columns(line: str) -> int:
    """The width of a line in columns: letters have one, emoji two."""
    wide = {character for character in set(line) if character >= "\U0001f000"}
    return len(line) + sum(map(line.count, wide))


def _continues_line(line: str, following: str) -> bool:
    """Whether a sentence of the first line ends in the second one."""
    return following[:1].islower() and not line.endswith((*_ENDS, ":", ";"))


def _joined(lines: Sequence[str]) -> str:
    """The lines of a paragraph; a word that was hyphenated at the end of one is whole."""
    parts = [lines[0]]
    for line, following in itertools.pairwise(lines):
        first, second = _LAST_WORD.search(line), _FIRST_WORD.match(following)
        if first is None or second is None:
            parts += [" ", following]
            continue
        # « peut-/être » has its hyphen anyway; so has a name: « Port-de-/Bouc ».
        halves = is_common_word(first[1]) and is_common_word(second[0])
        is_compound = halves and not is_common_word(first[1] + second[0])
        hyphen = "-" if is_compound or second[0][0].isupper() else ""
        parts[-1] = line[:-1]
        parts += [hyphen, following]
    return "".join(parts)


def _without_quote_signs(lines: Sequence[str]) -> list[str]:
    """The text of a mail that was forwarded: without « > » before all of its lines. The sender's
    own text above and below has none.
    """
    quoted = [place for place, line in enumerate(lines) if line.startswith(">")]
    if len(quoted) < 2:
        return list(lines)
    first, last = quoted[0], quoted[-1]
    filled = [line for line in lines if line]
    inside = [line for line in lines[first : last + 1] if line]
    if len(inside) > len(quoted) or len(quoted) <= _SHARE_OF_FORWARDED * len(filled):
        return list(lines)
    return [_QUOTE_SIGNS.sub("", line) for line in lines]


def _without_mail_head(lines: Sequence[str]) -> list[str]:
    """The lines without the header that mail programs write above a forwarded message; each line is
    still at its number.
    """
    kept = list(lines)
    in_head = False
    for place, line in enumerate(lines):
        if _FORWARDED.fullmatch(line):
            in_head = True
        in_head = in_head and bool(line)
        if in_head:
            kept[place] = ""
    return kept


def _without_signature(lines: Sequence[str]) -> list[str]:
    """The lines of a mail up to « -- », the signature separator (RFC 3676, 4.3)."""
    filled = [place for place, line in enumerate(lines) if line]
    for place in filled[1:][-_LINES_OF_A_SIGNATURE:]:
        under = [line for line in lines[place + 1 :] if line]
        if lines[place] == "--" and all(len(line) <= _WIDEST_SIGNATURE for line in under):
            return list(lines[:place])
    return list(lines)


def _without_numbered_edges(lines: Sequence[str]) -> list[str]:
    """The lines without the head or foot of pages, the same words beside numbers that count on;
    each line is still at its number.
    """
    found: dict[str, list[tuple[int, int]]] = {}
    for place, line in enumerate(lines):
        edge = _NUMBERED_EDGE.fullmatch(line)
        if edge and (number := edge["first"] or edge["last"]):
            found.setdefault(edge["said"], []).append((place, int(number)))
    edges = {
        place
        for counted in found.values()
        if len(counted) > 1
        and all(two - one in {1, 2} for (_, one), (_, two) in itertools.pairwise(counted))
        for place, _ in counted
    }
    return ["" if place in edges else line for place, line in enumerate(lines)]


def _without_pages(lines: Sequence[str]) -> list[tuple[int, str]]:
    """The lines of a printed text, with their places, without the numbers of its pages and what is
    repeated beside them on two pages or more.
    """
    numbered = [place for place, line in enumerate(lines) if _PAGE_NUMBER.fullmatch(line)]
    numbers = [int(lines[place]) for place in numbered]
    if len(numbers) < 2 or any(two - one != 1 for one, two in itertools.pairwise(numbers)):
        return list(enumerate(lines))
    under = [next(filter(None, lines[place + 1 :]), "") for place in numbered]
    if numbers[0] == 1 and all(line.endswith("?") for line in under):
        return list(enumerate(lines))  # the numbers of the questions
    beside = {line for place in numbered for line in lines[max(0, place - 1) : place + 2] if line}
    counts = Counter(lines)
    heads = {line for line in beside if counts[line] > 1}
    left = [(place, line) for place, line in enumerate(lines) if line not in heads]
    for number in numbered:
        place = next(place for place, (at, _) in enumerate(left) if at == number)
        first = last = place
        while first > 0 and not left[first - 1][1]:
            first -= 1
        while last + 1 < len(left) and not left[last + 1][1]:
            last += 1
        goes_on = (
            first > 0
            and last + 1 < len(left)
            and _continues_line(left[first - 1][1], left[last + 1][1])
        )
        left[first : last + 1] = [] if goes_on else [(number, "")]
    return left
