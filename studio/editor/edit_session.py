"""The edit session of one episode: each edit is written to the journal first, then to the episode's
files.
"""

from __future__ import annotations

import datetime
import threading
import traceback
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from studio.chapters.recording_chapters import RecordingChapter
from studio.editor.documents import programme_of, read_documents
from studio.editor.edit_application import (
    changed_documents,
    merged_chapters,
    merged_cuts,
    with_passage_again,
)
from studio.editor.edits import (
    AddGlossaryName,
    Edit,
    KeepDraft,
    Redo,
    Request,
    Restore,
    SetChapters,
    SetCuts,
    SetPassages,
    SetText,
    Undo,
)
from studio.editor.episode_files import EditedFiles, Snapshot
from studio.editor.file_revisions import NOT_YET
from studio.editor.glossary_edits import with_glossary_name
from studio.editor.journal import JournalEntry, append_entry, count_entries, read_entries
from studio.editor.patches import (
    LISTS,
    NOT_TEXT,
    ChaptersPatch,
    Documents,
    DraftsPatch,
    Item,
    ListName,
    Patch,
    SegmentsPatch,
    different_lists,
    inverse,
    patched,
    patches_from_documents,
    with_lists_of,
)
from studio.editor.revision_guess import infer_revisions
from studio.editor.typing_steps import continues_step
from studio.editor.versions import (
    RevisionDifference,
    RevisionSummary,
    differences_of_patch,
    version_of_entry,
)
from studio.errors import ConflictError, DiskError, StudioError, WorkspaceError
from studio.messages.message import message
from studio.model.episode import Cut
from studio.model.record import Record, replace_fields
from studio.model.transcript import Segment, Transcript
from studio.text.list_merge import MergeConflict, MergedItems
from studio.transcript.margin_note_places import placed_notes
from studio.workspace.disk import ChangedSinceError
from studio.workspace.recording_clock import RecordingClock, read_clock
from studio.workspace.sources import EpisodeSources

# The maximum of patches sent to a page; above it, everything is sent.
MAX_CATCH_UP = 400
# The pause before retrying a failed write.
_AGAIN_S = 1.0
# The pause between two writes: files of megabytes are not written at every keystroke.
_REST_S = 0.4
# If another program keeps writing the same files, retry this often before reporting it.
_ATTEMPTS = 5
# Journal entries that were not requested by a page.
_NO_REQUEST = Request(client="", id="", since=0, edits=())
_MAX_NAME = 100


class EditConflictError(ConflictError):
    """The same item was changed meanwhile.

    ``mine`` is the requested value; ``theirs`` the current one, or None. For chapters and cuts,
    ``merged`` has the items without conflict, and ``clashes`` the conflicting ones with both
    versions.
    """

    def __init__(
        self,
        where: object,
        mine: Edit | None,
        theirs: Segment | tuple[Item, ...] | None,
        joined: MergedItems[RecordingChapter] | MergedItems[Cut] | None = None,
    ) -> None:
        super().__init__(
            where,
            message("was changed meanwhile in another window or by another person"),
            message("Choose one of the two versions."),
        )
        self.mine = mine
        self.theirs = theirs
        self.merged: tuple[Item, ...] = () if joined is None else joined.items
        self.clashes: tuple[MergeConflict[RecordingChapter] | MergeConflict[Cut], ...] = (
            () if joined is None else joined.clashes
        )


class WriteFailure(Record, frozen=True):
    """Why edits could not be written to files, like :class:`studio.errors.StudioError`."""

    where: str
    what: str
    remedy: str


class Changes(Record, frozen=True):
    """The changes after a revision that a page knows.

    :param revision: the number of the last edit; ``versions``: number of selectable versions.
    :param anew: the page should reload everything, because ``patches`` would be too large.
    :param undo: number of steps that can be undone; ``redo``: redone.
    :param written: whether the files have all edits; ``trouble``: why not.
    :param ends: whether the editor exits because of that.
    """

    revision: int
    versions: int
    anew: bool
    patches: tuple[Patch, ...]
    undo: int
    redo: int
    written: bool
    ends: bool
    trouble: WriteFailure | None


def _kind_of(request: Request) -> str:
    """The kind of a request in the journal. A step that adds a name to the glossary has that
    kind.
    """
    steps = [edit for edit in request.edits if not isinstance(edit, KeepDraft)] or request.edits
    first = next(
        (edit for edit in steps if isinstance(edit, AddGlossaryName)), steps[0] if steps else None
    )
    return "nothing" if first is None else str(type(first).__struct_config__.tag)


class EditSession:
    """One episode's state, safe to call from several threads.

    :raises WorkspaceError: the transcript is missing, or a file is damaged.
    """

    def __init__(self, sources: EpisodeSources) -> None:
        self.sources = sources
        self.duration_ms = sources.facts().duration_ms
        self._mutex = threading.RLock()
        self._entries = read_entries(sources.files.journal)
        self._steps = _Steps(self._entries)
        self.clock = read_clock(sources) or RecordingClock(sha256="")
        # Entries before this refer to the clock of another recording.
        self._former = count_entries(sources.files.journal, self.clock.journal_bytes)
        self._versions = sum(not _is_no_step(entry) for entry in self._entries[self._former :])
        self._requests = {entry.request: entry.revision for entry in self._entries if entry.request}
        self._base: _Base | None = None
        self._files = EditedFiles(sources)
        self._journal_bytes = sources.files.journal.stat().st_size if self._entries else 0
        self._noted = 0
        self._documents = Documents(language=sources.language)
        # Documents not yet written to the files, and those last written.
        self._unwritten: set[ListName] = set()
        self._written = self._documents
        self._work = threading.Condition(self._mutex)
        self._is_behind = False
        self._is_writing = False
        self._trouble: StudioError | None = None
        self._end: StudioError | None = None
        self._beside: StudioError | None = None
        self._open()

    @property
    def revision(self) -> int:
        """The number of the last edit."""
        return len(self._entries)

    def transcript(self) -> Transcript:
        """The current transcript."""
        with self._mutex:
            return self._documents.transcript

    def documents(self) -> Documents:
        """The current documents, including changes from outside."""
        with self._mutex:
            self._look_outside()
            return self._documents

    def changes(self, since: int) -> Changes:
        """The changes after a revision."""
        with self._mutex:
            self._look_outside()
            if self._beside is not None and not Path(self._beside.where).exists():
                self._beside = None
            later = self._entries[since:]
            anew = (
                since < 1
                or since > self.revision
                or len(later) > MAX_CATCH_UP
                or any(entry.kind == "opened" for entry in later)
            )
            patches = () if anew else tuple(patch for entry in later for patch in entry.patches)
            trouble = self._end or self._trouble or self._beside
            return Changes(
                revision=self.revision,
                versions=self._versions,
                anew=anew,
                patches=patches,
                undo=len(self._steps.undo),
                redo=len(self._steps.redo),
                written=not self._unwritten and not self._is_writing,
                ends=self._end is not None,
                trouble=None
                if trouble is None
                else WriteFailure(where=trouble.where, what=trouble.what, remedy=trouble.remedy),
            )

    def apply(self, request: Request) -> Changes:
        """Apply a page's request, as one step.

        :returns: :meth:`changes` since the revision that the page knew.
        :raises EditConflictError: the edit's base has changed; nothing was changed.
        :raises DiskError: it could not be stored, or a file of the episode is missing or damaged;
            the page should retry with the same id.
        """
        with self._mutex:
            try:
                self._look_outside()
            except WorkspaceError as error:
                # The error is in the files, not in the request: the page keeps it and retries.
                raise DiskError(error.where, error.what, error.remedy) from error
            self._write()
            if request.id not in self._requests:
                self._do(request)
                self._write()
            return self.changes(request.since)

    @contextmanager
    def background_writer(self, when_it_dies: Callable[[], None] = lambda: None) -> Iterator[None]:
        """While the block runs, edits are acknowledged as soon as they are in the journal, and a
        thread writes them to the files, so that typing never waits for a busy disk. At its end the
        files are complete.

        :param when_it_dies: called from that thread if a bug ends it: then nothing is written to
            the files any more, and pages are informed.
        :raises DiskError: at the end, if the disk failed; the journal has the edits.
        :raises WorkspaceError: at the end, if the thread failed.
        """
        self._is_behind = True

        def follow() -> None:
            try:
                self._follow()
            except Exception as error:  # any failure is reported
                self._died(error)
                when_it_dies()

        writer = threading.Thread(target=follow, name="writer", daemon=True)
        writer.start()
        try:
            yield
        finally:
            with self._work:
                self._is_behind = False
                self._work.notify_all()
            writer.join()
            with self._mutex:
                if self._end is not None:
                    raise self._end
                self._write()
                self._note()
                self._settle()

    def _died(self, error: Exception) -> None:
        """Record the error that ended the writer's thread, for pages and terminal."""
        place = traceback.extract_tb(error.__traceback__)[-1]
        what = (
            f"edits are no longer brought to the files, by a fault of Studio ({error!r} in "
            f"{place.filename}:{place.lineno})"
        )
        remedy = (
            f"Everything typed is in the journal: `studio edit {self.sources.slug}` brings it "
            "to the files. Please report the fault."
        )
        with self._work:
            self._end = WorkspaceError(self.sources.slug, what, remedy)

    def preview_edit(self, edit: SetPassages) -> Transcript:
        """The transcript after this edit, without applying it."""
        with self._mutex:
            self._look_outside()
            tried = changed_documents(self._documents, edit, self.duration_ms, None)
            return (tried or self._documents).transcript

    def versions(self) -> list[RevisionSummary]:
        """All revisions with summaries, the latest first."""
        with self._mutex:
            return [
                version_of_entry(entry)
                for entry in reversed(self._entries[self._former :])
                if not _is_no_step(entry)
            ]

    def compare(self, revision: int) -> list[RevisionDifference]:
        """The differences between a revision and the current state.

        :raises WorkspaceError: there is no such revision, or it belongs to another recording.
        """
        with self._mutex:
            self._require_clock(revision)
            then = self._documents_at(revision)
            return [
                difference
                for patch in patches_from_documents(then, self._documents)
                for difference in differences_of_patch(patch)
            ]

    def _open(self) -> None:
        if not self._entries:
            self._files.others()
            empty, self._documents = self._documents, read_documents(self.sources, None)
            self._append("opened", patches_from_documents(empty, self._documents))
            self._written = self._documents
            self._files.adopt(LISTS, self.revision, self._journal_bytes)
            self._noted = self.revision
            return
        self._documents = self._documents_at(len(self._entries))
        revisions = self._files.revisions()
        if revisions is None:
            found = read_documents(self.sources, self._documents)
            revisions = infer_revisions(
                self._entries, self._documents, found, self._files.holding, self.sources
            )
        self._written = self._documents
        for revision in {*revisions.values()}:
            names = [name for name in revisions if revisions[name] == revision]
            self._written = with_lists_of(self._written, self._documents_at(revision), names)
        # Killed after writing the journal, before writing the files.
        self._unwritten = different_lists(self._written, self._documents)
        self._meet_outside()
        self._write()
        self._note()

    def _look_outside(self) -> None:
        """Import changes that another program wrote into the files."""
        if not self._unwritten and not self._is_writing:
            self._meet_outside()

    def _meet_outside(self) -> None:
        """Import changes of another program. A list that only one side changed is taken from it; if
        there are unwritten edits of the same file, the other program's version is kept as a
        revision, and ours takes precedence.
        """
        if not self._files.has_changed():
            return
        others = self._files.others()
        read = read_documents(self.sources, self._written)
        # A file not changed by others equals the written one to the millisecond: chapters are
        # converted between clocks.
        written = replace_fields(self._written, language=read.language)
        found = with_lists_of(written, read, others)
        mine = self._documents = replace_fields(self._documents, language=read.language)
        theirs = with_lists_of(mine, found, different_lists(found, written))
        theirs = _with_notes_placed(theirs, mine)
        both = with_lists_of(theirs, mine, different_lists(mine, written))
        both = _with_notes_placed(both, mine)
        for documents, kind in ((theirs, "outside"), (both, "ours")):
            if patches := patches_from_documents(self._documents, documents):
                self._append(kind, patches)
                self._documents = documents
            if kind == "outside":
                self._files.adopt(
                    others, self.revision, NOT_YET if self._unwritten else self._journal_bytes
                )
        self._written, self._base = found, None
        if self._documents.notes != found.notes:
            self._unwritten.add("notes")

    def _write(self) -> None:
        """Write missing edits to the files: now, or soon in the background thread."""
        if self._is_behind:
            self._work.notify_all()
            return
        for left in reversed(range(_ATTEMPTS)):
            if not self._unwritten:
                return
            self._meet_outside()
            try:
                self._bring(self._snapshot(), self._written, self._unwritten)
            except ChangedSinceError:
                if not left:
                    raise
                continue
            self._written, self._unwritten, self._trouble = self._documents, set(), None
            self._settle()

    def _snapshot(self) -> Snapshot:
        return Snapshot(self._documents, self.revision, self._journal_bytes)

    def _bring(self, snapshot: Snapshot, before: Documents, changed: Collection[ListName]) -> None:
        self._files.write(snapshot, before, changed)
        self._noted = snapshot.revision

    def _note(self) -> None:
        """Record that the files are complete, so that no comparison is needed."""
        if not self._unwritten and self._noted != self.revision:
            self._bring(self._snapshot(), self._written, ())

    def _settle(self) -> None:
        for kept in self._files.settle():
            what = message(
                "contains what another program wrote into the file while Studio replaced it"
            )
            self._beside = WorkspaceError(
                kept, what, message("Copy the missing changes from there, then remove it.")
            )

    def _follow(self) -> None:
        """The writer thread. Edits that arrive while it writes are written together, next."""
        while True:
            with self._work:
                self._work.wait_for(
                    lambda: self._unwritten or self._noted != self.revision or not self._is_behind
                )
                if not self._is_behind:
                    return
                try:
                    self._meet_outside()
                except StudioError as error:
                    # A file changed by others cannot be read: it is not overwritten, and reported.
                    self._trouble = error
                    self._work.wait_for(lambda: not self._is_behind, timeout=_AGAIN_S)
                    continue
                # Snapshot under the lock; writing happens outside it, so that edits are
                # acknowledged meanwhile.
                snapshot, before, changed = self._snapshot(), self._written, self._unwritten
                self._unwritten, self._is_writing = set(), True
            trouble: StudioError | None = None
            try:
                self._bring(snapshot, before, changed)
            except StudioError as error:
                trouble = error
            except BaseException:
                with self._work:
                    self._is_writing = False
                    self._unwritten |= set(changed)
                raise
            with self._work:
                self._is_writing = False
                # Another program wrote the file in between: the next round reads it and merges.
                is_overtaken = isinstance(trouble, ChangedSinceError)
                self._trouble = None if is_overtaken else trouble
                if trouble is None:
                    self._written = snapshot.documents
                else:
                    self._unwritten |= set(changed)
                self._work.wait_for(
                    lambda: not self._is_behind,
                    timeout=_REST_S if trouble is None or is_overtaken else _AGAIN_S,
                )
                self._settle()

    def _do(self, request: Request) -> None:
        documents = self._documents
        kind = _kind_of(request)
        target: int | None = None
        base = None
        for edit in request.edits:
            if isinstance(edit, (Undo, Redo, Restore)):
                target, documents = self._gone_back(edit, documents)
                continue
            if isinstance(edit, AddGlossaryName):
                documents = with_glossary_name(
                    documents,
                    edit,
                    self.sources.workspace.load_glossary(),
                    self.sources.workspace.glossary,
                )
                continue
            if (
                isinstance(edit, SetText)
                and not edit.was
                and (gone := self._passage_gone(documents, edit.segment)) is not None
            ):
                documents = with_passage_again(documents, gone, edit.text, self.duration_ms)
                continue
            # Typing may take minutes: a text is merged with the documents at its start.
            source = (
                self._base
                if isinstance(edit, SetText)
                and self._base is not None
                and self._base.fits(request, edit, documents)
                else None
            )
            # A conflict in one edit refuses the whole request: nothing is stored until the end.
            outcome = changed_documents(
                documents, edit, self.duration_ms, None if source is None else source.documents
            )
            if outcome is None:
                raise _conflict(documents, edit)
            if isinstance(edit, SetText):
                base = _Base(
                    request.client, edit, source.documents if source is not None else documents
                )
            documents = outcome
        # Journal first, then memory; files are written later from `_unwritten`.
        patches = patches_from_documents(self._documents, documents)
        changed = {patch.list_name for patch in patches}
        if "cuts" in changed:
            programme_of(documents, self.sources)  # refuses cuts that would leave nothing
            if any(
                isinstance(patch, ChaptersPatch)
                for entry in self._entries
                if entry.kind not in {"opened", "outside"}
                for patch in entry.patches
            ):
                changed.add("chapters")
        if patches:
            self._append(kind, patches, request, target)
            self._documents = documents
            self._unwritten |= changed - {"decisions", "drafts"}
            self._base = base

    def _append(
        self,
        kind: str,
        patches: Sequence[Patch],
        request: Request = _NO_REQUEST,
        target: int | None = None,
    ) -> None:
        at = datetime.datetime.now().astimezone().isoformat(timespec="milliseconds")
        entry = JournalEntry(
            revision=len(self._entries) + 1,
            at=at,
            client=request.client,
            kind=kind,
            patches=tuple(patches),
            request=request.id,
            target=target,
            author=request.author.strip()[:_MAX_NAME],
        )
        self._journal_bytes = append_entry(self.sources.files.journal, entry)
        self._entries.append(entry)
        self._versions += not _is_no_step(entry)
        self._steps.take(entry)
        if request.id:
            self._requests[request.id] = entry.revision

    def _gone_back(
        self, edit: Undo | Redo | Restore, documents: Documents
    ) -> tuple[int | None, Documents]:
        if isinstance(edit, Restore):
            self._require_clock(edit.revision)
            then = self._documents_at(edit.revision)
            return edit.revision, with_lists_of(then, documents, NOT_TEXT)
        stack = self._steps.undo if isinstance(edit, Undo) else self._steps.redo
        if not stack:
            return None, documents
        step = stack[-1]
        patches = [patch for entry in step for patch in entry.patches]
        if isinstance(edit, Undo):
            patches = list(inverse(patches))
        # Unsent text in fields is not an undo step.
        gone = patched(
            documents, [patch for patch in patches if not isinstance(patch, DraftsPatch)]
        )
        if gone is None:
            raise EditConflictError(f"revision {step[-1].revision}", None, None)
        return step[0].revision, gone

    def _passage_gone(self, documents: Documents, segment: str) -> Segment | None:
        """The last version of a removed passage; None if it exists, or never existed."""
        if any(item.id == segment for item in documents.segments):
            return None
        for entry in reversed(self._entries):
            for patch in entry.patches:
                if isinstance(patch, SegmentsPatch):
                    for item in patch.removed:
                        if item.id == segment:
                            return item
        return None

    def _require_clock(self, revision: int) -> None:
        if 0 < revision <= self._former:
            raise WorkspaceError(
                self.sources.files.journal,
                message(
                    "has revision {revision} on the clock of the recording that was there before",
                    revision=revision,
                ),
                message("Choose a later one; nothing was changed."),
            )

    def _documents_at(self, revision: int) -> Documents:
        if not 0 <= revision <= len(self._entries):
            raise WorkspaceError(
                self.sources.files.journal,
                message("has no revision {revision}", revision=revision),
                message("Choose one of the list."),
            )
        done = (patch for entry in self._entries[:revision] for patch in entry.patches)
        documents = patched(Documents(language=self._documents.language), done)
        if documents is None:
            raise WorkspaceError(
                self.sources.files.journal,
                message("contradicts itself"),
                message("Move the file away to start a new journal."),
            )
        return documents


class _Steps:
    """The undo and redo stacks. A change from outside is not a step: it clears both.

    A step is an action or a word: a slowly typed word is saved letter by letter, but undone at
    once.
    """

    def __init__(self, entries: Sequence[JournalEntry]) -> None:
        self.undo: list[list[JournalEntry]] = []
        self.redo: list[list[JournalEntry]] = []
        for entry in entries:
            self.take(entry)

    def take(self, entry: JournalEntry) -> None:
        """Append one entry to the journal."""
        if _is_no_step(entry):
            return
        if entry.kind == "undo" and self.undo:
            # Its target is the first entry that it undid (in journals of earlier versions the only
            # one).
            step = self.undo.pop()
            first = step[-1].revision if entry.target is None else entry.target
            if left := [one for one in step if one.revision < first]:
                self.undo.append(left)
            self.redo.append([one for one in step if one.revision >= first])
        elif entry.kind == "redo" and self.redo:
            self.undo.append(self.redo.pop())
        elif entry.kind in {"opened", "outside", "ours"}:
            self.undo.clear()
            self.redo.clear()
        else:
            if self.undo and not self.redo and continues_step(self.undo[-1][-1], entry):
                self.undo[-1].append(entry)
            else:
                self.undo.append([entry])
            self.redo.clear()


class _Base:
    """A segment before typing in it started.

    Each save is timed from it, so that a word that was deleted and typed again gets its time back.
    """

    def __init__(self, client: str, edit: SetText, documents: Documents) -> None:
        self._client, self._segment, self.documents = client, edit.segment, documents

    def fits(self, request: Request, edit: SetText, documents: Documents) -> bool:
        if (request.client, edit.segment) != (self._client, self._segment):
            return False
        then = [item.id for item in self.documents.segments]
        return then == [item.id for item in documents.segments]


def _with_notes_placed(documents: Documents, before: Documents) -> Documents:
    """Move margin notes with their words after a change of text."""
    if documents.segments == before.segments:
        return documents
    placed = placed_notes(documents.notes, documents.transcript.words)
    return replace_fields(documents, notes=placed)


def _is_no_step(entry: JournalEntry) -> bool:
    return entry.kind == KeepDraft.__struct_config__.tag


def _place_of(edit: Edit) -> str:
    return str(getattr(edit, "segment", "the episode"))


def _conflict(documents: Documents, edit: Edit) -> EditConflictError:
    """The error for an edit with a changed base."""
    where = _place_of(edit)
    match edit:
        case SetChapters():
            chapters = merged_chapters(documents, edit)
            return EditConflictError(where, edit, documents.chapters, chapters)
        case SetCuts():
            return EditConflictError(where, edit, documents.cuts, merged_cuts(documents, edit))
    segment = getattr(edit, "segment", None)
    theirs = next((item for item in documents.segments if item.id == segment), None)
    return EditConflictError(where, edit, theirs)
