"""Cuts to propose: hesitations, repeats, noises and long pauses. Nothing is cut without a user's
decision.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal

from studio.language.words import FUNCTION_WORDS, HESITATIONS, plain_words
from studio.model.clock import RecordingMs, Span
from studio.model.record import Record
from studio.model.transcript import Segment, Transcript, Word
from studio.sound.pauses import noise_spans, silent_spans

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# The minimum length of a proposed pause, and how much is kept at either end. Chosen by hand: pauses
# from about 1.5 s on are noticeable.
MAX_PAUSE_MS = 1_500
KEPT_PAUSE_MS = 350
# The maximum number of repeated words, and the maximum pause between them.
_MAX_REPEATED = 6
_REPEAT_PAUSE_MS = 1_500
# Words that are correctly doubled in French and English: « nous nous voyons », « très très bien ».
_RIGHT_TWICE = frozenset(
    "nous vous en ça non oui si très trop plus that had so very no yes".split()
)
_ENDS = (".", "!", "?", "…")


class ProposedCut(Record, frozen=True):
    """A proposed cut.

    :param text: its words; may be empty.
    """

    kind: Literal["filler", "repeat", "noise", "pause"]
    start_ms: RecordingMs
    end_ms: RecordingMs
    text: str = ""


def proposed_cuts(
    transcript: Transcript, samples: NDArray[np.int16], unwritten: Iterable[Span]
) -> list[ProposedCut]:
    """All proposed cuts, ascending, without nested ones.

    :param samples: samples of the recording, mono, 16 kHz.
    :param unwritten: hesitations that are not in the transcript.
    """
    words = sorted(transcript.words, key=lambda word: word.start_ms)
    spoken = [Span(start_ms=word.start_ms, end_ms=word.end_ms) for word in words]
    fillers = [
        ProposedCut(kind="filler", start_ms=span.start_ms, end_ms=span.end_ms, text="euh")
        for span in unwritten
    ]
    found = [
        *(cut for segment in transcript.segments for cut in written_fillers(segment)),
        *(cut for speaker in _turns(transcript) for cut in repeats(speaker)),
        *fillers,
        *_pauses(samples, spoken),
        *(
            ProposedCut(kind="noise", start_ms=span.start_ms, end_ms=span.end_ms)
            for span in noise_spans(samples, spoken)
        ),
    ]
    return list(_apart(sorted(found, key=lambda cut: (cut.start_ms, -cut.end_ms))))


def written_fillers(segment: Segment) -> Iterator[ProposedCut]:
    """The hesitations in the transcript."""
    for word in segment.words:
        if plain_words(word.text) and all(one in HESITATIONS for one in plain_words(word.text)):
            yield ProposedCut(
                kind="filler", start_ms=word.start_ms, end_ms=word.end_ms, text=word.text
            )


def repeats(words: Sequence[Word]) -> Iterator[ProposedCut]:
    """False starts: repeated words of a speaker; the span of the first occurrence, with the words
    in between.

    A single word only counts if it is a function word (« le le »): « jamais, jamais » is intended.
    """
    said = [
        (word, plain)
        for word in words
        if (plain := tuple(plain_words(word.text))) and not all(one in HESITATIONS for one in plain)
    ]
    place = 0
    while place < len(said):
        for count in range(min(_MAX_REPEATED, (len(said) - place) // 2), 0, -1):
            first, second = said[place : place + count], said[place + count : place + 2 * count]
            if [plain for _, plain in first] == [plain for _, plain in second] and _is_slip(
                [word for word, _ in first], second[0][0]
            ):
                yield ProposedCut(
                    kind="repeat",
                    start_ms=first[0][0].start_ms,
                    end_ms=second[0][0].start_ms,
                    text=" ".join(word.text for word, _ in first),
                )
                place += count
                break
        else:
            place += 1


def _is_slip(first: Sequence[Word], again: Word) -> bool:
    if again.start_ms - first[-1].end_ms > _REPEAT_PAUSE_MS or first[-1].text.endswith(_ENDS):
        return False
    plain = [one for word in first for one in plain_words(word.text)]
    if all(one in _RIGHT_TWICE or one.isdigit() for one in plain):
        return False
    return len(first) > 1 or all(one in FUNCTION_WORDS for one in plain)


def _turns(transcript: Transcript) -> Iterator[list[Word]]:
    words: list[Word] = []
    before: Segment | None = None
    for segment in transcript.segments:
        if before is not None and segment.speaker != before.speaker:
            yield words
            words = []
        words += segment.words
        before = segment
    yield words


def _pauses(samples: NDArray[np.int16], words: Sequence[Span]) -> Iterator[ProposedCut]:
    for span in silent_spans(samples, words, MAX_PAUSE_MS):
        yield ProposedCut(
            kind="pause",
            start_ms=RecordingMs(span.start_ms + KEPT_PAUSE_MS),
            end_ms=RecordingMs(span.end_ms - KEPT_PAUSE_MS),
        )


def _apart(cuts: Iterable[ProposedCut]) -> Iterator[ProposedCut]:
    end_ms = 0
    for cut in cuts:
        if cut.start_ms >= end_ms and cut.end_ms > cut.start_ms:
            yield cut
            end_ms = cut.end_ms
