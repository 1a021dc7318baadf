"""Captions that a user corrected in place: the next run imports them before it writes them
again.
"""

from __future__ import annotations

import uuid

from studio.captions.formats import VTT
from studio.editor.edit_session import EditSession
from studio.editor.edits import Request, SetPassages
from studio.editor.transcript_diff import diff_transcripts
from studio.file_access import read_file
from studio.transcript_formats.transcript_io import read_transcript
from studio.workspace.build_state import read_build_state
from studio.workspace.digest import digest_from_bytes
from studio.workspace.disk import keep_beside
from studio.workspace.run_lock import lock_workspace
from studio.workspace.sources import EpisodeSources

# Below this similarity, the file is kept under another name instead of being imported.
MIN_SIMILARITY = 0.5


def import_edited_captions(sources: EpisodeSources) -> str:
    """Import a user's changes of ``transcript.vtt``.

    If the transcript was changed as well, the captions are kept under another name instead.

    :returns: what was done, in one sentence; empty if nothing was changed.
    :raises BusyError: the editor's page of the episode is open.
    :raises WorkspaceError: a file is damaged.
    """
    files = sources.files
    path = files.caption(VTT.suffix)
    built, _ = read_build_state(sources.build_state)
    record = built.stages.get("caption")
    if record is None or not path.is_file() or not files.transcript.is_file():
        return ""
    content = read_file(path)
    name = sources.workspace.relative(path)
    # Studio's own versions of the file: the recorded one, and that of a killed run.
    written = {
        known.outputs.get(name)
        for known in (record, built.intents.get("caption"))
        if known is not None
    }
    if None in written or digest_from_bytes(content) in written:
        return ""
    with lock_workspace(
        sources.workspace.state / "editor" / sources.slug, f"studio run {sources.slug}"
    ):
        session = EditSession(sources)
        edit = SetPassages(passages=read_transcript(sources, content, "vtt", path))
        comparison = diff_transcripts(session.transcript(), session.preview_edit(edit))
        # The captions were made from the current transcript, so that only the captions were edited.
        untouched = record.inputs.get(files.transcript.name) == digest_from_bytes(
            read_file(files.transcript)
        )
        if not untouched or comparison.similarity < MIN_SIMILARITY:
            aside = keep_beside(path, path)
            why = (
                "the transcript was changed as well"
                if not untouched
                else "it is mostly another text"
            )
            return (
                f"{path.name} was edited by hand, but {why}: it is kept as {aside.name}; "
                "`studio import` takes it in"
            )
        session.apply(
            Request(client="captions", id=uuid.uuid4().hex, since=session.revision, edits=(edit,))
        )
    count = len(comparison.changes)
    return (
        f"{path.name} was edited by hand: taken in ({count} "
        f"{'place' if count == 1 else 'places'}); `studio edit` can undo it"
    )
