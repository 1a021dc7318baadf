"""Decode a passage again on request, and offer Whisper's alternatives.

The model and the recording are loaded when the doubts are opened, at the latest with the first
request, and kept, so that a request takes a second or two.
"""

from __future__ import annotations

import threading
from contextlib import suppress

from studio.alignment.alignment_tables import exchange_alignments
from studio.alignment.nearby import NEAR_WORDS, PrintedPlaces
from studio.editor.cached_samples import CachedSamples
from studio.errors import ConflictError, StudioError, WorkspaceError
from studio.messages.message import message
from studio.model.clock import RecordingMs, Span
from studio.model.record import Record
from studio.model.transcript import Transcript
from studio.pipeline.steps.text_stages import prompt_names
from studio.speech.alternatives import Alternative, AlternativeFinder, PassageToDecode
from studio.speech.engine_loading import scoring_engine
from studio.speech.model_files import fetch_model, model_folder
from studio.workspace.sources import EpisodeSources

# Context before and after a passage, if there are words: enough to locate its start and end, short
# enough for a quick response.
BEFORE_MS, AFTER_MS = 4_000, 3_000
# Whisper's window (30 s), less the edges and the second of silence that it needs.
MAX_DURATION_MS = 28_000
# Margin for a window's edge words, which may begin or end slightly outside their times.
EDGE_MS = 150


class PassageRequest(Record, frozen=True):
    """The words ``was`` of a segment, from position ``first`` on, to decode again.

    :param start_ms: an earlier start, to include speech without words before them; ``end_ms`` is
        the same after them.
    """

    segment: str
    first: int
    was: str
    start_ms: RecordingMs | None = None
    end_ms: RecordingMs | None = None


class AlternativeWordings:
    """Decodes passages of one episode again; the engine is loaded once."""

    def __init__(self, sources: EpisodeSources, samples: CachedSamples) -> None:
        self._sources = sources
        self._samples = samples
        self._mutex = threading.Lock()
        self._finder: AlternativeFinder | None = None

    def alternatives(
        self, transcript: Transcript, request: PassageRequest
    ) -> tuple[Alternative, ...]:
        """Other wordings of some words, the most probable first; none if Whisper finds no other.

        :raises ConflictError: the words have moved.
        :raises StudioError: the recording or the model's weights cannot be read.
        """
        window, passage = window_around(transcript, request)
        part = self._samples.part(window.start_ms, window.end_ms)
        if not len(part):
            return ()  # the recording is shorter than the transcript: it is a different one
        return self._loaded().find(
            part,
            passage,
            self._sources.language,
            prompt_names(self._sources),
            self._printed_near(transcript, request),
        )

    def prepare(self) -> None:
        """Load the parts for the first request in the background, if the model is on this machine:
        nothing is downloaded unasked. A failure is reported to the next request.
        """

        def load() -> None:
            with suppress(StudioError):
                model_folder(self._sources.show.whisper.model)
                self._samples.all()
                self._loaded()

        threading.Thread(target=load, name="other wordings", daemon=True).start()

    def _loaded(self) -> AlternativeFinder:
        with self._mutex:
            if self._finder is None:
                settings = self._sources.show.whisper
                # A single passage uses all cores.
                self._finder = AlternativeFinder(
                    scoring_engine(settings, fetch_model(settings.model), most_workers=1)
                )
            return self._finder

    def _printed_near(self, transcript: Transcript, request: PassageRequest) -> tuple[str, ...]:
        """The article's words near that passage; none without an alignment, as after a clone."""
        with suppress(WorkspaceError):
            tables = exchange_alignments(
                transcript, self._sources.article, self._sources.alignment()
            )
            first = _place_in(transcript, request)
            place = PrintedPlaces(tables).of(first, first + len(request.was.split()))
            return () if place is None else place.terms_about(NEAR_WORDS)
        return ()


def window_around(transcript: Transcript, request: PassageRequest) -> tuple[Span, PassageToDecode]:
    """The span of the recording to decode, and the words in it, with context.

    Requested audio beside the words is left out if the span would be too long.

    :raises ConflictError: the words have moved.
    :raises StudioError: the words alone are longer than Whisper's window.
    """
    words, first, count = transcript.words, _place_in(transcript, request), len(request.was.split())
    own = words[first : first + count]
    if own[-1].end_ms - own[0].start_ms > MAX_DURATION_MS:
        raise StudioError(
            message("the passage"),
            message("is too long to be transcribed again at once"),
            message("Choose at most {seconds} s of it.", seconds=MAX_DURATION_MS // 1000),
        )
    start_ms = min(one for one in (own[0].start_ms, request.start_ms) if one is not None)
    start_ms = RecordingMs(max(0, start_ms, own[-1].end_ms - MAX_DURATION_MS))
    end_ms = max(one for one in (own[-1].end_ms, request.end_ms) if one is not None)
    # The preceding words locate the start of the passage: they have priority over the following
    # ones.
    end_ms = RecordingMs(max(own[-1].end_ms, min(end_ms, start_ms - BEFORE_MS + MAX_DURATION_MS)))
    # Extend by whole words on both sides, first before and then after, up to the longest window.
    begin, stop = first, first + count
    while begin > 0 and words[begin - 1].start_ms >= max(
        start_ms - BEFORE_MS, end_ms - MAX_DURATION_MS
    ):
        begin -= 1
    start_ms = min(start_ms, words[begin].start_ms)
    while stop < len(words) and words[stop].end_ms <= min(
        end_ms + AFTER_MS, start_ms + MAX_DURATION_MS
    ):
        stop += 1
    window = Span(
        start_ms=RecordingMs(max(0, start_ms - EDGE_MS)),
        end_ms=RecordingMs(max(end_ms, words[stop - 1].end_ms) + EDGE_MS),
    )
    return window, PassageToDecode(
        before=tuple(word.text for word in words[begin:first]),
        words=tuple(word.text for word in own),
        after=tuple(word.text for word in words[first + count : stop]),
    )


def _place_in(transcript: Transcript, request: PassageRequest) -> int:
    """The position of the requested words among all words of the transcript.

    :raises ConflictError: the words have moved.
    """
    first, count = 0, len(request.was.split())
    for segment in transcript.segments:
        if segment.id == request.segment:
            own = segment.words[request.first : request.first + count]
            if own and " ".join(word.text for word in own) == request.was:
                return first + request.first
        first += len(segment.words)
    raise ConflictError(
        message("these words"),
        message("have changed meanwhile"),
        message("Look at the passage, and ask again."),
    )
