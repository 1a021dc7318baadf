"""Take windows from the second pass that the first one hardly believes
(:mod:`studio.speech.redecoding` decides).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from studio.model.clock import Span
from studio.model.transcript import RemovedText, Word
from studio.speech.pause_windows import PauseText, is_inside
from studio.speech.redecoding import is_better, is_doubtful
from studio.speech.window_text import WindowText, filter_words


def with_doubtful_replaced(
    texts: Sequence[WindowText], read: Sequence[PauseText], voice: Sequence[Span]
) -> list[WindowText]:
    """The same with other words in windows that were misheard, where others are more probable.

    :param read: the second pass.
    :param voice: stretches of speech, ascending, without overlap.
    """
    words = [word for text in texts for utterance in text.utterances for word in utterance.words]
    kept = list(texts)
    for (_, own), text in read:
        heard = [word for word in words if is_inside(word, own)]
        if is_doubtful(heard) and is_better(text.utterances, heard, voice):
            kept = [filter_words(one, partial(_is_outside, span=own)) for one in kept]
            kept.append(text)
    return kept


def _is_outside(one: Word | RemovedText, span: Span) -> bool:
    return not is_inside(one, span)
