"""Hesitations (« euh ») that are heard and stand nowhere in the transcript: Whisper leaves most of
them out, or writes a short word in their place (« eux », « or »).

Each place where there is room for one is asked about: how much more probable is the sound of a few
seconds with « euh » there? Nothing is searched, so the model cannot make another word of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from studio.language.words import HESITATIONS, plain_words
from studio.model.clock import RecordingMs, Span
from studio.model.transcript import Word
from studio.progress import Progress, no_progress

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from studio.speech.faster_whisper_engine import FasterWhisperEngine

FILLER = {"en": "um,"}
USUAL_FILLER = "euh,"
# Words that are asked about together: so long at most, and a pause from so many ms on ends them
# once they are as long as the third.
_LONGEST_MS, _PAUSE_MS, _SHORTEST_MS = 9_000, 350, 4_000
_AROUND_MS = 200
_PER_MS = 16
_BATCH_TEXTS = 16
# So much more probable (natural logarithm) the sound has to be.
LEAST_GAIN = -8.0
# There is room for one after a mark or where so many ms lie between two words; a word so short and
# so improbable may be one.
_ROOM_MS = 80
_MARKS = (",", ".", ";", ":", "!", "?", "…")
_MOST_LETTERS, _MOST_PROBABLE = 4, 0.6
# What is shorter is a breath or the end of a word, what is longer holds words.
_LENGTH_MS = (80, 1_200)


class Filler(NamedTuple):
    """A hesitation, and by how much the sound is more probable with it (natural logarithm)."""

    span: Span
    gain: float


class _Place(NamedTuple):
    """Words ``first`` to ``last`` (excluded) would be a filler; of none, it would stand there."""

    first: int
    last: int

    def texts(self, words: Sequence[Word], filler: str) -> list[str]:
        texts = [word.text for word in words]
        return [*texts[: self.first], filler, *texts[self.last :]]


def unwritten_fillers(
    engine: FasterWhisperEngine,
    samples: NDArray[np.int16],
    words: Sequence[Word],
    language: str,
    *,
    least_gain: float = LEAST_GAIN,
    progress: Progress = no_progress,
) -> Iterator[Filler]:
    """Where they are, ascending.

    :param samples: of the recording, mono, 16 kHz.
    :param words: ascending by their starts.
    :param language: two letters, e.g. ``fr``.
    """
    filler = FILLER.get(language, USUAL_FILLER)
    for some in _grouped(words):
        progress(some[0].start_ms, words[-1].end_ms)
        places = list(_places(some))
        window = _Window(engine, samples, some, language)
        if not places or not window.is_heard:
            continue
        stands = " ".join(word.text for word in some)
        texts = [" ".join(place.texts(some, filler)) for place in places]
        before, *scores = window.scores([stands, *texts])
        end_ms = 0
        found = sorted(zip(scores, places, strict=True), reverse=True)
        best = [(score - before, place) for score, place in found if score - before > least_gain]
        for gain, place in sorted(best, key=lambda one: one[1]):
            span = window.span_of(place.texts(some, filler), place.first)
            length_ms = span.end_ms - span.start_ms
            if _LENGTH_MS[0] <= length_ms <= _LENGTH_MS[1] and span.start_ms >= end_ms:
                yield Filler(span, gain)
                end_ms = span.end_ms


class _Window:
    """A few seconds of sound, encoded once."""

    def __init__(
        self,
        engine: FasterWhisperEngine,
        samples: NDArray[np.int16],
        words: Sequence[Word],
        language: str,
    ) -> None:
        self._engine = engine
        self._tokenizer = engine.tokenizer(language)
        self._start_ms = max(0, words[0].start_ms - _AROUND_MS)
        end_ms = max(word.end_ms for word in words) + _AROUND_MS
        part = samples[self._start_ms * _PER_MS : end_ms * _PER_MS]
        self._length_ms = len(part) // _PER_MS
        self.is_heard = len(part) > 0
        if self.is_heard:
            self._encoding = engine.encode(part.astype(np.float32) / np.float32(32_768))

    def scores(self, texts: Sequence[str]) -> list[float]:
        """The natural logarithm of each text's probability."""
        scores: list[float] = []
        for first in range(0, len(texts), _BATCH_TEXTS):
            batch = texts[first : first + _BATCH_TEXTS]
            found = self._engine.token_logprobs(
                [self._encoding] * len(batch), batch, self._tokenizer
            )
            scores += [sum(logprobs) for logprobs in found]
        return scores

    def span_of(self, texts: Sequence[str], place: int) -> Span:
        """When the text of that number is said; an empty span where no sound is its own."""
        tokens = self._tokenizer.encode(" " + " ".join(texts))
        (pieces,) = self._engine.align(
            [self._encoding], [tokens], [self._length_ms], self._tokenizer
        )
        before, own = len("".join(texts[:place])), len(texts[place])
        count, edges = 0, []
        for piece in pieces:
            if before <= count < before + own and piece.letters:
                edges += [piece.start_ms, piece.end_ms]
            count += len(piece.text.replace(" ", ""))
        start_ms, end_ms = (min(edges), max(edges)) if edges else (0, 0)
        return Span(
            start_ms=RecordingMs(self._start_ms + start_ms),
            end_ms=RecordingMs(self._start_ms + end_ms),
        )


def _places(words: Sequence[Word]) -> Iterator[_Place]:
    for place, word in enumerate(words):
        before = words[place - 1] if place else None
        if _is_filler(word) or (before and _is_filler(before)):
            continue
        if before is None or (
            before.text.endswith(_MARKS) or word.start_ms - before.end_ms >= _ROOM_MS
        ):
            yield _Place(place, place)
        letters = sum(sign.isalnum() for sign in word.text)
        if letters <= _MOST_LETTERS and word.probability < _MOST_PROBABLE:
            yield _Place(place, place + 1)


def _is_filler(word: Word) -> bool:
    return any(one in HESITATIONS for one in plain_words(word.text))


def _grouped(words: Sequence[Word]) -> Iterator[list[Word]]:
    some: list[Word] = list(words[:1])
    for before, word in pairwise(words):
        length_ms = before.end_ms - some[0].start_ms
        is_pause = word.start_ms - before.end_ms > _PAUSE_MS and length_ms > _SHORTEST_MS
        if is_pause or word.end_ms - some[0].start_ms > _LONGEST_MS:
            yield some
            some = []
        some.append(word)
    if some:
        yield some
