"""Removed hallucinations as doubts: a user can listen to the passage and restore the text."""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence

from studio.doubts.doubt import SECONDS_EACH, Doubt
from studio.model.clock import RecordingMs, Span
from studio.model.transcript import RemovedText, Segment, Transcript, Word

# The probability, chosen by hand, that the text was actually said: hardly ever for credits and
# loops, sometimes for improbable words over little speech. The test recordings have too few of them
# for a fit.
WEIGHTS = {"credits": 0.1, "loop": 0.2, "no speech": 0.2, "no voice": 0.3, "too fast": 0.3}
# For any other reason.
USUAL_WEIGHT = 0.3


def removed_doubts(removed: Sequence[RemovedText], transcript: Transcript) -> Iterator[Doubt]:
    """A doubt for each removed passage whose time has no words now, in order of time.

    The doubt is on the word before the passage (after it, if it is the first); its proposal
    restores the text beside that word.
    """
    # By time rather than by segment, because segments may overlap.
    places = sorted(
        (
            (segment, place, word)
            for segment in transcript.segments
            for place, word in enumerate(segment.words)
        ),
        key=lambda one: one[2].start_ms,
    )
    starts = [word.start_ms for _, _, word in places]
    for one in removed:
        index = bisect.bisect_right(starts, one.start_ms) - 1
        if not places or any(
            _overlap(word, one) for _, _, word in places[max(0, index) : index + 2]
        ):
            continue
        # The neighbour's text is part of the proposal, because a doubt replaces words and cannot
        # insert any.
        segment, place, word = places[max(0, index)]
        text = f"{one.text} {word.text}" if index < 0 else f"{word.text} {one.text}"
        yield _doubt(one, segment, place, word, text)


def _overlap(word: Word, removed: RemovedText) -> bool:
    return word.start_ms < removed.end_ms and removed.start_ms < word.end_ms


def _doubt(removed: RemovedText, segment: Segment, place: int, word: Word, proposal: str) -> Doubt:
    return Doubt(
        # A separate key: the word itself may be doubted, too.
        key=f"{removed.start_ms}:{removed.text}",
        kind="missing",
        weight=WEIGHTS.get(removed.reason, USUAL_WEIGHT),
        text=word.text,
        start_ms=RecordingMs(word.start_ms),
        end_ms=word.end_ms,
        segment=segment.id,
        word=place,
        count=1,
        heard=removed.text,
        proposal=proposal,
        candidates=(proposal,),
        places=(Span(start_ms=removed.start_ms, end_ms=removed.end_ms),),
        seconds=SECONDS_EACH["missing"],
    )
