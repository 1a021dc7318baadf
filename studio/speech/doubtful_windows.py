"""Read a recording a second time, in windows cut at its pauses, told nothing, with a wide search;
and take from it the windows that the first reading hardly believes (:mod:`studio.speech.redecoding`
decides).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

from studio.model.clock import Span
from studio.model.transcript import RemovedText, Utterance, Word
from studio.progress import Progress
from studio.speech.prompts import NO_PROMPT
from studio.speech.redecoding import (
    PauseWindow,
    is_better,
    is_doubtful,
    is_inside,
    windows_at_pauses,
)
from studio.speech.window_decoding import BATCH_WINDOWS, MORE_BEAMS, WindowDecoder
from studio.speech.window_text import WindowText, filter_words, texts_from_hypotheses


class PauseText(NamedTuple):
    """A window between pauses and the words that were read in its own part."""

    window: PauseWindow
    text: WindowText


def texts_at_pauses(
    decoder: WindowDecoder, voice: Sequence[Span], duration_ms: int, progress: Progress
) -> Iterator[PauseText]:
    """What is read in each window that somebody can have said, ascending.

    :param voice: stretches of speech, ascending, without overlap.
    :param duration_ms: of the recording.
    """
    windows = list(windows_at_pauses(voice, duration_ms))
    # Each open window keeps its encoding: as many at once as keep all cores busy.
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


def with_doubtful_replaced(
    texts: Sequence[WindowText], read: Sequence[PauseText], voice: Sequence[Span]
) -> list[WindowText]:
    """The same with other words in windows that were misheard, where others are more probable.

    :param read: the other reading.
    :param voice: stretches of speech, ascending, without overlap.
    """
    words = _words(utterance for text in texts for utterance in text.utterances)
    kept = list(texts)
    for (_, own), text in read:
        heard = [word for word in words if is_inside(word, own)]
        if is_doubtful(heard) and is_better(text.utterances, heard, voice):
            kept = [filter_words(one, partial(_is_outside, span=own)) for one in kept]
            kept.append(text)
    return kept


def _words(utterances: Iterator[Utterance]) -> list[Word]:
    return [word for utterance in utterances for word in utterance.words]


def _is_outside(one: Word | RemovedText, span: Span) -> bool:
    return not is_inside(one, span)
