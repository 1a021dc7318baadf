"""Where two people speak at once, each is heard from their own microphone: a recording of both has
one text, and Whisper writes down one side of it.

What is said before and after is heard of the mix, as the conversation goes: of a few words alone,
Whisper makes others.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from studio.model.clock import RecordingMs, Span
from studio.model.microphones import OpenSpan
from studio.model.overlaps import OwnPassage
from studio.model.record import replace_fields
from studio.model.transcript import Word
from studio.speech.engine import Engine
from studio.speech.gain_match import match_gain
from studio.speech.hallucinations import MIN_MEAN_LOGPROB
from studio.speech.hypotheses import best_hypothesis
from studio.speech.prompts import NO_PROMPT
from studio.speech.vad import SAMPLE_RATE_HZ
from studio.speech.window_decoding import MORE_BEAMS, WindowDecoder
from studio.speech.window_text import texts_from_hypotheses
from studio.speech.word_timing import adjust_word_times

if TYPE_CHECKING:
    from numpy.typing import NDArray

# « Oui », « d'accord » and the last syllables of a turn that another one begins on are shorter;
# milliseconds. Of sentences that begin 0.8 s before another one's end, 0.5 to 0.7 s are loud.
MIN_TOGETHER_SPAN_MS = 500
# Overlaps so near to each other, also shorter ones, are heard together: what is said between them
# is part of the same.
NEAR_MS = 3_000
MIN_TOGETHER_MS = 150
# Context decoded before and after: Whisper needs whole sentences.
AROUND_MS = 6_000
# Of one's own microphone alone a little more than where two speak is heard: times of spans are
# those of loud sound.
EDGE_MS = 300
# How long the mix and a microphone fade into each other.
FADE_MS = 20
# The length of Whisper's window.
MAX_DURATION_MS = 28_000
# Nothing sounds for this long between two passages that are read from one array.
APART_MS = 500


def overlap_spans(spans: Sequence[OpenSpan]) -> tuple[Span, ...]:
    """Where two people speak at once for longer than some words, ascending, without overlap.

    :param spans: who speaks into which microphone, by their beginning.
    """
    joined: list[Span] = []
    longest_ms: list[int] = []
    for span in sorted(_overlaps(spans), key=lambda one: one.start_ms):
        length_ms = span.end_ms - span.start_ms
        if joined and span.start_ms - joined[-1].end_ms < NEAR_MS:
            end_ms = max(joined[-1].end_ms, span.end_ms)
            joined[-1] = replace_fields(joined[-1], end_ms=end_ms)
            longest_ms[-1] = max(longest_ms[-1], length_ms)
        else:
            joined.append(span)
            longest_ms.append(length_ms)
    most = MAX_DURATION_MS - 2 * AROUND_MS
    return tuple(
        Span(
            start_ms=RecordingMs(start_ms),
            end_ms=RecordingMs(min(start_ms + most, span.end_ms)),
        )
        for span, length_ms in zip(joined, longest_ms, strict=True)
        if length_ms >= MIN_TOGETHER_SPAN_MS
        for start_ms in range(span.start_ms, span.end_ms, most)
    )


def _overlaps(spans: Sequence[OpenSpan]) -> Iterator[Span]:
    """Where two people speak at once for more than a syllable."""
    for place, one in enumerate(spans):
        for other in itertools.islice(spans, place + 1, None):
            if other.start_ms >= one.end_ms:
                break
            end_ms = min(one.end_ms, other.end_ms)
            if other.microphone != one.microphone and end_ms - other.start_ms >= MIN_TOGETHER_MS:
                yield Span(start_ms=other.start_ms, end_ms=end_ms)


class OverlapSound(NamedTuple):
    """The sound to decode for one microphone and a stretch in which two speak at once."""

    microphone: int
    span: Span
    together: Span


def sounds_to_transcribe(
    spans: Sequence[OpenSpan], together: Sequence[Span], duration_ms: int
) -> Iterator[OverlapSound]:
    """Of each stretch in which two speak at once the microphones of those who speak there, and what
    is read for each: the stretch, and what is said around it.
    """
    for stretch in together:
        span = Span(
            start_ms=RecordingMs(max(0, stretch.start_ms - AROUND_MS)),
            end_ms=RecordingMs(min(duration_ms, stretch.end_ms + AROUND_MS)),
        )
        speaking = {
            one.microphone
            for one in spans
            if one.start_ms < stretch.end_ms and one.end_ms > stretch.start_ms
        }
        for microphone in sorted(speaking):
            yield OverlapSound(microphone, span, stretch)


def within_mix(
    own: NDArray[np.float32], mix: NDArray[np.float32], wanted: OverlapSound
) -> NDArray[np.float32]:
    """One microphone where two speak at once, and the mix around it, as loud as that.

    :param own: what its own speaker says, over the wanted span, mono, 16 kHz.
    :param mix: the whole recording, likewise.
    """
    start = wanted.span.start_ms * SAMPLE_RATE_HZ // 1000
    around = mix[start : start + len(own)]
    own = own[: len(around)]
    # The mix is a sum of the microphones, each with its gain.
    energy = float(own @ own)
    gain = max(0.0, float(around @ own) / energy) if energy > 0 else 0.0
    share = np.zeros(len(own), np.float32)
    first, last = (
        (edge_ms - wanted.span.start_ms) * SAMPLE_RATE_HZ // 1000
        for edge_ms in (wanted.together.start_ms - EDGE_MS, wanted.together.end_ms + EDGE_MS)
    )
    share[max(0, first) : last] = 1.0
    fade = np.hanning(FADE_MS * SAMPLE_RATE_HZ // 1000 + 2)[1:-1]
    share = np.convolve(share, fade / fade.sum(), "same").astype(np.float32)
    return np.asarray(around + share * ((gain or 1.0) * own - around), dtype=np.float32)


def transcribe_overlaps(
    engine: Engine,
    sounds: Sequence[NDArray[np.float32]],
    wanted: Sequence[OverlapSound],
    spans: Sequence[OpenSpan],
    *,
    language: str,
) -> tuple[OwnPassage, ...]:
    """What each microphone says by itself.

    :param sounds: what is read of each, see :func:`within_mix`.
    :param spans: who speaks into which microphone.
    """
    if not wanted:
        return ()
    # One array of all passages, so that they are decoded together.
    silence = np.zeros(APART_MS * SAMPLE_RATE_HZ // 1000, np.float32)
    samples = np.concatenate([part for sound in sounds for part in (sound, silence)])
    windows, voice = _windows_in_one(sounds, wanted, spans)
    tokenizer = engine.tokenizer(language)
    with ThreadPoolExecutor(engine.workers) as pool:
        decoder = WindowDecoder(engine, pool, match_gain(samples, voice), tokenizer)
        # With the names in the prompt, Whisper repeats them here, or omits a whole passage.
        opened = decoder.open(windows, [NO_PROMPT] * len(windows))
        decoder.decode([(one, NO_PROMPT, MORE_BEAMS) for one in opened])
        read = [one.hypotheses for one in opened]
        texts = texts_from_hypotheses(
            decoder, [best_hypothesis(some, voice, 0) for some in read], voice
        )
    settled = adjust_word_times(
        [
            utterance
            for text in texts
            if text.mean_logprob > MIN_MEAN_LOGPROB
            for utterance in text.utterances
        ],
        samples,
        voice,
    )
    words = [word for utterance in settled for word in utterance.words]
    return tuple(
        OwnPassage(
            microphone=microphone,
            together=together,
            start_ms=span.start_ms,
            end_ms=span.end_ms,
            words=tuple(
                own_words(
                    [
                        replace_fields(
                            word,
                            start_ms=RecordingMs(word.start_ms - window.start_ms + span.start_ms),
                            end_ms=RecordingMs(word.end_ms - window.start_ms + span.start_ms),
                        )
                        for word in words
                        if window.start_ms <= word.start_ms < window.end_ms
                    ],
                    OverlapSound(microphone, span, together),
                    spans,
                )
            ),
        )
        for (microphone, span, together), window in zip(wanted, windows, strict=True)
    )


def own_words(
    words: Sequence[Word], wanted: OverlapSound, spans: Sequence[OpenSpan]
) -> Iterator[Word]:
    """The words of the microphone's own speaker: all where it is heard by itself, and around it
    those that are said while its speaker speaks.
    """
    first, last = wanted.together.start_ms - EDGE_MS, wanted.together.end_ms + EDGE_MS
    for word in words:
        moment = (word.start_ms + word.end_ms) // 2
        nearest = min(spans, key=lambda one: max(one.start_ms - moment, moment - one.end_ms, 0))
        if first <= moment < last or nearest.microphone == wanted.microphone:
            yield word


def _windows_in_one(
    sounds: Sequence[NDArray[np.float32]], wanted: Sequence[OverlapSound], spans: Sequence[OpenSpan]
) -> tuple[list[Span], list[Span]]:
    """Where each passage is in the array of all of them, and where there is speech there."""
    windows: list[Span] = []
    voice: list[Span] = []
    start_ms = 0
    for sound, (microphone, span, together) in zip(sounds, wanted, strict=True):
        moved_ms = start_ms - span.start_ms
        length_ms = len(sound) * 1000 // SAMPLE_RATE_HZ
        windows.append(
            Span(start_ms=RecordingMs(start_ms), end_ms=RecordingMs(start_ms + length_ms))
        )
        voice += [
            Span(
                start_ms=RecordingMs(max(one.start_ms, span.start_ms) + moved_ms),
                end_ms=RecordingMs(min(one.end_ms, span.end_ms) + moved_ms),
            )
            for one in spans
            if (
                one.microphone == microphone
                or one.end_ms <= together.start_ms
                or one.start_ms >= together.end_ms
            )
            and one.start_ms < span.end_ms
            and one.end_ms > span.start_ms
        ]
        start_ms += length_ms + APART_MS
    return windows, voice
