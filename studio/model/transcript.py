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
    """One change that Studio made to the engine's words.

    :param segment: id of the segment that holds the new text.
    :param word: index of its first word in that segment, from 0.
    :param heard: the engine's words.
    :param text: the corrected words.
    :param reason: a short code of the rule that changed them (``name``, ``number``, ``spelling``,
        ``wording``…).
    :param score: confidence, 0 to 1.
    """

    segment: str
    word: int
    heard: str
    text: str
    reason: str
    score: float


class Suggestion(Record, frozen=True):
    """Words that may have been said instead, but not certainly enough to be substituted. It refers
    to times, because users move words.

    :param heard: the words in the transcript.
    :param text: the words to replace them with.
    :param score: its probability, 0 to 1.
    :param doubts_name: whether the words in the transcript have a name of the article that the
        recording may contradict: they are a doubt even if nothing else speaks against them.
    """

    start_ms: RecordingMs
    end_ms: RecordingMs
    heard: str
    text: str
    score: float
    doubts_name: bool = False


class Segment(Record, frozen=True):
    """Speech of one speaker, one or a few sentences. ``speaker`` is a name, or None if unknown."""

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
    """``transcripts/<slug>/transcript.json``: segments, ascending by start. Segments of two
    speakers may overlap; words of one segment never do.
    """

    language: str
    segments: tuple[Segment, ...]
    schema: int = 1
    corrections: tuple[Correction, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()

    @property
    def words(self) -> tuple[Word, ...]:
        """All words, segment by segment: in order of time except in overlapping speech."""
        return tuple(word for segment in self.segments for word in segment.words)


def ascending_starts(words: Iterable[Word]) -> list[RecordingMs]:
    """The running maximum of the words' starts, for bisection: in overlapping speech, starts do not
    ascend.
    """
    return list(itertools.accumulate((word.start_ms for word in words), max))


def places_beside(words: Sequence[Word]) -> frozenset[int]:
    """The indices of words that begin before the preceding word ends: overlapping speech."""
    return frozenset(
        place
        for place, (before, after) in enumerate(itertools.pairwise(words), 1)
        if after.start_ms < before.end_ms
    )


class Utterance(Record, frozen=True):
    """The words between two pauses, before diarisation."""

    start_ms: RecordingMs
    end_ms: RecordingMs
    words: tuple[Word, ...]
    no_speech_probability: float = 0.0
    compression_ratio: float = 1.0


class RemovedText(Record, frozen=True):
    """Words of the engine that were probably not said; kept so that they can be shown and restored.

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
    """The words of another decoding of the same audio.

    :param first: index of the first word that it would replace, among all words.
    :param last: index after the last of them.
    :param words: the other words.
    :param gain: the evidence for the other words; below 0, as they were not chosen.
    """

    first: int
    last: int
    words: tuple[Word, ...]
    gain: float


class UnpromptedWording(Record, frozen=True):
    """What the decoding without names in its prompt has where the other one has such a name.

    :param start_ms: of the words with the name.
    :param end_ms: the same.
    """

    start_ms: RecordingMs
    end_ms: RecordingMs
    text: str


class AsrResult(Record, frozen=True):
    """``asr.json``: the unmodified result of one engine.

    :param voice: the spans with speech.
    :param names: the names in the engine's prompt.
    :param removed: texts removed as hallucinations, ascending.
    :param unheard: spans of ``voice`` of at least one second without words, ascending.
    :param alternatives: alternative words for some passages, ascending, without overlap.
    :param unprompted: what stands for prompted names where the prompt has none, ascending.
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
    unprompted: tuple[UnpromptedWording, ...] = ()

    @property
    def words(self) -> tuple[Word, ...]:
        """All words in order of time."""
        return tuple(word for utterance in self.utterances for word in utterance.words)
