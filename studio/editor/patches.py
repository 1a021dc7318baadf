"""An episode's documents as its editor has them, and what an edit did to them: items of a list
taken out and put in. Every edit is some of these, so every edit can be undone.
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
# What no file of the episode holds.
NOT_IN_FILES: tuple[ListName, ...] = ("decisions", "glossary_edits", "drafts")
# What stays when the text is brought back to an earlier version.
NOT_TEXT: tuple[ListName, ...] = (*NOT_IN_FILES, "notes")

Item = Segment | Correction | RecordingChapter | Cut | Decision | GlossaryEdit | Draft | MarginNote
T = TypeVar("T", bound=Item)


class Documents(Record, frozen=True):
    """What an episode's editor has. The fields that :data:`LISTS` names are what edits change.

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
        """The transcript that they hold."""
        return Transcript(
            language=self.language, segments=self.segments, corrections=self.corrections
        )


def list_of(documents: Documents, name: ListName) -> tuple[Item, ...]:
    """The list of that name."""
    found: tuple[Item, ...] = getattr(documents, name)
    return found


def with_lists_of(documents: Documents, other: Documents, names: Collection[ListName]) -> Documents:
    """The documents with these lists as the other ones have them."""
    return replace_fields(documents, **{name: list_of(other, name) for name in names})


def different_lists(one: Documents, other: Documents) -> set[ListName]:
    """The lists that are not the same in both."""
    return {name for name in LISTS if list_of(one, name) != list_of(other, name)}


class _Patch(Record, Generic[T], frozen=True):
    """``removed`` at place ``at`` of a list was replaced by ``inserted``."""

    at: int
    removed: tuple[T, ...]
    inserted: tuple[T, ...]

    @property
    def list_name(self) -> ListName:
        """Which list it is about: in JSON the patch's ``list``."""
        name: ListName = type(self).__struct_config__.tag  # type: ignore[assignment]
        return name


class SegmentsPatch(_Patch[Segment], frozen=True, tag_field="list", tag="segments"):
    """What happened to the segments."""


class CorrectionsPatch(_Patch[Correction], frozen=True, tag_field="list", tag="corrections"):
    """What happened to the machine's corrections."""


class ChaptersPatch(_Patch[RecordingChapter], frozen=True, tag_field="list", tag="chapters"):
    """What happened to the chapters."""


class CutsPatch(_Patch[Cut], frozen=True, tag_field="list", tag="cuts"):
    """What happened to the passages that are left out."""


class DecisionsPatch(_Patch[Decision], frozen=True, tag_field="list", tag="decisions"):
    """What happened to the decisions about doubts."""


class GlossaryEditsPatch(_Patch[GlossaryEdit], frozen=True, tag_field="list", tag="glossary_edits"):
    """What happened to the names taught."""


class DraftsPatch(_Patch[Draft], frozen=True, tag_field="list", tag="drafts"):
    """What happened to what is typed and not sent."""


class NotesPatch(_Patch[MarginNote], frozen=True, tag_field="list", tag="notes"):
    """What happened to the notes to colleagues."""


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
    """The one patch that turns a list into another; None when they are alike."""
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
    """What turns all lists into the others."""
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
