"""Windows to which the first pass gives a low probability are replaced by those of the second pass
where these are more probable.

Errors propagate through the prompt: misheard text becomes the context of the next window, and
prompted names are written for words that sound similar. So windows whose words have a low
probability may be taken from the second pass, which was cut at pauses and had no prompt. Both
are compared by the same measure, the probability of their words given the audio without any prompt,
so that the prompt itself favours neither.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

from studio.model.clock import Span
from studio.model.transcript import RemovedText, Utterance, Word
from studio.speech.hypotheses import unheard
from studio.speech.pause_windows import PauseText, is_inside
from studio.speech.window_text import WindowText, filter_words

# Mean natural logarithm of its words' probabilities, below which a window is decoded again. On good
# recordings none is (−0.2 to −0.45 on podcasts and clean interviews), on bad lines half of them.
DOUBTFUL_WORDS = -0.5
# Minimum gain in probability for the words of the second decoding. Of 4 bad recordings, 42 windows
# (``fablab``, ``fanfare``, ``sauvetage``, ``urgences``), 7 were replaced with 0.2: 63 wrong words
# fewer, 10 more; with 0.1 13 windows, 92 fewer and 37 more; with 0.3 4 windows, 40 fewer.
MIN_GAIN = 0.2
# A text with fewer words than this share of the other's omits something. The better ones had 0.9
# and more.
MIN_WORDS = 0.9
# The log-probability of impossible words.
_SMALLEST = 1e-3


def mean_word_logprob(words: Sequence[Word]) -> float:
    """The mean natural logarithm of the words' probabilities; 0 where there are none."""
    if not words:
        return 0.0
    return sum(math.log(max(word.probability, _SMALLEST)) for word in words) / len(words)


def is_doubtful(words: Sequence[Word]) -> bool:
    """Whether a window with these words should be decoded again."""
    return bool(words) and mean_word_logprob(words) < DOUBTFUL_WORDS


def is_better(again: Sequence[Utterance], than: Sequence[Word], voice: Sequence[Span]) -> bool:
    """Whether a second decoding replaces the words of the first.

    A hypothesis becomes more probable by omitting indistinct words: one without a word where the
    first decoding had speech is rejected.
    """
    words = [word for utterance in again for word in utterance.words]
    return (
        len(words) >= MIN_WORDS * len(than)
        and mean_word_logprob(words) > mean_word_logprob(than) + MIN_GAIN
        and not any(is_inside(word, gap) for gap in unheard(voice, again) for word in than)
    )


def with_doubtful_replaced(
    texts: Sequence[WindowText], read: Sequence[PauseText], voice: Sequence[Span]
) -> list[WindowText]:
    """The same, with the words of doubtful windows replaced where others are more probable.

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
