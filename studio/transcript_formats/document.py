"""Word documents for corrections and layout; `article/` reads such files."""

from __future__ import annotations

import datetime
import io
import itertools
import re
import zipfile
from collections.abc import Iterable

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from studio.captions.speaker_labels import UNKNOWN
from studio.model.chapters import Chapters
from studio.model.turns import Turn
from studio.text.typography import set_text
from studio.transcript_formats.lines import Line

_MARGIN_CM = 2.5
_SMALL_PT = 8
_EPOCH = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
# Characters that XML forbids.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def document_from_lines(lines: Iterable[Line], title: str, note: str, language: str) -> bytes:
    """A .docx for review: questions as headings, small times, bold names, wide line spacing.
    Deterministic.

    :param note: a line for the reader.
    """
    document = docx.Document()
    document.core_properties.title = title
    document.core_properties.author = ""
    document.core_properties.comments = ""
    document.core_properties.created = document.core_properties.modified = _EPOCH
    for section in document.sections:
        section.left_margin = section.right_margin = Cm(_MARGIN_CM)
    normal = document.styles["Normal"]
    normal.font.size = Pt(11)
    normal.paragraph_format.line_spacing = 1.4
    tongue = OxmlElement("w:lang")
    tongue.set(qn("w:val"), language)
    normal.element.get_or_add_rPr().append(tongue)
    document.add_heading(_written(title), 0)
    # A heading, so that it is not imported as a passage.
    document.add_heading(_written(note), 6)
    for line in lines:
        if line.is_heading:
            document.add_heading(_written(line.text), 2)
            continue
        paragraph = document.add_paragraph()
        stamp = paragraph.add_run(f"[{line.stamp}] ")
        stamp.font.size = Pt(_SMALL_PT)
        stamp.font.color.rgb = RGBColor(0x59, 0x59, 0x59)
        paragraph.add_run(f"{_written(line.speaker)} : ").bold = True
        _add_text(document, paragraph, line)
    stream = io.BytesIO()
    document.save(stream)
    return _undated(stream)


def _add_text(document: Document, paragraph: Paragraph, line: Line) -> None:
    """Add the text of a line, with its notes as comments on their words."""
    edges = sorted({0, len(line.text), *(at for note in line.notes for at in note[:2])})
    runs: dict[int, Run] = {
        start: paragraph.add_run(_written(line.text[start:end]))
        for start, end in itertools.pairwise(edges)
    }
    for note in line.notes:
        inside = [run for start, run in runs.items() if note.start <= start < note.end]
        if not inside:
            continue
        comment = document.add_comment(inside, author=_written(note.author), initials="")
        for number, text in enumerate(note.paragraphs):
            own = comment.add_paragraph() if number else comment.paragraphs[0]
            own.add_run(_written(text))
        # For deterministic output: python-docx uses the current time.
        comment._comment_elm.set(qn("w:date"), _second_of(note.at))


def _second_of(at: str) -> str:
    """A time in Word's format: UTC, in whole seconds."""
    try:
        moment = datetime.datetime.fromisoformat(at).astimezone(datetime.UTC)
    except (ValueError, OverflowError):  # the year 1 would be before it in UTC
        moment = _EPOCH
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


# The paragraph styles that a layout program maps to its own.
SPEAKER_STYLE, SPEECH_STYLE = "Locuteur", "Parole"


def layout_document(turns: Iterable[Turn], chapters: Chapters, title: str, language: str) -> bytes:
    """A .docx for a layout program (InDesign, Affinity, Scribus): the episode's text in named
    styles, without direct formatting. Deterministic.

    :param turns: the turns of the episode, on the programme clock.
    :param chapters: their titles are headings, before the first turn that starts at their time or
        later.
    """
    document = docx.Document()
    document.core_properties.title = title
    document.core_properties.author = document.core_properties.comments = ""
    document.core_properties.created = document.core_properties.modified = _EPOCH
    for name in (SPEAKER_STYLE, SPEECH_STYLE):
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Normal"]
    document.add_heading(_set(title, language), 0)
    waiting = list(chapters.chapters)
    speaker: str | None = None
    for turn in turns:
        while waiting and waiting[0].start_ms <= turn.end_ms:
            document.add_heading(_set(waiting.pop(0).title, language), 1)
            speaker = None
        if turn.speaker != speaker:
            document.add_paragraph(_set(turn.speaker or UNKNOWN, language), SPEAKER_STYLE)
            speaker = turn.speaker
        document.add_paragraph(_set(turn.text, language), SPEECH_STYLE)
    stream = io.BytesIO()
    document.save(stream)
    return _undated(stream)


def _set(text: str, language: str) -> str:
    return set_text(_written(text), language)


def _undated(stream: io.BytesIO) -> bytes:
    """The archive without modification times, for deterministic output."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(stream) as source,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for member in source.infolist():
            part = zipfile.ZipInfo(member.filename)
            part.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(part, source.read(member))
    return packed.getvalue()


def _written(text: str) -> str:
    return _UNWRITABLE.sub("", text)
