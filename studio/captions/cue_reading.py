"""Common parsing of caption files of any program: cues after timing lines, and speakers' names in
their texts.

No library is used, because no corrected word may be lost: webvtt-py 0.6 drops the text after an
empty line in a WebVTT cue, and refuses files without a header. srt 3.5 reads such SubRip files, but
supporting them takes no additional code here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from studio.captions.plain_lines import lines_in_one_form
from studio.captions.sound_events import without_sound_events
from studio.captions.speaker_labels import KnownSpeakers, LabelReader, voices_of
from studio.model.plain_transcript import CueText
from studio.model.record import replace_fields

_TAG = re.compile(r"<[^<>]*>")
_FEWEST_ROLLING = 3  # cues
_NO_CUES = ("NOTE", "STYLE", "REGION", "WEBVTT")


class CueLabels(NamedTuple):
    """The form of speakers' names in one file's cues, and the possible names."""

    reader: LabelReader
    voices: KnownSpeakers


def payloads_in_one_form(
    payloads: Sequence[Sequence[str]], speakers: Iterable[str], spoken: Iterable[str]
) -> list[list[str]]:
    """The lines of each cue, with names in the form of :mod:`studio.captions.plain_lines`."""
    spoken = tuple(spoken)
    said = frozenset(spoken)
    spoken_lines = [without_sound_events(line, said) for lines in payloads for line in ("", *lines)]
    read = iter(lines_in_one_form(spoken_lines, KnownSpeakers(speakers), spoken, timed=True))
    return [[next(read) for _ in ("", *lines)][1:] for lines in payloads]


def labels_of(
    payloads: Sequence[Sequence[str]], speakers: Iterable[str], spoken: Iterable[str]
) -> CueLabels:
    """The labels in the cues of one file.

    :param payloads: the lines of each cue.
    :param speakers: the known names.
    :param spoken: the words of the current transcript.
    """
    spoken_lines = [line for lines in payloads for line in ("", *lines)]
    voices = voices_of(spoken_lines, speakers, spoken)
    return CueLabels(LabelReader(spoken_lines, voices, spoken), voices)


def parts_of_cue(lines: Sequence[str], labels: CueLabels) -> Iterator[CueText]:
    """One cue's text, split by speaker. A name may be split over two lines. Lines that each begin
    with a dash are overlapping speech of two people.
    """
    if len(lines) > 1 and all(labels.reader.is_dialogue(line) for line in lines):
        for place, line in enumerate(lines):
            for own in parts_of_cue([line], labels):
                yield replace_fields(own, beside=place > 0)
        return
    # A label that spans two lines (« Jean-Pierre » / « Dupont : ») is only found in the joined
    # text; then the cue is read as one line.
    joined = " ".join(" ".join(lines).split())
    whole = labels.voices.before(joined)
    first = labels.voices.before(" ".join(lines[0].split())) if lines else None
    if whole is not None and (first is None or first[0] != whole[0]):
        lines = [joined]
    speaker: str | None = None
    named = False
    texts: list[str] = []
    for part in (
        part
        for line in lines
        if line.strip()
        for part in labels.reader.parts(" ".join(line.split()))
    ):
        # A new label ends the preceding part; a voice tag without a label does not.
        if part.named and not part.voice:
            if any(texts):
                yield CueText(speaker=speaker, text=" ".join(filter(None, texts)), lasting=named)
            speaker, named, texts = part.speaker, True, []
        texts.append(part.text)
    yield CueText(speaker=speaker, text=" ".join(filter(None, texts)), lasting=named)


def payloads_of(text: str, *, identified: bool) -> list[list[str]]:
    """The lines of each cue: those between its line of times and the next cue, possibly with empty
    lines. Roll-up captions repeat lines from cue to cue: each line is returned once.

    :param identified: any line above the times is the cue's name (WebVTT), else only a number is
        (SubRip).
    """
    payloads = list(_payloads_of(text, identified=identified))
    spoken_lines: list[list[str]] = []
    repeated = 0
    last = ""
    for lines in payloads:
        new = []
        for line in lines:
            bare = " ".join(_TAG.sub("", line).split())
            if bare and bare == last:
                repeated += 1
            else:
                new.append(line)
            last = bare or last
        spoken_lines.append(new)
    return spoken_lines if 2 * repeated > len(payloads) > _FEWEST_ROLLING else payloads


def _payloads_of(text: str, *, identified: bool) -> Iterator[list[str]]:
    payload: list[str] | None = None
    blocks = list(_blocks(text.removeprefix("\ufeff").splitlines()))
    for block, after in zip(blocks, [*blocks[1:], [""]], strict=True):
        if len(block) == 1 and block[0].strip().isdecimal() and "-->" in after[0]:
            continue  # the number of a cue, with an empty line under it
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
            # Without an empty line before the next cue, the last line is its number.
            if following is not None and payload and payload[-1].strip().isdecimal():
                payload.pop()
    if payload is not None:
        yield payload


def _blocks(lines: Sequence[str]) -> Iterator[list[str]]:
    """Split the lines at empty ones."""
    block: list[str] = []
    for line in [*lines, ""]:
        if line.strip():
            block.append(line)
        elif block:
            yield block
            block = []
