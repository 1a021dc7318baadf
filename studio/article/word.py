"""The adapter of python-docx: all paragraphs of a Word document as blocks, with every tracked
change accepted.
"""

from __future__ import annotations

import functools
import io
import logging
import operator
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import cast

import docx
from docx.document import Document
from docx.oxml.text.run import CT_R
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.styles.style import BaseStyle
from docx.text.paragraph import Paragraph
from docx.text.run import Run as WordRun

from studio.article.block import ArticleBlock, Formatting, Run, blocks_from_runs
from studio.article.characters import clean_text
from studio.article.illustration import Illustration
from studio.article.quotation import read_quotation
from studio.article.strict import plain_document
from studio.article.symbols import character_of_symbol
from studio.article.tables import are_facts
from studio.article.word_parts import (
    bases_of_ruby,
    frame_of_paragraph,
    is_contents,
    is_in_text_box,
    is_prompt,
)
from studio.errors import ArticleError
from studio.log import steps_of
from studio.messages.message import message
from studio.text.number_parsing import whole_number

_logger = logging.getLogger(__name__)

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_MIN_PICTURE_BYTES = 2048  # smaller ones are icons
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
# Ignored: properties, text that a tracked change deleted, the older copy of a text box. What text
# has where nobody chose a style, in Word's own words (python-docx gives these in every language)
# and LibreOffice's.
_ORDINARY_STYLES = frozenset(
    {"Normal", "Default Paragraph Font", "Body Text", "List Paragraph", "Standard", "Text body"}
)
_UNREAD = frozenset(
    [f"{_W}{tag}" for tag in ("pPr", "rPr", "del", "moveFrom", "txbxContent")] + [f"{_MC}Fallback"]
)
_BREAKS = frozenset(f"{_W}{tag}" for tag in ("br", "cr"))
_SYMBOL_EXTENSION = "{http://schemas.microsoft.com/office/word/2015/wordml/symex}symEx"
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
# Word's, LibreOffice's and pandoc's.
_QUOTATION_STYLES = frozenset(
    ["quote", "intense quote", "citation", "citation intense", "quotations", "block text"]
)
_LEGEND_STYLES = frozenset({"caption", "légende", "legende"})
_OLDER_WORD = b"\xd0\xcf\x11\xe0"
# Pictures are packed as they are: a document unpacks to little more than the 64 MiB that it may
# have.
_MAX_UNPACKED_BYTES = 128 * 1024 * 1024
_MAX_PARTS = 5_000
# lxml and python-docx need about 500 bytes for a tag with its attributes; a text of 100 pages has
# about 50,000 tags.
_MAX_TAGS = 400_000
_MAX_XML_BYTES = 32 * 1024 * 1024
_PIECE_BYTES = 1 << 20
# Maximum length of a chain of base styles: more than Word makes.
_MAX_CHAIN = 20
# An XML part begins with one of these; otherwise it cannot be parsed, whatever its name and type.
_XML_STARTS = (b"<", b" ", b"\t", b"\r", b"\n", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0")
_SAVE_AGAIN = message("Open it in Word or LibreOffice and save it again as .docx.")


def blocks_from_word(content: bytes, where: object) -> Iterator[ArticleBlock]:
    """The blocks of a .docx file.

    Paragraphs in tables and text boxes come at the place of these; those in a table of several rows
    and columns are marked as such. Headers, footers, notes, comments and hidden text are left out.

    :raises ArticleError: the bytes are not such a document, are damaged, or unpack to far more than
        an article.
    """
    document = _open(content, where)
    try:
        yield from _blocks(document)
    except Exception as error:
        # python-docx reads some parts lazily, and raises any exception for damage in them.
        _logger.info("%s", steps_of(error))
        raise ArticleError(
            where,
            message("is a damaged Word document ({fault})", fault=type(error).__name__),
            _SAVE_AGAIN,
        ) from None


def _blocks(document: Document) -> Iterator[ArticleBlock]:
    # python-docx goes through all styles of a document each time that it is asked for one.
    document.part.get_style = functools.cache(document.part.get_style)  # type: ignore[method-assign]

    held: list[Run] = []
    tables: dict[BaseOxmlElement, bool] = {}
    elements = (
        p
        for p in document.element.body.iter(f"{_W}p")
        if not any(a.tag == f"{_MC}Fallback" for a in p.iterancestors())
    )
    for number, element in enumerate(elements, 1):
        paragraph = Paragraph(element, document)
        held.extend(_runs(element, paragraph))
        if _is_joined_to_next(element):
            continue
        style = paragraph.style
        names = [link.name or "" for link in _chain(style)]
        if is_contents(element, names) or is_prompt(element):
            held = []
            continue
        boxed = is_in_text_box(element)
        form = _list_form(element, style, document)
        blocks = list(
            blocks_from_runs(
                held,
                message("paragraph {number}", number=number),
                level=_level(element, style),
                quoted=_is_quotation_style(style),
                listed=form not in {None, "bullet", "none"},
                item=form is not None,
                tabular=_is_in_table(element, tables),
                legend=any(name.lower() in _LEGEND_STYLES for name in names),
            )
        )
        if boxed:
            blocks = [_as_pull_quote(replace(block, boxed=True)) for block in blocks]
        yield from blocks
        held = []
    yield from blocks_from_runs(held, message("last paragraph"))


def picture_of_word(content: bytes, where: object) -> Illustration | None:
    """The first picture of the document's text, with its description.

    :raises ArticleError: as :func:`blocks_from_word`.
    """
    document = _open(content, where)
    for blip in document.element.body.iter(f"{_A}blip"):
        part = document.part.related_parts.get(blip.get(f"{_R}embed") or "")
        drawing = next(
            (parent for parent in blip.iterancestors() if parent.tag == f"{_W}drawing"), None
        )
        found = None if drawing is None else next(drawing.iter(f"{_WP}docPr"), None)
        if part is not None and len(part.blob) >= _MIN_PICTURE_BYTES:
            return Illustration(
                part.blob,
                part.partname.lstrip("/"),
                alt="" if found is None else found.get("descr") or "",
            )
    return None


def _damaged(where: object, error: Exception) -> ArticleError:
    return ArticleError(
        where,
        message("is not a Word document, or a damaged one ({fault})", fault=type(error).__name__),
        _SAVE_AGAIN,
    )


def _open(content: bytes, where: object) -> Document:
    if content.startswith(_OLDER_WORD):
        raise ArticleError(
            where,
            message("is an older Word file, or has a password"),
            message("Open it in Word and save it as .docx without a password."),
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_size(archive, where)
    except ArticleError:
        raise
    except Exception as error:
        # zipfile raises for damage BadZipFile, zlib.error, EOFError, NotImplementedError (a
        # packing it does not know), RuntimeError.
        raise _damaged(where, error) from None

    try:
        document = docx.Document(io.BytesIO(plain_document(content)))
    except Exception as error:
        # python-docx raises for damage whatever its parts raise: KeyError, AttributeError, lxml's
        # and zlib's errors.
        raise _damaged(where, error) from None
    if document.element.getroottree().docinfo.doctype:
        # Its entities are not read, so that words could be missing; no program writes one.
        raise ArticleError(
            where,
            message("holds a document type declaration, which no Word document has"),
            _SAVE_AGAIN,
        )
    return document


def _check_size(archive: zipfile.ZipFile, where: object) -> None:
    """Refuse a file that unpacks to far more than an article, before it is processed: parts are
    unpacked piece by piece and counted.

    :raises ArticleError: there are too many parts, bytes, tags or attributes.
    """
    parts = archive.infolist()
    unpacked_bytes = sum(part.file_size for part in parts)
    if unpacked_bytes > _MAX_UNPACKED_BYTES or len(parts) > _MAX_PARTS:
        raise ArticleError(
            where,
            message(
                "unpacks to {unpacked_bytes} MiB in {count} parts, too much for an article",
                unpacked_bytes=unpacked_bytes // 1024**2,
                count=len(parts),
            ),
            _SAVE_AGAIN,
        )
    xml_bytes = tags = 0
    for part in parts:
        with archive.open(part) as unpacked:
            piece = unpacked.read(_PIECE_BYTES)
            is_xml = piece.startswith(_XML_STARTS)
            while is_xml and piece:
                xml_bytes += len(piece)
                # Each tag has one bracket (an end tag counts as well), each attribute one sign of
                # equality.
                tags += piece.count(b"<") + piece.count(b"=")
                if tags > _MAX_TAGS or xml_bytes > _MAX_XML_BYTES:
                    raise ArticleError(
                        where,
                        message("unpacks to far more tags or text than an article has"),
                        _SAVE_AGAIN,
                    )
                piece = unpacked.read(_PIECE_BYTES)


def _runs(element: BaseOxmlElement, paragraph: Paragraph) -> Iterator[Run]:
    """The text of a paragraph and whether it is bold, also inside links, fields, content controls
    and accepted insertions.
    """
    dress = _paragraph_dress(paragraph)
    for child in cast("list[BaseOxmlElement]", list(element)):
        if child.tag == f"{_W}r":
            run = WordRun(cast("CT_R", child), paragraph)
            struck_out = _said(run.font, "strike") or _said(run.font, "double_strike")
            if not struck_out and not _setting(run, None, "hidden"):
                text = "".join(_characters(child))
                # A raised number is a footnote's mark or a power: as a character of its own it is
                # distinguished from other numbers.
                raised = _setting(run, None, "superscript") and text.strip().isdecimal()
                yield (
                    text.translate(_RAISED) if raised else text,
                    _look(run, paragraph.style, dress),
                )
        elif child.tag not in _UNREAD and not is_prompt(child):
            yield from _runs(child, paragraph)


def _characters(run: BaseOxmlElement) -> Iterator[str]:
    for child in cast("list[BaseOxmlElement]", list(run)):
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in _BREAKS:
            yield "\n"
        elif child.tag in {f"{_W}tab", f"{_W}ptab"}:
            yield "\t"
        elif child.tag == f"{_W}noBreakHyphen":
            yield "-"
        elif child.tag == f"{_W}sym":
            yield character_of_symbol(child.get(f"{_W}font") or "", child.get(f"{_W}char") or "")
        elif child.tag == _SYMBOL_EXTENSION:
            namespace = child.tag.removesuffix("symEx")
            yield character_of_symbol(
                child.get(f"{namespace}font") or "", child.get(f"{namespace}char") or ""
            )
        elif child.tag == f"{_W}ruby":
            yield from (text for base in bases_of_ruby(child) for text in _characters(base))
        elif child.tag == f"{_MC}AlternateContent":
            # Word stores an emoji that is typed there so: the choice for new programs, the fallback
            # for others.
            branches = [
                "".join(_characters(branch))
                for branch in cast("list[BaseOxmlElement]", list(child))
            ]
            yield next(filter(None, branches), "")


def _look(run: WordRun, paragraph_style: BaseStyle | None, paragraph_dress: str) -> Formatting:
    """The formatting of a run. A size or colour is only given if the run or its style sets one.

    :param paragraph_dress: the formatting of its paragraph.
    """
    return Formatting(
        bold=bool(_setting(run, paragraph_style, "bold")),
        italic=bool(_setting(run, paragraph_style, "italic")),
        underlined=bool(_setting(run, paragraph_style, "underline")),
        colour=_colour(_setting(run, paragraph_style, "color.rgb"))
        or _theme_colour(_setting(run, paragraph_style, "color.theme_color")),
        highlight=str(_setting(run, paragraph_style, "highlight_color") or "") or _shading(run),
        size=str(_setting(run, paragraph_style, "size") or ""),
        named=" ".join(filter(None, (paragraph_dress, *_dress(run)))),
    )


def _dress(run: WordRun) -> Iterator[str]:
    """The other formatting of a run: its style, font, capitals."""
    yield _style_name(run.style)
    yield str(_said(run.font, "name") or "")
    yield "small capitals" if _said(run.font, "small_caps") else ""
    yield "capitals" if _said(run.font, "all_caps") else ""


def _paragraph_dress(paragraph: Paragraph) -> str:
    """A paragraph's own formatting: its style, and its layout on the page."""
    return " ".join(filter(None, (_style_name(paragraph.style), frame_of_paragraph(paragraph._p))))


def _style_name(style: BaseStyle | None) -> str:
    """The name of a style that a person chose; empty for the one that any text has."""
    name = str(getattr(style, "name", None) or "")
    return "" if name in _ORDINARY_STYLES else name


def _colour(rgb: object) -> str:
    return "" if rgb is None or str(rgb) == "000000" else str(rgb)


def _theme_colour(theme: object) -> str:
    """A colour of the document's theme; none for those of ordinary text on its ground."""
    name = str(theme or "").split(" ")[0].lower()
    return "" if name.startswith(("text", "dark", "background", "light")) else name


def _shading(run: WordRun) -> str:
    """The colour behind a run; empty if none is set."""
    shading = run._r.find(f"{_W}rPr/{_W}shd")
    fill = "" if shading is None else str(shading.get(f"{_W}fill") or "")
    return "" if fill.lower() in {"", "auto", "ffffff"} else fill


def _setting(run: WordRun, paragraph_style: BaseStyle | None, name: str) -> object:
    """A formatting property, set by the run itself, else by its character style, else by its
    paragraph's style, or their bases.
    """
    said = _said(run.font, name)
    if said is not None:
        return said
    for first in (run.style, paragraph_style):
        for style in _chain(first):
            said = _said(style.font, name)  # type: ignore[attr-defined]
            if said is not None:
                return said
    return None


def _said(font: object, name: str) -> object:
    """A font's own setting; None if a damaged document has an impossible value."""
    try:
        return operator.attrgetter(name)(font)
    except (ValueError, KeyError, AttributeError):
        return None


def _chain(style: BaseStyle | None) -> list[BaseStyle]:
    """The style and the styles that it is based on. In a damaged document they may form a cycle or
    a very long chain. The result is cached with the style.
    """
    if style is not None and "studio_chain" in vars(style):
        known: list[BaseStyle] = vars(style)["studio_chain"]
        return known
    first = style
    chain: list[BaseStyle] = []
    while (
        style is not None
        and len(chain) < _MAX_CHAIN
        and style.style_id not in {known.style_id for known in chain}
    ):
        chain.append(style)
        style = getattr(style, "base_style", None)
    if first is not None:
        vars(first)["studio_chain"] = chain
    return chain


def _level(element: BaseOxmlElement, style: BaseStyle | None) -> int | None:
    """The heading level: 0 for the document's title, 1 to 9, None for ordinary text. Style names
    are English inside every file.
    """
    outline = element.find(f"{_W}pPr/{_W}outlineLvl")
    chain = _chain(style)
    for name in (link.name or "" for link in chain):
        if name == "Title":
            return 0
        if name.lower().startswith("heading ") and (level := whole_number(name[8:])) is not None:
            return level
    for owner in chain:
        if outline is None:
            outline = owner.element.find(f"{_W}pPr/{_W}outlineLvl")
    level = None if outline is None else whole_number(outline.get(f"{_W}val") or "")
    return level + 1 if level is not None and level < 9 else None


def _list_form(element: BaseOxmlElement, style: BaseStyle | None, document: Document) -> str | None:
    """The format of the list of this item, set by the paragraph or its style: « decimal », « bullet
    », empty if the document does not define it; None for other paragraphs.
    """
    owners = [
        element.find(f"{_W}pPr/{_W}numPr"),
        *(link.element.find(f"{_W}pPr/{_W}numPr") for link in _chain(style)),
    ]
    numbering = next((owner for owner in owners if owner is not None), None)
    identity = None if numbering is None else numbering.find(f"{_W}numId")
    if identity is None or identity.get(f"{_W}val") in {None, "0"}:
        return None
    level = numbering.find(f"{_W}ilvl") if numbering is not None else None
    return _numbering_form(
        document, identity.get(f"{_W}val"), "0" if level is None else level.get(f"{_W}val")
    )


def _numbering_form(document: Document, identity: str | None, level: str | None) -> str:
    """« decimal », « bullet », … as the document's numbering part says; empty where it has none."""
    try:
        numbering = document.part.numbering_part.element
    except (KeyError, NotImplementedError):
        return ""
    for number in numbering.findall(f"{_W}num"):
        abstract = number.find(f"{_W}abstractNumId")
        if number.get(f"{_W}numId") != identity or abstract is None:
            continue
        for form in numbering.findall(f"{_W}abstractNum"):
            if form.get(f"{_W}abstractNumId") != abstract.get(f"{_W}val"):
                continue
            for one in form.findall(f"{_W}lvl"):
                found = one.find(f"{_W}numFmt")
                if one.get(f"{_W}ilvl") == level and found is not None:
                    return str(found.get(f"{_W}val"))
    return ""


def _is_in_table(element: BaseOxmlElement, known: dict[BaseOxmlElement, bool]) -> bool:
    """Whether it is in a table of facts: a layout table does not count.

    :param known: the tables already examined, and whether they contain facts.
    """
    table = cast(
        "BaseOxmlElement | None",
        next((one for one in element.iterancestors() if one.tag == f"{_W}tbl"), None),
    )
    if table is None:
        return False
    if table not in known:
        known[table] = _holds_facts(table)
    return known[table]


def _holds_facts(table: BaseOxmlElement) -> bool:
    rows = [
        [
            clean_text("".join(text.text or "" for text in cell.iter(f"{_W}t")))
            for cell in row.findall(f"{_W}tc")
        ]
        for row in table.findall(f"{_W}tr")
    ]
    return are_facts(rows)


def _is_quotation_style(style: BaseStyle | None) -> bool:
    return any((link.name or "").lower() in _QUOTATION_STYLES for link in _chain(style))


def _is_joined_to_next(element: BaseOxmlElement) -> bool:
    """Whether a tracked change removed the end of this paragraph, or it is the drop cap of the next
    one.
    """
    frame = element.find(f"{_W}pPr/{_W}framePr")
    if frame is not None and frame.get(f"{_W}dropCap") in {"drop", "margin"}:
        return True
    mark = element.find(f"{_W}pPr/{_W}rPr")
    return mark is not None and any(
        mark.find(f"{_W}{change}") is not None for change in ("del", "moveFrom")
    )


def _as_pull_quote(block: ArticleBlock) -> ArticleBlock:
    return replace(block, quoted=True) if read_quotation(block.text) else block
