"""The second pass: all speech in windows cut at pauses, without prompt, with a wide search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import NamedTuple

from studio.model.clock import RecordingMs, Span
from studio.model.transcript import RemovedText, Word
from studio.progress import Progress
from studio.speech.prompts import NO_PROMPT
from studio.speech.window_decoding import BATCH_WINDOWS, MORE_BEAMS, WindowDecoder
from studio.speech.window_text import WindowText, filter_words, texts_from_hypotheses

# The longest window: the model takes 30 s, including a little audio on either side.
MAX_DURATION_MS = 28_000
EDGE_MS = 300


class PauseWindow(NamedTuple):
    """A window, and its own part of the recording: from the middle of the pause before it to the
    middle of the pause after it.
    """

    sound: Span
    own: Span


def windows_at_pauses(voice: Sequence[Span], duration_ms: int) -> Iterator[PauseWindow]:
    """The recording's speech in windows that begin and end in pauses, as long as possible; speech
    without a pause is cut at the maximum length.

    :param voice: ascending, without overlap.
    :returns: ascending; together their own parts are the whole recording.
    """
    packed: list[tuple[int, int]] = []
    for span in voice:
        for start_ms in range(span.start_ms, span.end_ms, MAX_DURATION_MS):
            end_ms = min(start_ms + MAX_DURATION_MS, span.end_ms)
            if packed and end_ms - packed[-1][0] <= MAX_DURATION_MS:
                packed[-1] = (packed[-1][0], end_ms)
            else:
                packed.append((start_ms, end_ms))
    middles = [(before[1] + after[0]) // 2 for before, after in pairwise(packed)]
    edges = pairwise([0, *middles, duration_ms])
    for (start_ms, end_ms), (first_ms, last_ms) in zip(packed, edges, strict=True):
        yield PauseWindow(
            Span(
                start_ms=RecordingMs(max(0, start_ms - EDGE_MS)),
                end_ms=RecordingMs(min(duration_ms, end_ms + EDGE_MS)),
            ),
            Span(start_ms=RecordingMs(first_ms), end_ms=RecordingMs(last_ms)),
        )


class PauseText(NamedTuple):
    """A window between pauses and the words decoded in its own part."""

    window: PauseWindow
    text: WindowText


def texts_at_pauses(
    decoder: WindowDecoder, voice: Sequence[Span], duration_ms: int, progress: Progress
) -> Iterator[PauseText]:
    """The decoded text of each window, without what no person can have said, ascending.

    :param voice: stretches of speech, ascending, without overlap.
    :param duration_ms: of the recording.
    """
    windows = list(windows_at_pauses(voice, duration_ms))
    # Each open window keeps its encoding: only as many at once as keep all cores busy.
    count = BATCH_WINDOWS * decoder.workers
    for start in range(0, len(windows), count):
        some = windows[start : start + count]
        opened = decoder.open([window.sound for window in some], [NO_PROMPT] * len(some))
        decoder.decode([(one, NO_PROMPT, MORE_BEAMS) for one in opened])
        hypotheses = [one.hypotheses[0] for one in opened]
        read = texts_from_hypotheses(decoder, hypotheses, voice)
        for window, hypothesis, text in zip(some, hypotheses, read, strict=True):
            if hypothesis.possible:
                yield PauseText(window, filter_words(text, partial(is_inside, span=window.own)))
        progress(some[-1].own.end_ms, duration_ms)


def is_inside(one: Word | RemovedText, span: Span) -> bool:
    """Whether the middle of a word, or of removed text, is in a span."""
    return 2 * span.start_ms <= one.start_ms + one.end_ms < 2 * span.end_ms
