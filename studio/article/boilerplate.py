"""What stands around an article's text in a file and is no part of it.

Pictures' legends, tables of facts, footnotes with their marks, shortcodes of the site's software,
the properties of a note, and the links under « Pour en savoir plus ». Studio's own ``article.md``
holds none of these, so it is not searched for them.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from studio.article.block import Block
from studio.article.byline import read_guests_line
from studio.article.characters import clean_text, has_words
from studio.article.title import announces_questions, read_title_line

_CAPTION_CODE = re.compile(
    r"\[(caption|embed|gallery|audio|video|playlist)\b[^\]]*\].*?\[/\1\]", re.IGNORECASE
)
# A shortcode has settings, or closes, or has an underscore in its name: « [rires] » and « [3
# questions à] » have none of these.
_SHORTCODE = re.compile(
    r"\[/[A-Za-z][\w-]*\]|\[[A-Za-z][\w-]*(?:\s+[\w-]+=(?:[\"“”″][^\"“”″\]]*[\"“”″]|'[^'\]]*'|[^\s\]]+))+\s*/?\]"
    r"|\[[a-z]+_[a-z_]*[^\]]*\]|\[(?i:gallery|\[?_?toc_?\]?|more|embed|audio|video)\]|\{\{[<%]?.*?[%>]?\}\}|\{%.*?%\}"
)

_LEGEND = re.compile(
    r"(?:©|\(c\)|(?:crédits?|photos?|légende|illustration|image)(?:\s+photos?)?\s*[:©]).{0,200}",
    re.IGNORECASE,
)
_CREDITED = re.compile(r"©|\bcrédits?\s+photos?\b", re.IGNORECASE)
_LONGEST_LEGEND = 200  # characters; a paragraph of an answer that names a ©️ is longer

_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
# A mark after a word of three letters (units are shorter), or after the sign that ends a sentence.
_RAISED_MARK = re.compile(
    r"(?:(?<=[^\W\d_]{3})|(?<=[»”\"’.,;!?)]))\s?(?P<number>[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3})"
)
_BRACKET_MARK = re.compile(r"(?<=[\w»”\"’.,;!?)])\s?\[(?P<number>[0-9]{1,3})\](?!\()")
_NOTE = re.compile(
    r"(?:\[(?P<b>[0-9]{1,3})\]|(?P<r>[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3})|\((?P<p>[0-9]{1,3})\)|(?P<n>[0-9]{1,2})[.)]?(?=\s)|(?P<s>\*|\(\*\)))"
    r"\s*\S"
)
_NOTES_TITLE = re.compile(r"notes?(?:\s+de\s+bas\s+de\s+page)?\s*:?", re.IGNORECASE)

# When a page was published, how long it takes to read it, how many liked it, where it is heard.
_PAGE_LINE = re.compile(
    r"\W*(?:publiée?|postée?|modifiée?|mise?\s+(?:à\s+jour|en\s+ligne))(?:\s+(?:le|par|dans|à)\b|\s*:)[^.!?«»]{0,80}"
    r"|(?:le\s+)?(?:(?:lun|mar|mercre|jeu|vendre|same)di\s+|dimanche\s+)?[0-9]{1,2}(?:er)?\s+(?:janvier|février|mars|avril|mai|juin|juillet|août"
    r"|septembre|octobre|novembre|décembre)\s+[0-9]{4}\.?"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?\s+[0-9]{1,2},?\s+[0-9]{4}|[0-9]{1,2}[/.][0-9]{1,2}[/.](?:20)?[0-9]{2}"
    r"|\W*[0-9]+\s+min\s+read\W*|il\s+vous\s+reste\s+[0-9]+\s?%[^.!?]{0,60}[.!]?"
    r"|\W*[0-9]+\s+(?:j[’']aime|likes?|partages?|commentaires?|vues?)\W*"
    r"|\W*(?:ré)?écoute[zr]\s+(?:(?:l[’'](?:épisode|entretien|interview|émission)|le\s+podcast)\b)[^.!?]{0,60}[.!]?"
    r"|\W*(?:temps\s+de\s+lecture|lecture)\s*:?\s*[0-9]+\s*min(?:utes?)?\W*|\W*[0-9]+\s*min(?:utes?)?\s+de\s+lecture\W*",
    re.IGNORECASE,
)

_PROPERTY = re.compile(r"(?P<name>[^\W\d_][\w’' -]{1,30}?)\s*:\s*(?P<value>\S.*)")
_PROPERTIES = frozenset(
    "statut status état date tags tag étiquettes auteur author créé created modifié "
    "updated url lien propriétaire owner assigné assign "
    "personne person catégorie category type slug priorité priority relecture échéance "
    "due publication canal format sprint projet "
    "project".split()
) | {
    "created time",
    "created by",
    "last edited time",
    "last edited by",
    "dernière modification",
    "créé le",
    "créé par",
    "mots-clés",
}

_FURTHER = re.compile(
    r"\W*(?:pour\s+(?:en\s+savoir\s+plus|aller\s+plus\s+loin)|en\s+savoir\s+plus|(?:à\s+)?(?:lire|voir|écouter|découvrir)\s+(?:aussi|également)"
    r"|lire\s+la\s+suite|(?:sur\s+le|dans\s+la)\s+même\s+(?:sujet|thème|rubrique|catégorie|série)"
    r"|étiquettes|tags|mots[- ]clés"
    r"|(?:p\.?\s?-?\s?s\.?|post-?scriptum|read\s+more)(?=\W*\Z)|(?:posts?|articles?)\s+récents"
    r"|recommended\s+from\s+medium|liens?\s+utiles?|articles?\s+(?:similaires?|liés|connexes)"
    r"|plus\s+d[’']infos?(?:rmations?)?|(?:site|page)\s+(?:web|internet)|contacts?(?:\s+presse)?)"
    r"(?P<more>\s*(?:sur\s+[^.!?:]{1,60})?\s*(?:[:|→>–—-].*|(?:https?://|www\.)\S+|\W*))",
    re.IGNORECASE,
)
_CONTENTS = re.compile(
    r"\W*(?:(?:au\s+)?sommaire|table\s+des\s+matières|dans\s+cet?\s+(?:article|entretien|épisode)|plan)\W*",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"\W*(?:[\w.+-]+@[\w-]+\.[\w.-]+|(?:https?://|www\.)\S+)\W*", re.IGNORECASE)


def _without_contents(blocks: Sequence[Block]) -> list[Block]:
    """Without a table of contents: two lines or more, one under the other, that all come again in
    the same order, with other text between; and without its title.
    """
    last_at = {block.text: place for place, block in enumerate(blocks)}
    for start in range(len(blocks)):
        end = start
        places = [start]
        while end < len(blocks) and (again := last_at[blocks[end].text]) > max(end, places[-1]):
            places.append(again)
            end += 1
        apart = all(later - earlier > 1 for earlier, later in itertools.pairwise(places[1:]))
        if (
            end - start > 1
            and apart
            and any(block.text.endswith("?") for block in blocks[start:end])
        ):
            titled = start > 0 and _CONTENTS.fullmatch(blocks[start - 1].text) is not None
            return [*blocks[: start - titled], *blocks[end:]]
    return list(blocks)


def without_boilerplate(blocks: Iterable[Block]) -> list[Block]:
    """The blocks of the article alone."""
    told = list(filter(None, map(_without_shortcodes, blocks)))
    told = [
        block
        for block in told
        if not _is_legend(block) and (block.plain or _PAGE_LINE.fullmatch(block.text) is None)
    ]
    told = _without_contents(_without_tables(told))
    return _without_further_reading(_without_notes(_without_properties(told)))


def _changed(block: Block, change: Block | str) -> Block | None:
    """The block with another text; None where nothing is left. A lead that changed with it is found
    again.
    """
    text = clean_text(change) if isinstance(change, str) else change.text
    if text == block.text:
        return block
    if not text or (not has_words(text) and has_words(block.text)):
        return None
    return replace(block, text=text, lead=block.lead if text.startswith(block.lead) else "")


def _without_shortcodes(block: Block) -> Block | None:
    if block.plain or not ("[" in block.text or "{" in block.text):
        return block
    return _changed(block, _SHORTCODE.sub(" ", _CAPTION_CODE.sub(" ", block.text)))


def _is_legend(block: Block) -> bool:
    if block.plain or block.level is not None:
        return False
    short = len(block.text) <= _LONGEST_LEGEND
    return block.legend or (
        short and (_LEGEND.fullmatch(block.text) or _CREDITED.search(block.text)) is not None
    )


def _without_tables(blocks: Sequence[Block]) -> list[Block]:
    """Without the cells of tables of facts. A table that holds questions, the title or most of the
    text lays the article out.
    """
    cells = [block for block in blocks if block.tabular]
    letters = sum(len(block.text) for block in cells)
    lays_out = 2 * letters > sum(len(block.text) for block in blocks) or any(
        block.lead
        or block.text.endswith("?")
        or read_title_line(block.text)
        or announces_questions(block.text)
        for block in cells
    )
    return list(blocks) if lays_out else [block for block in blocks if not block.tabular]


def _without_properties(blocks: Sequence[Block]) -> list[Block]:
    """Without the lines « Statut : Publié » that a note-taking program exports under the title: two
    or more, one of a known name.
    """
    kept = list(blocks)
    start = next((place for place, block in enumerate(kept) if _property(block) is not None), None)
    if start is None or start > 1:
        return kept
    end = start
    while end < len(kept) and _property(kept[end]) is not None:
        end += 1
    names = {_property(block) for block in kept[start:end]}
    if end - start < 2 or not names & _PROPERTIES:
        return kept
    return (
        kept[:start]
        + [block for block in kept[start:end] if read_guests_line(block.text) is not None]
        + kept[end:]
    )


def _property(block: Block) -> str | None:
    if block.plain or block.level is not None or len(block.text) > _LONGEST_LEGEND:
        return None
    match = _PROPERTY.fullmatch(block.text)
    if (
        match is None
        or block.text.endswith("?")
        or read_title_line(block.text)
        or announces_questions(block.text)
    ):
        return None
    return match["name"].lower()


def _without_notes(blocks: Sequence[Block]) -> list[Block]:
    """Without footnotes at the end and their marks in the text."""
    last = len(blocks)
    numbers: set[str] = set()
    texts = "\n".join(block.text for block in blocks)
    while last > 1 and (number := _note_number(blocks[last - 1], texts)) is not None:
        numbers.add(number)
        last -= 1
    kept = list(blocks[:last])
    if len(kept) > 1 and _NOTES_TITLE.fullmatch(kept[-1].text):
        kept.pop()
    return list(filter(None, (_without_marks(block, numbers) for block in kept)))


def _note_number(block: Block, texts: str) -> str | None:
    """The number of a footnote whose mark is in the text, or « * »; None for any other block."""
    match = None if block.plain or block.text.endswith("?") else _NOTE.match(block.text)
    if match is None:
        return None
    if match["s"]:
        return (
            "*" if re.search(r"\w\s?(?:\*|\(\*\))(?=[\s.,;:!?»)]|$)", texts, re.MULTILINE) else None
        )
    number = match["b"] or match["p"] or match["n"] or match["r"].translate(_RAISED)
    raised = "".join("⁰¹²³⁴⁵⁶⁷⁸⁹"[int(digit)] for digit in number)
    mark = (
        rf"(?<=[\w»”\".,;!?)])\s?(?:\[{number}\]|\({number}\)|{raised})|[^\W\d_]{{3}}{number}(?!\w)"
    )
    return number if re.search(mark, texts) else None


def _without_marks(block: Block, numbers: set[str]) -> Block | None:
    if block.plain:
        return block
    text = _BRACKET_MARK.sub("", _RAISED_MARK.sub("", block.text))
    for number in numbers:
        if number == "*":
            text = re.sub(r"(?<=\w)\s?(?:\*|\(\*\))(?=[\s.,;:!?»)]|$)", "", text)
        else:
            text = re.sub(
                rf"(?<=[\w»”\"])\s?\({number}\)|(?<=[^\W\d_]{{3}}){number}(?!\w)", "", text
            )
    return _changed(block, text)


def _questions_follow(before: Sequence[Block], after: Sequence[Block]) -> bool:
    """Whether the interview goes on: lines that end with « ? » follow, and look like those before
    (the headings of other articles look otherwise).
    """
    asked = [block for block in before if block.text.endswith("?")]
    apart = [block for block in asked if block.level is not None or block.stands_out]
    looks = {(block.level, block.look) for block in apart or asked}
    return any(
        block.text.endswith("?") and (not looks or (block.level, block.look) in looks)
        for block in after
    )


def _without_further_reading(blocks: Sequence[Block]) -> list[Block]:
    """Without « Pour en savoir plus » and the addresses under it; where it is a heading, without
    all that follows it.
    """
    kept: list[Block] = []
    place = 0
    while place < len(blocks):
        block = blocks[place]
        match = None if block.plain or block.text.endswith("?") else _FURTHER.fullmatch(block.text)
        if match is None or place == 0:
            kept.append(block)
            place += 1
            continue
        place += 1
        is_title = not has_words(match["more"])
        if is_title and not _questions_follow(blocks[:place], blocks[place:]):
            break
        while place < len(blocks) and _ADDRESS.fullmatch(blocks[place].text):
            place += 1
    return kept
