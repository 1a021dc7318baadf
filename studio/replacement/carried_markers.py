"""Markers carried over to another recording by its audio, verified by the words spoken there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from difflib import SequenceMatcher

from studio.errors import ConflictError, StudioError
from studio.language.words import plain_words
from studio.messages.message import joined_messages, message
from studio.model.transcript import Transcript
from studio.replacement.user_markers import user_markers
from studio.workspace.recording_clock import CarriedMarker, UserMarker, read_clock
from studio.workspace.sources import EpisodeSources

# The number of words that identify each end of a marker.
END_WORDS = 8
# Fewer words than this prove nothing.
MIN_WORDS = 3
# The share of the words that must recur in order: two transcriptions of one passage share at least
# three quarters of their words, of two passages a fifth.
SHARE = 0.5
# The share for a passage that is repeated word for word.
AGAIN = 0.75
# Fewer words may recur by chance.
AGAIN_WORDS = 6
# Tolerance in words at either end of a marker, where the two transcriptions differ.
SLACK_MS = 1_000


def carried_marker(sources: EpisodeSources, before: UserMarker, after: UserMarker) -> CarriedMarker:
    """A moved marker, with the words spoken there in the old recording."""
    words: list[str] = []
    elsewhere = 0
    with suppress(StudioError):  # not transcribed yet: only the audio can verify it
        words = _words_at(sources.transcript(), before, 0)
        if before.kind == "cut":
            public = _public_words(sources, sources.transcript())
            elsewhere = _times_heard(words[:END_WORDS], public)
    # A cut that starts at the very beginning, or ends at the very end, extends to that of the new
    # recording.
    more_ms = (after.end_ms or 0) - after.start_ms - ((before.end_ms or 0) - before.start_ms)
    grown = before.kind == "cut" and more_ms > SLACK_MS
    at_start = grown and before.start_ms == 0
    return CarriedMarker(
        marker=after,
        head=() if at_start else tuple(words[:END_WORDS]),
        tail=() if before.end_ms is None or (grown and not at_start) else tuple(words[-END_WORDS:]),
        elsewhere=elsewhere,
    )


def require_words(sources: EpisodeSources, transcript: Transcript) -> None:
    """Verify that the words at the user's markers are spoken where the audio was found.

    :param transcript: the transcript of the current recording.
    :raises ConflictError: other words are spoken there; the message shows both.
    """
    wrong = list(_misplaced(sources, transcript))
    if wrong:
        described = joined_messages("; ", wrong)
        what = message(
            "replaced another one, and the words at your markers have changed: {told}",
            told=described,
        )
        remedy = message(
            "Set their times in {settings} or in chapters.json where they are wrong, "
            "then `studio replace {slug} --keep-markers`, then `studio run`; nothing is "
            "published before.",
            settings=sources.workspace.relative(sources.files.settings),
            slug=sources.slug,
        )
        raise ConflictError(sources.recording, what, remedy)


def _misplaced(sources: EpisodeSources, transcript: Transcript) -> Iterator[str]:
    clock = read_clock(sources)
    carried = () if clock is None else clock.carried
    # Markers that the user has moved or removed since are left alone.
    there = {
        (marker.kind, marker.start_ms, marker.end_ms)
        for marker in (user_markers(sources) if carried else ())
    }
    public = _public_words(sources, transcript) if carried else []
    for one in carried:
        marker = one.marker
        if marker.kind != "chapter" and (marker.kind, marker.start_ms, marker.end_ms) not in there:
            continue
        spoken = _words_at(transcript, marker, SLACK_MS)
        is_right = _is_heard(one.head, spoken[: 2 * END_WORDS])
        if not (is_right and _is_heard(one.tail, spoken[-2 * END_WORDS :])):
            words = " ".join(spoken[:END_WORDS]) or "…"
            yield message("{marker}: « {words} »", marker=marker.describe(), words=words)
        elif marker.kind == "cut" and _times_heard(one.head, public) > one.elsewhere:
            yield message(
                "{marker}: « {words} » is said once more, and not cut out there",
                marker=marker.describe(),
                words=" ".join(one.head),
            )


def _public_words(sources: EpisodeSources, transcript: Transcript) -> list[str]:
    """The plain words outside cuts; each cut is a gap that matches no word."""
    cuts = sources.episode.cuts
    words: list[str] = []
    for word in transcript.words:
        middle_ms = (word.start_ms + word.end_ms) // 2
        if any(cut.start_ms - SLACK_MS <= middle_ms < cut.end_ms + SLACK_MS for cut in cuts):
            words.append("")
        else:
            words += plain_words(word.text)
    return words


def _times_heard(wanted: Sequence[str], words: Sequence[str]) -> int:
    """How often a sequence of words occurs, up to a few differing words."""
    length = len(wanted)
    if length < AGAIN_WORDS:
        return 0
    count = place = 0
    known = set(wanted)
    while place + length <= len(words):
        window = words[place : place + length]
        if (
            sum(word in known for word in window) >= AGAIN * length
            and _shared(wanted, window) >= AGAIN * length
        ):
            count, place = count + 1, place + length
        else:
            place += 1
    return count


def _shared(wanted: Sequence[str], spoken: Sequence[str]) -> int:
    """How many of the words occur in the transcript in the same order."""
    blocks = SequenceMatcher(None, wanted, spoken, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks)


def _is_heard(words: Sequence[str], spoken: Sequence[str]) -> bool:
    """Whether enough of the words occur in the transcript in the same order."""
    return len(words) < MIN_WORDS or _shared(words, spoken) >= SHARE * len(words)


def _words_at(transcript: Transcript, marker: UserMarker, slack_ms: int) -> list[str]:
    """The plain words of a span; for a chapter, all from its start on."""
    return [
        plain
        for word in transcript.words
        if marker.start_ms - slack_ms <= (word.start_ms + word.end_ms) // 2
        and (marker.end_ms is None or (word.start_ms + word.end_ms) // 2 < marker.end_ms + slack_ms)
        for plain in plain_words(word.text)
    ]
