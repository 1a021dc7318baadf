"""A passage that somebody wants heard again: what else Whisper may hear there.

The model and the recording are loaded at the first question and kept: the next ones are answered in
a second or two.
"""

from __future__ import annotations

import bisect
import threading
from typing import TYPE_CHECKING

from studio.article.names import names_from_article
from studio.errors import ConflictError
from studio.messages.message import message
from studio.model.clock import RecordingMs, Span
from studio.model.record import Record
from studio.model.transcript import Transcript
from studio.speech.alternatives import Alternative, AlternativeFinder, Passage
from studio.speech.vad import SAMPLE_RATE_HZ
from studio.speech.weights import fetch_model
from studio.workspace.sources import EpisodeSources

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# So much is heard before and after a passage, where words stand there: enough to recognise where it
# begins and ends, little enough to answer soon.
BEFORE_MS, AFTER_MS = 4_000, 3_000
# What Whisper takes at once, less the silence around.
LONGEST_MS = 28_000
# The sound of a window's edge words, which may begin or end a little outside their times.
EDGE_MS = 150


class HearAgain(Record, frozen=True):
    """The words ``was`` of a segment, from place ``first`` on, to hear again.

    :param start_ms: from where on, where speech without words before them is meant, too; ``end_ms``
        the same after them.
    """

    segment: str
    first: int
    was: str
    start_ms: RecordingMs | None = None
    end_ms: RecordingMs | None = None


class SecondHearing:
    """Answers for one episode."""

    def __init__(self, sources: EpisodeSources) -> None:
        self._sources = sources
        self._mutex = threading.Lock()
        self._finder: AlternativeFinder | None = None
        self._samples: NDArray[np.int16] | None = None

    def alternatives(self, transcript: Transcript, asked: HearAgain) -> tuple[Alternative, ...]:
        """Other wordings of some words, the most probable first; none where nothing else is heard.

        :raises ConflictError: the words are not where they were.
        :raises StudioError: the recording or the model's weights cannot be read.
        """
        import numpy as np

        window, passage = window_around(transcript, asked)
        with self._mutex:
            if self._samples is None:
                # Two bytes a sample, 115 MB an hour: half of what the stages have.
                samples = self._sources.samples()
                self._samples = np.round(np.clip(samples, -1, 1) * 32_767).astype(np.int16)
                self._sources.forget_samples()
            if self._finder is None:
                settings = self._sources.show.whisper
                self._finder = AlternativeFinder(
                    fetch_model(settings.model), device=settings.device
                )
        first, last = (ms * SAMPLE_RATE_HZ // 1000 for ms in (window.start_ms, window.end_ms))
        part = self._samples[first:last].astype(np.float32) / np.float32(32_767)
        names = (
            *self._sources.episode.guests,
            *names_from_article(self._sources.article),
            *(one.name for one in self._sources.show_sources.glossary.names),
            self._sources.host,
        )
        return self._finder.find(
            part,
            passage,
            self._sources.language,
            tuple(dict.fromkeys(filter(None, names))),
        )


def window_around(transcript: Transcript, asked: HearAgain) -> tuple[Span, Passage]:
    """The stretch of the recording to hear, and the words with those around them in it.

    :raises ConflictError: the words are not where they were.
    """
    segment = next((one for one in transcript.segments if one.id == asked.segment), None)
    count = len(asked.was.split())
    own = () if segment is None else segment.words[asked.first : asked.first + count]
    if not own or " ".join(word.text for word in own) != asked.was:
        raise ConflictError(
            message("these words"),
            message("have changed meanwhile"),
            message("Look at the passage, and ask again."),
        )
    start_ms = min(one for one in (own[0].start_ms, asked.start_ms) if one is not None)
    end_ms = max(one for one in (own[-1].end_ms, asked.end_ms) if one is not None)
    end_ms = RecordingMs(min(end_ms, start_ms + LONGEST_MS))
    words = transcript.words
    first = bisect.bisect_left([word.start_ms for word in words], own[0].start_ms)
    last = first + len(own)
    begin = first
    while begin > 0 and words[begin - 1].start_ms >= start_ms - BEFORE_MS:
        begin -= 1
    stop = last
    while (
        stop < len(words)
        and words[stop].end_ms <= end_ms + AFTER_MS
        and words[stop].end_ms - min(start_ms, words[begin].start_ms) <= LONGEST_MS
    ):
        stop += 1
    window = Span(
        start_ms=RecordingMs(max(0, min(start_ms, words[begin].start_ms) - EDGE_MS)),
        end_ms=RecordingMs(max(end_ms, words[stop - 1].end_ms) + EDGE_MS),
    )
    return window, Passage(
        before=tuple(word.text for word in words[begin:first]),
        words=tuple(word.text for word in own),
        after=tuple(word.text for word in words[last:stop]),
    )
