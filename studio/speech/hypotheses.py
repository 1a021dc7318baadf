"""Hypotheses of windows, and the criteria for accepting them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from studio.language.words import plain_words
from studio.model.clock import RecordingMs, Span
from studio.model.record import replace_fields
from studio.model.transcript import Utterance, Word
from studio.speech.hallucinations import MAX_LETTERS_PER_S, is_looped, letters_in

# Whisper's sample rate is 16 kHz.
SAMPLES_PER_MS = 16
# A window with fewer letters a second of speech than this share of the recording's usual rate has
# probably lost a sentence.
MIN_RATE_SHARE = 0.72
# Speech without words that is shorter is a hesitation or a breath.
MIN_UNHEARD_MS = 1_000
# The longest duration of a word: a constant and a part for each letter.
MAX_WORD_MS = 300
MAX_LETTER_MS = 120
# This many words in a row may be a phrase that is written twice; people repeat one or two words
# quickly.
MIN_REPEAT = 3
MAX_REPEAT = 15


@dataclass(frozen=True)
class EncodedWindow:
    """The encoder's output for one window, kept for further decodings of it.

    :param features: a batch of one, in the engine's own form.
    :param encoded_ms: the length that the window was padded to with silence; encodings of one
        length are decoded together.
    """

    features: Any
    encoded_ms: int


@dataclass(frozen=True)
class Decoded:
    """What the decoder wrote for one encoding.

    :param tokens: of text and of timestamps, without the end-of-text token.
    :param mean_logprob: mean natural logarithm of the tokens' probabilities.
    :param no_speech: the model's no-speech probability.
    """

    tokens: tuple[int, ...]
    mean_logprob: float
    no_speech: float


@dataclass(frozen=True)
class Hypothesis:
    """One decoding of one window.

    :param decoded: the decoder's output, unchanged.
    :param context: how many tokens of preceding text were in its prompt.
    """

    window: Span
    text: str
    decoded: Decoded
    encoding: EncodedWindow
    context: int = 0

    @property
    def mean_logprob(self) -> float:
        """Mean natural logarithm of the tokens' probabilities."""
        return self.decoded.mean_logprob

    @property
    def letters(self) -> int:
        """The number of letters and digits in its text."""
        return letters_in(self.text)

    @property
    def possible(self) -> bool:
        """Whether a person can say this in the duration of the window."""
        too_fast = (
            self.letters > MAX_LETTERS_PER_S * (self.window.end_ms - self.window.start_ms) / 1000
        )
        return not too_fast and not is_looped(self.text)

    def rate(self, voice: Sequence[Span]) -> float:
        """Letters a second of speech."""
        return self.letters / voiced_s(self.window, voice)


def voiced_s(window: Span, voice: Sequence[Span]) -> float:
    """Seconds of speech in a window, a tenth at least.

    :param voice: ascending, without overlap.
    """
    spoken = sum(
        max(0, min(window.end_ms, span.end_ms) - max(window.start_ms, span.start_ms))
        for span in voice
    )
    return max(0.1, spoken / 1000)


def voiced_share(span: Span, voice: Sequence[Span]) -> float:
    """The share of a stretch with speech, 0 to 1; 0 where it is a tenth of a second or less."""
    length_s = (span.end_ms - span.start_ms) / 1000
    voiced = voiced_s(span, voice)
    return voiced / length_s if voiced > 0.1 and length_s > 0 else 0.0


def best_hypothesis(
    hypotheses: Sequence[Hypothesis], voice: Sequence[Span], usual_rate: float
) -> Hypothesis:
    """The accepted hypothesis of one window: the most probable one that is possible as speech and
    omits no sentence; if each omits one, the longest; if none is possible, the most probable.

    :param usual_rate: letters a second of speech in the recording so far, or 0.
    """
    possible = [hypothesis for hypothesis in hypotheses if hypothesis.possible]
    full = [
        hypothesis
        for hypothesis in possible
        if hypothesis.rate(voice) >= MIN_RATE_SHARE * usual_rate
    ]
    if full or not possible:
        return max(full or hypotheses, key=lambda hypothesis: hypothesis.mean_logprob)
    return max(possible, key=lambda hypothesis: hypothesis.letters)


def clamp_word_durations(words: Sequence[Word]) -> tuple[Word, ...]:
    """Words at their longest plausible length: attention that finds no words for some speech
    stretches the next word back over it.
    """
    return tuple(
        replace_fields(
            word, start_ms=RecordingMs(max(word.start_ms, word.end_ms - longest_ms(word.text)))
        )
        for word in words
    )


def impossible_repeats(words: Sequence[Word]) -> set[int]:
    """The indices of words that repeat their neighbours faster than anyone speaks: a phrase that
    the model wrote twice.

    :param words: in order of time.
    """
    plain = [plain_words(word.text) for word in words]
    found: set[int] = set()
    for count in range(MAX_REPEAT, MIN_REPEAT - 1, -1):
        for first in range(len(words) - 2 * count + 1):
            copies = range(first, first + count), range(first + count, first + 2 * count)
            if plain[first : first + count] != plain[first + count : first + 2 * count] or found & {
                *copies[0],
                *copies[1],
            }:
                continue
            fastest = max(copies, key=lambda copy: _rate([words[place] for place in copy]))
            if _rate([words[place] for place in fastest]) > MAX_LETTERS_PER_S:
                found |= set(fastest)
    return found


def _rate(words: Sequence[Word]) -> float:
    """Letters a second."""
    return sum(letters_in(word.text) for word in words) / max(
        0.001, (words[-1].end_ms - words[0].start_ms) / 1000
    )


def longest_ms(text: str) -> int:
    """The longest duration of a word of this spelling."""
    return MAX_WORD_MS + MAX_LETTER_MS * letters_in(text)


def unheard(voice: Sequence[Span], heard: Sequence[Utterance]) -> Iterator[Span]:
    """Stretches of speech that no word covers, ascending.

    :param voice: ascending, without overlap.
    :param heard: in any order, each with ascending words.
    """
    words = sorted(
        (word for utterance in heard for word in utterance.words), key=lambda word: word.start_ms
    )
    longest = max((word.end_ms - word.start_ms for word in words), default=0)
    first = 0
    for span in voice:
        # No word that begins this long before the stretch can extend into it.
        while first < len(words) and words[first].start_ms + longest <= span.start_ms:
            first += 1
        edge = span.start_ms
        place = first
        while place < len(words) and words[place].start_ms < span.end_ms:
            word = words[place]
            if word.start_ms - edge >= MIN_UNHEARD_MS:
                yield Span(start_ms=edge, end_ms=word.start_ms)
            edge = max(edge, word.end_ms)
            place += 1
        if span.end_ms - edge >= MIN_UNHEARD_MS:
            yield Span(start_ms=edge, end_ms=span.end_ms)
