"""Names that an episode's editors add to the show's glossary or remove from it."""

from __future__ import annotations

from collections.abc import Sequence

from studio.corrections.glossary import name_heard_as, replace_spellings
from studio.editor.edits import AddGlossaryName, GlossaryEdit
from studio.editor.patches import Documents
from studio.errors import WorkspaceError
from studio.messages.message import message
from studio.model.glossary import Glossary, GlossaryName, merge_names
from studio.model.record import replace_fields
from studio.workspace.layout import Workspace
from studio.workspace.shared_files import update_glossary


def with_glossary_name(
    documents: Documents, edit: AddGlossaryName, glossary: Glossary, where: object
) -> Documents:
    """The documents with a glossary edit for the new name or spelling, and the wrong spelling
    replaced everywhere.

    :param glossary: the show's current glossary.
    :raises WorkspaceError: the name is empty.
    """
    learnt = name_heard_as(edit.heard, edit.name)
    if learnt is None:
        raise WorkspaceError(
            where, message("was given no name"), message("Type the name as it is spelled.")
        )
    known = {one.name: one for one in glossary.names}.get(learnt.name)
    new = [wrong for wrong in learnt.wrong if known is None or wrong not in known.wrong]
    if known is None or new:
        taught = GlossaryEdit(
            number=len(documents.glossary_edits) + 1,
            name=learnt.name,
            wrong="".join(new),
            is_new=known is None,
        )
        documents = replace_fields(documents, glossary_edits=(*documents.glossary_edits, taught))
    if not learnt.wrong:
        return documents
    corrected = replace_spellings(documents.transcript, Glossary(names=(learnt,)))
    return replace_fields(documents, segments=corrected.segments, corrections=corrected.corrections)


def apply_glossary_edits(
    workspace: Workspace, edits: Sequence[GlossaryEdit], before: Sequence[GlossaryEdit]
) -> None:
    """Add new edits to the show's glossary, and revert removed ones; other entries are kept.

    :raises WorkspaceError: the glossary cannot be read; it is unchanged.
    :raises DiskError: it cannot be written.
    """
    removed = [one for one in before if one not in edits]
    added = [one for one in edits if one not in before]

    def taught(glossary: Glossary) -> Glossary:
        for taught in removed:
            glossary = _without(glossary, taught)
        return merge_names(
            glossary,
            [GlossaryName(name=one.name, wrong=(one.wrong,) if one.wrong else ()) for one in added],
        )

    update_glossary(workspace, taught)


def _without(glossary: Glossary, taught: GlossaryEdit) -> Glossary:
    """The glossary before an edit: without its spelling, and without the name if it was added with
    it and has no other spelling.
    """
    names = {one.name: one for one in glossary.names}
    if (known := names.get(taught.name)) is not None:
        left = tuple(wrong for wrong in known.wrong if wrong != taught.wrong)
        if taught.is_new and not left:
            del names[taught.name]
        else:
            names[taught.name] = replace_fields(known, wrong=left)
    return Glossary(names=tuple(names.values()))
