"""Users' changes of the machine's transcript."""

from __future__ import annotations

from collections.abc import Sequence

from studio.model.record import Record
from studio.model.transcript import Transcript, Word
from studio.transcript.retiming import changed_spans


class WordChange(Record, frozen=True):
    """Former and current words; either may be empty. ``start_ms`` is on the recording clock."""

    start_ms: int
    before: str
    after: str


class TranscriptDiff(Record, frozen=True):
    """Two texts of one recording.

    :param kept: number of unchanged words.
    :param speakers: number of words with another speaker.
    """

    changes: tuple[WordChange, ...]
    kept: int
    changed: int
    added: int
    removed: int
    speakers: int

    @property
    def similarity(self) -> float:
        """The share of unchanged words, 0 to 1."""
        return self.kept / max(1, self.kept + self.changed + self.added)


def diff_transcripts(before: Transcript, after: Transcript) -> TranscriptDiff:
    """The differences, in order of time."""
    changes: list[WordChange] = []
    changed = added = removed = 0
    for old, new in changed_spans(before.words, after.words):
        changes.append(
            WordChange(start_ms=(new or old)[0].start_ms, before=_text(old), after=_text(new))
        )
        changed += min(len(old), len(new))
        added += max(0, len(new) - len(old))
        removed += max(0, len(old) - len(new))
    voices = {
        (word.text, word.start_ms): segment.speaker
        for segment in before.segments
        for word in segment.words
    }
    speakers = sum(
        segment.speaker != voices.get((word.text, word.start_ms), segment.speaker)
        for segment in after.segments
        for word in segment.words
    )
    kept = len(after.words) - changed - added
    return TranscriptDiff(
        changes=tuple(changes),
        kept=kept,
        changed=changed,
        added=added,
        removed=removed,
        speakers=speakers,
    )


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)
