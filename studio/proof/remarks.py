"""Convert a guest's remarks to doubts on their words, which the editor treats like any other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from studio.doubts.doubt import SECONDS_EACH, Doubt
from studio.language.words import plain_words
from studio.messages.message import message
from studio.messages.translations import in_language
from studio.model.clock import RecordingMs, Span
from studio.model.transcript import Segment, Transcript
from studio.proof.stored_proofs import (
    ShownProof,
    ShownRow,
    StoredAnswer,
    is_of_recording,
    shown_proofs,
    stored_answers,
)
from studio.workspace.sources import EpisodeSources

# The highest probability, because a person requested it.
WEIGHT = 1.0
_QUOTED = re.compile(r"[«“\"]\s*(.{2,200}?)\s*[»”\"]", re.DOTALL)


def remarks_of_episode(sources: EpisodeSources, transcript: Transcript) -> tuple[Doubt, ...]:
    """A doubt for each remark of every stored answer, and for each general note.

    If the recording was replaced since, or the words no longer exist, a remark has no position and
    is shown as text only.
    """
    answers = stored_answers(sources)
    if not answers:
        return ()
    shown = {one.id: one for one in shown_proofs(sources)}
    placed = {one.id for one in shown.values() if is_of_recording(sources, one)}
    return tuple(
        doubt
        for taken in answers
        for doubt in _doubts_of(
            taken,
            shown.get(taken.answer.proof),
            transcript,
            placed=taken.answer.proof in placed,
            language=sources.show.language,
        )
    )


def _doubts_of(
    taken: StoredAnswer,
    shown: ShownProof | None,
    transcript: Transcript,
    *,
    placed: bool,
    language: str,
) -> Iterator[Doubt]:
    answer = taken.answer

    def note(text: str) -> str:
        sentence = message("{name}: {remark}", name=answer.name, remark=text)
        return in_language(sentence, language)

    rows = {} if shown is None else {row.number: row for row in shown.rows}
    for remark in answer.remarks:
        row = rows.get(remark.number)
        place = _place_of(row, remark.text, transcript) if row is not None and placed else None
        yield _doubt(
            f"{answer.proof}:{taken.received}:{remark.number}",
            note(remark.text or message("(to change)")),
            "" if row is None else row.begins,
            place,
        )
    if answer.note:
        yield _doubt(f"{answer.proof}:{taken.received}:note", note(answer.note))


class _Place(NamedTuple):
    segment: Segment
    first: int
    words: int


def _doubt(key: str, note: str, context: str = "", place: _Place | None = None) -> Doubt:
    if place is None:
        return Doubt(
            key=f"remark:{key}", kind="remark", weight=WEIGHT, text="", note=note, context=context,
            start_ms=RecordingMs(0), end_ms=RecordingMs(0), seconds=SECONDS_EACH["remark"],
        )  # fmt: skip
    words = place.segment.words[place.first : place.first + place.words]
    return Doubt(
        key=f"remark:{key}",
        kind="remark",
        weight=WEIGHT,
        text=" ".join(word.text for word in words),
        note=note,
        context=context,
        start_ms=words[0].start_ms,
        end_ms=words[-1].end_ms,
        segment=place.segment.id,
        word=place.first,
        count=place.words,
        places=(Span(start_ms=words[0].start_ms, end_ms=words[-1].end_ms),),
        seconds=SECONDS_EACH["remark"],
    )


def _place_of(row: ShownRow, text: str, transcript: Transcript) -> _Place | None:
    """The words that the remark quotes if the row has them, else the row's first ones."""
    if row.recorded is None:
        return None
    inside = [
        (segment, place)
        for segment in transcript.segments
        for place, word in enumerate(segment.words)
        if row.recorded.start_ms <= word.start_ms < row.recorded.end_ms
    ]
    if not inside:
        return None
    for quoted in _QUOTED.findall(text):
        if found := _quoted(inside, plain_words(quoted)):
            return found
    segment, first = inside[0]
    return _Place(segment, first, sum(1 for one, _ in inside if one is segment))


def _quoted(inside: Sequence[tuple[Segment, int]], wanted: Sequence[str]) -> _Place | None:
    """The position of these words in one segment."""
    plain = [" ".join(plain_words(segment.words[place].text)) for segment, place in inside]
    target = " ".join(wanted)
    for start in range(len(inside)):
        said = ""
        for end in range(start, len(inside)):
            if inside[end][0] is not inside[start][0] or len(said) > len(target):
                break
            said = f"{said} {plain[end]}".strip()
            if said == target:
                return _Place(inside[start][0], inside[start][1], end - start + 1)
    return None
