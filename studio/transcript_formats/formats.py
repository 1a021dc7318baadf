"""The formats of transcripts that are exported and imported: one entry each.

Readable caption formats are added automatically from :mod:`studio.captions.formats`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from studio.article.block import ArticleBlock
from studio.article.encoding import text_from_bytes
from studio.captions.formats import CAPTION_FORMATS, CaptionFormat, Reader
from studio.captions.podcast_json import cues_from_podcast_json
from studio.captions.source import CaptionSource
from studio.errors import WorkspaceError
from studio.messages.message import message
from studio.model.clock import Programme, RecordingMs, Span
from studio.model.margin_note import MarginNote
from studio.model.plain_transcript import CueText, Heading, SpokenPassage
from studio.model.record import bytes_from_record, plain_from_json, record_from_bytes
from studio.model.transcript import Transcript
from studio.transcript_formats.lines import Line, lines_from_transcript
from studio.transcript_formats.markup import (
    html_from_lines,
    lines_from_html,
    lines_from_markdown,
    markdown_from_lines,
    text_from_lines,
)
from studio.transcript_formats.segments import lines_from_rows, lines_from_segments
from studio.transcript_formats.table import (
    rows_from_substation,
    rows_from_table,
    table_from_transcript,
)

# Three hours of speech with times around each word are 4 MB, and with one word per line 30,000
# lines. Praat's TextGrid, Scenarist's captions, RTF, PDF, a page, another program's XML.
_OTHER_KIND = re.compile(
    r"\ufeff?\s*(?:File type = \"ooTextFile|Scenarist_SCC|\{\\rtf|%PDF-|<\?xml|<!DOCTYPE|<html\b)",
    re.IGNORECASE,
)
_MAX_TEXT_BYTES = 6 * 1024 * 1024
# The limits of a file for each word of the transcript: lines, and texts in them (each word in its
# own caption), and repetitions (two languages, with times).
_LINES_A_WORD = 8
_TEXTS_A_WORD = 3
_SAID_SO_OFTEN = 5
# Known words are compared with the transcript one by one; at most twice the text.
_KNOWN_SO_OFTEN = 3
_FEWEST_LINES = 20_000
_WORD_CHARACTERS = 20
_WORD = re.compile(r"\w+")
# The last caption may end this long after the last word.
_AFTER_LAST_WORD_MS = 3000


class ExportedTranscript:
    """The exported content, on the recording clock.

    :param note: a line for the reader.
    :param language: the language of the episode's texts.
    :param notes: margin notes; Word documents have them as comments.
    """

    def __init__(
        self,
        transcript: Transcript,
        title: str,
        note: str,
        language: str,
        headings: Sequence[Heading],
        *,
        notes: Sequence[MarginNote] = (),
    ) -> None:
        self.transcript = transcript
        self.title = title
        self.note = note
        self.language = language
        self._headings = headings
        self._notes = notes

    @functools.cached_property
    def lines(self) -> tuple[Line, ...]:
        """One line per segment, with the questions between them."""
        return tuple(lines_from_transcript(self.transcript, self._headings, self._notes))

    @functools.cached_property
    def captions(self) -> CaptionSource:
        """The input of caption formats: the whole recording, without cuts."""
        last = max((word.end_ms for word in self.transcript.words), default=0)
        whole = Span(start_ms=RecordingMs(0), end_ms=RecordingMs(last + _AFTER_LAST_WORD_MS))
        return CaptionSource(self.transcript, Programme(kept=(whole,)), self.title)


class Expected(NamedTuple):
    """The expected content of an imported file.

    :param speakers: the known names.
    :param spoken: the words of the current transcript.
    """

    speakers: tuple[str, ...]
    spoken: tuple[str, ...]


class ReadTranscript(NamedTuple):
    """The content of a file, in one of three forms by its format.

    :param lines: lines of text, with empty ones between paragraphs.
    :param cues: captions.
    :param passages: speakers' texts.
    """

    lines: Sequence[str] = ()
    cues: Sequence[CueText] = ()
    passages: Sequence[SpokenPassage] = ()


class TranscriptFormat(NamedTuple):
    """One format.

    :param name: its name for `studio export --to`, and its suffix.
    :param write: writes the whole file; None if `studio export` does not support it.
    :param read: reads a file's content; the last argument names the file in errors. Raises
        ArticleError or WorkspaceError for a damaged file.
    :param other_endings: further suffixes.
    """

    name: str
    write: Callable[[ExportedTranscript], bytes] | None
    read: Callable[[bytes, Expected, object], ReadTranscript]
    other_endings: tuple[str, ...] = ()


def check_amount(read: ReadTranscript, expected: Expected, where: object) -> None:
    """Check that a file is about as long as the transcript, because the time of the comparison
    depends on both.

    :raises WorkspaceError: it is far longer.
    """
    texts = [*read.lines, *(cue.text for cue in read.cues)]
    texts += [passage.text for passage in read.passages]
    characters = sum(map(len, texts))
    if len(texts) > _most(_TEXTS_A_WORD, expected) or characters > _WORD_CHARACTERS * _most(
        _SAID_SO_OFTEN, expected
    ):
        raise _far_more(where)
    known = {word for text in expected.spoken for word in _WORD.findall(text.lower())}
    said = (word for text in texts for word in _WORD.findall(text.lower()))
    if sum(word in known for word in said) > _most(_KNOWN_SO_OFTEN, expected):
        raise _far_more(where)


def _most(times: int, expected: Expected) -> int:
    return max(_FEWEST_LINES, times * len(expected.spoken))


def _far_more(where: object) -> WorkspaceError:
    return WorkspaceError(
        where,
        message("is far longer than this episode's transcript"),
        message("Give the transcript of this episode alone."),
    )


def _text_of(content: bytes, expected: Expected, where: object) -> str:
    """Decode a text, if it is not too long for this transcript."""
    if len(content) > _MAX_TEXT_BYTES:
        raise _far_more(where)
    text = text_from_bytes(content, where)
    if text.count("\n") + text.count("\r") > _most(_LINES_A_WORD, expected):
        raise _far_more(where)
    return text


def _plain_text_of(content: bytes, expected: Expected, where: object) -> str:
    """The same, if it is not another program's format with a text suffix."""
    text = _text_of(content, expected, where)
    if _OTHER_KIND.match(text):
        raise WorkspaceError(
            where,
            message(
                "is not a transcript in text form: it is another program's format with a "
                "text file's extension"
            ),
            message("Open it in the program that made it and export it as .srt or .docx."),
        )
    return text


def _write_document(export: ExportedTranscript) -> bytes:
    # Imported late: python-docx takes 0.3 s to load.
    from studio.transcript_formats.document import document_from_lines

    return document_from_lines(export.lines, export.title, export.note, export.language)


def _read_document(content: bytes, _: Expected, where: object) -> ReadTranscript:
    from studio.article.word import blocks_from_word

    blocks = blocks_from_word(content, where)
    return ReadTranscript(
        lines=[
            line for block in blocks if block.level is None for line in (_marked_text(block), "")
        ]
    )


def _marked_text(block: ArticleBlock) -> str:
    """The text of a paragraph, with a tab after its first words if these have another font style,
    or a tab follows: perhaps the speaker.
    """
    rest = block.text.removeprefix(block.opening).lstrip() if block.opening else ""
    return f"{block.opening}\t{rest}" if rest[:1].isalnum() else block.text


def _read_json(content: bytes, _: Expected, where: object) -> ReadTranscript:
    """Studio's own transcript, the podcast namespace's, or that of another program."""
    try:
        plain = _plain_from_lines(content) or plain_from_json(content)
    except ValueError as error:
        raise WorkspaceError(
            where,
            message("is not JSON ({error})", error=error),
            message("Give the JSON file that Studio wrote."),
        ) from None
    if isinstance(plain, dict) and "version" in plain:
        return ReadTranscript(cues=tuple(cues_from_podcast_json(content, where)))
    if isinstance(plain, dict) and "media" in plain and isinstance(plain.get("text"), str):
        return ReadTranscript(lines=lines_from_html(plain["text"], where))  # oTranscribe's
    if lines := lines_from_segments(plain):
        return ReadTranscript(lines=lines)
    try:
        given = record_from_bytes(content, Transcript, where)
    except WorkspaceError as error:
        raise WorkspaceError(
            error.where, error.what, message("Give the JSON file that Studio wrote.")
        ) from None
    return ReadTranscript(
        passages=[SpokenPassage(speaker=one.speaker, text=one.text) for one in given.segments]
    )


def _plain_from_lines(content: bytes) -> list[object]:
    """The documents of a JSON Lines file; none for any other file."""
    lines = content.strip().splitlines()
    if len(lines) < 2 or not all(line.strip().startswith(b"{") for line in lines if line.strip()):
        return []
    return [plain_from_json(line) for line in lines if line.strip()]


def _read_table(content: bytes, expected: Expected, where: object) -> ReadTranscript:
    """Rows as passages if they name people, else as lines, so that « Speaker 1 » is resolved as in
    a text.
    """
    rows = rows_from_table(_text_of(content, expected, where), where)
    if all(not speaker or speaker in expected.speakers for speaker, _ in rows) and any(
        speaker for speaker, _ in rows
    ):
        return ReadTranscript(
            passages=[SpokenPassage(speaker or None, text) for speaker, text in rows]
        )
    return ReadTranscript(lines=lines_from_rows(rows))


def _of_captions(form: CaptionFormat, read_cues: Reader) -> TranscriptFormat:
    def read(content: bytes, expected: Expected, where: object) -> ReadTranscript:
        text = _text_of(content, expected, where)
        return ReadTranscript(cues=tuple(read_cues(text, expected.speakers, expected.spoken)))

    return TranscriptFormat(
        form.suffix.removeprefix("."), lambda export: form.write(export.captions).encode(), read
    )


TRANSCRIPT_FORMATS = (
    TranscriptFormat("docx", _write_document, _read_document),
    TranscriptFormat(
        "html",
        lambda export: html_from_lines(
            export.lines, export.title, export.transcript.language
        ).encode(),
        lambda content, _, where: ReadTranscript(
            lines=lines_from_html(text_from_bytes(content, where), where)
        ),
        other_endings=(
            "htm",
            "xhtml",
            "xml",
            "ttml",
            "dfxp",
            "srv1",
            "srv2",
            "srv3",
            "smi",
            "sami",
        ),
    ),
    TranscriptFormat(
        "md",
        lambda export: markdown_from_lines(export.lines, export.title).encode(),
        lambda content, expected, where: ReadTranscript(
            lines=list(lines_from_markdown(_plain_text_of(content, expected, where)))
        ),
        other_endings=("markdown",),
    ),
    TranscriptFormat(
        "txt",
        lambda export: text_from_lines(export.lines).encode(),
        lambda content, expected, where: ReadTranscript(
            lines=_plain_text_of(content, expected, where).removeprefix("\ufeff").splitlines()
        ),
        other_endings=("text", "sbv", "lrc"),
    ),
    *(_of_captions(one, one.read) for one in CAPTION_FORMATS if one.read is not None),
    TranscriptFormat(
        "json",
        lambda export: bytes_from_record(export.transcript),
        _read_json,
        other_endings=("otr", "jsonl", "ndjson"),
    ),
    TranscriptFormat(
        "csv",
        lambda export: table_from_transcript(export.transcript).encode(),
        _read_table,
        other_endings=("tsv",),
    ),
    TranscriptFormat(
        "ass",
        None,
        lambda content, expected, where: ReadTranscript(
            lines=lines_from_rows(rows_from_substation(_text_of(content, expected, where)))
        ),
        other_endings=("ssa",),
    ),
)


def import_names() -> tuple[str, ...]:
    """The names of the formats that `studio import` supports: all."""
    return tuple(one.name for one in TRANSCRIPT_FORMATS)


def export_names() -> tuple[str, ...]:
    """The names of the formats that `studio export` supports."""
    return tuple(one.name for one in TRANSCRIPT_FORMATS if one.write is not None)


def transcript_format(name: str) -> TranscriptFormat:
    """The format of this name.

    :raises KeyError: there is none.
    """
    return {one.name: one for one in TRANSCRIPT_FORMATS}[name]


def format_of_file(name: str) -> TranscriptFormat | None:
    """The format of a file by its suffix, or None."""
    ending = name.lower().rpartition(".")[2]
    return next(
        (one for one in TRANSCRIPT_FORMATS if ending in (one.name, *one.other_endings)), None
    )
