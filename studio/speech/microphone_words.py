"""Assign each word to a microphone, given when someone speaks into each.

Whisper's times are off by some tenths of a second where one person speaks directly after another,
and while two speak at once, times are not enough. There the sentence decides: a speaker does not
change after its first word, nor before its last one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from studio.model.transcript import Word
from studio.model.turns import ends_sentence
from studio.model.voices import VoiceSpan

# At most this many words at the edge of a sentence are assigned like the rest of it.
MAX_EDGE_WORDS = 2
# Maximum distance of such a word from speech of that speaker, in milliseconds: Whisper puts the
# first word of a turn up to half a second before its sound, at the end of the turn before.
MAX_ASTRAY_MS = 600


def assign_words_to_microphones(
    words: Sequence[Word], spans: Sequence[VoiceSpan]
) -> list[int | None]:
    """The voice of each word: that of the span around it, or nearest to it, but for the edges of
    sentences; where two speak, that of the rest of its sentence.

    :param words: all words of a recording, ascending.
    :param spans: who speaks into which microphone; those of two may overlap.
    """
    if not spans:
        return [None] * len(words)
    moments = [(word.start_ms + word.end_ms) // 2 for word in words]
    # 1. Each word by its middle: the span that contains it or is nearest.
    labels, speaking = _voices_at(moments, spans)
    _assign_simultaneous_words(labels, words, speaking)

    def reaches(place: int, voice: int | None) -> bool:
        own = [span for span in spans if span.voice == voice]
        return min(_apart_ms(span, moments[place]) for span in own) <= MAX_ASTRAY_MS

    # 2. Word times are off by up to some tenths of a second at a change of speakers, so the first
    # or last words of a sentence may fall into the neighbour's span. They take the voice of the
    # rest of their sentence where that voice speaks nearby.
    for first, last in _sentences(words):
        for edge, before, step in ((first, first - 1, 1), (last, last + 1, -1)):
            sentence = range(edge, last + 1) if step > 0 else range(edge, first - 1, -1)
            voice = labels[edge]
            count = next(
                (number for number, place in enumerate(sentence) if labels[place] != voice), 0
            )
            # Words that belong to the neighbour's turn, not a turn of their own.
            hangs = 0 <= before < len(words) and labels[before] == voice
            if not hangs or not 0 < count <= MAX_EDGE_WORDS:
                continue
            rest = labels[sentence[count]]
            if sum(labels[place] == rest for place in sentence) <= count:
                continue
            for place in reversed(sentence[:count]):
                if reaches(place, rest):
                    labels[place] = rest
                else:
                    break
    return labels


def _voices_at(
    moments: Sequence[int], spans: Sequence[VoiceSpan]
) -> tuple[list[int | None], list[set[int]]]:
    """For each moment the voice that speaks then or nearest to it, and all voices that speak
    then.
    """
    starts, ends, voices = np.array(
        [(span.start_ms, span.end_ms, span.voice) for span in spans], dtype=np.int64
    ).T
    labels: list[int | None] = []
    speaking: list[set[int]] = []
    for moment in moments:
        apart = np.maximum(np.maximum(starts - moment, moment - ends), 0)
        labels.append(int(voices[apart.argmin()]))
        speaking.append({int(voice) for voice in voices[apart == 0]})
    return labels, speaking


def _assign_simultaneous_words(
    labels: list[int | None], words: Sequence[Word], speaking: Sequence[set[int]]
) -> None:
    """Give words within spans of several voices to the speaker of most of the rest of their
    sentence. Changes ``labels``.

    :param speaking: for each word, the voices with a span around it.
    """
    for first, last in _sentences(words):
        sentence = range(first, last + 1)
        rest = [labels[place] for place in sentence if len(speaking[place]) < 2]
        for place in sentence:
            likely = speaking[place] & set(rest)
            if len(speaking[place]) > 1 and likely:
                labels[place] = max(sorted(likely), key=rest.count)


def _apart_ms(span: VoiceSpan, moment: int) -> int:
    return max(span.start_ms - moment, moment - span.end_ms, 0)


def _sentences(words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """The indices of the first and the last word of each sentence."""
    first = 0
    for place, word in enumerate(words):
        if ends_sentence(word.text) or place == len(words) - 1:
            yield first, place
            first = place + 1
