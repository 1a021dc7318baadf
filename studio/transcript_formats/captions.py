"""What caption files say, cue after cue, whatever program changed them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from studio.errors import WorkspaceError
from studio.messages.message import message
from studio.model.plain_transcript import CueText
from studio.model.record import plain_from_json
from studio.transcript_formats.dress import Dress, Voices, voices_of

_VOICE = re.compile(r"<v(?:\.[^ >]*)?\s+([^>]*)>")
_NO_CUES = ("NOTE", "STYLE", "REGION", "WEBVTT")
_VTT_TAG = re.compile(r"</?(?:v|c|i|b|u|ruby|rt|lang)(?:[.\s][^>]*)?>|<\d[\d:.]*>")
_SRT_TAG = re.compile(r"</?(?:i|b|u|s|font)(?:\s[^>]*)?>|\{\\[^}]*\}", re.IGNORECASE)


def cues_from_vtt(
    text: str, speakers: Iterable[str] = (), spoken: Iterable[str] = ()
) -> Iterator[CueText]:
    """The cues of WebVTT; notes, styles and settings are left out.

    :param speakers: the names that may stand before a colon where a cue names no voice.
    :param spoken: the words of the transcript as it stands.
    """
    payloads = list(_payloads(text, identified=True))
    bare = [[html.unescape(_VTT_TAG.sub("", line)) for line in lines] for lines in payloads]
    dress = _dress_of(bare, speakers, spoken)
    for lines, plain in zip(payloads, bare, strict=True):
        voices = list(_VOICE.finditer(" ".join(lines)))
        if not voices:
            yield from _parts(plain, dress)
            continue
        joined = " ".join(lines)
        ends = [voice.start() for voice in voices[1:]] + [len(joined)]
        for place, (voice, end) in enumerate(zip(voices, ends, strict=True)):
            start = 0 if place == 0 else voice.start()
            speaker = html.unescape(voice[1]).strip()
            yield CueText(
                speaker=speaker or None,
                text=html.unescape(_VTT_TAG.sub("", joined[start:end])).strip(),
            )


def cues_from_srt(text: str, speakers: Iterable[str], spoken: Iterable[str]) -> Iterator[CueText]:
    """The cues of SubRip; one that names two people is two.

    :param speakers: the names that may stand before a colon.
    :param spoken: the words of the transcript as it stands: a tag that is in there is text.
    """
    spoken = frozenset(spoken)
    said = " ".join(sorted(spoken))
    bare = [
        [_SRT_TAG.sub(lambda tag: tag[0] if tag[0] in said else "", line) for line in lines]
        for lines in _payloads(text, identified=False)
    ]
    dress = _dress_of(bare, speakers, spoken)
    for lines in bare:
        yield from _parts(lines, dress)


class _CueDress(NamedTuple):
    dress: Dress
    voices: Voices


def _dress_of(
    payloads: Sequence[Sequence[str]], speakers: Iterable[str], spoken: Iterable[str]
) -> _CueDress:
    told = [line for lines in payloads for line in ("", *lines)]
    voices = voices_of(told, speakers, spoken)
    return _CueDress(Dress(told, voices, spoken), voices)


def _parts(lines: Sequence[str], dress: _CueDress) -> Iterator[CueText]:
    """One cue's text, in as many parts as it names people. A name may be broken over two lines."""
    joined = " ".join(" ".join(lines).split())
    whole = dress.voices.before(joined)
    first = dress.voices.before(" ".join(lines[0].split())) if lines else None
    if whole is not None and (first is None or first[0] != whole[0]):
        lines = [joined]
    speaker: str | None = None
    named = False
    texts: list[str] = []
    for part in (
        part
        for line in lines
        if line.strip()
        for part in dress.dress.undress(" ".join(line.split()))
    ):
        if part.named and not part.voice:
            if any(texts):
                yield CueText(speaker=speaker, text=" ".join(filter(None, texts)), lasting=named)
            speaker, named, texts = part.speaker, True, []
        texts.append(part.text)
    yield CueText(speaker=speaker, text=" ".join(filter(None, texts)), lasting=named)


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
            where,
            message("is no transcript that Studio knows"),
            message("Give the JSON file that Studio wrote."),
        ) from None


def _payloads(text: str, *, identified: bool) -> Iterator[list[str]]:
    """The lines of each cue: what follows a line of times, up to the next cue. An empty line may
    stand inside.

    :param identified: any line above the times is the cue's name (WebVTT), else only a number is
        (SubRip).
    """
    payload: list[str] | None = None
    for block in _blocks(text.removeprefix("\ufeff").splitlines()):
        times = [place for place, line in enumerate(block) if "-->" in line]
        if not times and (payload is None or block[0].startswith(_NO_CUES)):
            continue
        before = block[: times[0]] if times else block
        if times and before and (before[-1].strip().isdecimal() or identified):
            before = before[:-1]
        if payload is not None:
            payload.extend(before)
        for place, following in zip(times, [*times[1:], None][: len(times)], strict=True):
            if payload is not None:
                yield payload
            payload = block[place + 1 : following]
            # No empty line before the next cue: the last line is its number.
            if following is not None and payload and payload[-1].strip().isdecimal():
                payload.pop()
    if payload is not None:
        yield payload


def _blocks(lines: Sequence[str]) -> Iterator[list[str]]:
    """The lines between empty ones."""
    block: list[str] = []
    for line in [*lines, ""]:
        if line.strip():
            block.append(line)
        elif block:
            yield block
            block = []
