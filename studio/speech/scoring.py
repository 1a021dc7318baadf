"""Forced scoring: the probability of a given text, under the model and the audio.

The decoder is run over each text once, without a search, so a candidate costs one step of a batch
and no decoding. The audio is encoded once per span for any number of candidates, and the encodings
of the latest spans are cached, so that scoring the same span again runs only the decoder.

Two scores can be compared when they are of the same span and their texts differ in a few words:
each is a sum over the tokens of its text. That the text ends there is not scored, so a text that
stops early is probable, though it leaves out the rest: give each candidate all the words of the
span (or of a few seconds around the place in question), not the words in question alone.
"""

from __future__ import annotations

import math
from collections import OrderedDict, defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from studio.errors import ModelError
from studio.messages.message import message
from studio.model.clock import Span
from studio.model.wording import Wording
from studio.progress import Progress, no_progress
from studio.speech.hypotheses import EncodedWindow
from studio.speech.vad import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from studio.speech.engine import ScoringEngine

# Texts scored together. Each needs a copy of its span's encoding (3 MB with base weights)
# and its logits.
BATCH_TEXTS = 8
# Number of cached encodings (3 MB each with base weights for half a minute, 1 MB for ten
# seconds).
KEPT_ENCODINGS = 32
# The length of Whisper's window.
MAX_SPAN_MS = 30_000


class WordingScorer:
    """Scores texts against stretches of one recording or of several, with one loaded model."""

    def __init__(self, engine: ScoringEngine) -> None:
        self._engine = engine
        self._encodings: OrderedDict[tuple[int, int], EncodedWindow] = OrderedDict()
        self._samples: NDArray[np.float32] | None = None

    def score(
        self,
        samples: NDArray[np.float32],
        wordings: Sequence[Wording],
        language: str,
        progress: Progress = no_progress,
    ) -> list[float]:
        """The log-probability of each text as the speech of its span.

        :param samples: the whole recording, mono, 16 kHz, −1 to 1.
        :param wordings: of stretches of at most ``MAX_SPAN_MS`` on the recording's clock; the
            same stretch may come several times, in any order.
        :param language: two letters, e.g. ``fr``.
        :param progress: called with the texts scored, and in all.
        :returns: for each text, in the order given, the sum of the natural logarithms of its
            tokens' probabilities; 0 is certain.
        :raises ModelError: a span is empty, longer than the model takes, or outside the recording.
        """
        spans = [_checked(one.span, len(samples)) for one in wordings]
        if samples is not self._samples:
            self._encodings.clear()
            self._samples = samples
        tokenizer = self._engine.tokenizer(language)
        scores = [0.0] * len(wordings)
        # Texts of one span are adjacent, so that its encoding is still cached for the next batch.
        places = sorted(
            range(len(spans)),
            key=lambda place: (spans[place].start_ms, spans[place].end_ms, wordings[place].prompt),
        )
        for start in range(0, len(places), BATCH_TEXTS):
            batches: defaultdict[tuple[int, str], list[tuple[int, EncodedWindow]]] = defaultdict(
                list
            )
            for place in places[start : start + BATCH_TEXTS]:
                encoding = self._encoding(samples, spans[place])
                batches[encoding.encoded_ms, wordings[place].prompt].append((place, encoding))
            for (_, prompt), batch in batches.items():
                found = self._engine.token_logprobs(
                    [encoding for _, encoding in batch],
                    [wordings[place].text for place, _ in batch],
                    tokenizer,
                    tokenizer.encode(" " + prompt) if prompt else (),
                )
                for (place, _), logprobs in zip(batch, found, strict=True):
                    scores[place] = math.fsum(logprobs)
            progress(min(start + BATCH_TEXTS, len(places)), len(places))
        return scores

    def _encoding(self, samples: NDArray[np.float32], span: Span) -> EncodedWindow:
        key = (span.start_ms, span.end_ms)
        if key not in self._encodings:
            start, end = (edge_ms * SAMPLE_RATE_HZ // 1000 for edge_ms in key)
            self._encodings[key] = self._engine.encode(samples[start:end])
        self._encodings.move_to_end(key)
        while len(self._encodings) > KEPT_ENCODINGS:
            self._encodings.popitem(last=False)
        return self._encodings[key]


def _checked(span: Span | None, count: int) -> Span:
    start_ms, end_ms = (0, 0) if span is None else (span.start_ms, span.end_ms)
    if (
        span is None
        or not 0 < end_ms - start_ms <= MAX_SPAN_MS
        or start_ms < 0
        or start_ms * SAMPLE_RATE_HZ // 1000 >= count
    ):
        what = message(
            "cannot be scored: {start_ms} to {end_ms} ms in a recording of {sample_rate_hz} ms",
            start_ms=start_ms,
            end_ms=end_ms,
            sample_rate_hz=count * 1000 // SAMPLE_RATE_HZ,
        )
        raise ModelError(
            message("a wording"),
            what,
            message(
                "Ask about stretches of at most {longest_span_ms} s inside the recording.",
                longest_span_ms=MAX_SPAN_MS // 1000,
            ),
        )
    return span
