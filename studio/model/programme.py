"""The kept spans of the recording: without silent ends and without cuts."""

from __future__ import annotations

from collections.abc import Iterator

from studio.errors import WorkspaceError
from studio.messages.message import message
from studio.model.clock import Programme, RecordingMs, Span
from studio.model.episode import Cut, EpisodeSound
from studio.model.show import ShowSound
from studio.model.sound import RecordingFacts

# How much of a silent end is kept: enough room tone before the first word, and enough for the last
# word to fade.
LEAD_MS = 300
TAIL_MS = 700
# Shorter pauses belong to natural speech.
MIN_PAUSE_MS = 1000
# How much of a jingle plays alone: long enough to measure its loudness and to fade it under speech.
MIN_ALONE_MS = 1000


def _refuse_cuts_outside(facts: RecordingFacts, cuts: tuple[Cut, ...], where: object) -> None:
    """Refuse cuts outside the recording.

    :raises WorkspaceError: a cut is not a part of the recording.
    """
    for cut in cuts:
        if not 0 <= cut.start_ms < cut.end_ms <= facts.duration_ms:
            raise WorkspaceError(
                where,
                message(
                    "a cut from {start_ms} to {end_ms} ms is not a part of the recording, "
                    "which lasts {duration_ms} ms",
                    start_ms=cut.start_ms,
                    end_ms=cut.end_ms,
                    duration_ms=facts.duration_ms,
                ),
                message("Fix it: milliseconds of the recording, the start before the end."),
            )


def _kept_spans(facts: RecordingFacts, cuts: tuple[Cut, ...], *, trim: bool) -> tuple[Span, ...]:
    """The spans between the cuts, in order.

    :param trim: whether silence at both ends is removed, too.
    """
    start = max(0, facts.sound_start_ms - LEAD_MS) if trim else 0
    end = min(facts.duration_ms, facts.sound_end_ms + TAIL_MS) if trim else facts.duration_ms
    kept = []
    for cut in sorted(cuts, key=lambda cut: (cut.start_ms, cut.end_ms)):
        if cut.start_ms > start:
            kept.append(
                Span(start_ms=RecordingMs(start), end_ms=RecordingMs(min(cut.start_ms, end)))
            )
        start = max(start, cut.end_ms)
        if start >= end:
            break
    if start < end:
        kept.append(Span(start_ms=RecordingMs(start), end_ms=RecordingMs(end)))
    return tuple(kept)


def programme_from_facts(
    facts: RecordingFacts,
    *,
    sound: EpisodeSound,
    cuts: tuple[Cut, ...],
    opening_ms: int,
    closing_ms: int = 0,
    opening_overlap_ms: int = 0,
    closing_overlap_ms: int = 0,
    where: object,
) -> Programme:
    """The programme of an episode.

    :param sound: whether silence at both ends is removed, and the longest pause.
    :param cuts: in any order; they may overlap.
    :param opening_ms: duration of the opening; 0 for none.
    :param closing_ms: duration of the closing; 0 for none.
    :param opening_overlap_ms: how much of the opening's end plays under the first words; at most
        half of the kept duration.
    :param closing_overlap_ms: how much of the closing's start plays under the last words, likewise
        limited.
    :param where: the settings file with the cuts, for messages.
    :raises WorkspaceError: a cut ends before it starts or is outside the recording, nothing is
        left, or pauses would be shorter than a breath.
    """
    _refuse_cuts_outside(facts, cuts, where)
    pauses = _long_pauses(facts, sound.longest_pause_ms, where)
    kept = _kept_spans(facts, (*cuts, *pauses), trim=sound.trim)
    if not kept:
        raise WorkspaceError(
            where, message("the cuts remove the whole recording"), message("Take one away.")
        )
    # In a short episode, the two never meet.
    half_ms = sum(span.end_ms - span.start_ms for span in kept) // 2
    opening_overlap_ms, closing_overlap_ms = (
        min(opening_overlap_ms, half_ms),
        min(closing_overlap_ms, half_ms),
    )
    return Programme(
        kept=kept,
        opening_ms=opening_ms - opening_overlap_ms,
        closing_ms=closing_ms - closing_overlap_ms,
        opening_overlap_ms=opening_overlap_ms,
        closing_overlap_ms=closing_overlap_ms,
    )


def overlaps_ms(
    sound: ShowSound, opening_ms: int, closing_ms: int, where: object
) -> tuple[int, int]:
    """How much of opening and closing plays under speech; 0 for one that is missing.

    :param opening_ms: duration of the opening; 0 for none. ``closing_ms`` likewise.
    :param where: the show's settings file, for messages.
    :raises WorkspaceError: less than a second of a jingle would play alone.
    """
    return (
        _overlap_ms("opening", sound.opening_overlap_ms, opening_ms, where),
        _overlap_ms("closing", sound.closing_overlap_ms, closing_ms, where),
    )


def _overlap_ms(name: str, overlap_ms: int, length_ms: int, where: object) -> int:
    if not length_ms:
        return 0
    longest_ms = max(0, length_ms - MIN_ALONE_MS)
    if not 0 <= overlap_ms <= longest_ms:
        raise WorkspaceError(
            where,
            message(
                "sound.{name}_overlap_ms = {overlap_ms} does not fit: the {name} lasts "
                "{length_ms} ms",
                name=name,
                overlap_ms=overlap_ms,
                length_ms=length_ms,
            ),
            message(
                "Give 0 to {longest_ms}: one second of the {name} must play alone.",
                longest_ms=longest_ms,
                name=name,
            ),
        )
    return overlap_ms


def _long_pauses(facts: RecordingFacts, longest_ms: int, where: object) -> Iterator[Cut]:
    """The middle of each longer pause; the audio next to speech is kept."""
    if not longest_ms:
        return
    if longest_ms < MIN_PAUSE_MS:
        raise WorkspaceError(
            where,
            message(
                "longest_pause_ms = {longest_ms} is too short",
                longest_ms=longest_ms,
            ),
            message(
                "Give {shortest_pause_ms} or more, or 0 to leave pauses as they are.",
                shortest_pause_ms=MIN_PAUSE_MS,
            ),
        )
    for silence in facts.silences:
        if silence.end_ms - silence.start_ms > longest_ms:
            start_ms = silence.start_ms + longest_ms // 2
            yield Cut(
                start_ms=RecordingMs(start_ms),
                end_ms=RecordingMs(start_ms + silence.end_ms - silence.start_ms - longest_ms),
            )
