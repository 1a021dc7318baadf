"""Speech that no word covers: taken from another decoding, or decoded again with its neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from studio.model.clock import Span
from studio.model.record import replace_fields
from studio.model.transcript import Utterance, Word
from studio.speech.hallucinations import LOWEST_MEAN_LOGPROB
from studio.speech.hypotheses import best_hypothesis, unheard
from studio.speech.prompts import NO_PROMPT, prompt_from
from studio.speech.redecoding import mean_word_logprob
from studio.speech.repeats import is_said_beside
from studio.speech.window_decoding import MORE_BEAMS, WindowDecoder
from studio.speech.window_text import WindowText, texts_from_hypotheses

# Heard with its neighbours a stretch is understood better than alone: of « Et la grêle, les crues,
# tout ça. Vous pourrez suivre ? » alone the model hears « Et la ». Words that the edge of a window
# cuts are not understood, so neighbours are taken whole, up to so long a window.
LONGEST_WINDOW_MS = 15_000


def found_in_unheard(
    decoder: WindowDecoder,
    heard: Sequence[Utterance],
    voice: Sequence[Span],
    *,
    names: tuple[int, ...],
    usual_rate: float,
) -> list[Utterance]:
    """What is believed to be said where nothing was heard.

    :param heard: ascending; words ascend without overlap.
    :param voice: stretches of speech, ascending, without overlap.
    :param names: the tokens of the names to expect.
    :param usual_rate: letters a second of speech in the recording, or 0.
    """
    spans = list(unheard(voice, heard))
    found: list[Utterance] = []
    for windows in ([_with_neighbours(span, voice) for span in spans], spans):
        left = [
            (span, window)
            for span, window in zip(spans, windows, strict=True)
            if not any(_is_inside(word, span) for one in found for word in one.words)
        ]
        texts = _best_texts(
            decoder, [window for _, window in left], voice, names=names, usual_rate=usual_rate
        )
        for (span, _), text in zip(left, texts, strict=True):
            found += _inside(heard, text.utterances, span)
    return found


def _with_neighbours(span: Span, voice: Sequence[Span]) -> Span:
    """The stretch with the speech before and after it, as much as has room."""
    start_ms, end_ms = span.start_ms, span.end_ms
    before = [one for one in voice if one.start_ms < span.start_ms]
    after = [one for one in voice if one.end_ms > span.end_ms]
    while before or after:
        if after and after[0].end_ms - start_ms <= LONGEST_WINDOW_MS:
            end_ms = after[0].end_ms
        else:
            after = []
        if before and end_ms - before[-1].start_ms <= LONGEST_WINDOW_MS:
            start_ms = before[-1].start_ms
        else:
            before = []
        before, after = before[:-1], after[1:]
    return Span(start_ms=start_ms, end_ms=end_ms)


def _best_texts(
    decoder: WindowDecoder,
    windows: Sequence[Span],
    voice: Sequence[Span],
    *,
    names: tuple[int, ...],
    usual_rate: float,
) -> list[WindowText]:
    """The most probable text of each window: so little is left that it is read in every way."""
    told = prompt_from(names, ())
    opened = decoder.open(windows, [told] * len(windows))
    decoder.decode(
        [(one, prompt, MORE_BEAMS) for one in opened for prompt in dict.fromkeys((told, NO_PROMPT))]
    )
    return texts_from_hypotheses(
        decoder, [best_hypothesis(one.hypotheses, voice, usual_rate) for one in opened], voice
    )


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
    for span in unheard(voice, heard):
        yield from _inside(heard, other, span)


def _inside(
    heard: Sequence[Utterance], other: Sequence[Utterance], span: Span
) -> Iterator[Utterance]:
    """The other's words in a stretch, where they are probable and not heard just beside it."""
    words = [word for utterance in heard for word in utterance.words]
    for utterance in other:
        inside = tuple(word for word in utterance.words if _is_inside(word, span))
        if (
            inside
            and mean_word_logprob(inside) > LOWEST_MEAN_LOGPROB
            and not is_said_beside(" ".join(word.text for word in inside), span, words)
        ):
            yield replace_fields(
                utterance, start_ms=inside[0].start_ms, end_ms=inside[-1].end_ms, words=inside
            )


def _is_inside(word: Word, span: Span) -> bool:
    """Whether most of the word is said there."""
    shared_ms = min(word.end_ms, span.end_ms) - max(word.start_ms, span.start_ms)
    return 2 * shared_ms > word.end_ms - word.start_ms
