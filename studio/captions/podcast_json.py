"""The podcast namespace's own JSON transcript, version 1.0.0: written, read, checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from studio.captions.cues import Cue
from studio.captions.faults import Fault, check_times
from studio.errors import WorkspaceError
from studio.messages.message import message
from studio.model.plain_transcript import CueText
from studio.model.record import json_from_plain, plain_from_json, wrong_keys


def json_from_cues(cues: Sequence[Cue]) -> str:
    """One segment per cue, two with the same times in overlapping speech; times in seconds.
    ``speaker`` is empty if unknown.
    """
    segments = [
        {
            "speaker": speaker or "",
            "startTime": cue.start_ms / 1000,
            "endTime": cue.end_ms / 1000,
            "body": text,
        }
        for cue in cues
        for speaker, text in (
            zip(cue.voices, cue.lines, strict=True) if cue.voices else [(cue.speaker, cue.text)]
        )
    ]
    return json_from_plain({"version": "1.0.0", "segments": segments}).decode("utf-8")


def cues_from_podcast_json(content: bytes, where: object) -> Iterator[CueText]:
    """The segments of the podcast namespace's JSON transcript.

    :raises WorkspaceError: the file has another format.
    """
    try:
        document: Any = plain_from_json(content)
        before: tuple[Any, Any] | None = None
        for segment in document["segments"]:
            times = segment.get("startTime"), segment.get("endTime")
            yield CueText(
                speaker=str(segment.get("speaker") or "") or None,
                text=str(segment["body"]),
                beside=times == before and None not in times,
            )
            before = times
    except (ValueError, KeyError, TypeError, AttributeError):
        raise WorkspaceError(
            where,
            message("is not a transcript that Studio knows"),
            message("Give the JSON file that Studio wrote."),
        ) from None


def check_json(content: str) -> Iterator[Fault]:
    """Rule 24."""
    try:
        transcript = plain_from_json(content.encode())
    except ValueError as error:
        yield Fault("24", "", message("it is not JSON ({error})", error=error))
        return
    version = transcript.get("version") if isinstance(transcript, dict) else None
    segments = transcript.get("segments") if isinstance(transcript, dict) else None
    if version != "1.0.0":
        yield Fault("24", "version", message("it is {version!r}", version=version))
    if not isinstance(segments, list) or not segments:
        yield Fault("24", "segments", message("there are none"))
        return
    previous_ms = 0
    for number, segment in enumerate(segments, start=1):
        place = message("segment {number}", number=number)
        wrong = wrong_keys(
            segment,
            {"speaker": str, "startTime": (int, float), "endTime": (int, float), "body": str},
        )
        if wrong:
            yield Fault(
                "24",
                place,
                message("{wrong} is missing or of another kind", wrong=", ".join(wrong)),
            )
            continue
        times = round(segment["startTime"] * 1000), round(segment["endTime"] * 1000)
        yield from check_times("24", place, times, previous_ms)
        previous_ms = times[0]
