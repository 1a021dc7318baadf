"""Where two people speak at once, each is heard from their own microphone: a recording of both has
one text, and Whisper writes down one side of it.
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
from studio.speech.engine import Engine
from studio.speech.gain_match import match_gain
from studio.speech.hallucinations import LOWEST_MEAN_LOGPROB
from studio.speech.hypotheses import best_hypothesis
from studio.speech.prompts import NO_PROMPT, name_tokens, prompt_from
from studio.speech.vad import SAMPLE_RATE_HZ
from studio.speech.window_decoding import MORE_BEAMS, WindowDecoder
from studio.speech.window_text import texts_from_hypotheses
from studio.speech.word_timing import settle_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

# « Oui », « d'accord » and the last syllables of a turn that another one begins on are shorter;
# milliseconds. Of sentences that begin 0.8 s before another one's end, 0.5 to 0.7 s are loud.
SHORTEST_TOGETHER_MS = 500
# Overlaps so near to each other are heard together: what is said between them is part of the same.
NEAR_MS = 3_000
# So much of what a speaker says before and after is read along: Whisper hears sentences.
AROUND_MS = 6_000
# A pause of a speaker's that is longer ends what is read along.
LONGEST_PAUSE_MS = 1_500
# A little of what is around is read, too: times of spans are those of loud sound.
EDGE_MS = 250
# What Whisper takes at once.
LONGEST_MS = 28_000
# Nothing sounds for so long between two passages that are read from one array.
APART_MS = 500


def stretches_together(spans: Sequence[OpenSpan]) -> tuple[Span, ...]:
    """Where two people speak at once for longer than some words, ascending, without overlap.

    :param spans: who speaks into which microphone, by their beginning.
    """
    found: list[Span] = []
    for place, one in enumerate(spans):
        for other in itertools.islice(spans, place + 1, None):
            if other.start_ms >= one.end_ms:
                break
            end_ms = min(one.end_ms, other.end_ms)
            if other.microphone != one.microphone and (
                end_ms - other.start_ms >= SHORTEST_TOGETHER_MS
            ):
                found.append(Span(start_ms=other.start_ms, end_ms=end_ms))
    joined: list[Span] = []
    for span in sorted(found, key=lambda one: one.start_ms):
        if joined and span.start_ms - joined[-1].end_ms < NEAR_MS:
            end_ms = max(joined[-1].end_ms, span.end_ms)
            joined[-1] = replace_fields(joined[-1], end_ms=end_ms)
        else:
            joined.append(span)
    longest = LONGEST_MS - 2 * AROUND_MS
    return tuple(
        Span(
            start_ms=RecordingMs(start_ms),
            end_ms=RecordingMs(min(start_ms + longest, span.end_ms)),
        )
        for span in joined
        for start_ms in range(span.start_ms, span.end_ms, longest)
    )


class WantedSound(NamedTuple):
    """What is read of one microphone for a stretch in which two speak at once."""

    microphone: int
    span: Span
    together: Span


def sounds_to_hear(spans: Sequence[OpenSpan], together: Sequence[Span]) -> Iterator[WantedSound]:
    """Of each stretch in which two speak at once the microphones, and what is read of each: all of
    what its speaker says there, and a little around it up to a pause.
    """
    for stretch in together:
        for microphone in sorted({one.microphone for one in spans}):
            own = [one for one in spans if one.microphone == microphone]
            inside = [
                place
                for place, one in enumerate(own)
                if one.start_ms < stretch.end_ms and one.end_ms > stretch.start_ms
            ]
            if not inside:
                continue
            first, last = inside[0], inside[-1]
            earliest, latest = stretch.start_ms - AROUND_MS, stretch.end_ms + AROUND_MS
            while (
                first
                and own[first - 1].end_ms > earliest
                and own[first].start_ms - own[first - 1].end_ms < LONGEST_PAUSE_MS
            ):
                first -= 1
            while (
                last + 1 < len(own)
                and own[last + 1].start_ms < latest
                and own[last + 1].start_ms - own[last].end_ms < LONGEST_PAUSE_MS
            ):
                last += 1
            span = Span(
                start_ms=RecordingMs(max(0, own[first].start_ms - EDGE_MS, earliest)),
                end_ms=RecordingMs(min(own[last].end_ms + EDGE_MS, latest)),
            )
            yield WantedSound(microphone, span, stretch)


def hear_passages(
    engine: Engine,
    sounds: Sequence[NDArray[np.float32]],
    wanted: Sequence[WantedSound],
    spans: Sequence[OpenSpan],
    *,
    language: str,
    names: Sequence[str],
) -> tuple[OwnPassage, ...]:
    """What each microphone says by itself.

    :param sounds: of each wanted stretch what its own speaker says, mono, 16 kHz.
    :param spans: who speaks into which microphone.
    :param names: names to expect, in the spelling wanted.
    """
    if not wanted:
        return ()
    # One array of all passages, so that they are decoded together.
    silence = np.zeros(APART_MS * SAMPLE_RATE_HZ // 1000, np.float32)
    samples = np.concatenate([part for sound in sounds for part in (sound, silence)])
    windows, voice = _windows_in_one(sounds, wanted, spans)
    tokenizer = engine.tokenizer(language)
    prompt = prompt_from(name_tokens(names, tokenizer), ())
    with ThreadPoolExecutor(engine.workers) as pool:
        decoder = WindowDecoder(engine, pool, match_gain(samples, voice), tokenizer)
        opened = decoder.open(windows, [prompt] * len(windows))
        decoder.decode([(one, own, MORE_BEAMS) for one in opened for own in (prompt, NO_PROMPT)])
        read = [one.hypotheses for one in opened]
        texts = texts_from_hypotheses(
            decoder, [best_hypothesis(some, voice, 0) for some in read], voice
        )
    settled = settle_words(
        [
            utterance
            for text in texts
            if text.mean_logprob > LOWEST_MEAN_LOGPROB
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
                replace_fields(
                    word,
                    start_ms=RecordingMs(word.start_ms - window.start_ms + span.start_ms),
                    end_ms=RecordingMs(word.end_ms - window.start_ms + span.start_ms),
                )
                for word in words
                if window.start_ms <= word.start_ms < window.end_ms
            ),
        )
        for (microphone, span, together), window in zip(wanted, windows, strict=True)
    )


def _windows_in_one(
    sounds: Sequence[NDArray[np.float32]], wanted: Sequence[WantedSound], spans: Sequence[OpenSpan]
) -> tuple[list[Span], list[Span]]:
    """Where each passage is in the array of all of them, and where somebody speaks there."""
    windows: list[Span] = []
    voice: list[Span] = []
    start_ms = 0
    for sound, (microphone, span, _) in zip(sounds, wanted, strict=True):
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
            if one.microphone == microphone
            and one.start_ms < span.end_ms
            and one.end_ms > span.start_ms
        ]
        start_ms += length_ms + APART_MS
    return windows, voice
