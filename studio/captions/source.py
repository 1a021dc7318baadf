"""The common input of all caption writers."""

from __future__ import annotations

import functools

from studio.captions.cues import Cue, CueShape, cues_from_transcript
from studio.model.clock import Programme
from studio.model.transcript import Transcript
from studio.model.turns import Turn, turns_from_transcript


class CaptionSource:
    """One episode's transcript; turns and cues are computed once for all formats.

    :param title: the episode's title, for formats that have one.
    """

    def __init__(self, transcript: Transcript, programme: Programme, title: str) -> None:
        self.title = title
        self.language = transcript.language
        self._transcript = transcript
        self._programme = programme
        self._cues: dict[CueShape, tuple[Cue, ...]] = {}

    @functools.cached_property
    def turns(self) -> tuple[Turn, ...]:
        """The speaker turns, on the programme clock."""
        return tuple(turns_from_transcript(self._transcript, self._programme))

    def cues(self, shape: CueShape) -> tuple[Cue, ...]:
        """The cues within the limits of this shape."""
        if shape not in self._cues:
            self._cues[shape] = cues_from_transcript(self._transcript, self._programme, shape)
        return self._cues[shape]
