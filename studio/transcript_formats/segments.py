"""Transcripts of other programs in JSON: a list of segments, each with its text and, after
diarisation, its speaker (WhisperX, whisper.cpp, AssemblyAI, Deepgram).
"""

from __future__ import annotations

from collections.abc import Iterable

_LISTS = ("segments", "transcription", "utterances", "monologues")
_TEXTS = ("text", "body", "transcript", "content")
_NAMES = ("speaker", "speaker_label", "speaker_name", "speakerName", "speaker_id")


def lines_from_segments(document: object) -> list[str]:
    """The lines « speaker : text » of such a document; none where it is no such one, or Studio's
    own, whose segments have words with an id.
    """
    segments = document
    if isinstance(document, dict):
        segments = next((document[name] for name in _LISTS if name in document), None)
    if not isinstance(segments, list):
        return []
    rows: list[tuple[str, str]] = []
    for segment in segments:
        if not isinstance(segment, dict) or "start_ms" in segment:
            return []
        text = next((segment[name] for name in _TEXTS if isinstance(segment.get(name), str)), None)
        if text is None:
            return []
        rows.append((_speaker(segment), text.strip()))
    return lines_from_rows(rows)


def _speaker(segment: dict[str, object]) -> str:
    """A number or letter counts a voice: « Speaker 1 »."""
    told = next((segment[name] for name in _NAMES if segment.get(name) is not None), "")
    if isinstance(told, dict):
        told = told.get("name") or told.get("id") or ""
    return f"Speaker {told}" if len(str(told)) == 1 else str(told)


def lines_from_rows(rows: Iterable[tuple[str, str]]) -> list[str]:
    """Speakers and texts as lines, with an empty one after each."""
    lines: list[str] = []
    for speaker, text in rows:
        said = " ".join(text.split())
        if said:
            lines += [f"{speaker} : {said}" if speaker.strip() else said, ""]
    return lines
