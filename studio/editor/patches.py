"""The editor's documents of an episode, and patches: items removed from and inserted into lists.
Every edit consists of patches, so every edit can be undone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Generic, Literal, TypeVar, get_args

from studio.chapters.recording_chapters import RecordingChapter
from studio.editor.edits import Decision, Draft, GlossaryEdit
from studio.model.episode import Cut
from studio.model.margin_note import MarginNote
from studio.model.record import Record, replace_fields
from studio.model.transcript import Correction, Segment, Transcript

ListName = Literal[
    "segments", "corrections", "chapters", "cuts", "decisions", "glossary_edits", "drafts", "notes"
]
LISTS: tuple[ListName, ...] = get_args(ListName)
# Lists that are not in a file of the episode.
NOT_IN_FILES: tuple[ListName, ...] = ("decisions", "glossary_edits", "drafts")
# Lists that are kept when an earlier version is restored.
NOT_TEXT: tuple[ListName, ...] = (*NOT_IN_FILES, "notes")

Item = Segment | Correction | RecordingChapter | Cut | Decision | GlossaryEdit | Draft | MarginNote
T = TypeVar("T", bound=Item)


class Documents(Record, frozen=True):
    """The documents of an editor. Edits change the fields in :data:`LISTS`.

    :param language: the transcript's.
    """

    language: str
    segments: tuple[Segment, ...] = ()
    corrections: tuple[Correction, ...] = ()
    chapters: tuple[RecordingChapter, ...] = ()
    cuts: tuple[Cut, ...] = ()
    decisions: tuple[Decision, ...] = ()
    glossary_edits: tuple[GlossaryEdit, ...] = ()
    drafts: tuple[Draft, ...] = ()
    notes: tuple[MarginNote, ...] = ()

    @property
    def transcript(self) -> Transcript:
        """The transcript of these documents."""
        return Transcript(
            language=self.language, segments=self.segments, corrections=self.corrections
        )


def list_of(documents: Documents, name: ListName) -> tuple[Item, ...]:
    """The list of that name."""
    found: tuple[Item, ...] = getattr(documents, name)
    return found


def with_lists_of(documents: Documents, other: Documents, names: Collection[ListName]) -> Documents:
    """The documents with these lists of the other ones."""
    return replace_fields(documents, **{name: list_of(other, name) for name in names})


def different_lists(one: Documents, other: Documents) -> set[ListName]:
    """The lists that differ."""
    return {name for name in LISTS if list_of(one, name) != list_of(other, name)}


class _Patch(Record, Generic[T], frozen=True):
    """``removed`` at index ``at`` of a list was replaced by ``inserted``."""

    at: int
    removed: tuple[T, ...]
    inserted: tuple[T, ...]

    @property
    def list_name(self) -> ListName:
        """The name of its list: in JSON the patch's ``list``."""
        name: ListName = type(self).__struct_config__.tag  # type: ignore[assignment]
        return name


class SegmentsPatch(_Patch[Segment], frozen=True, tag_field="list", tag="segments"):
    """A patch of the segments."""


class CorrectionsPatch(_Patch[Correction], frozen=True, tag_field="list", tag="corrections"):
    """A patch of the machine's corrections."""


class ChaptersPatch(_Patch[RecordingChapter], frozen=True, tag_field="list", tag="chapters"):
    """A patch of the chapters."""


class CutsPatch(_Patch[Cut], frozen=True, tag_field="list", tag="cuts"):
    """A patch of the cuts."""


class DecisionsPatch(_Patch[Decision], frozen=True, tag_field="list", tag="decisions"):
    """A patch of the decisions on doubts."""


class GlossaryEditsPatch(_Patch[GlossaryEdit], frozen=True, tag_field="list", tag="glossary_edits"):
    """A patch of the added names."""


class DraftsPatch(_Patch[Draft], frozen=True, tag_field="list", tag="drafts"):
    """A patch of unsent text."""


class NotesPatch(_Patch[MarginNote], frozen=True, tag_field="list", tag="notes"):
    """A patch of the margin notes."""


Patch = (
    SegmentsPatch
    | CorrectionsPatch
    | ChaptersPatch
    | CutsPatch
    | DecisionsPatch
    | GlossaryEditsPatch
    | DraftsPatch
    | NotesPatch
)
_PATCHES: Mapping[ListName, Callable[..., Patch]] = {
    "segments": SegmentsPatch,
    "corrections": CorrectionsPatch,
    "chapters": ChaptersPatch,
    "cuts": CutsPatch,
    "decisions": DecisionsPatch,
    "glossary_edits": GlossaryEditsPatch,
    "drafts": DraftsPatch,
    "notes": NotesPatch,
}


def patch_from_lists(name: ListName, before: Sequence[Item], after: Sequence[Item]) -> Patch | None:
    """The patch that turns a list into another; None if they are equal."""
    if before is after:
        return None
    first = 0
    shortest = min(len(before), len(after))
    while first < shortest and before[first] == after[first]:
        first += 1
    last = 0
    while last < shortest - first and before[-1 - last] == after[-1 - last]:
        last += 1
    removed, inserted = before[first : len(before) - last], after[first : len(after) - last]
    if not removed and not inserted:
        return None
    return _PATCHES[name](at=first, removed=tuple(removed), inserted=tuple(inserted))


def patches_from_documents(before: Documents, after: Documents) -> tuple[Patch, ...]:
    """The patches that turn all lists into the others."""
    return tuple(
        patch
        for name in LISTS
        if (patch := patch_from_lists(name, list_of(before, name), list_of(after, name)))
        is not None
    )


def inverse(patches: Iterable[Patch]) -> tuple[Patch, ...]:
    """The patches that undo these, in reverse order."""
    return tuple(
        replace_fields(patch, removed=patch.inserted, inserted=patch.removed)
        for patch in reversed(list(patches))
    )


def patched(documents: Documents, patches: Iterable[Patch]) -> Documents | None:
    """The documents after these patches; None if the items to remove have changed."""
    changed: dict[ListName, list[Item]] = {}
    for patch in patches:
        name = patch.list_name
        if name not in changed:
            changed[name] = list(list_of(documents, name))
        items = changed[name]
        end = patch.at + len(patch.removed)
        if end > len(items) or tuple(items[patch.at : end]) != patch.removed:
            return None
        items[patch.at : end] = patch.inserted
    return replace_fields(documents, **{name: tuple(items) for name, items in changed.items()})
