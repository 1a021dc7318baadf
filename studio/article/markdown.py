"""Read and write Markdown. ``article.md`` is the format that Studio writes and users edit.

The written file reads back as the same article, so each character that Markdown would interpret as
markup is escaped with a backslash. A backslash has one more meaning: a paragraph that starts with
it is plain text, even if it looks like a question, a title or a speaker's name.
"""

from __future__ import annotations

import html
import re
import string
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from studio.article.block import ORDINARY, ArticleBlock, Formatting, Run, blocks_from_runs
from studio.article.byline import credit_host, is_credit
from studio.article.characters import has_words
from studio.article.outline import has_part_in_answer, has_part_in_opening, is_marked
from studio.article.plain_text import editor_width, was_hard_wrapped
from studio.article.title import guests_from_title, read_title_line
from studio.messages.message import message
from studio.model.article import Article

_FRONT_MATTER = re.compile(
    r"(?:---[ \t]*\n(?P<fields>(?:.*\n)*?)(?:---|\.\.\.)|\+\+\+[ \t]*\n(?P<toml>(?:.*\n)*?)\+\+\+)"
    r"[ \t]*(?:\n|$)"
)
_FRONT_TITLE = re.compile(
    r"^tit(?:le|re)[ \t]*[:=][ \t]*(?P<quote>[\"']?)(?P<title>\S.*?)(?P=quote)[ \t]*$", re.MULTILINE
)
_FRONT_NUMBER = re.compile(
    r"^(?:[ée]pisode|num[ée]ro|number)(?:[_ -]?(?:number|num[ée]ro))?[ \t]*[:=]"
    r"[ \t]*[\"']?(?P<number>[0-9]{1,5})\b",
    re.MULTILINE | re.IGNORECASE,
)
_FRONT_GUESTS = re.compile(
    r"^(?:invit[ée]{1,2}s?|guests?)[ \t]*[:=](?P<names>.*(?:\n[ \t]*-[ \t]+.+)*)",
    re.MULTILINE | re.IGNORECASE,
)
_DEFINITION = re.compile(r"\[[^\[\]]+\]:\s*\S+(?:\s+[\"'(].*)?")
_HEADING = re.compile(r"#{1,6}(?=[ \t]|$)")
_CLOSING_SIGNS = re.compile(r"(?:^|[ \t])#+$")
_UNDERLINE = re.compile(r"=+|-+")
_RULE_OR_FENCE = re.compile(r"([-*_])(?:[ \t]*\1){2,}|(?:```|~~~).*")
_ITEM = re.compile(r"\A(?:[-+*]|[0-9]{1,2}[.)])(?:[ \t]+|$)")
_MAX_UNDERLINED = 250
_FOOTNOTE = re.compile(r" {0,3}\[\^[^\[\]\s]+\]:")
_FOOTNOTE_MARK = re.compile(r"\[\^[^\[\]\s]+\]")
_NUMBERED_ITEM = re.compile(r"\A[0-9]{1,2}[.)][ \t]+")
_CONTENTS_LIST = re.compile(r"^[ \t]*(?:[-+*]|1\.)[ \t]+.*\n[ \t]*\{:toc\b[^{}\n]*\}", re.MULTILINE)
_ATTRIBUTES = re.compile(r"\{::?[^{}\n]*\}")
_TABLE_RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)+\|?\s*")

_ESCAPE = re.compile(rf"\\([{re.escape(string.punctuation)}])")
# Escaped characters are moved to the private use area while markup is removed: clean text has no
# characters from there.
_HIDDEN = 0xE000
_HIDDEN_SIGN = re.compile(f"[{chr(_HIDDEN)}-{chr(_HIDDEN + 127)}]")
_BOLD_ON, _BOLD_OFF = "\uf001", "\uf002"
_ITALIC_ON, _ITALIC_OFF = "\uf003", "\uf004"
_PRIVATE_USE = re.compile("[\ue000-\uf8ff]")
_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_TARGET = r"(?:\((?:[^()\s]|\([^()\s]*\))*(?:\s+[\"'(][^\"]*[\"')])?\)|\[[^\[\]]*\])"
_IMAGE = re.compile(rf"!\[([^\[\]]*)\]{_TARGET}")
# « [[Le Comptoir]] », « [[comptoir|le Comptoir]] », « ^[une note] », as notebooks write them.
_NOTEBOOK_LINK = re.compile(r"!?\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]")
_INLINE_NOTE = re.compile(r"\^\[[^\[\]]*\]")
_LINK = re.compile(rf"\[([^\[\]]*)\]{_TARGET}")
_ADDRESS = re.compile(r"<((?:https?://|mailto:)[^\s<>]*)>")
_TAG_OF_A_BREAK = re.compile(r"</?br\s*/?>", re.IGNORECASE)
_BOLD_TAG = re.compile(r"<(/?)(?:b|strong|summary)>", re.IGNORECASE)
_ITALIC_TAG = re.compile(r"<(/?)(?:i|em)>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_CODE = re.compile(r"(?<!`)(`+)(?!`)([^`]+)\1(?!`)")
_BOLD = re.compile(
    r"\*\*(?=\S)((?:[^*]|\*(?!\*)|\*(?=\*\*))+)(?<=\S)\*\*(?!\*)|(?<!\w)__(?=\S)((?:[^_]|_(?!_))+)(?<=\S)__(?!\w)"
)
_LOOSE_BOLD = re.compile(r"(\*\*|__)\s*([^*_]+?)\s*\1")
# « ==surligné== », « ^repère » at the end of a line, as notebooks write them.
# « import Photo from '../Photo.astro' » of MDX
_MODULE = re.compile(
    r"^(?:import\s[^\n]{1,200}\sfrom\s+['\"][^\n'\"]+['\"]"
    r"|export\s+(?:const|default)\s[^\n]*);?[ \t]*$",
    re.MULTILINE,
)
_ATX_HEADING = re.compile(r"^#{1,4} +[^\W\d_«“\"].*$", re.MULTILINE)
_ATX_TITLE = re.compile(r"^# +\S", re.MULTILINE)
_HIGHLIGHT = re.compile(r"==(?=\S)([^=]+)(?<=\S)==")
_ANCHOR = re.compile(r"(?<=\S)[ \t]+\^[\w-]+[ \t]*$", re.MULTILINE)
# « [[Index]] | #podcast #réunion »: links and tags, and no words.
_LINKS_AND_TAGS = re.compile(
    r"^[ \t]*(?:(?:\[\[[^\[\]\n]*\]\]|#[\w/-]+)[ \t|·•,–—-]*)+$", re.MULTILINE
)
# « == Où ? », « == Où ? == », « h2. Où ? »: headings in AsciiDoc, wikis, Textile.
_HEADINGS_OF_OTHERS = re.compile(
    r"^(?:(?P<signs>={1,5})|h(?P<level>[1-6])\.)[ \t]+(?P<text>[^\s=].*?)(?:[ \t]+=+)?[ \t]*$",
    re.MULTILINE,
)
# « :::info » to « ::: »; « title:: X »; « - ## Où ? »; « ::Où ?:: »
_BOX = re.compile(
    r"^:{3,}[ \t]*(?P<names>[a-z]+\b[^\n]*|\{[^{}\n]*\}[^\n]*)\n"
    r"(?P<lines>(?:(?!:::)[^\n]*\n)*):{3,}[ \t]*$",
    re.MULTILINE,
)
# « !!! note "Titre" » of Python-Markdown and MkDocs, with its indented lines; « - [ ] Relire »
_ADMONITION = re.compile(
    r"^(?:!!!|\?\?\?\+?)[ \t]+(?P<names>[a-z]+)(?:[ \t]+\"(?P<title>[^\"\n]*)\")?[^\n]*\n"
    r"(?P<lines>(?:[ \t]*\n|(?: {4}|\t)[^\n]*(?:\n|\Z))*)",
    re.MULTILINE,
)
_TASK = re.compile(r"^[ \t]*[-*][ \t]+\[[ xX]\][ \t].*$", re.MULTILINE)
_BOX_OF_QUESTION = re.compile(
    r"\b(?:question|demande|interviewer|intervieweu[rs]e?)\b", re.IGNORECASE
)
# « {.chapo} » names a part of the text, as « .callout-note » does not.
_BOX_OF_TEXT = re.compile(r"\{(?![^{}]*\.(?:callout|aside|column-margin|content-hidden))")
# « [@meules2020] » of pandoc
_CITATION = re.compile(r"[ \t]?\[-?@[\w:.#$%&+?<>~/-]+(?:,[^\[\]\n]{0,60})?(?:;[ ]?-?@[\w:.-]+)*\]")
_FIELD_OF_NOTEBOOK = re.compile(r"^[\w-]+::[ \t]+\S.*$", re.MULTILINE)
_HEADING_IN_LIST = re.compile(r"^-[ \t]+(?=#{1,6}[ \t])", re.MULTILINE)
_MARKED_LINE = re.compile(r"^::(\S.*?)::[ \t]*$", re.MULTILINE)
# « {{{Où ?}}} », « {{Où ?}} », « '''Où ?''' »; « [[une note]] », « [[Catégorie:Entretiens]] »
_WIKI_LINE = re.compile(
    r"^(?:\{\{\{(?P<heading>.+?)\}\}\}|'''(?P<bold>.+?)'''"
    r"|\{\{(?P<strong>[^{}\n]+\?)\s?\}\})[ \t]*$",
    re.MULTILINE,
)
_WIKI_BRACKETS = re.compile(r"\[\[[^\[\]]*\]\]")
_FEWEST_WIKI_LINES = 2
# « :author: X », « [quote] », « [quote, X] »
_FIELDS_OF_OTHERS = re.compile(
    r"^(?::[\w-]+:.*|#\+(?!title:)\w+:.*|\[quote\b[^\]\n]*\])[ \t]*$", re.MULTILINE | re.IGNORECASE
)
_TITLE_OF_OTHERS = re.compile(r"^#\+title:[ \t]*(?=\S)", re.MULTILINE | re.IGNORECASE)
# « * Où ? » of Org, where its title stands above
_HEADING_OF_ORG = re.compile(r"^\*{1,3}[ \t]+(?=\S.*\?[ \t]*$)", re.MULTILINE)
_QUOTE_FENCE = re.compile(r"_{4,}[ \t]*")
_ASIDE = re.compile(r"</?aside\b[^<>]*>", re.IGNORECASE)
_EMPHASIS = re.compile(r"\*(?=\S)([^*]+)(?<=\S)\*|(?<!\w)_(?=\S)([^_]+)(?<=\S)_(?!\w)|~~([^~]+)~~")

_INLINE_MARKUP = re.compile(r"[\\`*_\[\]<~]|&(?=#|[A-Za-z])")
_LINE_MARKUP = re.compile(r"(?:[#>]|[-+](?=[ -]|$)|(?P<number>[0-9]{1,9})(?=[.)](?: |$)))")


def blocks_from_markdown(text: str) -> Iterator[ArticleBlock]:
    """The blocks of a Markdown text. Line breaks that were not made by an editor's word wrap
    separate blocks, as in plain text.
    """
    text = _PRIVATE_USE.sub("", "\n".join(text.splitlines()))
    text = _ESCAPE.sub(lambda escape: _hide(escape[1]), text)
    # Front matter gives the title; its lines are left empty, so that line numbers stay correct.
    front = _FRONT_MATTER.match(text)
    if front:
        yield from _front_blocks(front["fields"] or front["toml"] or "")
        text = "\n" * front[0].count("\n") + text[front.end() :]
    lines = [
        line.strip() for line in _without_notes_and_tables(_without_comments(text).split("\n"))
    ]
    width = editor_width(lines)
    paragraph: _Paragraph | None = None
    boxed, after_picture = False, False
    for number, line in enumerate(lines, 1):
        following = lines[number] if number < len(lines) else ""
        # A line continues a paragraph, is a heading or not text, or begins a paragraph.
        if paragraph is not None:
            paragraph.lines.append(line)
        elif heading := _HEADING.match(line):
            yield from _blocks(
                _CLOSING_SIGNS.sub("", line[heading.end() :].strip()), number, level=heading.end()
            )
            continue
        elif not line or _RULE_OR_FENCE.fullmatch(line) or _DEFINITION.fullmatch(line):
            continue
        elif aside := _ASIDE.fullmatch(line):
            boxed = not aside[0].startswith("</")
            continue
        else:
            paragraph = _begun_paragraph(line, number)
        # The next line may underline it, which makes it a heading, or continue it.
        if _UNDERLINE.fullmatch(following) and paragraph.may_be_heading:
            level = 1 if following.startswith("=") else 2
            yield from _blocks(paragraph.lines[0], paragraph.start, level=level)
            lines[number] = ""
            paragraph = None
        elif not (
            _continues_quote(following)
            if paragraph.quoted
            else was_hard_wrapped(line, following, width) and not _starts_block(following)
        ):
            source = paragraph.source
            yield from _blocks(
                source,
                paragraph.start,
                quoted=paragraph.quoted,
                listed=paragraph.listed,
                item=paragraph.item,
                boxed=boxed,
                after_picture=after_picture,
            )
            after_picture = _IMAGE.search(source) is not None and not has_words(
                _IMAGE.sub("", source)
            )
            paragraph = None


class _Paragraph(NamedTuple):
    """A paragraph while it is parsed: its first line's number, its lines, and its kind."""

    start: int
    lines: list[str]
    quoted: bool
    listed: bool
    item: bool

    @property
    def may_be_heading(self) -> bool:
        return (
            not self.quoted and len(self.lines) == 1 and 0 < len(self.lines[0]) <= _MAX_UNDERLINED
        )

    @property
    def source(self) -> str:
        """Its lines joined, without the marks of a quotation."""
        return " ".join(part.lstrip("> \t") if self.quoted else part for part in self.lines)


def _begun_paragraph(line: str, number: int) -> _Paragraph:
    quoted = line.startswith(">")
    bare = line.lstrip("> \t") if quoted else line
    return _Paragraph(
        number,
        [_ITEM.sub("", bare, count=1)],
        quoted,
        _NUMBERED_ITEM.match(bare) is not None,
        _ITEM.match(bare) is not None,
    )


def _front_blocks(fields: str) -> Iterator[ArticleBlock]:
    """Title, number and guests of front matter, as lines of an article."""
    if title := _FRONT_TITLE.search(fields):
        text = title["title"]
        number = _FRONT_NUMBER.search(fields)
        if number and read_title_line(text) is None:
            text = f"Épisode {number['number']} – {text}"
        yield from blocks_from_runs([(text, ORDINARY)], "front matter", level=1)
    if guests := _FRONT_GUESTS.search(fields):
        names = [name.strip(" \t\"'-") for name in re.split(r"[\n,\[\]]", guests["names"])]
        for name in filter(has_words, names):
            yield from blocks_from_runs([(f"Invité : {name}", ORDINARY)], "front matter")


def markdown_from_article(article: Article) -> str:
    """``article.md`` of an article. Reading it gives the same article back.

    It holds for every article whose texts are clean (``clean_text`` changes nothing), whose
    questions start with no 💬, whose speakers are its guests or its host, and whose credit is one.
    """
    names = list(article.guests)
    if article.credit and (host := credit_host(article.credit)):
        names.append(host)
    parts = [_opening_line(text) for text in article.preamble]
    parts.append(f"# {_title_line(article)}")
    if article.guests != guests_from_title(article.title):
        parts += [_escape(f"Invité : {guest}") for guest in article.guests] or ["Invité :"]
    if article.quote is not None:
        parts.append(f"> « {_escape(article.quote)} »")
    parts += [_opening_line(text) for text in article.introduction]
    for exchange in article.exchanges:
        parts.append(f"## 💬 {_escape_heading(exchange.question)}")
        for paragraph in exchange.answer:
            if paragraph.speaker is not None:
                parts.append(_escape(f"{paragraph.speaker} : {paragraph.text}"))
            else:
                parts.append(
                    _as_words(_escape(paragraph.text))
                    if has_part_in_answer(paragraph.text, names)
                    else _escape(paragraph.text)
                )
    if article.credit is not None:
        parts.append(_escape(article.credit))
    return "\n\n".join(parts) + "\n"


def markdown_from_other_markup(text: str) -> str:
    """A text in AsciiDoc, Textile or the markup of a wiki, with headings and block quotes as in
    Markdown. Each line is still at its number.
    """
    if _WIKI_LINE.search(text):
        text = _WIKI_LINE.sub(
            lambda line: (
                f"## {line['heading']}"
                if line["heading"]
                else f"**{line['bold'] or line['strong']}**"
            ),
            _WIKI_BRACKETS.sub("", text),
        )
    if _TITLE_OF_OTHERS.search(text):
        text = _HEADING_OF_ORG.sub("## ", _TITLE_OF_OTHERS.sub("# ", text))
    text = _HEADINGS_OF_OTHERS.sub(
        lambda line: f"{'#' * (len(line['signs'] or '') or int(line['level']))} {line['text']}",
        _FIELDS_OF_OTHERS.sub("", text),
    )
    quoted = False
    lines = []
    for line in text.split("\n"):
        if _QUOTE_FENCE.fullmatch(line):
            quoted = not quoted
            lines.append("")
        else:
            lines.append(f"> {line}" if quoted else line)
    return "\n".join(lines)


def has_headings(text: str) -> bool:
    """Whether a text has Markdown's headings, the title and one more at least."""
    return len(_ATX_HEADING.findall(text)) > 1 and _ATX_TITLE.search(text) is not None


def is_other_markup(text: str) -> bool:
    """Whether a text has headings or bold lines of wikis, AsciiDoc or Textile."""
    return (
        _TITLE_OF_OTHERS.search(text) is not None
        or len(_HEADINGS_OF_OTHERS.findall(text)) >= _FEWEST_WIKI_LINES
        or len(_WIKI_LINE.findall(text)) >= _FEWEST_WIKI_LINES
    )


def without_dialects(text: str) -> str:
    """The text without what sites and notebooks add to Markdown: kramdown's « {: .lead} » and the
    list that « {:toc} » replaces, highlights, names of paragraphs, lines of links and tags, boxes
    between « :::info » and « ::: », « title:: X », headings in a list, lines marked « ::so:: ».
    Each line is still at its number.
    """
    text = _MODULE.sub("", text)
    text = _ATTRIBUTES.sub("", _CONTENTS_LIST.sub("\n", text))
    text = _CITATION.sub("", _BOX.sub(_without_fences, _FIELD_OF_NOTEBOOK.sub("", text)))
    text = _TASK.sub("", _ADMONITION.sub(_without_admonition, text))
    text = _MARKED_LINE.sub(r"**\1**", _HEADING_IN_LIST.sub("", text))
    return _HIGHLIGHT.sub(r"\1", _ANCHOR.sub("", _LINKS_AND_TAGS.sub("", text)))


def _without_admonition(box: re.Match[str]) -> str:
    """A question with its answer, a quotation, or nothing; the number of lines is unchanged."""
    lines = [line.removeprefix("\t").removeprefix("    ") for line in box["lines"].split("\n")]
    if _BOX_OF_QUESTION.fullmatch(box["names"]) and box["title"]:
        return "\n".join([f"**{box['title']}**", *lines])
    if box["names"] in {"quote", "cite"}:
        return "\n".join(["", *(f"> {line}" if line.strip() else "" for line in lines)])
    return "\n" * box[0].count("\n")


def _without_fences(box: re.Match[str]) -> str:
    """The text between two fences if they mark a question or a part of the text, else nothing; the
    number of lines is unchanged.
    """
    lines = box["lines"].splitlines()
    if _BOX_OF_QUESTION.search(box["names"]):
        lines = [f"**{line.strip()}**" if has_words(line) else line for line in lines]
    elif not _BOX_OF_TEXT.match(box["names"]):
        lines = [""] * len(lines)
    return "\n".join(["", *lines, ""])


def _without_comments(text: str) -> str:
    """The text without HTML comments, each line still at its number."""
    pieces: list[str] = []
    place = 0
    while (start := text.find("<!--", place)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        pieces += [text[place:start], "\n" * text.count("\n", start, end)]
        place = end + 3
    return "".join([*pieces, text[place:]])


def _without_notes_and_tables(lines: list[str]) -> list[str]:
    """The lines with footnotes and tables emptied, each line still at its number."""
    kept = list(lines)
    in_note = False
    for place, line in enumerate(lines):
        if _FOOTNOTE.match(line):
            in_note = True
        elif in_note:
            # A note ends with its paragraph; further paragraphs of it are indented.
            in_note = not line.strip() or line.startswith("    ") or bool(lines[place - 1].strip())
        if in_note:
            kept[place] = ""
        if _TABLE_RULE.fullmatch(line) and place and "|" in lines[place - 1]:
            end = place + 1
            while end < len(lines) and "|" in lines[end]:
                end += 1
            if not any(
                is_marked(cell) or "?" in cell
                for row in lines[place - 1 : end]
                for cell in row.split("|")
            ):
                kept[place - 1 : end] = [""] * (end - place + 1)
                lines = [*lines[: place - 1], *kept[place - 1 : end], *lines[end:]]
    return kept


def _starts_block(line: str) -> bool:
    return (
        not line
        or line.startswith(">")
        or _says_only_words(line)
        or is_marked(line)
        or any(pattern.match(line) for pattern in (_HEADING, _ITEM))
        or _RULE_OR_FENCE.fullmatch(line) is not None
    )


def _continues_quote(line: str) -> bool:
    """Whether a line continues the block quote above it: not an empty line or an attribution."""
    return line.startswith(">") and line.lstrip("> \t")[:1] not in {"", "-", "–", "—"}


def _says_only_words(source: str) -> bool:
    return source.startswith("\\") or "\ue000" <= source[:1] <= "\ue0ff"


def _blocks(
    source: str,
    line: int,
    *,
    level: int | None = None,
    quoted: bool = False,
    listed: bool = False,
    item: bool = False,
    boxed: bool = False,
    after_picture: bool = False,
) -> Iterator[ArticleBlock]:
    """The blocks of one paragraph or heading, in Markdown whose escaped signs are hidden.

    :param after_picture: it follows a picture directly: in italics, it is the picture's legend.
    """
    plain = _says_only_words(source)
    # A backslash at the end of a line is a hard break; the line ends here anyway.
    runs = _runs(source.removeprefix("\\").removesuffix("\\"))
    for index, block in enumerate(
        blocks_from_runs(
            runs,
            message("line {line}", line=line),
            level=level,
            quoted=quoted,
            listed=listed,
            item=item,
            boxed=boxed,
        )
    ):
        if after_picture and block.look.italic:
            yield replace(block, legend=True)
        else:
            yield replace(block, plain=True) if plain and index == 0 else block


def _runs(text: str) -> Iterator[Run]:
    """Inline Markdown as runs: links become their text, footnote marks and tags are removed."""
    text = _CODE.sub(lambda code: _hide(code[2]), text)
    text = _ENTITY.sub(lambda entity: _hide(html.unescape(entity[0])), text)
    text = _INLINE_NOTE.sub("", _FOOTNOTE_MARK.sub("", text))
    text = _NOTEBOOK_LINK.sub(lambda link: "" if link[0].startswith("!") else link[1], text)
    text = _LINK.sub(
        r"\1", _IMAGE.sub(lambda image: image[1] if not has_words(image[1]) else "", text)
    )
    text = _ADDRESS.sub(lambda address: _hide(address[1]), text)
    text = _BOLD_TAG.sub(
        lambda tag: _BOLD_OFF if tag[1] else _BOLD_ON, _TAG_OF_A_BREAK.sub("\n", text)
    )
    text = _ITALIC_TAG.sub(lambda tag: _ITALIC_OFF if tag[1] else _ITALIC_ON, text)
    text = _TAG.sub("", text)
    loose = _LOOSE_BOLD.fullmatch(text)
    text = (
        f"{_BOLD_ON}{loose[2]}{_BOLD_OFF}"
        if loose
        else _BOLD.sub(lambda bold: f"{_BOLD_ON}{bold[1] or bold[2]}{_BOLD_OFF}", text)
    )
    text = _EMPHASIS.sub(_emphasised, text)
    bold = italic = False
    for piece in re.split(f"([{_BOLD_ON}{_BOLD_OFF}{_ITALIC_ON}{_ITALIC_OFF}])", text):
        if piece in {_BOLD_ON, _BOLD_OFF}:
            bold = piece == _BOLD_ON
        elif piece in {_ITALIC_ON, _ITALIC_OFF}:
            italic = piece == _ITALIC_ON
        elif piece:
            yield _show(piece), Formatting(bold=bold, italic=italic)


def _emphasised(emphasis: re.Match[str]) -> str:
    inside = emphasis[1] or emphasis[2]
    return f"{_ITALIC_ON}{inside}{_ITALIC_OFF}" if inside else ""  # struck out


def _hide(text: str) -> str:
    return "".join(
        chr(_HIDDEN + ord(sign)) if sign in string.punctuation else sign for sign in text
    )


def _show(text: str) -> str:
    return _HIDDEN_SIGN.sub(lambda sign: chr(ord(sign[0]) - _HIDDEN), text)


def _title_line(article: Article) -> str:
    if article.number is not None:
        return _escape_heading(f"Épisode {article.number} – {article.title}")
    title = _escape_heading(article.title)
    is_other = (
        read_title_line(article.title)
        or is_marked(article.title)
        or is_credit(article.title)
        or not has_words(article.title)
    )
    return _as_words(title) if is_other else title


def _opening_line(text: str) -> str:
    return _as_words(_escape(text)) if has_part_in_opening(text) else _escape(text)


def _as_words(markdown: str) -> str:
    return markdown if markdown.startswith("\\") else f"\\{markdown}"


def _escape_heading(text: str) -> str:
    return _INLINE_MARKUP.sub(r"\\\g<0>", text).replace("#", "\\#")


def _escape(text: str) -> str:
    """The text escaped as one line of Markdown."""
    escaped = _INLINE_MARKUP.sub(r"\\\g<0>", text)
    match = _LINE_MARKUP.match(escaped)
    if not match:
        return escaped
    return f"{match['number']}\\{escaped[match.end() :]}" if match["number"] else f"\\{escaped}"
