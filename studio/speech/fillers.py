"""Hesitations (« euh ») that are heard but not in the transcript: Whisper leaves most of them out,
or writes a short word in their place (« eux », « or »).

Each place where one may be is scored: how much more probable are a few seconds of audio with « euh
» there? There is no search, so the model cannot replace it by another word.
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
from studio.speech.hypotheses import SAMPLES_PER_MS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from studio.speech.engine import ScoringEngine

FILLER = {"en": "um,"}
USUAL_FILLER = "euh,"
# Windows of words scored together: maximum length, the pause that ends a window, and the length
# from which it does; milliseconds.
_MAX_DURATION_MS, _PAUSE_MS, _MIN_DURATION_MS = 9_000, 350, 4_000
# Audio before the first of them and after the last one.
_AROUND_MS = 200
# Texts scored together: each needs a copy of its window's encoding.
_BATCH_TEXTS = 16
# How probable the filler's own tokens have to be there, and how much more probable the whole window
# with it (natural logarithms). Whisper was taught to leave them out: where one is said it has -5.5
# and more, where none is -6.6 and less; the second limit keeps out what the words after it
# contradict. Both are of four interviews by synthetic voices (`bench/fillers.py`).
MIN_LOGPROB = -6.0
MIN_GAIN = -9.0
# A word that sounds the same (« les petits, eux, ils ») leaves « euh » little beside it: there only
# the window's score decides, -10.9 and more against -12 and less.
MIN_GAIN_ALIKE = -11.0
_ALIKE = frozenset({"eux", "eu"})
# After these it is the pronoun (« par eux ») or the participle (« on a eu »).
_LEADS = frozenset(
    "à avec chez contre d' de entre parmi par pour sans sur vers "
    "ai as a avons avez ont avais avait avions aviez avaient aurai auras aura aurons aurez auront "
    "aurais aurait aurions auriez auraient avoir ayant".split()
)
# Deliberate words of one vowel.
_INTERJECTIONS = frozenset("ah oh eh ha hé bah".split())
# There may be one after a punctuation mark or in a gap of this many ms between two words; a word
# this short and improbable may be one.
_ROOM_MS = 80
_MARKS = (",", ".", ";", ":", "!", "?", "…")
# A word of this many letters with a probability this low (0 to 1) may be one as well.
_MAX_LETTERS, _MAX_PROBABLE = 4, 0.6
# Anything shorter is a breath or the end of a word, anything longer contains words.
_LENGTH_MS = (80, 1_200)


class Filler(NamedTuple):
    """A hesitation, and how probable it is (natural logarithm) given the sound and the words before
    it.
    """

    span: Span
    logprob: float


class FillerSlot(NamedTuple):
    """Words ``first`` to ``last`` (exclusive) may be a filler; if the range is empty, one may be
    inserted there.
    """

    first: int
    last: int
    is_alike: bool = False

    def texts(self, words: Sequence[Word], filler: str) -> list[str]:
        """The words with a filler there."""
        texts = [word.text for word in words]
        return [*texts[: self.first], filler, *texts[self.last :]]


def unwritten_fillers(
    engine: ScoringEngine,
    samples: NDArray[np.int16],
    words: Sequence[Word],
    language: str,
    *,
    least_logprob: float = MIN_LOGPROB,
    progress: Progress = no_progress,
) -> Iterator[Filler]:
    """The hesitations that are not in the words, ascending.

    :param samples: of the recording, mono, 16 kHz.
    :param words: ascending by their starts.
    :param language: two letters, e.g. ``fr``.
    """
    filler = FILLER.get(language, USUAL_FILLER)
    for some in _grouped(words):
        progress(some[0].start_ms, words[-1].end_ms)
        places = list(filler_slots(some))
        window = _Window(engine, samples, some, language)
        if not places or not window.is_heard:
            continue
        # Log-probability of the text as it is, against which each text with a filler is compared.
        stands = sum(window.logprobs([" ".join(word.text for word in some)])[0])
        asked = [place.texts(some, filler) for place in places]
        found = []
        for place, texts, logprobs in zip(
            places, asked, window.logprobs([" ".join(texts) for texts in asked]), strict=True
        ):
            # Two conditions: the filler itself is probable where it stands, and the whole text
            # becomes more probable with it.
            own = sum(logprobs[window.tokens_of(texts, place.first)])
            gain = sum(logprobs) - stands
            is_one = own >= least_logprob and gain >= MIN_GAIN
            if is_one or (place.is_alike and gain >= MIN_GAIN_ALIKE):
                found.append(Filler(window.span_of(texts, place.first), own))
        yield from _apart(found)


def _apart(fillers: Sequence[Filler]) -> Iterator[Filler]:
    """Those with a plausible length; of two at one place the more probable."""
    kept: list[Filler] = []
    for one in sorted(fillers, key=lambda filler: -filler.logprob):
        length_ms = one.span.end_ms - one.span.start_ms
        is_taken = any(
            one.span.start_ms < other.span.end_ms and other.span.start_ms < one.span.end_ms
            for other in kept
        )
        if _LENGTH_MS[0] <= length_ms <= _LENGTH_MS[1] and not is_taken:
            kept.append(one)
    yield from sorted(kept, key=lambda filler: filler.span.start_ms)


class _Window:
    """A few seconds of audio, encoded once."""

    def __init__(
        self,
        engine: ScoringEngine,
        samples: NDArray[np.int16],
        words: Sequence[Word],
        language: str,
    ) -> None:
        self._engine = engine
        self._tokenizer = engine.tokenizer(language)
        self._start_ms = max(0, words[0].start_ms - _AROUND_MS)
        end_ms = max(word.end_ms for word in words) + _AROUND_MS
        part = samples[self._start_ms * SAMPLES_PER_MS : end_ms * SAMPLES_PER_MS]
        self._length_ms = len(part) // SAMPLES_PER_MS
        self.is_heard = len(part) > 0
        if self.is_heard:
            self._encoding = engine.encode(part.astype(np.float32) / np.float32(32_768))

    def logprobs(self, texts: Sequence[str]) -> list[list[float]]:
        """The natural logarithms of the probabilities of each text's tokens."""
        found: list[list[float]] = []
        for first in range(0, len(texts), _BATCH_TEXTS):
            batch = texts[first : first + _BATCH_TEXTS]
            found += self._engine.token_logprobs(
                [self._encoding] * len(batch), batch, self._tokenizer
            )
        return found

    def tokens_of(self, texts: Sequence[str], place: int) -> slice:
        """The tokens that spell the text of that number, without a mark at its end."""
        before = len(self._tokenizer.encode(" " + " ".join(texts[:place]))) if place else 0
        own = len(self._tokenizer.encode(" " + texts[place].rstrip(",")))
        return slice(before, before + own)

    def span_of(self, texts: Sequence[str], place: int) -> Span:
        """The time span of the text of that number; empty if it has no audio of its own."""
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


def filler_slots(words: Sequence[Word]) -> Iterator[FillerSlot]:
    """Where a filler may be between words, or in place of one."""
    for place, word in enumerate(words):
        before = words[place - 1] if place else None
        if _is_filler(word) or (before and _is_filler(before)):
            continue
        if before is None or (
            before.text.endswith(_MARKS) or word.start_ms - before.end_ms >= _ROOM_MS
        ):
            yield FillerSlot(place, place)
        plain = "".join(plain_words(word.text))
        lead = plain_words(before.text)[-1:] if before else []
        if plain in _ALIKE:
            if not _LEADS.intersection(lead):
                yield FillerSlot(place, place + 1, is_alike=True)
        elif (
            len(plain) <= _MAX_LETTERS
            and word.probability < _MAX_PROBABLE
            and plain not in _INTERJECTIONS
        ):
            yield FillerSlot(place, place + 1)


def _is_filler(word: Word) -> bool:
    return any(one in HESITATIONS for one in plain_words(word.text))


def _grouped(words: Sequence[Word]) -> Iterator[list[Word]]:
    some: list[Word] = list(words[:1])
    for before, word in pairwise(words):
        length_ms = before.end_ms - some[0].start_ms
        is_pause = word.start_ms - before.end_ms > _PAUSE_MS and length_ms > _MIN_DURATION_MS
        if is_pause or word.end_ms - some[0].start_ms > _MAX_DURATION_MS:
            yield some
            some = []
        some.append(word)
    if some:
        yield some
