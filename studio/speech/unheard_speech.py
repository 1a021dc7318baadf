"""Speech that no word covers, read once more by itself."""

from __future__ import annotations

from collections.abc import Sequence

from studio.model.clock import Span
from studio.model.transcript import Utterance
from studio.speech.hallucinations import LOWEST_MEAN_LOGPROB
from studio.speech.hypotheses import Hypothesis, best_hypothesis, unheard
from studio.speech.prompts import NO_PROMPT, prompt_from
from studio.speech.repeats import is_said_beside
from studio.speech.window_decoding import BEAMS, MORE_BEAMS, WindowDecoder
from studio.speech.window_text import WindowText, texts_from_hypotheses


def texts_of_unheard(
    decoder: WindowDecoder,
    heard: Sequence[Utterance],
    voice: Sequence[Span],
    *,
    names: tuple[int, ...],
    usual_rate: float,
) -> list[WindowText]:
    """What is believed to be said where nothing was heard.

    :param heard: in any order, each with ascending words.
    :param voice: stretches of speech, ascending, without overlap.
    :param names: the tokens of the names to expect.
    :param usual_rate: letters a second of speech in the recording, or 0.
    """
    spans = list(unheard(voice, heard))
    told = prompt_from(names, ())
    opened = decoder.open(spans, [told] * len(spans))
    decoder.decode([(one, told, BEAMS) for one in opened])
    # So short a stretch has little around it that would help: it is read in every way.
    decoder.decode(
        [
            (one, prompt, MORE_BEAMS)
            for one in opened
            if not _is_believed(best_hypothesis(one.hypotheses, voice, usual_rate))
            for prompt in dict.fromkeys((told, NO_PROMPT))
        ]
    )
    words = sorted(
        (word for utterance in heard for word in utterance.words), key=lambda word: word.start_ms
    )
    best = [best_hypothesis(one.hypotheses, voice, usual_rate) for one in opened]
    believed = [
        one for one in best if _is_believed(one) and not is_said_beside(one.text, one.window, words)
    ]
    return texts_from_hypotheses(decoder, believed, voice)


def _is_believed(hypothesis: Hypothesis) -> bool:
    return hypothesis.possible and hypothesis.mean_logprob > LOWEST_MEAN_LOGPROB
