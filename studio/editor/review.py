"""What people changed since the machine's text, and what that says about names to teach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from studio.alignment.retiming import changed_stretches
from studio.editor.journal import read_entries
from studio.editor.splices import LISTS, Lists, spliced
from studio.errors import WorkspaceError
from studio.language.dictionary import is_common_word
from studio.language.words import plain_words
from studio.model.record import Record, record_from_plain
from studio.model.transcript import Transcript, Word
from studio.pipeline.sources import EpisodeSources


class Change(Record, frozen=True):
    """Words before and now; either may be empty. ``start_ms`` is on the recording's clock."""

    start_ms: int
    before: str
    after: str


class Comparison(Record, frozen=True):
    """Two texts of one recording.

    :param kept: how many words stand as they stood.
    :param speakers: how many words have another speaker.
    """

    changes: tuple[Change, ...]
    kept: int
    changed: int
    added: int
    removed: int
    speakers: int

    @property
    def likeness(self) -> float:
        """The share of the words now that stood there before, 0 to 1."""
        return self.kept / max(1, self.kept + self.changed + self.added)


def compare_transcripts(before: Transcript, after: Transcript) -> Comparison:
    """What differs, in order of time."""
    changes: list[Change] = []
    changed = added = removed = 0
    for old, new in changed_stretches(before.words, after.words):
        changes.append(Change(start_ms=(new or old)[0].start_ms, before=_text(old), after=_text(new)))
        changed += min(len(old), len(new))
        added += max(0, len(new) - len(old))
        removed += max(0, len(old) - len(new))
    voices = {(word.text, word.start_ms): segment.speaker for segment in before.segments for word in segment.words}
    speakers = sum(
        segment.speaker != voices.get((word.text, word.start_ms), segment.speaker) for segment in after.segments for word in segment.words
    )
    kept = len(after.words) - changed - added
    return Comparison(changes=tuple(changes), kept=kept, changed=changed, added=added, removed=removed, speakers=speakers)


def names_to_teach(comparison: Comparison) -> tuple[tuple[str, str, int], ...]:
    """(heard, right, how often): what people put in place of words and no dictionary knows, the most frequent first."""
    counts = Counter(
        (change.before.strip(".,;:!?… "), change.after.strip(".,;:!?… "))
        for change in comparison.changes
        if change.before and change.after and _is_name(change.after)
    )
    return tuple((heard, right, count) for (heard, right), count in counts.most_common())


def machines_transcript(sources: EpisodeSources) -> Transcript:
    """The transcript before anybody corrected it: as the machine made it, as it was when it was first edited, or as it was heard.

    :raises WorkspaceError: neither is known.
    """
    if sources.files.machines.is_file():
        return sources.machines_transcript()
    entries = read_entries(sources.files.journal)
    if entries:
        lists: Lists = {name: [] for name in LISTS}
        first = spliced(lists, entries[0].splices) or lists
        plain = {"language": sources.language, "segments": first["segments"], "corrections": first["corrections"]}
        return record_from_plain(plain, Transcript, sources.files.journal)
    if sources.files.hearing.is_file():
        from studio.model.transcript import Segment

        hearing = sources.hearing()
        return Transcript(
            language=hearing.language,
            segments=tuple(
                Segment(id=f"s{place:04}", speaker=None, start_ms=heard.start_ms, end_ms=heard.end_ms, words=heard.words)
                for place, heard in enumerate(hearing.utterances, 1)
            ),
        )
    raise WorkspaceError(sources.files.transcript, "has no machine's text to compare with", "Open it with `studio edit`, or `studio run`.")


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)


def _is_name(text: str) -> bool:
    return any(plain.isalpha() and len(plain) > 2 and not is_common_word(plain) for plain in plain_words(text))
