"""One line a segment: ``[1:02] Camille : Bonjour.`` Text, Markdown, HTML and Word documents are
made of these lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from studio.model.plain_transcript import Heading, Passage
from studio.model.transcript import Segment, Transcript
from studio.text.typography import stamp_from_ms

UNKNOWN = "?"

_TIME = re.compile(r"^\s*\[[\d:.,]+\]\s*")
_NAME = re.compile(r"^([^:]{1,80}?)\s*:(?:\s+|$)")


class Line(NamedTuple):
    """A segment in the parts that a form may set differently; a heading has only its text."""

    text: str
    stamp: str = ""
    speaker: str = ""

    @property
    def is_heading(self) -> bool:
        """Whether it is a question rather than what was said."""
        return not self.stamp

    @property
    def plain(self) -> str:
        """The line without any setting."""
        return self.text if self.is_heading else f"[{self.stamp}] {self.speaker} : {self.text}"


def lines_from_transcript(transcript: Transcript, headings: Sequence[Heading]) -> Iterator[Line]:
    """Every segment, with the questions before the segments at which they are asked.

    Words stand as they are, without the spaces that typography adds: what comes back is compared.
    """
    waiting = sorted(headings, key=lambda heading: heading.start_ms)
    for segment in transcript.segments:
        while waiting and waiting[0].start_ms <= _middle(segment):
            yield Line(text=waiting.pop(0).text)
        yield Line(
            text=" ".join(segment.text.split()),
            stamp=stamp_from_ms(segment.start_ms),
            speaker=shown_speaker(segment.speaker),
        )


def _middle(segment: Segment) -> int:
    return (segment.start_ms + segment.end_ms) // 2


def shown_speaker(speaker: str | None) -> str:
    """The name on one line; a question mark where nobody knows it."""
    return " ".join((speaker or "").split()) or UNKNOWN


def passages_from_lines(lines: Iterable[str], speakers: Iterable[str]) -> tuple[Passage, ...]:
    """The passages that these lines hold; empty lines part them.

    A line without a name goes on with the voice before it: a passage of its own after an empty
    line, else the same passage.

    :param speakers: the names that are known. A new name is taken for one where a time stands
        before it.
    """
    known = {shown_speaker(name): name for name in speakers}
    passages: list[Passage] = []
    texts: list[str] = []
    speaker: str | None = None

    def end() -> None:
        if texts:
            passages.append(Passage(speaker=speaker, text=" ".join(texts)))
            texts.clear()

    for line in lines:
        if not line.strip():
            end()
            continue
        name, text, named = _parted(line, known)
        if named:
            end()
            speaker = name
        texts.append(text)
    end()
    return tuple(passage for passage in passages if passage.text.strip())


def _parted(line: str, known: dict[str, str]) -> tuple[str | None, str, bool]:
    """The speaker, the text, and whether the line names who speaks."""
    rest = _TIME.sub("", line.strip())
    timed = rest != line.strip()
    for shown in sorted([*known, UNKNOWN], key=len, reverse=True):
        # Word processors put a no-break space before the colon, or none.
        match = re.match(re.escape(shown) + r"\s*:(?:\s+|$)", rest)
        if match:
            return known.get(shown), rest[match.end() :], True
    match = _NAME.match(rest)
    if timed and match:
        return " ".join(match[1].split()), rest[match.end() :], True
    return None, rest, False
