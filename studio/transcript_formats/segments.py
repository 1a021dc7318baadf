"""Transcripts of other programs in JSON: somewhere in the document a list of segments, cues,
sentences or words, each with its text and, after diarisation, its speaker (WhisperX, whisper.cpp,
Otter, Sonix, Trint, Rev, AssemblyAI, Deepgram, the speech services of Amazon, Google, Microsoft).

Programs are not distinguished, because their formats change; in all of them the list with the most
text is the transcript.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

# Preferred to « text »: the formatted text, if « text » or « word » is the raw one.
_TEXTS = (
    "punctuated_word display body transcript text sentence raw_text content punctuated value"
    " word utf8"
).split()
# Keys of lists of alternatives, the best first; and of lists of the pieces of one text.
_WORDINGS = ("nBest", "alternatives")
_PIECES = ("words", "elements", "segs", "result", "tokens", "children")
_NAMES = "speaker speaker_label speaker_name speakerName speaker_id speaker_model_label spk".split()
_ENOUGH = 0.9  # share of the words of the list with the most text
_DEEPEST = 40


class _Said(NamedTuple):
    speaker: str
    text: str
    is_mark: bool = False


def lines_from_segments(document: object) -> list[str]:
    """The lines « speaker : text » of such a document; none if it is another document, or Studio's
    own (segments with an id and words).
    """
    if _is_own(document):
        return []
    found = [rows for one in _lists_in(document) if (rows := _rows(one))]
    if not found:
        text = document.get("text") if isinstance(document, dict) else None
        return lines_from_rows([("", text)]) if isinstance(text, str) and text.strip() else []
    words = [sum(len(row.text.split()) for row in rows) for rows in found]
    most = max(words)
    full = [rows for rows, count in zip(found, words, strict=True) if count >= _ENOUGH * most]
    # Of several complete lists, prefer one with names, and with sentences rather than words.
    best = max(full, key=lambda rows: (any(row.speaker for row in rows), -len(rows)))
    return lines_from_rows(_sentences(best))


def _is_own(document: object) -> bool:
    segments = document.get("segments") if isinstance(document, dict) else None
    return isinstance(segments, list) and any(
        isinstance(segment, dict) and "start_ms" in segment for segment in segments
    )


def _lists_in(document: object) -> Iterator[list[object]]:
    """Every list in a parsed JSON document, at any depth."""
    left: list[tuple[object, int]] = [(document, 0)]
    while left:
        value, depth = left.pop()
        if depth > _DEEPEST:
            continue
        if isinstance(value, list):
            yield value
            left += [(one, depth + 1) for one in value]
        elif isinstance(value, dict):
            left += [(one, depth + 1) for one in value.values()]


def _rows(items: Sequence[object]) -> list[_Said]:
    """The texts of a list's items; empty if they are not texts."""
    rows: list[_Said] = []
    for item in items:
        text = _text(item, 0)
        if isinstance(item, dict) and text is not None:
            mark = item.get("type") in {"punctuation", "punct"}
            rows.append(_Said(_speaker(item), text.strip(), mark))
    return [row for row in rows if row.text]


def _text(item: object, depth: int) -> str | None:
    if not isinstance(item, dict) or depth > _DEEPEST:
        return None
    for name in _TEXTS:
        if isinstance(item.get(name), str):
            return str(item[name])
    for name in _WORDINGS:
        wordings = item.get(name)
        if isinstance(wordings, list) and wordings:
            return _text(wordings[0], depth + 1)
    for name in _PIECES:
        pieces = item.get(name)
        if isinstance(pieces, list):
            texts = [text for piece in pieces if (text := _text(piece, depth + 1)) is not None]
            has_spaces = any(text != text.strip() for text in texts)
            return ("" if has_spaces else " ").join(texts) or None
    return None


def _speaker(segment: dict[str, object]) -> str:
    """The speaker; a number or letter becomes « Speaker 1 »."""
    full = next((segment[name] for name in _NAMES if segment.get(name) is not None), None)
    inner = segment.get("data")
    wordings = segment.get("alternatives")
    if full is None and isinstance(inner, dict):
        return _speaker(inner)
    if full is None and isinstance(wordings, list) and wordings and isinstance(wordings[0], dict):
        return _speaker(wordings[0])
    if isinstance(full, dict):
        full = full.get("name") or full.get("id") or ""
    name = "" if full is None else str(full)
    return f"Speaker {name}" if len(name) == 1 or name.isdecimal() else name


def _sentences(rows: Sequence[_Said]) -> Iterator[tuple[str, str]]:
    """The rows; consecutive words of one speaker are joined."""
    if any(" " in row.text for row in rows):
        yield from ((row.speaker, row.text) for row in rows)
        return
    for speaker, said in itertools.groupby(rows, key=lambda row: row.speaker):
        yield speaker, "".join(row.text if row.is_mark else f" {row.text}" for row in said)


def lines_from_rows(rows: Iterable[tuple[str, str]]) -> list[str]:
    """Speakers and texts as lines, each followed by an empty one."""
    lines: list[str] = []
    for speaker, text in rows:
        said = " ".join(text.split())
        if said:
            lines += [f"{speaker} : {said}" if speaker.strip() else said, ""]
    return lines
