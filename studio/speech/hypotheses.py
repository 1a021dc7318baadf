"""Readings of windows, and what tells a good one: whether somebody can have said it in that time,
and whether all speech was heard.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from studio.model.clock import RecordingMs, Span
from studio.model.record import replace_fields
from studio.model.transcript import Utterance, Word
from studio.speech.hallucinations import is_hallucination, is_looped

# A window with fewer letters a second of speech than this share of the recording's usual rate has
# probably lost a sentence.
LOWEST_RATE_SHARE = 0.72
# Speech without words that is shorter is a hesitation or a breath.
SHORTEST_UNHEARD_MS = 1_000
# A window whose reading is less probable is searched more widely; that gains most on bad lines and
# costs too much everywhere.
PROBABLE_MEAN_LOGPROB = -0.4
# So much of what is heard at once is searched so all the same, the least probable first, as long as
# it is less probable than this: it is little of a long recording, and all of a short one.
CERTAIN_MEAN_LOGPROB = -0.2
SPARE_MS = 10_000
# Nobody says more letters a second.
FASTEST_LETTERS = 26.0
# No word lasts longer than this and so much for each letter.
LONGEST_WORD_MS = 300
LONGEST_LETTER_MS = 120


@dataclass(frozen=True)
class Encoding:
    """What the encoder made of one window: a row of a batch, kept so that other readings need not
    listen again.
    """

    features: Any
    row: int


@dataclass(frozen=True)
class Hypothesis:
    """One reading of one window. ``tokens`` are text tokens only."""

    window: Span
    tokens: tuple[int, ...]
    text: str
    mean_logprob: float
    no_speech: float
    encoding: Encoding

    @property
    def letters(self) -> int:
        """How many letters and digits were heard."""
        return sum(letter.isalnum() for letter in self.text)

    @property
    def looped(self) -> bool:
        """Whether it says one thing over and over."""
        return is_looped(self.text)

    @property
    def believable(self) -> bool:
        """Whether somebody can have said this in the time of the window."""
        fastest = FASTEST_LETTERS * (self.window.end_ms - self.window.start_ms) / 1000
        return self.letters <= fastest and not is_hallucination(
            self.text, mean_logprob=self.mean_logprob, no_speech=self.no_speech
        )

    def rate(self, voice: Sequence[Span]) -> float:
        """Letters a second of speech."""
        return self.letters / voiced_s(self.window, voice)


def voiced_s(window: Span, voice: Sequence[Span]) -> float:
    """Seconds of speech in a window, a tenth at least."""
    spoken = sum(
        max(0, min(window.end_ms, span.end_ms) - max(window.start_ms, span.start_ms))
        for span in voice
    )
    return max(0.1, spoken / 1000)


def fullest(hypotheses: Sequence[Sequence[Hypothesis]]) -> Sequence[Hypothesis]:
    """The reading with most letters of those that somebody can have said; empty when there is none.

    :param readings: each covers the same window, as a whole or half by half.
    """
    sound = [
        hypothesis
        for hypothesis in hypotheses
        if hypothesis and all(part.believable for part in hypothesis)
    ]
    return max(sound, key=lambda hypothesis: sum(part.letters for part in hypothesis), default=())


def improbable_of(hypotheses: Sequence[Hypothesis]) -> list[Hypothesis]:
    """The readings whose windows are worth a wider search, the least probable first."""
    chosen = []
    left_ms = SPARE_MS
    for hypothesis in sorted(hypotheses, key=lambda one: one.mean_logprob):
        if hypothesis.mean_logprob >= PROBABLE_MEAN_LOGPROB:
            if hypothesis.mean_logprob >= CERTAIN_MEAN_LOGPROB or left_ms <= 0:
                break
            left_ms -= hypothesis.window.end_ms - hypothesis.window.start_ms
        chosen.append(hypothesis)
    return chosen


def halves(window: Span, voice: Sequence[Span]) -> list[Span]:
    """The window cut in two at the pause nearest to its middle; nothing where it has none."""
    inside = [
        span for span in voice if span.start_ms < window.end_ms and span.end_ms > window.start_ms
    ]
    if len(inside) < 2:
        return []
    middle = (window.start_ms + window.end_ms) // 2
    place = min(range(1, len(inside)), key=lambda index: abs(inside[index].start_ms - middle))
    return [
        Span(start_ms=window.start_ms, end_ms=min(window.end_ms, inside[place - 1].end_ms)),
        Span(start_ms=max(window.start_ms, inside[place].start_ms), end_ms=window.end_ms),
    ]


def unstretched(heard: Sequence[Utterance]) -> list[Utterance]:
    """Words at their longest plausible length: attention that finds no words for some speech
    stretches the next word back over it.
    """
    return [
        replace_fields(
            utterance,
            words=tuple(
                replace_fields(
                    word, start_ms=RecordingMs(max(word.start_ms, word.end_ms - _longest_ms(word)))
                )
                for word in utterance.words
            ),
        )
        for utterance in heard
    ]


def _longest_ms(word: Word) -> int:
    return LONGEST_WORD_MS + LONGEST_LETTER_MS * sum(letter.isalnum() for letter in word.text)


def unheard(voice: Sequence[Span], heard: Sequence[Utterance]) -> Iterator[Span]:
    """Stretches of speech that no word covers, ascending.

    :param voice: ascending, without overlap.
    :param heard: with ascending words; the utterances of halves of one window may touch.
    """
    words = sorted(
        (word for utterance in heard for word in utterance.words), key=lambda word: word.start_ms
    )
    longest_ms = max((word.end_ms - word.start_ms for word in words), default=0)
    first = 0
    for span in voice:
        # No word that begins so long before the stretch can reach into it.
        while first < len(words) and words[first].start_ms + longest_ms <= span.start_ms:
            first += 1
        edge = span.start_ms
        place = first
        while place < len(words) and words[place].start_ms < span.end_ms:
            word = words[place]
            if word.start_ms - edge >= SHORTEST_UNHEARD_MS:
                yield Span(start_ms=edge, end_ms=word.start_ms)
            edge = max(edge, word.end_ms)
            place += 1
        if span.end_ms - edge >= SHORTEST_UNHEARD_MS:
            yield Span(start_ms=edge, end_ms=span.end_ms)
