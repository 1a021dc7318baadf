"""Transcripts and ASR results: words with times on the recording's clock."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

from studio.model.clock import RecordingMs, Span
from studio.model.record import Record


class Word(Record, frozen=True):
    """One word with its own punctuation and no spaces. ``probability`` is the engine's, 0 to 1; 1.0
    when a person wrote it.
    """

    text: str
    start_ms: RecordingMs
    end_ms: RecordingMs
    probability: float


class Correction(Record, frozen=True):
    """One change that Studio made to what the engine heard.

    :param segment: id of the segment that holds the new text.
    :param word: place of its first word in that segment, from 0.
    :param heard: the words as the engine heard them.
    :param text: the corrected words.
    :param reason: a short code of the rule that changed them (``name``, ``number``, ``spelling``,
        ``wording``…).
    :param score: how sure Studio is, 0 to 1.
    """

    segment: str
    word: int
    heard: str
    text: str
    reason: str
    score: float


class Suggestion(Record, frozen=True):
    """Words that may have been said instead, but not surely enough to be put there. It refers to
    times, because people move words.

    :param heard: the words in the transcript.
    :param text: the words to replace them with.
    :param score: how probable that is, 0 to 1.
    """

    start_ms: RecordingMs
    end_ms: RecordingMs
    heard: str
    text: str
    score: float


class Segment(Record, frozen=True):
    """A stretch of one speaker, a sentence or a few. ``speaker`` is a name, or None while it is not
    known.
    """

    id: str
    speaker: str | None
    start_ms: RecordingMs
    end_ms: RecordingMs
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """The words, one space between them."""
        return " ".join(word.text for word in self.words)


class Transcript(Record, frozen=True):
    """``transcripts/<slug>/transcript.json``: segments ascending by their beginning. Those of two
    speakers may overlap: they speak at once. Words of one segment never do.
    """

    language: str
    segments: tuple[Segment, ...]
    schema: int = 1
    corrections: tuple[Correction, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()

    @property
    def words(self) -> tuple[Word, ...]:
        """All words, segment by segment: in order of time but where two people speak at once."""
        return tuple(word for segment in self.segments for word in segment.words)


def ascending_starts(words: Iterable[Word]) -> list[RecordingMs]:
    """When each word begins, or one before it that begins later: two people may speak at once. They
    can be searched by bisection.
    """
    return list(itertools.accumulate((word.start_ms for word in words), max))


def places_beside(words: Sequence[Word]) -> frozenset[int]:
    """The places of words that begin before the one in front of them ends: two people speak at
    once.
    """
    return frozenset(
        place
        for place, (before, after) in enumerate(itertools.pairwise(words), 1)
        if after.start_ms < before.end_ms
    )


class Utterance(Record, frozen=True):
    """What an engine heard between two pauses, before anybody knows who spoke."""

    start_ms: RecordingMs
    end_ms: RecordingMs
    words: tuple[Word, ...]
    no_speech_probability: float = 0.0
    compression_ratio: float = 1.0


class RemovedText(Record, frozen=True):
    """Words that an engine wrote but that were probably not said; kept so that they can be shown
    and restored.

    :param reason: a short code: ``credits`` (of subtitlers), ``loop``, ``no speech``, ``no voice``,
        ``too fast``.
    """

    start_ms: RecordingMs
    end_ms: RecordingMs
    words: tuple[Word, ...]
    reason: str

    @property
    def text(self) -> str:
        """The words, one space between them."""
        return " ".join(word.text for word in self.words)


class AlternativeHypothesis(Record, frozen=True):
    """What another decoding of the same moment has.

    :param first: the place of the first of the words that are there, among all words.
    :param last: the place after the last of them.
    :param words: the other words.
    :param gain: how much speaks for the other words; below 0, since they were not taken.
    """

    first: int
    last: int
    words: tuple[Word, ...]
    gain: float


class AsrResult(Record, frozen=True):
    """``asr.json``: what one engine heard, as it heard it.

    :param voice: the stretches with speech.
    :param names: the names in the engine's prompt.
    :param removed: what was taken out as a hallucination, ascending.
    :param unheard: stretches of ``voice`` of a second or more without words, ascending.
    :param alternatives: other words for some places, ascending, without overlap.
    """

    engine: str
    model: str
    language: str
    duration_ms: RecordingMs
    voice: tuple[Span, ...]
    names: tuple[str, ...]
    utterances: tuple[Utterance, ...]
    schema: int = 1
    removed: tuple[RemovedText, ...] = ()
    unheard: tuple[Span, ...] = ()
    alternatives: tuple[AlternativeHypothesis, ...] = ()

    @property
    def words(self) -> tuple[Word, ...]:
        """All words in order of time."""
        return tuple(word for utterance in self.utterances for word in utterance.words)
