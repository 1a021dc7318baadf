"""Measurements and open doubts of an episode, for display."""

from __future__ import annotations

from studio.errors import StudioError
from studio.model.alignment import SURE_QUESTION
from studio.model.record import Record
from studio.workspace.sources import EpisodeSources


class QuestionDoubt(Record, frozen=True):
    """A question that was not found, or is uncertain. ``start_ms`` is on the recording clock; None
    if not found.
    """

    number: int
    text: str
    status: str
    confidence: float
    start_ms: int | None


class NotHeard(Record, frozen=True):
    """A span of speech without words, or with words removed as a hallucination, on the recording
    clock.

    :param text: the removed words, or empty.
    :param reason: a short code of the reason, or empty.
    """

    start_ms: int
    end_ms: int
    text: str = ""
    reason: str = ""


class EpisodeStats(Record, frozen=True):
    """One episode's statistics, each None while not measured.

    :param questions: the number of the article's questions.
    :param doubts: those that the user should check; None before the alignment.
    :param not_heard: spans without words to listen to; None before the transcription.
    """

    episode: str
    duration_ms: int | None
    integrated_lufs: float | None
    true_peak_dbtp: float | None
    questions: int | None
    doubts: tuple[QuestionDoubt, ...] | None
    not_heard: tuple[NotHeard, ...] | None = None


def episode_stats(sources: EpisodeSources) -> EpisodeStats:
    """Statistics from the built files; missing or damaged ones are skipped, as their stages report
    them.
    """
    duration_ms = integrated_lufs = true_peak_dbtp = questions = doubts = None
    try:
        duration_ms = sources.master().duration_ms
        integrated_lufs = sources.master().after.integrated_lufs
        true_peak_dbtp = sources.master().after.true_peak_dbtp
    except StudioError:
        pass
    try:
        alignment = sources.alignment()
        questions = len(alignment.questions)
        doubts = tuple(
            QuestionDoubt(
                number=question.number,
                text=question.text,
                status=question.status,
                confidence=question.confidence,
                start_ms=question.start_ms,
            )
            for question in alignment.questions
            if question.status != "asked" or question.confidence < SURE_QUESTION
        )
    except StudioError:
        pass
    return EpisodeStats(
        episode=sources.slug,
        duration_ms=duration_ms,
        integrated_lufs=integrated_lufs,
        true_peak_dbtp=true_peak_dbtp,
        questions=questions,
        doubts=doubts,
        not_heard=_not_heard(sources),
    )


def _not_heard(sources: EpisodeSources) -> tuple[NotHeard, ...] | None:
    try:
        hearing = sources.asr()
    except StudioError:
        return None
    found = [NotHeard(start_ms=span.start_ms, end_ms=span.end_ms) for span in hearing.unheard]
    found += [
        NotHeard(start_ms=one.start_ms, end_ms=one.end_ms, text=one.text, reason=one.reason)
        for one in hearing.removed
    ]
    return tuple(sorted(found, key=lambda one: one.start_ms))
