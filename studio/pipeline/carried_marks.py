"""Marks carried over to another recording by its sound, verified by the words spoken there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from difflib import SequenceMatcher

from studio.errors import ConflictError, StudioError
from studio.language.words import plain_words
from studio.messages.message import joined_messages, message
from studio.model.transcript import Transcript
from studio.pipeline.user_marks import CarriedMark, PersonsMark, persons_marks, read_clock
from studio.workspace.sources import EpisodeSources

# The number of words that identify each end of a mark.
END_WORDS = 8
# Fewer words than this prove nothing.
LEAST_WORDS = 3
# So many of the words must be heard again, in their order: two hearings of one passage share three
# quarters of their words or more, of two passages a fifth.
SHARE = 0.5
# Where a mark begins or ends, a word belongs to one hearing and not to the other.
SLACK_MS = 1_000


def carried_mark(sources: EpisodeSources, before: PersonsMark, after: PersonsMark) -> CarriedMark:
    """A moved mark, with what is said at it in the recording that it comes from."""
    words: list[str] = []
    with suppress(StudioError):  # not transcribed yet: then its sound must do
        words = _words_at(sources.transcript(), before, 0)
    # A cut from the very beginning, or to the very end, takes with it what there is more of it.
    more_ms = (after.end_ms or 0) - after.start_ms - ((before.end_ms or 0) - before.start_ms)
    grown = before.kind == "cut" and more_ms > SLACK_MS
    at_start = grown and before.start_ms == 0
    return CarriedMark(
        mark=after,
        head=() if at_start else tuple(words[:END_WORDS]),
        tail=() if before.end_ms is None or (grown and not at_start) else tuple(words[-END_WORDS:]),
    )


def require_words(sources: EpisodeSources, transcript: Transcript) -> None:
    """Make sure that what people marked is said where its sound was found.

    :param transcript: what is heard in the recording that is there now.
    :raises ConflictError: something else is said there; the message shows both.
    """
    wrong = list(_misplaced(sources, transcript))
    if wrong:
        told = joined_messages("; ", wrong)
        what = message(
            "took the place of another one, and at your marks something else is said: {told}",
            told=told,
        )
        remedy = message(
            "Set their times in {settings} or in chapters.json where they are wrong, "
            "then `studio replace {slug} --keep-marks`, then `studio run`; nothing is "
            "published before.",
            settings=sources.workspace.relative(sources.files.settings),
            slug=sources.slug,
        )
        raise ConflictError(sources.recording, what, remedy)


def _misplaced(sources: EpisodeSources, transcript: Transcript) -> Iterator[str]:
    clock = read_clock(sources)
    carried = () if clock is None else clock.carried
    # What people have moved or taken out since is theirs.
    there = {
        (mark.kind, mark.start_ms, mark.end_ms)
        for mark in (persons_marks(sources) if carried else ())
    }
    for one in carried:
        mark = one.mark
        if mark.kind != "chapter" and (mark.kind, mark.start_ms, mark.end_ms) not in there:
            continue
        heard = _words_at(transcript, mark, SLACK_MS)
        is_right = _is_heard(one.head, heard[: 2 * END_WORDS])
        if not (is_right and _is_heard(one.tail, heard[-2 * END_WORDS :])):
            words = " ".join(heard[:END_WORDS]) or "…"
            yield message("{mark}: « {words} »", mark=mark.describe(), words=words)


def _is_heard(words: Sequence[str], heard: Sequence[str]) -> bool:
    """Whether enough of the words are among those that are heard, in their order."""
    blocks = SequenceMatcher(None, words, heard, autojunk=False).get_matching_blocks()
    return len(words) < LEAST_WORDS or sum(block.size for block in blocks) >= SHARE * len(words)


def _words_at(transcript: Transcript, mark: PersonsMark, slack_ms: int) -> list[str]:
    """The plain words of a stretch; from a chapter on, all."""
    return [
        plain
        for word in transcript.words
        if mark.start_ms - slack_ms <= (word.start_ms + word.end_ms) // 2
        and (mark.end_ms is None or (word.start_ms + word.end_ms) // 2 < mark.end_ms + slack_ms)
        for plain in plain_words(word.text)
    ]
