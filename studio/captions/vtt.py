"""WebVTT, the format with named speakers: written, read, checked."""

from __future__ import annotations

import html
import html.entities
import re
from collections.abc import Iterable, Iterator, Sequence

from studio.captions.cue_reading import labels_of, parts_of_cue, payloads_in_one_form, payloads_of
from studio.captions.cue_tokens import BROADCAST_LINE_CHARACTERS
from studio.captions.cues import Cue, CueShape
from studio.captions.faults import Fault, blocks_of, check_times, moments
from studio.captions.sound_events import without_sound_events
from studio.messages.message import message
from studio.model.clock import ProgrammeMs
from studio.model.plain_transcript import CueText
from studio.text.typography import timestamp_from_ms

SHAPE = CueShape(line_characters=BROADCAST_LINE_CHARACTERS)
LINE_CHARACTERS = 65  # the podcast namespace recommends it, rule 22b

_VOICE = re.compile(r"<v(?:\.[^ >]*)?\s+([^>]*)>")
# What programs write, and what the standard allows.
_ANY_TAG = re.compile(r"</?(?:v|c|i|b|u|ruby|rt|lang)(?:[.\s][^>]*)?>|<\d[\d:.]*>")
_TIME = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMING = re.compile(rf"{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t]+\S+:\S+)*[ \t]*")
_STRICT_TAG = re.compile(
    r"</?(?:c|i|b|u|ruby|rt|v|lang)(?:\.[^\s<>&.]+)*(?:[ "
    r"\t][^<>\n]*)?>|<(?:\d{2,}:)?[0-5]\d:[0-5]\d\.\d{3}>"
)
_ENTITY = re.compile(r"&(?:#\d+|#[xX][0-9a-fA-F]+|([A-Za-z][A-Za-z0-9]*));")


def vtt_from_cues(cues: Sequence[Cue]) -> str:
    """Strict WebVTT. Each cue names its speaker, for players that start in the middle or show a
    single cue.
    """
    return "\n\n".join(["WEBVTT", *map(_block, cues)]) + "\n"


def _block(cue: Cue) -> str:
    text = "\n".join(_escaped(line) for line in cue.lines)
    if cue.voices:
        # A voice tag that does not cover the whole cue is closed.
        text = "\n".join(
            _escaped(line) if voice is None else f"<v {_escaped(voice)}>{_escaped(line)}</v>"
            for voice, line in zip(cue.voices, cue.lines, strict=True)
        )
    elif cue.speaker is not None:
        text = f"<v {_escaped(cue.speaker)}>{text}"
    return f"{timestamp_from_ms(cue.start_ms)} --> {timestamp_from_ms(cue.end_ms)}\n{text}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cues_from_vtt(
    text: str, speakers: Iterable[str] = (), spoken: Iterable[str] = ()
) -> Iterator[CueText]:
    """The cues of WebVTT, without notes, styles and settings.

    :param speakers: the names that may precede a colon in cues without a voice tag.
    :param spoken: the words of the current transcript.
    """
    payloads = list(payloads_of(text, identified=True))
    bare = [[html.unescape(_ANY_TAG.sub("", line)) for line in lines] for lines in payloads]
    speakers, spoken = tuple(speakers), tuple(spoken)
    said = frozenset(spoken)
    bare = payloads_in_one_form(bare, speakers, spoken)
    labels = labels_of(bare, speakers, spoken)
    for lines, plain in zip(payloads, bare, strict=True):
        voices = list(_VOICE.finditer(" ".join(lines)))
        if not voices:
            yield from parts_of_cue(plain, labels)
            continue
        joined = " ".join(lines)
        ends = [voice.start() for voice in voices[1:]] + [len(joined)]
        for place, (voice, end) in enumerate(zip(voices, ends, strict=True)):
            start = 0 if place == 0 else voice.start()
            yield CueText(
                speaker=labels.voices.meant(html.unescape(voice[1])),
                text=without_sound_events(
                    html.unescape(_ANY_TAG.sub("", joined[start:end])).strip(), said
                ),
                beside=place > 0,
            )


def timed_cues_from_vtt(content: str) -> list[Cue]:
    """The cues of a WebVTT file with times and speaker; cues that break rule 22a are skipped."""
    cues = []
    lines = content.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    for _, block in blocks_of(lines[1:], first=2):
        at = 0 if "-->" in block[0] else 1
        timing = _TIMING.fullmatch(block[at]) if len(block) > at else None
        if timing is None or len(block) == at + 1:
            continue
        start_ms, end_ms = moments(timing)
        voiced = [_VOICE.match(line) for line in block[at + 1 :]]
        names = tuple(html.unescape(voice[1]) if voice else None for voice in voiced)
        texts = [html.unescape(_STRICT_TAG.sub("", line)) for line in block[at + 1 :]]
        cues.append(
            Cue(
                start_ms=ProgrammeMs(start_ms),
                end_ms=ProgrammeMs(max(start_ms + 1, end_ms)),
                speaker=names[0],
                lines=tuple(texts),
                voices=names if any(names[1:]) else (),
            )
        )
    return cues


def check_vtt(content: str) -> Iterator[Fault]:
    """Rules 22a, 22b and 22c."""
    lines = content.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]):
        yield Fault("22a", message("line 1"), message("it does not begin with WEBVTT"))
        return
    if len(lines) > 1 and lines[1]:
        yield Fault("22a", message("line 2"), message("no blank line follows WEBVTT"))
    # Block by block: comments and styles are not cues, and a cue may have a name above its times.
    previous_ms, voices, cues = 0, 0, 0
    for number, block in blocks_of(lines[1:], first=2):
        if re.match(r"(?:NOTE|STYLE|REGION)(?:[ \t]|$)", block[0]):
            continue
        at = 0 if "-->" in block[0] else 1
        timing = _TIMING.fullmatch(block[at]) if len(block) > at else None
        place = message("line {number}", number=number + at)
        if timing is None:
            yield Fault("22a", place, message("a cue has no time line"))
            continue
        times = moments(timing)
        yield from check_times("22a", place, times, previous_ms)
        previous_ms, cues = times[0], cues + 1
        for offset, line in enumerate(block[at + 1 :], start=number + at + 1):
            bare = _STRICT_TAG.sub("", line)
            voices += "<v" in line
            # After removing tags and entities, there must be no « < » and « & ».
            known = _ENTITY.sub(
                lambda entity: (
                    "" if not entity[1] or f"{entity[1]};" in html.entities.html5 else "&"
                ),
                bare,
            )
            if "<" in known or "&" in known:
                yield Fault(
                    "22a",
                    message("line {offset}", offset=offset),
                    message("“{line}” has a “<” or “&” that is not escaped", line=line[:40]),
                )
            if "-->" in line:
                yield Fault(
                    "22a",
                    message("line {offset}", offset=offset),
                    message("the text of a cue contains an arrow"),
                )
            if len(html.unescape(bare)) > LINE_CHARACTERS:
                yield Fault(
                    "22b",
                    message("line {offset}", offset=offset),
                    message("it has {count} characters", count=len(html.unescape(bare))),
                )
    if not cues:
        yield Fault("22a", "", message("it has no cue"))
    elif not voices:
        yield Fault("22c", "", message("no cue names who speaks"))
