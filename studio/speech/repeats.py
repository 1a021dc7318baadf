"""Remove words that were decoded twice but spoken once: at the seam of two windows, in a gap, in a
loop.
"""

from __future__ import annotations

from collections.abc import Sequence

from studio.language.words import plain_words
from studio.model.clock import Span
from studio.model.transcript import Utterance, Word
from studio.speech.hallucinations import letters_in
from studio.speech.hypotheses import impossible_repeats
from studio.speech.window_text import WindowText, utterance_part

# Words at the end of one window and again at the start of the next were decoded twice, not said
# twice, from this many letters on. People repeat single words, but rarely a phrase exactly there.
MIN_REPEATED_LETTERS = 8
MAX_REPEATED_WORDS = 15


def drop_repeated(before: WindowText, after: WindowText) -> None:
    """Remove the words from a window's text with which the previous one ends: a word whose end time
    is too early is decoded twice.
    """
    words = [word for utterance in after.utterances for word in utterance.words]
    said = [plain_words(word.text) for utterance in before.utterances for word in utterance.words][
        -MAX_REPEATED_WORDS:
    ]
    again = [plain_words(word.text) for word in words[:MAX_REPEATED_WORDS]]
    counts = [
        count
        for count in range(2, min(len(said), len(again)) + 1)
        if said[-count:] == again[:count]
    ]
    count = max(counts, default=0)
    if sum(letters_in(word.text) for word in words[:count]) >= MIN_REPEATED_LETTERS:
        rest = words[count].start_ms if count < len(words) else after.end_ms
        utterances = [
            utterance_part(utterance, lambda word: word.start_ms >= rest)
            for utterance in after.utterances
        ]
        after.utterances = [utterance for utterance in utterances if utterance.words]


def without_repeats(utterances: Sequence[Utterance]) -> list[Utterance]:
    """The utterances without phrases that are written twice."""
    words = sorted(
        (word for utterance in utterances for word in utterance.words),
        key=lambda word: word.start_ms,
    )
    repeats = {id(words[place]) for place in impossible_repeats(words)}
    return [
        utterance_part(utterance, lambda word: id(word) not in repeats) for utterance in utterances
    ]


def repeats_neighbours(text: str, window: Span, words: Sequence[Word]) -> bool:
    """Whether the words decoded in a gap are those just before or after it: then their times were
    wrong, and no word was missing.

    :param words: of the recording, in order of time.
    """
    said = plain_words(text)
    before = [
        plain
        for word in words
        if word.start_ms < window.start_ms
        for plain in plain_words(word.text)
    ][-2 * len(said) :]
    after = [
        plain for word in words if word.end_ms > window.end_ms for plain in plain_words(word.text)
    ][: 2 * len(said)]
    # Decoded again, a phrase may lose a short word: « y trop longtemps » beside « y a trop
    # longtemps ».
    return any(_occurs_in_order(said, beside) for beside in (before, after))


def _occurs_in_order(said: Sequence[str], beside: Sequence[str]) -> bool:
    """Whether all words are among the others, in the same order."""
    rest = iter(beside)
    return all(word in rest for word in said)
