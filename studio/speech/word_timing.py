"""Repair word times: none of zero length, none overlapping, none stretched over a pause.

Whisper's cross-attention gives the approximate time of each token. Its words extend into the pause
after them, or start in the pause before. The recording is more exact: where the voice stops, the
word stops.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from studio.model.clock import RecordingMs, Span
from studio.model.record import replace_fields
from studio.model.transcript import Utterance, Word
from studio.speech.vad import SAMPLE_RATE_HZ

# Frame length of level measurements.
FRAME_MS = 10
# A gap of this length is a pause between words; shorter ones are the closure of a p, t or k.
MIN_HOLE_MS = 150
# How far below the speech level around it a pause is.
HOLE_DEPTH_DB = 30.0
# In noise, a pause is below this share of the distance from the room's noise to the speech.
NOISE_SHARE = 0.15
MIN_WORD_MS = 40
# How much later than its time by Whisper a word may end.
MAX_TAIL_MS = 500


def pauses_from_samples(samples: NDArray[np.float32]) -> tuple[Span, ...]:
    """Pauses: stretches at least ``MIN_HOLE_MS`` long that are well below the level of speech
    around them.

    The level of speech is taken from the 10 s around, so that a quiet guest after a loud host has
    pauses too; the threshold never goes below the noise of the room.
    """
    step = SAMPLE_RATE_HZ * FRAME_MS // 1000
    count = len(samples) // step
    if not count:
        return ()
    frames = samples[: count * step].reshape(count, step)
    # The level of each frame, smoothed over three.
    level = 10 * np.log10(np.einsum("ij,ij->i", frames, frames) / step + 1e-10)
    smooth = np.convolve(level, np.ones(3) / 3, mode="same")
    block = 1000 // FRAME_MS
    # Once a second: the level of speech in the 10 s around, and of the room in 30 s.
    loud = np.array(
        [
            np.percentile(smooth[max(0, i - 5 * block) : i + 5 * block], 90)
            for i in range(0, count, block)
        ]
    )
    quiet = np.array(
        [
            np.percentile(smooth[max(0, i - 15 * block) : i + 15 * block], 5)
            for i in range(0, count, block)
        ]
    )
    # Well below speech, but never deeper than a part of the way down to the room.
    threshold = np.repeat(
        np.maximum(loud - HOLE_DEPTH_DB, quiet + (loud - quiet) * NOISE_SHARE), block
    )[:count]
    silent = smooth < threshold
    # Alternating starts and ends of silent frames.
    edges = np.flatnonzero(np.diff(np.concatenate(([False], silent, [False])).astype(np.int8)))
    return tuple(
        Span(start_ms=RecordingMs(int(start) * FRAME_MS), end_ms=RecordingMs(int(end) * FRAME_MS))
        for start, end in edges.reshape(-1, 2)
        if (end - start) * FRAME_MS >= MIN_HOLE_MS
    )


def adjust_word_times(
    utterances: Iterable[Utterance], samples: NDArray[np.float32], voice: Sequence[Span]
) -> tuple[Utterance, ...]:
    """Move every word out of the pauses and make the times ascend; then split utterances at pauses
    between words.

    :param utterances: in any order; redecoded ones may be between the words of another.
    :param voice: stretches of speech; between them is a pause at any level, unless it contains a
        word.
    """
    words = sorted(
        (word for utterance in utterances for word in utterance.words), key=lambda one: one.start_ms
    )
    end_ms = RecordingMs(len(samples) * 1000 // SAMPLE_RATE_HZ)
    silences = [
        span for span in _between(voice, end_ms) if not any(_lies_in(word, span) for word in words)
    ]
    pauses = _merged([*pauses_from_samples(samples), *silences])
    settled = _ascending(_up_to_pauses(_outside_pauses(words, pauses), pauses), end_ms)
    return tuple(
        Utterance(start_ms=group[0].start_ms, end_ms=group[-1].end_ms, words=tuple(group))
        for group in _groups(settled)
    )


def _lies_in(word: Word, span: Span) -> bool:
    return word.start_ms >= span.start_ms and word.end_ms <= span.end_ms


def _between(voice: Sequence[Span], end_ms: RecordingMs) -> list[Span]:
    """The parts outside the stretches of speech."""
    edges = [
        RecordingMs(0),
        *(edge for span in voice for edge in (span.start_ms, span.end_ms)),
        end_ms,
    ]
    return [
        Span(start_ms=start, end_ms=end)
        for start, end in zip(edges[::2], edges[1::2], strict=True)
        if end > start
    ]


def _merged(spans: Sequence[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start_ms, one.end_ms)):
        if merged and span.start_ms <= merged[-1].end_ms:
            merged[-1] = Span(
                start_ms=merged[-1].start_ms, end_ms=max(merged[-1].end_ms, span.end_ms)
            )
        else:
            merged.append(span)
    return merged


def _outside_pauses(words: Sequence[Word], pauses: Sequence[Span]) -> list[Word]:
    """Cut off the part of every word that is in a pause; a word with a pause inside keeps its
    longer side.
    """
    settled = []
    place = 0
    for word in words:
        start, end = word.start_ms, max(word.end_ms, RecordingMs(word.start_ms + FRAME_MS))
        while place and pauses[place - 1].end_ms > start:
            place -= 1
        while place < len(pauses) and pauses[place].end_ms <= start:
            place += 1
        look = place
        while look < len(pauses) and pauses[look].start_ms < end:
            pause = pauses[look]
            before, after = pause.start_ms - start, end - pause.end_ms
            if before <= 0 and after <= 0:
                break  # no audio there: leave it to its neighbours
            if after >= before:
                start = pause.end_ms
            else:
                end = pause.start_ms
            look += 1
        settled.append(replace_fields(word, start_ms=start, end_ms=end))
    return settled


def _up_to_pauses(words: Sequence[Word], pauses: Sequence[Span]) -> list[Word]:
    """The last word before a pause lasts until the voice stops: Whisper ends it early, where its
    attention moves on.
    """
    settled = list(words)
    place = 0
    for index, word in enumerate(settled):
        following = settled[index + 1].start_ms if index + 1 < len(settled) else None
        while place < len(pauses) and pauses[place].start_ms < word.end_ms:
            place += 1
        if place == len(pauses):
            break
        stop = pauses[place].start_ms
        if stop - word.end_ms <= MAX_TAIL_MS and (following is None or following >= stop):
            settled[index] = replace_fields(word, end_ms=stop)
    return settled


def _ascending(words: Sequence[Word], end_ms: RecordingMs) -> list[Word]:
    """Times that ascend without overlap, each word at least ``MIN_WORD_MS`` long."""
    settled: list[Word] = []
    for word in words:
        start = max(word.start_ms, settled[-1].end_ms if settled else RecordingMs(0))
        settled.append(
            replace_fields(
                word, start_ms=start, end_ms=max(word.end_ms, RecordingMs(start + MIN_WORD_MS))
            )
        )
    # Words pushed past the end are moved back, the last word first.
    edge = max(end_ms, RecordingMs(len(settled) * MIN_WORD_MS))
    for place in range(len(settled) - 1, -1, -1):
        word = settled[place]
        if word.end_ms <= edge:
            break
        settled[place] = replace_fields(
            word,
            start_ms=RecordingMs(min(word.start_ms, edge - MIN_WORD_MS)),
            end_ms=RecordingMs(edge),
        )
        edge = settled[place].start_ms
    return settled


def _groups(words: Sequence[Word]) -> list[list[Word]]:
    """Words between pauses."""
    groups: list[list[Word]] = []
    for word in words:
        if groups and word.start_ms - groups[-1][-1].end_ms < MIN_HOLE_MS:
            groups[-1].append(word)
        else:
            groups.append([word])
    return groups
