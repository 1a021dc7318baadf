"""What was measured and what is doubtful in an episode, for people to look at."""

from __future__ import annotations

from studio.errors import StudioError
from studio.model.record import Record
from studio.workspace.sources import EpisodeSources

# Below this, somebody should listen to where a question was put.
SURE = 0.7


class QuestionDoubt(Record, frozen=True):
    """One question that was not found, or not surely. ``start_ms`` is on the recording's clock;
    None when it was not found.
    """

    number: int
    text: str
    status: str
    confidence: float
    start_ms: int | None


class EpisodeStats(Record, frozen=True):
    """One episode's figures, each None while it has not been measured.

    :param questions: how many the article has.
    :param doubts: those of them that somebody should look at; None before they were looked for.
    """

    episode: str
    duration_ms: int | None
    integrated_lufs: float | None
    true_peak_dbtp: float | None
    questions: int | None
    doubts: tuple[QuestionDoubt, ...] | None


def episode_stats(sources: EpisodeSources) -> EpisodeStats:
    """What the built files tell; a missing or damaged one tells nothing, its stage is judged
    elsewhere.
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
            if question.status != "asked" or question.confidence < SURE
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
    )
