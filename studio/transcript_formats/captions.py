"""What caption files say, cue after cue, whatever program changed them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from typing import Any

from studio.errors import WorkspaceError
from studio.model.plain_transcript import CueText
from studio.model.record import plain_from_json

_VOICE = re.compile(r"<v(?:\.[^ >]*)?\s+([^>]*)>")
_VTT_TAG = re.compile(r"</?(?:v|c|i|b|u|ruby|rt|lang)(?:[.\s][^>]*)?>|<\d[\d:.]*>")
_SRT_TAG = re.compile(r"</?(?:i|b|u|s|font)(?:\s[^>]*)?>|\{\\[^}]*\}", re.IGNORECASE)


def cues_from_vtt(text: str) -> Iterator[CueText]:
    """The cues of WebVTT; notes, styles and settings are left out."""
    for payload in _payloads(text):
        voice = _VOICE.search(payload)
        speaker = html.unescape(voice[1]).strip() if voice else ""
        yield CueText(speaker=speaker or None, text=html.unescape(_VTT_TAG.sub("", payload)))


def cues_from_srt(text: str, speakers: Iterable[str], spoken: str) -> Iterator[CueText]:
    """The cues of SubRip.

    :param speakers: the names that may stand before a colon.
    :param spoken: what is said as it stands: a tag that is in there is text.
    """
    names = sorted({" ".join(name.split()) for name in speakers}, key=len, reverse=True)
    for payload in _payloads(text):
        bare = _SRT_TAG.sub(lambda tag: tag[0] if tag[0] in spoken else "", payload)
        joined = " ".join(bare.split())
        for name in names:
            match = re.match(re.escape(name) + r"\s*:(?:\s+|$)", joined)
            if match:
                yield CueText(speaker=name, text=joined[match.end() :], lasting=True)
                break
        else:
            yield CueText(speaker=None, text=joined)


def cues_from_podcast_json(content: bytes, where: object) -> Iterator[CueText]:
    """The segments of the podcast namespace's JSON transcript.

    :raises WorkspaceError: it is no such file.
    """
    try:
        document: Any = plain_from_json(content)
        for segment in document["segments"]:
            yield CueText(
                speaker=str(segment.get("speaker") or "") or None, text=str(segment["body"])
            )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise WorkspaceError(
            where, "is no transcript that Studio knows", "Give the JSON file that Studio wrote."
        ) from None


def _payloads(text: str) -> Iterator[str]:
    """The text of each cue: what follows a line of times, up to an empty line."""
    payload: list[str] | None = None
    for line in [*text.removeprefix("\ufeff").splitlines(), ""]:
        if "-->" in line:
            if payload:
                # No empty line before: the last line was the next cue's number.
                yield " ".join(payload[:-1] if payload[-1].strip().isdecimal() else payload)
            payload = []
        elif payload is not None and not line.strip():
            yield " ".join(payload)
            payload = None
        elif payload is not None:
            payload.append(line)
