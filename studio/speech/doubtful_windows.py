"""Windows whose words the model itself hardly believes, read again in another way, and the more
probable of both readings (:mod:`studio.speech.redecoding` says which).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from studio.model.clock import Span
from studio.model.transcript import RemovedText, Word
from studio.speech.prompts import NO_PROMPT
from studio.speech.redecoding import is_better, is_doubtful, is_inside, windows_at_pauses
from studio.speech.window_decoding import MORE_BEAMS, WindowDecoder
from studio.speech.window_text import WindowText, part_of, texts_from_hypotheses


def with_doubtful_decoded_again(
    decoder: WindowDecoder, texts: Sequence[WindowText], voice: Sequence[Span], duration_ms: int
) -> list[WindowText]:
    """The same with other words in windows that were misheard, where others are more probable.

    :param voice: stretches of speech, ascending, without overlap.
    :param duration_ms: of the recording.
    """
    words = [word for text in texts for utterance in text.utterances for word in utterance.words]
    windows = [
        window
        for window in windows_at_pauses(voice, duration_ms)
        if is_doubtful([word for word in words if is_inside(word, window.own)])
    ]
    opened = decoder.open([window.sound for window in windows], [NO_PROMPT] * len(windows))
    decoder.decode([(one, NO_PROMPT, MORE_BEAMS) for one in opened])
    read = texts_from_hypotheses(decoder, [one.hypotheses[0] for one in opened], voice)
    kept = list(texts)
    for one, (_, own), again in zip(opened, windows, read, strict=True):
        better = part_of(again, partial(is_inside, span=own))
        if one.hypotheses[0].possible and is_better(
            better.utterances, [word for word in words if is_inside(word, own)], voice
        ):
            kept = [part_of(text, partial(_is_outside, span=own)) for text in kept]
            kept.append(better)
    return kept


def _is_outside(one: Word | RemovedText, span: Span) -> bool:
    return not is_inside(one, span)
