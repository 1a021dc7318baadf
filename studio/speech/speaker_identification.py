"""Speaker identification: which of the known voices speaks, by speaker embeddings.

If one speaker's microphone does not record and the others pick up everybody equally, levels do not
show who speaks. Voices are learnt from stretches where they do; a piece of speech gets the voice
with the nearest speaker embedding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from studio.model.clock import RecordingMs, Span
from studio.model.record import replace_fields
from studio.model.transcript import Utterance
from studio.model.voices import VoiceSpan
from studio.progress import Progress, no_progress
from studio.speech.diarisation import (
    PIECE_MS,
    SURE_MS,
    Embedder,
    embeddings_of,
    relabel_short_pieces,
    utterance_pieces,
)

# This many pieces describe a voice: half a minute of it.
MAX_KNOWN_PIECES = 12


def identify_speakers(
    samples: NDArray[np.float32],
    utterances: Sequence[Utterance],
    spans: Sequence[VoiceSpan],
    ambiguous_spans: Sequence[Span],
    *,
    embedder: Embedder,
    progress: Progress = no_progress,
) -> tuple[VoiceSpan, ...]:
    """The spans, with the ambiguous ones replaced by the nearest voices; unchanged if fewer than
    two voices are known.

    :param samples: the whole recording, mono, 16 kHz.
    :param utterances: the transcribed speech, ascending.
    :param spans: who speaks, by their beginning; those of two voices may overlap.
    :param ambiguous_spans: where the spans are unreliable, ascending, without overlap.
    """
    told = tuple(_outside(spans, ambiguous_spans))
    known = [(span.voice, piece) for span, piece in _known_pieces(told)]
    pieces = [
        (place, piece)
        for place, utterance in enumerate(utterances)
        for piece in utterance_pieces(utterance)
        if any(
            one.start_ms <= (piece.start_ms + piece.end_ms) // 2 < one.end_ms
            for one in ambiguous_spans
        )
    ]
    if not pieces or len({voice for voice, _ in known}) < 2:
        return tuple(spans)
    # One pass of the network for both: the pieces with a known voice, and those to be identified.
    wanted = [*(piece for _, piece in known), *(piece for _, piece in pieces)]
    vectors = embeddings_of(samples, wanted, embedder, progress)
    voices, centres = _centres([voice for voice, _ in known], vectors[: len(known)])
    described = [
        (one, vector)
        for one, vector in zip(pieces, vectors[len(known) :], strict=True)
        if vector is not None
    ]
    if len(voices) < 2 or not described:
        return tuple(spans)
    # Cosines, since all vectors have length 1. The certainty of a piece is the distance between its
    # nearest and its second nearest voice.
    similarity = np.array([vector for _, vector in described]) @ centres.T
    ordered = np.sort(similarity, axis=1)
    margin = ordered[:, -1] - ordered[:, -2]
    labels = relabel_short_pieces(
        similarity.argmax(axis=1),
        margin,
        np.array([float(piece.end_ms - piece.start_ms) for (_, piece), _ in described]),
        [place for (place, _), _ in described],
    )
    identified = [
        VoiceSpan(
            start_ms=piece.start_ms,
            end_ms=piece.end_ms,
            voice=voices[label],
            certainty=round(float(sure), 2),
        )
        for ((_, piece), _), label, sure in zip(described, labels, margin, strict=True)
    ]
    return tuple(sorted([*told, *identified], key=lambda span: (span.start_ms, span.voice)))


def _outside(spans: Sequence[VoiceSpan], stretches: Sequence[Span]) -> Iterator[VoiceSpan]:
    """The parts of the spans outside the stretches."""
    for span in spans:
        start_ms = span.start_ms
        for one in stretches:
            if one.end_ms <= start_ms or one.start_ms >= span.end_ms:
                continue
            if one.start_ms > start_ms:
                yield replace_fields(span, start_ms=start_ms, end_ms=one.start_ms)
            start_ms = one.end_ms
        if start_ms < span.end_ms:
            yield replace_fields(span, start_ms=start_ms)


def _known_pieces(spans: Sequence[VoiceSpan]) -> Iterator[tuple[VoiceSpan, Span]]:
    """Pieces in which only one voice speaks, from the whole recording."""
    for voice in sorted({span.voice for span in spans}):
        others = [span for span in spans if span.voice != voice]
        pieces = [
            (
                span,
                Span(
                    start_ms=RecordingMs(start_ms),
                    end_ms=RecordingMs(min(start_ms + PIECE_MS, span.end_ms)),
                ),
            )
            for span in spans
            if span.voice == voice
            for start_ms in range(span.start_ms, span.end_ms - SURE_MS + 1, PIECE_MS)
        ]
        alone = [
            (span, piece)
            for span, piece in pieces
            if not any(
                other.start_ms < piece.end_ms and piece.start_ms < other.end_ms for other in others
            )
        ]
        step = max(1, len(alone) // MAX_KNOWN_PIECES)
        yield from alone[::step][:MAX_KNOWN_PIECES]


def _centres(
    owners: Sequence[int], vectors: Sequence[NDArray[np.float64] | None]
) -> tuple[list[int], NDArray[np.float64]]:
    """The voices, and the mean direction of each."""
    described: dict[int, list[NDArray[np.float64]]] = {}
    for voice, vector in zip(owners, vectors, strict=True):
        if vector is not None:
            described.setdefault(voice, []).append(vector)
    centres = np.array([np.sum(some, axis=0) for some in described.values()])
    if len(centres):
        centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    return list(described), centres
