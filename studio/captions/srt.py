"""SubRip, which every player supports: written, read, checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from studio.captions.cue_reading import labels_of, parts_of_cue, payloads_in_one_form, payloads_of
from studio.captions.cue_tokens import NAMED_LINE_CHARACTERS
from studio.captions.cues import Cue, CueShape
from studio.captions.faults import Fault, blocks_of, check_times, moments
from studio.messages.message import message
from studio.model.plain_transcript import CueText
from studio.text.typography import timestamp_from_ms

# What the podcast namespace requires of an SRT transcript.
LINES, LINE_CHARACTERS = 2, 32
SHAPE = CueShape(line_characters=LINE_CHARACTERS, speaker_in_text=True)

# “Name: ” before a cue's text, no space before its colon; additional to the line's text, in a line
# of NAMED_LINE_CHARACTERS at most.
_NAME = re.compile(r"[^\s:](?:[^:\n]*[^\s:])?: ?(?=\S|$)")
# The dash of a line of dialogue.
_DASH = re.compile(r"[–-] ")

_TAG = re.compile(r"</?(?:i|b|u|s|font)(?:\s[^>]*)?>|\{\\[^}]*\}", re.IGNORECASE)
_TIME = r"(\d{2,}):([0-5]\d):([0-5]\d),(\d{3})"
_TIMING = re.compile(rf"{_TIME} --> {_TIME}")


def srt_from_cues(cues: Sequence[Cue]) -> str:
    """SubRip, numbered from 1. SRT has no escaping: text is written unchanged."""
    return "\n".join(_block(number, cue) for number, cue in enumerate(cues, start=1))


def _block(number: int, cue: Cue) -> str:
    start, end = (timestamp_from_ms(moment, ",") for moment in (cue.start_ms, cue.end_ms))
    return "\n".join([str(number), f"{start} --> {end}", *cue.lines, ""])


def cues_from_srt(text: str, speakers: Iterable[str], spoken: Iterable[str]) -> Iterator[CueText]:
    """The cues of SubRip; one with two names is split.

    :param speakers: the names that may precede a colon.
    :param spoken: the words of the current transcript: tags in it are part of the text.
    """
    spoken = frozenset(spoken)
    said = " ".join(sorted(spoken))
    bare = [
        [_TAG.sub(lambda tag: tag[0] if tag[0] in said else "", line) for line in lines]
        for lines in payloads_of(text, identified=False)
    ]
    speakers = tuple(speakers)
    bare = payloads_in_one_form(bare, speakers, spoken)
    labels = labels_of(bare, speakers, spoken)
    for lines in bare:
        yield from parts_of_cue(lines, labels)


def check_srt(content: str) -> Iterator[Fault]:
    """Rules 23a and 23b."""
    lines = content.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    previous_ms, count = 0, 0
    for count, (number, block) in enumerate(blocks_of(lines, first=1), start=1):
        place = message("line {number}", number=number)
        if block[0] != str(count):
            yield Fault(
                "23a",
                place,
                message(
                    "“{block}” is in place of the cue number {count}",
                    block=block[0][:40],
                    count=count,
                ),
            )
            continue
        timing = _TIMING.fullmatch(block[1]) if len(block) > 1 else None
        if timing is None or len(block) == 2:
            yield Fault("23a", place, message("cue {count} has no times or no text", count=count))
            continue
        times = moments(timing)
        yield from check_times("23a", place, times, previous_ms)
        previous_ms = times[0]
        # In dialogue every line may have a name.
        dialogue = len(block) > 3 and all(map(_DASH.match, block[2:]))
        lines_with_names = block[2:] if dialogue else block[2:3]
        bare = [line[_name_end(line) :] for line in lines_with_names]
        bare += block[2 + len(bare) :]
        longest = max(map(len, bare))
        if max(map(len, lines_with_names)) > NAMED_LINE_CHARACTERS:
            longest = max(longest, *map(len, lines_with_names))
        if len(block) - 2 > LINES or longest > LINE_CHARACTERS:
            yield Fault(
                "23b",
                place,
                message(
                    "cue {count} has {len} lines, the longest of {longest} characters",
                    count=count,
                    len=len(block) - 2,
                    longest=longest,
                ),
            )
    if not count:
        yield Fault("23a", "", message("it has no cue"))


def _name_end(line: str) -> int:
    """The end of the name before a line's text; 0 without a name."""
    named = _NAME.match(line)
    return named.end() if named else 0
