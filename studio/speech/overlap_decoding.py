"""Overlapping speech: each speaker is transcribed from their own microphone, because Whisper
transcribes only one of two voices in a mix.

The speech before and after is taken from the mix as context: a few words by themselves are often
misrecognised.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from rapidfuzz.distance import Levenshtein

from studio.language.words import plain_words
from studio.model.clock import RecordingMs, Span
from studio.model.microphones import OpenSpan
from studio.model.overlaps import OwnPassage
from studio.model.record import replace_fields
from studio.model.transcript import Word
from studio.speech.engine import Engine
from studio.speech.gain_match import match_gain
from studio.speech.hallucinations import MIN_MEAN_LOGPROB
from studio.speech.hypotheses import best_hypothesis
from studio.speech.prompts import NO_PROMPT, name_tokens, prompt_from
from studio.speech.vad import SAMPLE_RATE_HZ
from studio.speech.window_decoding import MORE_BEAMS, WindowDecoder
from studio.speech.window_text import texts_from_hypotheses
from studio.speech.word_timing import adjust_word_times

if TYPE_CHECKING:
    from numpy.typing import NDArray

# « Oui », « d'accord » and the last syllables of a turn that another one begins on are shorter;
# milliseconds. Of sentences that begin 0.8 s before another one's end, 0.5 to 0.7 s are loud.
MIN_TOGETHER_SPAN_MS = 500
# Overlaps this close to each other, including shorter ones, are decoded together: the speech
# between them belongs to them.
NEAR_MS = 3_000
MIN_TOGETHER_MS = 150
# Context decoded before and after: Whisper needs whole sentences.
AROUND_MS = 6_000
# With much context Whisper may omit a few words of another voice in it.
LITTLE_AROUND_MS = 3_000
# A passage whose words are less probable in the mean is decoded in two more windows. Of 76 passages
# of 12 recordings (483 words) a third is; 132 words are wrong, 146 with one window for each, 133
# with three. From 0.6 to 0.9 it is 132 to 137.
MIN_MEAN_PROBABILITY = 0.7
# A microphone is decoded a little beyond the overlap: the times of spans are those of loud sound.
EDGE_MS = 300
# Duration of the crossfade between the mix and a microphone.
FADE_MS = 20
# The length of Whisper's window.
MAX_DURATION_MS = 28_000
# Silence between two passages in one array.
APART_MS = 500


def overlap_spans(spans: Sequence[OpenSpan]) -> tuple[Span, ...]:
    """Where two people speak at once for longer than a few words, ascending, without overlap.

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
    """For each stretch of overlapping speech the microphones of its speakers, and the audio to
    decode for each: the stretch and the speech around it.
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
    """One microphone where two speak at once, at the level of the mix, and the mix around it.

    :param own: the speech of its own speaker, over the wanted span, mono, 16 kHz.
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
    own_sounds: Sequence[NDArray[np.float32]],
    mix: NDArray[np.float32],
    wanted: Sequence[OverlapSound],
    spans: Sequence[OpenSpan],
    *,
    language: str,
    names: Sequence[str],
) -> tuple[OwnPassage, ...]:
    """Transcribe each microphone separately where speech overlaps.

    Each passage is decoded within the mix, without names in the prompt: with them, Whisper repeats
    them here, or omits the passage. An improbable one is decoded in two more windows, and the
    hypothesis from which the others differ least is accepted.

    :param own_sounds: for each passage the speech of its own speaker, mono, 16 kHz.
    :param mix: the whole recording, likewise.
    :param spans: who speaks into which microphone.
    :param names: names to expect, in the spelling wanted.
    """
    pairs = list(zip(own_sounds, wanted, strict=True))
    # 1. Every passage once, with the mix around it as context.
    whole = [_Window(one, within_mix(own, mix, one), is_alone=False) for own, one in pairs]
    passages = _decode(engine, whole, spans, language, names)
    # 2. Improbable ones twice more: alone, and with less of the mix around them.
    doubted = [place for place, one in enumerate(passages) if is_improbable(one)]
    more = [
        window
        for place in doubted
        for window in (
            _Window(wanted[place], own_sounds[place], is_alone=True),
            _with_little_around(whole[place]),
        )
    ]
    found = _decode(engine, more, spans, language, names)
    for number, place in enumerate(doubted):
        passages[place] = most_agreed([passages[place], *found[2 * number : 2 * number + 2]])
    return tuple(passages)


class _Window(NamedTuple):
    """A way to decode a passage: the span to decode, its audio (mono, 16 kHz), and whether nobody
    else speaks in it. Only then are the names in the prompt.
    """

    sound: OverlapSound
    samples: NDArray[np.float32]
    is_alone: bool


def _with_little_around(window: _Window) -> _Window:
    """The window with less of the mix before and after."""
    span, together = window.sound.span, window.sound.together
    start_ms = max(span.start_ms, together.start_ms - LITTLE_AROUND_MS)
    end_ms = min(span.end_ms, together.end_ms + LITTLE_AROUND_MS)
    first, last = (
        (edge_ms - span.start_ms) * SAMPLE_RATE_HZ // 1000 for edge_ms in (start_ms, end_ms)
    )
    little = Span(start_ms=RecordingMs(start_ms), end_ms=RecordingMs(end_ms))
    sound = window.sound._replace(span=little)
    return window._replace(sound=sound, samples=window.samples[first:last])


def _decode(
    engine: Engine,
    windows: Sequence[_Window],
    spans: Sequence[OpenSpan],
    language: str,
    names: Sequence[str],
) -> list[OwnPassage]:
    """The passage of each window."""
    if not windows:
        return []
    # One array of all windows, so that they are decoded together.
    silence = np.zeros(APART_MS * SAMPLE_RATE_HZ // 1000, np.float32)
    samples = np.concatenate([part for one in windows for part in (one.samples, silence)])
    places, voice = _windows_in_one(windows, spans)
    tokenizer = engine.tokenizer(language)
    named = prompt_from(name_tokens(names, tokenizer), ())
    prompts = [named if one.is_alone else NO_PROMPT for one in windows]
    with ThreadPoolExecutor(engine.workers) as pool:
        decoder = WindowDecoder(engine, pool, match_gain(samples, voice), tokenizer)
        opened = decoder.open(places, prompts)
        decoder.decode([(one, own, MORE_BEAMS) for one, own in zip(opened, prompts, strict=True)])
        texts = texts_from_hypotheses(
            decoder, [best_hypothesis(one.hypotheses, voice, 0) for one in opened], voice
        )
    # Times are still those of the joined array; `_passage` moves them back to the recording's
    # clock.
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
    return [
        _passage(window.sound, place, words, spans)
        for window, place in zip(windows, places, strict=True)
    ]


def _passage(
    sound: OverlapSound, place: Span, words: Sequence[Word], spans: Sequence[OpenSpan]
) -> OwnPassage:
    """The passage with the words decoded within it, with times in the recording."""
    moved_ms = sound.span.start_ms - place.start_ms
    moved = [
        replace_fields(
            word,
            start_ms=RecordingMs(word.start_ms + moved_ms),
            end_ms=RecordingMs(word.end_ms + moved_ms),
        )
        for word in words
        if place.start_ms <= word.start_ms < place.end_ms
    ]
    return OwnPassage(
        microphone=sound.microphone,
        together=sound.together,
        start_ms=sound.span.start_ms,
        end_ms=sound.span.end_ms,
        words=tuple(own_words(moved, sound, spans)),
    )


def is_improbable(passage: OwnPassage) -> bool:
    """Whether its words in the overlap are improbable, or there are none."""
    words = [word for word in passage.words if is_in_overlap(word, passage.together)]
    return sum(word.probability for word in words) < MIN_MEAN_PROBABILITY * max(1, len(words))


def most_agreed(hypotheses: Sequence[OwnPassage]) -> OwnPassage:
    """The hypothesis of a passage whose words, where two speak at once, differ least from those of
    the others: minimum Bayes risk, all being equally likely. Of equals the first.
    """
    texts = [
        plain_words(" ".join(word.text for word in one.words if is_in_overlap(word, one.together)))
        for one in hypotheses
    ]
    risks = [sum(Levenshtein.distance(text, other) for other in texts) for text in texts]
    return hypotheses[risks.index(min(risks))]


def own_words(
    words: Sequence[Word], wanted: OverlapSound, spans: Sequence[OpenSpan]
) -> Iterator[Word]:
    """The words of the microphone's own speaker: all where it is decoded alone, and around that
    those said while its speaker speaks.
    """
    for word in words:
        moment = (word.start_ms + word.end_ms) // 2
        nearest = min(spans, key=lambda one: max(one.start_ms - moment, moment - one.end_ms, 0))
        if is_in_overlap(word, wanted.together) or nearest.microphone == wanted.microphone:
            yield word


def is_in_overlap(word: Word, together: Span) -> bool:
    """Whether a word is in or at the edge of an overlap."""
    moment = (word.start_ms + word.end_ms) // 2
    return together.start_ms - EDGE_MS <= moment < together.end_ms + EDGE_MS


def _windows_in_one(
    windows: Sequence[_Window], spans: Sequence[OpenSpan]
) -> tuple[list[Span], list[Span]]:
    """The position of each window in the joined array, and the speech there."""
    places: list[Span] = []
    voice: list[Span] = []
    start_ms = 0
    for window in windows:
        microphone, span, together = window.sound
        # From times in the recording to times in the joined array.
        moved_ms = start_ms - span.start_ms
        length_ms = len(window.samples) * 1000 // SAMPLE_RATE_HZ
        places.append(
            Span(start_ms=RecordingMs(start_ms), end_ms=RecordingMs(start_ms + length_ms))
        )
        # Speech of the own microphone; in a window within the mix also that of the others outside
        # the overlap, where they are audible.
        voice += [
            Span(
                start_ms=RecordingMs(max(one.start_ms, span.start_ms) + moved_ms),
                end_ms=RecordingMs(min(one.end_ms, span.end_ms) + moved_ms),
            )
            for one in spans
            if (
                one.microphone == microphone
                or (
                    not window.is_alone
                    and (one.end_ms <= together.start_ms or one.start_ms >= together.end_ms)
                )
            )
            and one.start_ms < span.end_ms
            and one.end_ms > span.start_ms
        ]
        start_ms += length_ms + APART_MS
    return places, voice
