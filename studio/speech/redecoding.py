"""Re-decoding of doubtful windows, and the choice between two hypotheses.

Errors propagate through the prompt: misheard text becomes the context of the next window, and
prompted names are written for words that sound similar. So windows whose words have a low
probability are decoded again: cut at pauses, without a prompt, with a wide beam. Both hypotheses
are compared by the same measure, the probability of their words given the audio without any prompt,
so that the prompt itself favours neither.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from studio.model.clock import RecordingMs, Span
from studio.model.transcript import RemovedText, Utterance, Word
from studio.speech.hypotheses import unheard

# Mean natural logarithm of its words' probabilities, from which on a window is read again. On good
# recordings none is (−0.2 to −0.45 on podcasts and clean interviews), on bad lines half of them.
DOUBTFUL_WORDS = -0.5
# So much more probable the words of the redecoding have to be. Of 4 bad recordings, 42 windows
# (``fablab``, ``fanfare``, ``sauvetage``, ``urgences``), 7 were replaced with 0.2: 63 wrong words
# fewer, 10 more; with 0.1 13 windows, 92 fewer and 37 more; with 0.3 4 windows, 40 fewer.
LEAST_GAIN = 0.2
# A text with fewer words than this share of the other's has left something out. Those that were
# better had 0.9 and more.
LEAST_WORDS = 0.9
# The longest window: the model takes 30 s, and a little sound is read on either side.
LONGEST_MS = 28_000
EDGE_MS = 300
# What counts as impossible.
_SMALLEST = 1e-3


class PauseWindow(NamedTuple):
    """A window, and the part of the recording whose words are its own: from the middle of the pause
    before it to the middle of the pause after it.
    """

    sound: Span
    own: Span


def windows_at_pauses(voice: Sequence[Span], duration_ms: int) -> Iterator[PauseWindow]:
    """The recording's speech in windows that begin and end in pauses, as long as can be; speech
    without a pause is cut where it must.

    :param voice: ascending, without overlap.
    :returns: ascending; together their own parts are the whole recording.
    """
    packed: list[tuple[int, int]] = []
    for span in voice:
        for start_ms in range(span.start_ms, span.end_ms, LONGEST_MS):
            end_ms = min(start_ms + LONGEST_MS, span.end_ms)
            if packed and end_ms - packed[-1][0] <= LONGEST_MS:
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


def mean_word_logprob(words: Sequence[Word]) -> float:
    """The mean natural logarithm of the words' probabilities; 0 where there are none."""
    if not words:
        return 0.0
    return sum(math.log(max(word.probability, _SMALLEST)) for word in words) / len(words)


def is_doubtful(words: Sequence[Word]) -> bool:
    """Whether a window with these words is worth another reading."""
    return bool(words) and mean_word_logprob(words) < DOUBTFUL_WORDS


def is_better(again: Sequence[Utterance], than: Sequence[Word], voice: Sequence[Span]) -> bool:
    """Whether a redecoding is believed rather than the words of the first.

    Leaving out what is hard to hear makes a reading more probable: one that has no word where the
    first heard somebody is not believed.
    """
    words = [word for utterance in again for word in utterance.words]
    return (
        len(words) >= LEAST_WORDS * len(than)
        and mean_word_logprob(words) > mean_word_logprob(than) + LEAST_GAIN
        and not any(is_inside(word, gap) for gap in unheard(voice, again) for word in than)
    )


def is_inside(one: Word | RemovedText, span: Span) -> bool:
    """Whether the middle of a word is in a span, or of text that was taken out."""
    return 2 * span.start_ms <= one.start_ms + one.end_ms < 2 * span.end_ms
