"""Every form of the transcript, made at once."""

from __future__ import annotations

from studio.captions.cues import cues_from_transcript
from studio.captions.html import html_from_turns
from studio.captions.podcast_json import json_from_cues
from studio.captions.srt import SHAPE as SRT_SHAPE
from studio.captions.srt import srt_from_cues
from studio.captions.text import text_from_turns
from studio.captions.vtt import SHAPE as VTT_SHAPE
from studio.captions.vtt import vtt_from_cues
from studio.model.captions import HTML, JSON, SRT, TEXT, VTT, CaptionFormat
from studio.model.clock import Programme
from studio.model.transcript import Transcript
from studio.model.turns import turns_from_transcript


def captions_from_transcript(
    transcript: Transcript, programme: Programme, title: str
) -> dict[CaptionFormat, str]:
    """What each caption file holds, for every kind of ``CAPTION_KINDS``.

    :param title: the episode's, for the forms that carry one.
    """
    turns = turns_from_transcript(transcript, programme)
    cues = cues_from_transcript(transcript, programme, VTT_SHAPE)
    return {
        VTT: vtt_from_cues(cues),
        SRT: srt_from_cues(cues_from_transcript(transcript, programme, SRT_SHAPE)),
        JSON: json_from_cues(cues),
        HTML: html_from_turns(turns, transcript.language, title),
        TEXT: text_from_turns(turns, transcript.language),
    }
