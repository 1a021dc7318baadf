"""Speech that no word covers: taken from another decoding, or decoded again with its neighbours."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from studio.model.clock import RecordingMs, Span
from studio.model.record import replace_fields
from studio.model.transcript import Utterance, Word
from studio.speech.chunks import MAX_DURATION_MS
from studio.speech.doubtful_windows import mean_word_logprob
from studio.speech.hallucinations import MIN_MEAN_LOGPROB
from studio.speech.hypotheses import Hypothesis, best_hypothesis, unheard
from studio.speech.prompts import NO_PROMPT, prompt_from
from studio.speech.repeats import repeats_neighbours
from studio.speech.window_decoding import BATCH_WINDOWS, MORE_BEAMS, WindowDecoder
from studio.speech.window_text import WindowText, texts_from_hypotheses

# A stretch is decoded alone, with the speech before it, with the speech after it and with both:
# with neighbours it is often recognised better, and sometimes omitted. Of « Et la grêle, les crues,
# tout ça. Vous pourrez suivre ? » alone the model writes « Et la ». Words cut by a window's edge
# are not recognised, so neighbouring words are included, up to this much on either side (chosen by
# this one example, not fitted).
MAX_BESIDE_MS = 7_000


def found_in_unheard(
    decoder: WindowDecoder,
    heard: Sequence[Utterance],
    voice: Sequence[Span],
    *,
    names: tuple[int, ...],
    usual_rate: float,
) -> list[Utterance]:
    """The accepted utterances in stretches of speech for which no words were recognised.

    :param heard: ascending; words ascend without overlap.
    :param voice: stretches of speech, ascending, without overlap.
    :param names: the tokens of the names to expect.
    :param usual_rate: letters a second of speech in the recording, or 0.
    """
    spans = [piece for span in unheard(voice, heard) for piece in _pieces(span)]
    asked = [(span, window) for span in spans for window in _windows_around(span, voice)]
    best: dict[Span, list[Utterance]] = {}
    # Each open window keeps its encoding: only a few at once.
    count = BATCH_WINDOWS * decoder.workers
    for start in range(0, len(asked), count):
        some = asked[start : start + count]
        texts = _best_texts(
            decoder, [window for _, window in some], voice, names=names, usual_rate=usual_rate
        )
        for (span, _), text in zip(some, texts, strict=True):
            found = _inside(heard, text.utterances, span) if text else []
            best[span] = max(best.get(span, []), found, key=_probability)
    return [utterance for found in best.values() for utterance in found]


def _windows_around(span: Span, voice: Sequence[Span]) -> list[Span]:
    """The stretch with and without adjacent speech, each once."""
    starts = [one.start_ms for one in voice if span.start_ms - MAX_BESIDE_MS <= one.start_ms]
    ends = [one.end_ms for one in voice if one.end_ms <= span.end_ms + MAX_BESIDE_MS]
    first, last = min([span.start_ms, *starts]), max([span.end_ms, *ends])
    edges = itertools.product((span.start_ms, first), (span.end_ms, last))
    windows = [Span(start_ms=start_ms, end_ms=end_ms) for start_ms, end_ms in edges]
    return [one for one in dict.fromkeys(windows) if one.end_ms - one.start_ms <= MAX_DURATION_MS]


def _pieces(span: Span) -> Iterator[Span]:
    """The stretch in equal pieces, as few as the model's maximum length permits."""
    length_ms = span.end_ms - span.start_ms
    count = -(-length_ms // MAX_DURATION_MS)
    edges = [RecordingMs(span.start_ms + length_ms * place // count) for place in range(count + 1)]
    for start_ms, end_ms in itertools.pairwise(edges):
        yield Span(start_ms=start_ms, end_ms=end_ms)


def _probability(found: Sequence[Utterance]) -> float:
    """The probability of the found text; minus infinity if there is none."""
    words = [word for utterance in found for word in utterance.words]
    return mean_word_logprob(words) if words else float("-inf")


def _best_texts(
    decoder: WindowDecoder,
    windows: Sequence[Span],
    voice: Sequence[Span],
    *,
    names: tuple[int, ...],
    usual_rate: float,
) -> list[WindowText | None]:
    """The most probable text of each window, None if none is accepted. All ways of decoding are
    tried, because little speech is left.
    """
    prompted = prompt_from(names, ())
    opened = decoder.open(windows, [prompted] * len(windows))
    decoder.decode(
        [
            (one, prompt, MORE_BEAMS)
            for one in opened
            for prompt in dict.fromkeys((prompted, NO_PROMPT))
        ]
    )
    best = [best_hypothesis(one.hypotheses, voice, usual_rate) for one in opened]
    believed = [one for one in best if _is_believed(one)]
    texts = iter(texts_from_hypotheses(decoder, believed, voice))
    return [next(texts) if _is_believed(one) else None for one in best]


def _is_believed(hypothesis: Hypothesis) -> bool:
    return hypothesis.possible and hypothesis.mean_logprob > MIN_MEAN_LOGPROB


def found_in_other_hypothesis(
    heard: Sequence[Utterance], other: Sequence[Utterance], voice: Sequence[Span]
) -> Iterator[Utterance]:
    """The text of another pass in speech without words: it decoded these moments in another
    context, and may have recognised them. It may be between the words of a recognised utterance.

    :param heard: ascending; words ascend without overlap.
    :param other: another pass of the same recording, in the same form.
    :param voice: stretches of speech, ascending, without overlap.
    """
    for span in unheard(voice, heard):
        yield from _inside(heard, other, span)


def _inside(heard: Sequence[Utterance], other: Sequence[Utterance], span: Span) -> list[Utterance]:
    """The other pass's words in a stretch, if they are probable and do not repeat its
    neighbours.
    """
    words = [word for utterance in heard for word in utterance.words]
    found = []
    for utterance in other:
        inside = tuple(word for word in utterance.words if _is_inside(word, span))
        if (
            inside
            and mean_word_logprob(inside) > MIN_MEAN_LOGPROB
            and not repeats_neighbours(" ".join(word.text for word in inside), span, words)
        ):
            found.append(
                replace_fields(
                    utterance, start_ms=inside[0].start_ms, end_ms=inside[-1].end_ms, words=inside
                )
            )
    return found


def _is_inside(word: Word, span: Span) -> bool:
    """Whether most of the word is within the stretch."""
    shared_ms = min(word.end_ms, span.end_ms) - max(word.start_ms, span.start_ms)
    return 2 * shared_ms > word.end_ms - word.start_ms
