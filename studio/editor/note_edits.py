"""Apply edits of margin notes to the documents. None is ever refused: if two people write at once,
both notes are kept.
"""

from __future__ import annotations

from studio.editor.edits import AnswerNote, ResolveNote, WriteNote
from studio.editor.patches import Documents
from studio.model.margin_note import MarginNote, NoteAnswer
from studio.model.record import replace_fields
from studio.transcript.margin_note_places import surroundings, words_between

NoteEdit = WriteNote | AnswerNote | ResolveNote


def with_note(documents: Documents, edit: NoteEdit) -> Documents:
    """The documents after an edit of a note."""
    known = next((note for note in documents.notes if note.id == edit.id), None)
    match edit:
        case ResolveNote():
            note = known and replace_fields(known, is_resolved=edit.is_resolved)
        case AnswerNote():
            note = _answered(known, edit) if known else _new(documents, edit)
        case WriteNote():
            note = _rewritten(known, edit) if known else _new(documents, edit)
    others = [one for one in documents.notes if one.id != edit.id]
    notes = sorted([*others, *([note] if note else [])], key=lambda one: one.start_ms)
    return replace_fields(documents, notes=tuple(notes))


def _new(documents: Documents, edit: WriteNote | AnswerNote) -> MarginNote | None:
    text = edit.text.strip()
    words = documents.transcript.words
    if not text or not words:
        return None
    place = words_between(words, edit.start_ms, edit.end_ms)
    about, before, after = surroundings(words, place)
    return MarginNote(
        id=edit.id,
        start_ms=words[place.start].start_ms,
        end_ms=words[place.stop - 1].end_ms,
        words=about,
        before=before,
        after=after,
        text=text,
        author=edit.author.strip(),
        at=edit.at,
    )


def _answered(note: MarginNote, edit: WriteNote | AnswerNote) -> MarginNote:
    text = edit.text.strip()
    if not text:
        return note
    answer = NoteAnswer(text=text, author=edit.author.strip(), at=edit.at)
    # An answer reopens the note.
    return replace_fields(note, answers=(*note.answers, answer), is_resolved=False)


def _rewritten(note: MarginNote, edit: WriteNote) -> MarginNote | None:
    text = edit.text.strip()
    if text == note.text:
        return note
    if edit.was != note.text:
        # Another program wrote something else meanwhile.
        return _answered(note, edit)
    if not text:
        return note if note.answers else None
    return replace_fields(note, text=text, author=edit.author.strip(), at=edit.at)
