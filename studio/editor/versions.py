"""The list of versions of an episode: time, author, and change."""

from __future__ import annotations

from studio.chapters.recording_chapters import RecordingChapter
from studio.editor.journal import JournalEntry
from studio.editor.patches import ChaptersPatch, CutsPatch, ListName, Patch, SegmentsPatch
from studio.model.clock import RecordingMs
from studio.model.episode import Cut
from studio.model.record import Record
from studio.model.transcript import Segment
from studio.text.typography import stamp_from_ms

# The maximum length of a change in the list of versions.
_MAX_CHANGE = 60
# Opening an episode or importing a file is not a change that fits one line.
_WITHOUT_CHANGE = {"opened", "import"}


class RevisionSummary(Record, frozen=True):
    """One revision, from the journal's entry.

    :param author: its author; empty if unknown.
    :param before: the words of the first change before, and ``after``; may be empty.
    :param more: number of other changed segments, chapters or cuts.
    """

    revision: int
    at: str
    kind: str
    client: str
    target: int | None
    author: str
    before: str
    after: str
    more: int


class RevisionDifference(Record, frozen=True):
    """A segment, a chapter or a cut at two revisions, as a line of text; None if missing."""

    list: ListName
    start_ms: RecordingMs
    before: str | None
    after: str | None


def version_of_entry(entry: JournalEntry) -> RevisionSummary:
    """The summary of a revision for the list of versions."""
    patches = () if entry.kind in _WITHOUT_CHANGE else entry.patches
    changes = [
        one for patch in patches for one in differences_of_patch(patch) if one.before != one.after
    ]
    before, after = _changed_words(changes[0]) if changes else ("", "")
    return RevisionSummary(
        revision=entry.revision,
        at=entry.at,
        kind=entry.kind,
        client=entry.client,
        target=entry.target,
        author=entry.author,
        before=before,
        after=after,
        more=max(0, len(changes) - 1),
    )


def _changed_words(change: RevisionDifference) -> tuple[str, str]:
    """The words before and after, without unchanged ones at both ends."""
    before, after = (change.before or "").split(), (change.after or "").split()
    start = 0
    while before[start : start + 1] == after[start : start + 1] != []:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    was, now = before[start : len(before) - end], after[start : len(after) - end]
    return _shortened(was), _shortened(now)


def _shortened(words: list[str]) -> str:
    text = " ".join(words)
    return text if len(text) <= _MAX_CHANGE else f"{text[:_MAX_CHANGE].rstrip()}…"


def differences_of_patch(patch: Patch) -> list[RevisionDifference]:
    """The differences of a patch in texts, chapters and cuts; none for other lists."""
    if not isinstance(patch, (SegmentsPatch, ChaptersPatch, CutsPatch)):
        return []
    before = {_key(item): item for item in patch.removed}
    after = {_key(item): item for item in patch.inserted}
    return [
        RevisionDifference(
            list=patch.list_name,
            start_ms=item.start_ms,
            before=_line(before.get(key)),
            after=_line(after.get(key)),
        )
        for key, item in sorted({**before, **after}.items(), key=lambda pair: pair[1].start_ms)
        if before.get(key) != after.get(key)
    ]


def _key(item: Segment | RecordingChapter | Cut) -> str | int:
    """The key that identifies an item across versions."""
    return item.id if isinstance(item, Segment) else item.start_ms


def _line(item: Segment | RecordingChapter | Cut | None) -> str | None:
    """One item as a line of text."""
    match item:
        case None:
            return None
        case Segment():
            return f"{item.speaker or '?'} : {item.text}"
        case RecordingChapter():
            return item.title or f"{stamp_from_ms(item.start_ms)} –"
        case Cut():
            span = f"{stamp_from_ms(item.start_ms)} – {stamp_from_ms(item.end_ms)}"
            return f"{span} {item.reason}".rstrip()
