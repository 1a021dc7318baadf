"""Convert lines to text, Markdown and HTML, and back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from html.parser import HTMLParser

from studio.errors import WorkspaceError
from studio.messages.message import message
from studio.transcript_formats.lines import Line

_ESCAPED = re.compile(r"([\\`*_{}\[\]<>#&|~])")
_UNESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
# « *un mot* », « _un mot_ »: emphasis by the user. Studio escapes signs that belong to the text.
_EMPHASISED = re.compile(
    r"(?<![\w*_])(?P<sign>[*_])(?=\S)(?P<said>(?:(?!(?P=sign)).)+?)(?<=\S)(?P=sign)(?![\w*_])"
)
# « [0:05]{.small} », « <span class=small> »: output of converters to Markdown.
_SPAN = re.compile(
    r"\[(?P<text>[^\[\]]*)\]\{[.#][^{}]*\}|</?(?:span|small|div|u|mark|sup|sub)\b[^<>]*>"
)
# « [0:05](https://…) »: a time that links to the audio.
_LINK = re.compile(r"(?<!!)\[(?P<text>[^\[\]]*)\]\([^()\s]*\)")
_FRONT_MATTER = re.compile(r"\A\ufeff?---\n(?:[^\n]*\n)*?(?:---|\.\.\.)\n")
_PREFIX = re.compile(r"<(?P<end>/?)tt:(?=[a-z])")
_HIDDEN = 0xE000
_HIDDEN_SIGN = re.compile(f"[{chr(_HIDDEN)}-{chr(_HIDDEN + 127)}]")
# Three hours of speech with two tags per word have about 60,000.
_MAX_TAGS = 200_000
_PARTING = frozenset(
    (
        "p div li tr td th h1 h2 h3 h4 h5 h6 blockquote section article header footer br dt dd pre "
        "text"  # of YouTube's first caption format
    ).split()
)
_UNREAD = frozenset(
    "head script style template title h1 h2 h3 h4 h5 h6 nav footer noscript button".split()
)


def text_from_lines(lines: Iterable[Line]) -> str:
    """Plain text; questions are omitted, because they could not be distinguished from speech."""
    return "\n\n".join(line.plain for line in lines if not line.is_heading) + "\n"


def markdown_from_lines(lines: Iterable[Line], title: str) -> str:
    """Markdown: questions are headings, names bold."""
    return "\n\n".join([f"# {_marked(title)}", *map(_markdown, lines)]) + "\n"


def _markdown(line: Line) -> str:
    if line.is_heading:
        return f"## {_marked(line.text)}"
    return f"\\[{line.stamp}\\] **{_marked(line.speaker)} :** {_marked(line.text)}"


def _marked(text: str) -> str:
    return _ESCAPED.sub(r"\\\1", " ".join(text.split()))


def lines_from_markdown(text: str) -> Iterator[str]:
    """The lines without formatting and headings."""
    for line in _FRONT_MATTER.sub("", text.replace("\r\n", "\n"), count=1).splitlines():
        if re.match(r"\s{0,3}#{1,6}\s", line):
            yield ""
            continue
        # Escaped signs belong to the text: they are moved to the private use area while formatting
        # is removed.
        hidden = _UNESCAPED.sub(lambda escape: chr(_HIDDEN + ord(escape[1])), line)
        hidden = _SPAN.sub(lambda span: span["text"] or "", _LINK.sub(r"\g<text>", hidden))
        bare = _EMPHASISED.sub(r"\g<said>", re.sub(r"\*\*|__", "", hidden))
        yield _HIDDEN_SIGN.sub(lambda sign: chr(ord(sign[0]) - _HIDDEN), bare)


def html_from_lines(lines: Iterable[Line], title: str, language: str) -> str:
    """A whole document, which word processors can open, too."""
    parts = [
        "<!DOCTYPE html>",
        f'<html lang="{escape(language)}">',
        f'<head><meta charset="utf-8"><title>{escape(title)}</title></head>',
        "<body>",
        f"<h1>{escape(title)}</h1>",
    ]
    for line in lines:
        if line.is_heading:
            parts.append(f"<h2>{escape(line.text)}</h2>")
        else:
            parts.append(
                f"<p><small>[{line.stamp}]</small> <b>{escape(line.speaker)} :</b> "
                f"{escape(line.text, quote=False)}</p>"
            )
    return "\n".join([*parts, "</body>", "</html>", ""])


class _Reader(HTMLParser):
    """Collects the text of a page, with an empty line between paragraphs and without headings."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._pieces: list[list[str]] = [[]]  # joined at the end: a line may have thousands
        self._unread: list[str] = []

    @property
    def lines(self) -> list[str]:
        """The text of each line."""
        return ["".join(pieces) for pieces in self._pieces]

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in _PARTING:
            self._part()
        if tag in _UNREAD:
            self._unread.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _PARTING:
            self._part()
        if tag in self._unread:
            del self._unread[self._unread.index(tag) :]

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self._pieces[-1].append(data.replace("\n", " "))

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        """Ignore « <![ »; the library fails if no name follows."""
        try:
            return super().parse_marked_section(i, report)
        except AssertionError:
            return self.parse_bogus_comment(i)

    def _part(self) -> None:
        self._pieces += [[], []]


def lines_from_html(text: str, where: object) -> list[str]:
    """The text of each paragraph.

    :raises WorkspaceError: there are far more tags than in any transcript.
    """
    if text.count("<") > _MAX_TAGS:
        raise WorkspaceError(
            where,
            message("has far more tags than a transcript"),
            message("Copy the transcript's text into a .txt file."),
        )
    # The parser searches for the end of each opened tag; after the last one there is none.
    end = text.rfind(">") + 1
    reader = _Reader()
    text = text[:end] + text[end:].replace("<", "&lt;")
    reader.feed(_PREFIX.sub(r"<\g<end>", text))  # TTML's elements may be named « tt:p »
    reader.close()
    return reader.lines
