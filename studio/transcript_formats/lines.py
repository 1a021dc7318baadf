"""One line per segment: ``[1:02] Camille : Bonjour.`` Text, Markdown, HTML and Word documents
consist of these lines.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from studio.captions.plain_lines import lines_in_one_form
from studio.captions.speaker_labels import (
    UNKNOWN,
    KnownSpeakers,
    LabelledPart,
    LabelReader,
    voices_of,
)
from studio.model.margin_note import MarginNote
from studio.model.plain_transcript import Heading, SpokenPassage
from studio.model.transcript import Segment, Transcript
from studio.text.typography import stamp_from_ms
from studio.transcript.margin_note_places import place_of_note

# A limit of consecutive spaces: patterns that start with spaces would try each of them.
_LONG_GAP = re.compile(r"\s{80,}")


class LineNote(NamedTuple):
    """A margin note on the characters ``start`` to ``end`` (exclusive) of a line's text.

    :param at: when it was written, ISO 8601.
    :param paragraphs: the note, then its answers, each with its author.
    """

    start: int
    end: int
    author: str
    at: str
    paragraphs: tuple[str, ...]


class Line(NamedTuple):
    """A segment in parts that a format may style differently; a heading has only its text."""

    text: str
    stamp: str = ""
    speaker: str = ""
    notes: tuple[LineNote, ...] = ()

    @property
    def is_heading(self) -> bool:
        """Whether it is a question of the article rather than speech."""
        return not self.stamp

    @property
    def plain(self) -> str:
        """The line without formatting."""
        return self.text if self.is_heading else f"[{self.stamp}] {self.speaker} : {self.text}"


def lines_from_transcript(
    transcript: Transcript, headings: Sequence[Heading], notes: Sequence[MarginNote] = ()
) -> Iterator[Line]:
    """Every segment, with the questions before the segments at which they are asked.

    :param notes: open margin notes; each is put at the segment of its first word.

    Words are written without typographic spaces, because the corrected file is compared later.
    """
    waiting = sorted(headings, key=lambda heading: heading.start_ms)
    words = transcript.words
    placed = [(note, place) for note in notes if (place := place_of_note(note, words)) is not None]
    first = 0
    for segment in transcript.segments:
        while waiting and waiting[0].start_ms <= _middle(segment):
            yield Line(text=waiting.pop(0).text)
        yield Line(
            text=" ".join(segment.text.split()),
            stamp=stamp_from_ms(segment.start_ms),
            speaker=shown_speaker(segment.speaker),
            notes=tuple(
                _line_note(note, segment, place.start - first, place.stop - first)
                for note, place in placed
                if first <= place.start < first + len(segment.words)
            ),
        )
        first += len(segment.words)


def _line_note(note: MarginNote, segment: Segment, start: int, end: int) -> LineNote:
    """A note on the words ``start`` to ``end`` (exclusive) of a segment."""
    texts = [" ".join(word.text.split()) for word in segment.words]
    before, inside = " ".join(texts[:start]), " ".join(texts[start:end])
    begins = len(before) + bool(before)
    answers = [f"{one.author} : {one.text}" if one.author else one.text for one in note.answers]
    return LineNote(
        start=begins,
        end=begins + len(inside),
        author=note.author,
        at=note.at,
        paragraphs=(note.text, *answers),
    )


def _middle(segment: Segment) -> int:
    return (segment.start_ms + segment.end_ms) // 2


def shown_speaker(speaker: str | None) -> str:
    """The name on one line; a question mark if unknown."""
    return " ".join((speaker or "").split()) or UNKNOWN


def parts_from_lines(
    lines: Sequence[str],
    speakers: Iterable[str],
    spoken: Iterable[str] = (),
    unsaid: Iterable[str] = (),
) -> list[LabelledPart | None]:
    """The texts and names in these lines, in order; None for an empty line.

    :param speakers: the names that are known.
    :param spoken: the words of the current transcript.
    :param unsaid: lines that are not speech if times or names mark speech: the title, a note, the
        questions.
    """
    in_order = [*spoken]
    spoken = frozenset(in_order)
    lines = [_LONG_GAP.sub(" ", line) for line in lines]
    lines = lines_in_one_form(lines, KnownSpeakers(speakers), in_order)
    dress = LabelReader(lines, voices_of(lines, speakers, spoken), spoken)
    titles = {_folded(line) for line in unsaid} - {""}
    parts: list[LabelledPart | None] = []
    apart: list[LabelledPart | None] = []
    for line in lines:
        read = list(dress.parts(line)) if line.strip() else [None]
        parts.extend(read)
        if _folded(line) not in titles:
            apart.extend(read)
    # Titles are recognised only if something else marks speech.
    return (
        apart if any(part is not None and (part.stamped or part.named) for part in apart) else parts
    )


def _folded(text: str) -> str:
    """The letters and digits of a line."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).casefold()


def passages_from_parts(parts: Iterable[LabelledPart | None]) -> tuple[SpokenPassage, ...]:
    """The passages of these parts, separated by empty lines.

    A line without a name continues the preceding speaker: as a new passage after an empty line,
    else in the same passage.
    """
    passages: list[SpokenPassage] = []
    texts: list[str] = []
    speaker: str | None = None

    def end() -> None:
        if texts:
            passages.append(SpokenPassage(speaker=speaker, text=" ".join(texts)))
            texts.clear()

    for part in parts:
        if part is None:
            end()
            continue
        if part.named:
            end()
            speaker = part.speaker
        texts.append(part.text)
    end()
    return tuple(passage for passage in passages if passage.text.strip())
