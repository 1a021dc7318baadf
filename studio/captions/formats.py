"""The formats in which the transcript is published: one entry each.

A new format is a module beside this one and an entry in ``CAPTION_FORMATS``: the stages, the feed,
the pages, the web server's types, `studio export` and `import` and `studio check` read this list.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator

from studio.captions import html, plain_text, podcast_json, srt, vtt
from studio.captions.faults import Fault
from studio.captions.source import CaptionSource
from studio.messages.message import message
from studio.model.clock import Programme
from studio.model.plain_transcript import CueText
from studio.model.transcript import Transcript

Reader = Callable[[str, Iterable[str], Iterable[str]], Iterator[CueText]]


@dataclasses.dataclass(frozen=True)
class CaptionFormat:
    """One format.

    :param suffix: its file name suffix.
    :param type: MIME type.
    :param rel: podcast:transcript's: ``captions`` if the text has times that a player can follow,
        else empty.
    :param label: label of its link on the episode's page.
    :param write: writes the whole file. :param check: finds errors in a file of this format, by
        rule.
    :param rule: the rule of docs/rules.md that a file breaks if it is not UTF-8.
    :param read: reads the cues of a corrected file, given the speakers' names and the words of the
        current transcript; None if `studio import` does not support it.
    :param expected: whether the feed must announce it (rule 26).
    """

    suffix: str
    type: str
    rel: str
    label: str
    write: Callable[[CaptionSource], str]
    check: Callable[[str], Iterator[Fault]]
    rule: str
    read: Reader | None = None
    expected: bool = True


VTT = CaptionFormat(
    suffix=".vtt",
    type="text/vtt",
    rel="captions",
    label=message("Captions (WebVTT)"),
    write=lambda source: vtt.vtt_from_cues(source.cues(vtt.SHAPE)),
    check=vtt.check_vtt,
    rule="22a",
    read=vtt.cues_from_vtt,
)
SRT = CaptionFormat(
    suffix=".srt",
    type="application/x-subrip",
    rel="captions",
    label=message("Captions (SRT)"),
    write=lambda source: srt.srt_from_cues(source.cues(srt.SHAPE)),
    check=srt.check_srt,
    rule="23a",
    read=srt.cues_from_srt,
)
JSON = CaptionFormat(
    suffix=".podcast.json",
    type="application/json",
    rel="captions",
    label=message("Transcript for apps (JSON)"),
    write=lambda source: podcast_json.json_from_cues(source.cues(vtt.SHAPE)),
    check=podcast_json.check_json,
    rule="24",
)
HTML = CaptionFormat(
    suffix=".html",
    type="text/html",
    rel="",
    label=message("Transcript (HTML)"),
    write=lambda source: html.html_from_turns(source.turns, source.language, source.title),
    check=html.check_html,
    rule="25",
)
TEXT = CaptionFormat(
    suffix=".txt",
    type="text/plain",
    rel="",
    label=message("Transcript (text)"),
    write=lambda source: plain_text.text_from_turns(source.turns, source.language),
    check=plain_text.check_text,
    rule="25b",
    expected=False,
)

CAPTION_FORMATS: tuple[CaptionFormat, ...] = (VTT, SRT, JSON, HTML, TEXT)
"""The transcript as people and apps read it while they listen."""


def captions_from_transcript(
    transcript: Transcript, programme: Programme, title: str
) -> dict[CaptionFormat, str]:
    """The content of each caption file, for all of ``CAPTION_FORMATS``.

    :param title: the episode's title, for formats that have one.
    """
    source = CaptionSource(transcript, programme, title)
    return {one: one.write(source) for one in CAPTION_FORMATS}
