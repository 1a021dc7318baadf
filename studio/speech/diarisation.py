"""Diarisation: group the speech of a recording by voice, with an estimated number of voices.

Each utterance is cut into pieces of a few seconds, each described by a speaker embedding; pieces
are merged in order of similarity (agglomerative clustering, average linkage) while their similarity
is that of one person. So the number of speakers need not be given. Pieces too short for a reliable
embedding are assigned to the nearest voice.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from studio.cores import usable_cores
from studio.model.clock import RecordingMs, Span
from studio.model.transcript import AsrResult, Utterance
from studio.model.voices import Voices, VoiceSpan
from studio.progress import Progress, no_progress
from studio.speech.microphone_words import assign_words_to_microphones
from studio.speech.vad import SAMPLE_RATE_HZ

# Approximate length of a piece: the embedding of a shorter one is unreliable, and a longer one may
# contain two people.
PIECE_MS = 2_500
# A piece this long has an embedding reliable enough to start a new voice.
SURE_MS = 1_200
# Two groups of pieces whose mean cosine is higher are one person. On 13 recordings of two, three
# and four people everything from 0.35 to 0.40 finds all of them; three real people have 0.22 to
# 0.33 between them, one under music and then without has 0.4.
ONE_PERSON = 0.38
# The same for voices on a telephone line (300 to 3400 Hz): different voices have 0.25 to 0.43
# there, and -0.02 to 0.17 without it. Of 11 interviews filtered like this as a whole, all speakers
# are found in 9 from 0.5 on and in 4 from 0.38 on; from 0.54 on more are split.
ONE_PERSON_ON_A_LINE = 0.5
# A voice with less time in total is ignored: a laugh, a jingle, two people at once.
MIN_VOICE_MS = 2_500
# A short piece that is hardly nearer to another voice than to that of its own utterance keeps the
# latter.
SURELY_ANOTHER = 0.15


# Which of the voices are on a telephone line: see
# :func:`studio.sound.telephone_band.telephone_voices`.
TelephoneVoices = Callable[[NDArray[np.float32], Sequence[VoiceSpan]], Collection[int]]


class Embedder(Protocol):
    """Describes a stretch of speech as a vector of length 1."""

    def embed(self, samples: NDArray[np.float32]) -> NDArray[np.float64] | None:
        """The vector; None if the stretch is too short."""
        ...


def diarise_samples(
    samples: NDArray[np.float32],
    utterances: Sequence[Utterance],
    embedder: Embedder,
    progress: Progress = no_progress,
    *,
    telephone_voices: TelephoneVoices,
) -> Voices:
    """Which voice speaks when.

    :param samples: the whole recording, mono, 16 kHz.
    :param telephone_voices: finds voices on a telephone line, which makes them similar.
    """
    # Pieces so short that one person speaks in each, most of the time.
    pieces = [
        (place, piece)
        for place, utterance in enumerate(utterances)
        for piece in utterance_pieces(utterance)
    ]
    embedded = embeddings_of(samples, [piece for _, piece in pieces], embedder, progress)
    known = [
        (place, piece, vector)
        for (place, piece), vector in zip(pieces, embedded, strict=True)
        if vector is not None
    ]
    if not known:
        return Voices(spans=())
    vectors = np.array([vector for _, _, vector in known])
    lengths = np.array([float(piece.end_ms - piece.start_ms) for _, piece, _ in known])
    # Each piece belongs to the nearest centre; the margin to the next one says how surely.

    def is_on_a_line(rows: NDArray[np.int_]) -> bool:
        spans = [
            VoiceSpan(start_ms=span.start_ms, end_ms=span.end_ms, voice=0, certainty=1.0)
            for span in (known[row][1] for row in rows)
        ]
        return bool(telephone_voices(samples, spans))

    # Every piece, including the short ones, gets the voice of the nearest centre.
    similarity = vectors @ _centres(vectors, lengths, is_on_a_line).T
    labels = similarity.argmax(axis=1)
    ordered = np.sort(similarity, axis=1)
    margin = ordered[:, -1] - ordered[:, -2] if similarity.shape[1] > 1 else np.ones(len(labels))
    labels = relabel_short_pieces(labels, margin, lengths, [place for place, _, _ in known])
    # Voices are numbered in the order in which they begin to speak.
    order: dict[int, int] = {}
    return Voices(
        spans=tuple(
            VoiceSpan(
                start_ms=piece.start_ms,
                end_ms=piece.end_ms,
                voice=order.setdefault(int(label), len(order)),
                certainty=round(float(sure), 2),
            )
            for (_, piece, _), label, sure in zip(known, labels, margin, strict=True)
        )
    )


def embeddings_of(
    samples: NDArray[np.float32],
    spans: Sequence[Span],
    embedder: Embedder,
    progress: Progress = no_progress,
) -> list[NDArray[np.float64] | None]:
    """The vector of each span, on all processors; None for one that is too short.

    :param samples: the whole recording, mono, 16 kHz.
    :param progress: called with the number of spans done and the total.
    """

    def embed(span: Span) -> NDArray[np.float64] | None:
        first, last = (ms * SAMPLE_RATE_HZ // 1000 for ms in (span.start_ms, span.end_ms))
        return embedder.embed(samples[first:last])

    vectors = []
    with ThreadPoolExecutor(usable_cores()) as pool:
        for done, vector in enumerate(pool.map(embed, spans), 1):
            vectors.append(vector)
            progress(done, len(spans))
    return vectors


def utterance_pieces(utterance: Utterance) -> Iterator[Span]:
    """Cut an utterance into about equal pieces at the starts of words."""
    count = max(1, round((utterance.end_ms - utterance.start_ms) / PIECE_MS))
    starts = [word.start_ms for word in utterance.words[1:]]
    cuts = {utterance.start_ms}
    for step in range(1, count):
        wanted = utterance.start_ms + (utterance.end_ms - utterance.start_ms) * step // count
        cuts.add(
            min(starts, key=lambda start: abs(start - wanted)) if starts else RecordingMs(wanted)
        )
    for start, end in itertools.pairwise([*sorted(cuts), utterance.end_ms]):
        if end > start:
            yield Span(start_ms=start, end_ms=end)


def _centres(
    vectors: NDArray[np.float64],
    lengths: NDArray[np.float64],
    is_on_a_line: Callable[[NDArray[np.int_]], bool],
) -> NDArray[np.float64]:
    """The mean direction of each voice that speaks long enough.

    :param is_on_a_line: whether these rows are from a telephone line; then they are grouped again
        among themselves.
    """
    # 1. Group only embeddings of long stretches: short ones are too noisy to form groups, and are
    # assigned to the nearest centre afterwards.
    sure = np.flatnonzero(lengths >= SURE_MS)
    if not len(sure):
        sure = np.arange(len(lengths))
    groups = []
    for group in _grouped(vectors[sure], lengths[sure], ONE_PERSON):
        # 2. A telephone's narrow band makes voices alike, so that such a group may hold several
        # people; the limit within it is stricter.
        if is_on_a_line(sure[group]):
            own = sure[group]
            parts = _grouped(vectors[own], lengths[own], ONE_PERSON_ON_A_LINE)
            groups += [group[part] for part in parts]
        else:
            groups.append(group)
    # Drop voices with too little speech, but keep at least one.
    heard = [float(lengths[sure[group]].sum()) for group in groups]
    kept = [group for group, length in zip(groups, heard, strict=True) if length >= MIN_VOICE_MS]
    kept = kept or [groups[int(np.argmax(heard))]]
    # 3. Means weighted by length, of unit length, so that a dot product is the cosine.
    centres = np.array(
        [(vectors[sure[group]] * lengths[sure[group]][:, None]).sum(axis=0) for group in kept]
    )
    return np.asarray(centres / np.linalg.norm(centres, axis=1, keepdims=True))


def _grouped(
    vectors: NDArray[np.float64], weights: NDArray[np.float64], one_person: float
) -> list[NDArray[np.int_]]:
    """Groups of rows, merged while the two most similar have a mean cosine of ``one_person``."""
    # Agglomerative clustering with average linkage, weighted by length. Joined rows are marked with
    # minus infinity instead of being removed.
    similarity = vectors @ vectors.T
    np.fill_diagonal(similarity, -np.inf)
    members = [[row] for row in range(len(vectors))]
    weight = weights.astype(np.float64).copy()
    nearest = similarity.max(axis=1)
    while len(vectors) > 1:
        one = int(nearest.argmax())
        if nearest[one] < one_person:
            break
        other = int(similarity[one].argmax())
        joined = (weight[one] * similarity[one] + weight[other] * similarity[other]) / (
            weight[one] + weight[other]
        )
        joined[[one, other]] = -np.inf
        similarity[one], similarity[:, one] = joined, joined
        similarity[other], similarity[:, other] = -np.inf, -np.inf
        weight[one] += weight[other]
        members[one] += members[other]
        members[other] = []
        nearest = similarity.max(axis=1)
    return [np.array(sorted(rows)) for rows in members if rows]


def relabel_short_pieces(
    labels: NDArray[np.int_],
    margin: NDArray[np.float64],
    lengths: NDArray[np.float64],
    owners: Sequence[int],
) -> NDArray[np.int_]:
    """Give a short and uncertain piece the voice of the adjacent piece in its utterance."""
    settled = labels.copy()
    for row, owner in enumerate(owners):
        beside = [
            other
            for other in (row - 1, row + 1)
            if 0 <= other < len(owners) and owners[other] == owner
        ]
        if beside and lengths[row] < SURE_MS and margin[row] < SURELY_ANOTHER:
            settled[row] = labels[max(beside, key=lambda other: lengths[other])]
    return settled


def split_at_voices(
    asr: AsrResult, voices: Voices
) -> tuple[tuple[Utterance, ...], tuple[int | None, ...]]:
    """The utterances, split at changes of voice, and the voice of each part; None where no voice is
    known.
    """
    parts: list[Utterance] = []
    labels: list[int | None] = []
    # With separate microphones spans of two people may overlap and each word is decided in its
    # sentence; otherwise within its utterance.
    if voices.method == "microphones":
        assigned = assign_words_to_microphones(asr.words, voices.spans)
    else:
        assigned = [
            label
            for utterance in asr.utterances
            for label in _voices_within(utterance, voices.spans)
        ]
    # Cut each utterance where the voice of its words changes.
    left = iter(assigned)
    for utterance in asr.utterances:
        for label, group in itertools.groupby(
            zip(utterance.words, left, strict=False), key=lambda pair: pair[1]
        ):
            said = tuple(word for word, _ in group)
            parts.append(
                Utterance(
                    start_ms=said[0].start_ms,
                    end_ms=said[-1].end_ms,
                    words=said,
                    no_speech_probability=utterance.no_speech_probability,
                    compression_ratio=utterance.compression_ratio,
                )
            )
            labels.append(label)
    return tuple(parts), tuple(labels)


def _voices_within(utterance: Utterance, spans: Sequence[VoiceSpan]) -> Iterator[int | None]:
    """The voice of each word, among those that speak in its utterance."""
    own = [
        span
        for span in spans
        if span.end_ms > utterance.start_ms and span.start_ms < utterance.end_ms
    ]
    for word in utterance.words:
        yield _voice_at(own, (word.start_ms + word.end_ms) // 2)


def _voice_at(spans: Sequence[VoiceSpan], moment: int) -> int | None:
    """The voice of the span around a moment, else of the nearest one of the same utterance."""
    if not spans:
        return None
    return min(spans, key=lambda span: max(span.start_ms - moment, moment - span.end_ms, 0)).voice
