"""The probability of known words in an audio file and in a processed copy of it: whether cleaning
or encoding made a word unintelligible.

Transcribing both and comparing the texts does not work: a copy that is 1 dB softer gives other
errors. So there is no search: the decoder is run over the known words once for each audio file, and
gives the probability of each word given the audio and the words before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from studio.model.clock import Programme, RecordingMs
from studio.model.record import Record
from studio.model.sound import LostWord
from studio.model.transcript import Word
from studio.progress import Progress, no_progress
from studio.speech.engine import Engine
from studio.speech.token_merge import SpelledWord
from studio.speech.vad import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Words that are compared together, in ms: with 200 ms on both sides and a second of silence they
# are 20 s, which the encoder reads at half the cost of 30 s (its work grows faster than what it is
# given). Shorter windows save nothing more, and fewer words are sure enough to be compared: 60 % in
# 8.6 s, 66 % in 18.6 s, 71 % in 25 s.
MAX_WINDOW_MS = 18_600
AROUND_MS = 200
# A pause of a second or more ends a window that is as long as this.
PAUSE_MS, MIN_WINDOW_MS = 1000, 14_000
# Minimum probability in the recording of a word that can count as lost.
SURE = 0.5
# It is lost if its probability in the master is less than this share of it.
LOST_PART = 0.5


class ComparedWindow(Record, frozen=True):
    """Adjacent words in one kept stretch of the recording.

    :param start_ms: where the window begins in the recording; ``heard_ms`` where that moment is in
        the episode.
    :param end_ms: where it ends in the recording.
    """

    start_ms: int
    end_ms: int
    heard_ms: int
    words: tuple[Word, ...]


def compared_windows(words: Sequence[Word], programme: Programme) -> tuple[ComparedWindow, ...]:
    """The words that are complete and without music over them, in windows without a cut.

    :param words: ascending, on the recording's clock.
    """
    return tuple(_windows(words, programme))


def _windows(words: Sequence[Word], programme: Programme) -> Iterator[ComparedWindow]:
    # Under music, a word is less certain because of the music.
    first_ms = programme.opening_ms + programme.opening_overlap_ms
    last_ms = programme.duration_ms - programme.closing_ms - programme.closing_overlap_ms
    for kept in programme.kept:
        moved_ms = programme.programme_from_recording(kept.start_ms) - kept.start_ms
        inside = [
            word
            for word in words
            if kept.start_ms <= word.start_ms < word.end_ms <= kept.end_ms
            and first_ms <= word.start_ms + moved_ms
            and word.end_ms + moved_ms <= last_ms
        ]
        for some in _grouped(inside):
            start_ms = max(kept.start_ms, some[0].start_ms - AROUND_MS)
            yield ComparedWindow(
                start_ms=start_ms,
                end_ms=min(kept.end_ms, some[-1].end_ms + AROUND_MS),
                heard_ms=start_ms + moved_ms,
                words=tuple(some),
            )


def _grouped(words: Sequence[Word]) -> Iterator[list[Word]]:
    some: list[Word] = []
    for word in words:
        if some:
            length_ms = word.end_ms - some[0].start_ms
            pause_ms = word.start_ms - some[-1].end_ms
            shortest = some[-1].end_ms - some[0].start_ms >= MIN_WINDOW_MS
            if length_ms > MAX_WINDOW_MS or (shortest and pause_ms >= PAUSE_MS):
                yield some
                some = []
        some.append(word)
    if some:
        yield some


def word_certainties(
    engine: Engine,
    samples: NDArray[np.float32],
    windows: Sequence[ComparedWindow],
    language: str,
    *,
    heard: bool,
    progress: Progress = no_progress,
) -> list[float]:
    """The probability of each word of the windows, 0 to 1, given the sound and the words before it
    in its window.

    :param samples: mono, 16 kHz, −1 to 1: the recording, or the episode.
    :param heard: whether they are the episode.
    """
    tokenizer = engine.tokenizer(language)

    def certainties(window: ComparedWindow) -> list[float]:
        start_ms = window.heard_ms if heard else window.start_ms
        length_ms = window.end_ms - window.start_ms
        first, last = (
            moment * SAMPLE_RATE_HZ // 1000 for moment in (start_ms, start_ms + length_ms)
        )
        texts = [word.text for word in window.words]
        tokens = tokenizer.encode(" " + " ".join(texts))
        encoding = engine.encode(samples[first:last])
        (pieces,) = engine.align([encoding], [tokens], [length_ms], tokenizer)
        return list(_of_words(texts, pieces))

    found: list[float] = []
    with ThreadPoolExecutor(engine.workers) as pool:
        for place, some in enumerate(pool.map(certainties, windows)):
            found += some
            progress(place + 1, len(windows))
    return found


def _of_words(texts: Sequence[str], pieces: Sequence[SpelledWord]) -> Iterator[float]:
    """The least probable piece of each word. Pieces spell the words one after the other."""
    spelled = [(piece, len(piece.text.replace(" ", ""))) for piece in pieces]
    place, taken = 0, 0
    for text in texts:
        wanted, least = len(text.replace(" ", "")), 1.0
        while wanted > 0 and place < len(spelled):
            piece, letters = spelled[place]
            # Punctuation marks are not words.
            if piece.letters:
                least = min(least, piece.probability)
            part = min(wanted, letters - taken)
            wanted, taken = wanted - part, taken + part
            if taken >= letters:
                place, taken = place + 1, 0
        yield least


def lost_words(
    windows: Sequence[ComparedWindow], before: Sequence[float], after: Sequence[float]
) -> tuple[LostWord, ...]:
    """The words that are certain in the recording but not in the episode.

    :param before: the probability of each word of the windows in the recording; ``after`` in the
        episode.
    """
    words = [word for window in windows for word in window.words]
    return tuple(
        LostWord(
            text=word.text,
            start_ms=RecordingMs(word.start_ms),
            end_ms=RecordingMs(word.end_ms),
            before=round(was, 3),
            after=round(now, 3),
        )
        for word, was, now in zip(words, before, after, strict=True)
        if was >= SURE and now < LOST_PART * was
    )
