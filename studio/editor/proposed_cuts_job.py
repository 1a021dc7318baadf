"""The search for proposed cuts, started on request: it takes at least a minute per hour of
audio.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Literal

from studio.editor.cached_samples import CachedSamples
from studio.editor.job_failures import error_of_job
from studio.editor.proposed_cuts import ProposedCut, proposed_cuts
from studio.messages.message import message
from studio.model.clock import Span
from studio.model.record import Record
from studio.model.transcript import Transcript
from studio.progress import Progress
from studio.speech.engine_loading import scoring_engine
from studio.speech.fillers import unwritten_fillers
from studio.speech.model_files import fetch_model
from studio.workspace.sources import EpisodeSources

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class CutSearch(Record, frozen=True):
    """The state of the search. :param share: progress, 0 to 1.
    :param what: why it failed; ``remedy``: what to do.
    """

    state: Literal["none", "listening", "done", "failed"] = "none"
    share: float = 0.0
    cuts: tuple[ProposedCut, ...] = ()
    what: str = ""
    remedy: str = ""


class ProposedCutsJob:
    """The search of one episode; a second request runs it again. Thread-safe."""

    def __init__(self, sources: EpisodeSources, samples: CachedSamples) -> None:
        self._sources = sources
        self._samples = samples
        self._mutex = threading.Lock()
        self._search = CutSearch()

    def search(self) -> CutSearch:
        """The search's current state and progress."""
        return self._search

    def start(self, transcript: Transcript) -> CutSearch:
        """Start the search, unless it is already running."""
        with self._mutex:
            if self._search.state != "listening":
                self._search = CutSearch(state="listening")
                listener = threading.Thread(
                    target=self._listen, args=(transcript,), name="proposed cuts", daemon=True
                )
                listener.start()
            return self._search

    def _listen(self, transcript: Transcript) -> None:
        def progress(done: float, total: float) -> None:
            self._search = CutSearch(state="listening", share=done / total if total else 0.0)

        try:
            samples = self._samples.all()
            unwritten = self._unwritten(samples, transcript, progress)
            found = proposed_cuts(transcript, samples, unwritten)
            self._search = CutSearch(state="done", share=1.0, cuts=tuple(found))
        except Exception as error:  # any failure is reported
            failure = error_of_job(error, self._sources.recording)
            self._search = CutSearch(
                state="failed",
                what=message("{where}: {what}", where=failure.where, what=failure.what),
                remedy=failure.remedy,
            )

    def _unwritten(
        self, samples: NDArray[np.int16], transcript: Transcript, progress: Progress
    ) -> list[Span]:
        """Hesitations that are not in the transcript. The model is released at the end."""
        settings = self._sources.show.whisper
        engine = scoring_engine(settings, fetch_model(settings.model), most_workers=1)
        words = sorted(transcript.words, key=lambda word: word.start_ms)
        language = self._sources.language
        fillers = unwritten_fillers(engine, samples, words, language, progress=progress)
        return [filler.span for filler in fillers]
