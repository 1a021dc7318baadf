"""Speech that no word covers: decoded again on its own, or taken from another reading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from studio.model.clock import Span
from studio.model.record import replace_fields
from studio.model.transcript import Utterance, Word
from studio.speech.hallucinations import LOWEST_MEAN_LOGPROB
from studio.speech.hypotheses import Hypothesis, best_hypothesis, unheard
from studio.speech.prompts import NO_PROMPT, prompt_from
from studio.speech.redecoding import mean_word_logprob
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


def found_in_other_hypothesis(
    heard: Sequence[Utterance], other: Sequence[Utterance], voice: Sequence[Span]
) -> Iterator[Utterance]:
    """What another reading has where nothing was heard though somebody speaks: it read these
    moments with other ones around, and may understand them. It may lie between the words of an
    utterance that was heard.

    :param heard: ascending; words ascend without overlap.
    :param other: another reading of the same recording, in the same form.
    :param voice: stretches of speech, ascending, without overlap.
    """
    words = [word for utterance in heard for word in utterance.words]
    for span in unheard(voice, heard):
        for utterance in other:
            inside = tuple(word for word in utterance.words if _is_inside(word, span))
            if (
                inside
                and mean_word_logprob(inside) > LOWEST_MEAN_LOGPROB
                and not is_said_beside(" ".join(word.text for word in inside), span, words)
            ):
                yield replace_fields(
                    utterance,
                    start_ms=inside[0].start_ms,
                    end_ms=inside[-1].end_ms,
                    words=inside,
                )


def _is_inside(word: Word, span: Span) -> bool:
    """Whether most of the word is said there."""
    shared_ms = min(word.end_ms, span.end_ms) - max(word.start_ms, span.start_ms)
    return 2 * shared_ms > word.end_ms - word.start_ms
