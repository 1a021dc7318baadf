"""Markers for audio and video editors: Audacity labels, and an edit decision list (CMX 3600) of the
kept passages, with the chapters as locators.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence

from studio.messages.message import message
from studio.messages.translations import in_language
from studio.model.clock import Programme
from studio.model.episode import Cut
from studio.model.plain_transcript import Heading
from studio.model.transcript import Transcript

# Frames a second of an edit decision list: PAL, the default of editing programs in France. Cuts are
# then accurate to 20 ms.
FRAMES_PER_S = 25
# The largest number of events in a list of that format.
_MAX_EVENTS = 999
_REEL = "AX"
_NAME_CHARACTERS = 60


def labels_from_transcript(
    transcript: Transcript, chapters: Iterable[Heading], cuts: Iterable[Cut], language: str
) -> str:
    """A label track of Audacity on the recording's clock: chapters and cuts, then speakers and
    texts. Tab-separated: start and end in seconds, and the label.
    """
    said = functools.partial(in_language, language=language)
    rows = [
        (one.start_ms, one.start_ms, said(message("Chapter: {title}", title=one.text)))
        for one in chapters
    ]
    rows += [
        (cut.start_ms, cut.end_ms, said(message("Cut: {reason}", reason=cut.reason)))
        for cut in cuts
    ]
    rows += [
        (
            one.start_ms,
            one.end_ms,
            said(message("{name}: {text}", name=one.speaker or "?", text=one.text)),
        )
        for one in transcript.segments
    ]
    return "".join(
        f"{start_ms / 1000:.6f}\t{end_ms / 1000:.6f}\t{_one_line(text)}\n"
        for start_ms, end_ms, text in sorted(rows)
    )


def edl_from_programme(
    programme: Programme, chapters: Sequence[Heading], title: str, recording: str
) -> str:
    """An edit decision list: each kept span of the recording as an event, consecutively from
    01:00:00:00; chapters are locators (``* LOC``) at their record time.

    :param recording: the recording's file name.
    """
    lines = [f"TITLE: {_one_line(title)[:_NAME_CHARACTERS]}", "FCM: NON-DROP FRAME", ""]
    record = FRAMES_PER_S * 3600
    for number, span in enumerate(programme.kept[:_MAX_EVENTS], 1):
        start, end = _frames(span.start_ms), _frames(span.end_ms)
        if end <= start:
            continue
        times = " ".join(_timecode(one) for one in (start, end, record, record + end - start))
        lines += [
            f"{number:03}  {_REEL:<8} A     C        {times}",
            f"* FROM CLIP NAME: {_one_line(recording)}",
        ]
        lines += [
            f"* LOC: {_timecode(record + _frames(one.start_ms) - start)} BLUE    "
            f"{_one_line(one.text)[:_NAME_CHARACTERS]}"
            for one in chapters
            if span.start_ms <= one.start_ms < span.end_ms
        ]
        record += end - start
    return "\n".join(lines) + "\n"


def _frames(moment_ms: int) -> int:
    return round(moment_ms * FRAMES_PER_S / 1000)


def _timecode(frames: int) -> str:
    seconds, rest = divmod(frames, FRAMES_PER_S)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}:{rest:02}"


def _one_line(text: str) -> str:
    return re.sub(r"[\s\x00-\x1f\x7f]+", " ", text).strip()
