"""Sequential decoding like Whisper's own: the next window begins where the words of the last one
end, with its text as context.

One window after the other leaves all but one core idle. So a recording is cut at pauses into a few
chunks that are decoded in parallel; each is decoded sequentially, as Whisper decodes a whole
recording.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from studio.model.clock import RecordingMs, Span

# The length of Whisper's window.
MAX_DURATION_MS = 30_000
# Minimum length of a chunk: each costs the decoding of its run-up.
MIN_CHUNK_MS = 90_000
# A chunk is decoded from this long before its own part, and that text is discarded: without the
# words before it, Whisper makes 4 more errors in 340 words of a dialogue of two minutes that is
# decoded in two halves.
RUN_UP_MS = 20_000
# How far a cut may deviate from equal parts to reach a longer pause.
NEAR_CUT_MS = 15_000
# The step of Whisper's timestamps.
MS_PER_TIMESTAMP = 20


@dataclass(frozen=True)
class TimestampedText:
    """A stretch of a window's text between two of Whisper's timestamps: its tokens, timestamps
    included.
    """

    tokens: tuple[int, ...]


@dataclass
class Chunk:
    """A part of the recording and how far it has been decoded.

    :param start_ms: where its own part begins; decoding begins before it.
    :param context: the tokens of its text so far, timestamps included.
    """

    start_ms: RecordingMs
    end_ms: RecordingMs
    seek_ms: int
    context: list[int] = field(default_factory=list)

    @property
    def window(self) -> Span:
        """The next window to decode."""
        return Span(
            start_ms=RecordingMs(self.seek_ms),
            end_ms=RecordingMs(min(self.seek_ms + MAX_DURATION_MS, self.end_ms)),
        )


def chunks_from_voice(voice: Sequence[Span], duration_ms: int, most: int) -> list[Chunk]:
    """Cut a recording into chunks of about equal length, at the longest pauses near their edges.

    :param voice: ascending stretches of speech without overlap.
    :param most: maximum number of chunks.
    """
    count = max(1, min(most, duration_ms // MIN_CHUNK_MS))
    # (middle, length) of each pause, both in ms.
    pauses = [
        ((before.end_ms + after.start_ms) // 2, after.start_ms - before.end_ms)
        for before, after in pairwise(voice)
    ]

    def cut_near(wanted: int, first: int) -> int | None:
        near = [
            pause for pause in pauses if abs(pause[0] - wanted) <= NEAR_CUT_MS and pause[0] > first
        ]
        return max(near, key=lambda pause: pause[1])[0] if near else None

    edges = [0]
    for number in range(1, count):
        edge = cut_near(duration_ms * number // count, edges[-1])
        edges += [] if edge is None else [edge]
    # Decoding starts at `seek_ms`, a pause shortly before the chunk, so that the engine has
    # context when the chunk begins; what it writes before `start` is dropped.
    chunks = []
    for start, end in pairwise([*edges, duration_ms]):
        before = cut_near(start - RUN_UP_MS, 0) if start else None
        seek_ms = start if before is None or before >= start else before
        chunks.append(Chunk(RecordingMs(start), RecordingMs(end), seek_ms))
    return chunks


def split_at_timestamps(
    tokens: Sequence[int], timestamp_begin: int
) -> tuple[list[TimestampedText], int | None]:
    """Whisper's own segments of a window, and the start of the next window according to Whisper, in
    ms of this one.

    Text after the last pair of timestamps is unfinished: it is left for the next window. Where
    there is no pair, or the text ends with a single timestamp, there is no speech after it and the
    next window begins at the end of this one: None.
    """
    stamps = [
        place
        for place in range(1, len(tokens))
        if tokens[place] >= timestamp_begin <= tokens[place - 1]
    ]
    ended = len(tokens) >= 2 and tokens[-2] < timestamp_begin <= tokens[-1]
    if not stamps:
        return ([TimestampedText(tuple(tokens))] if tokens else []), None
    edges = [*stamps, len(tokens)] if ended else stamps
    parts = [
        TimestampedText(tuple(tokens[start:end]))
        for start, end in zip([0, *edges[:-1]], edges, strict=True)
    ]
    return parts, None if ended else (tokens[edges[-1] - 1] - timestamp_begin) * MS_PER_TIMESTAMP
