"""The transcript as a table that spreadsheets open: one row a segment."""

from __future__ import annotations

import csv
import io

from studio.captions.speaker_labels import UNKNOWN
from studio.errors import WorkspaceError
from studio.messages.message import message
from studio.model.plain_transcript import Passage
from studio.model.transcript import Transcript
from studio.transcript_formats.lines import shown_speaker

HEADS = ("start", "end", "speaker", "text")
# A cell that starts so would be run as a formula.
_FORMULA_SIGNS = ("=", "+", "-", "@", "'")


def table_from_transcript(transcript: Transcript) -> str:
    """CSV with a byte order mark, without which Excel does not know UTF-8. Times are seconds of the
    recording.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(HEADS)
    for segment in transcript.segments:
        times = (f"{segment.start_ms / 1000:.3f}", f"{segment.end_ms / 1000:.3f}")
        writer.writerow([*times, _cell(shown_speaker(segment.speaker)), _cell(segment.text)])
    return "\ufeff" + stream.getvalue()


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text


def passages_from_table(text: str, where: object) -> tuple[Passage, ...]:
    """The passages of a table with the columns ``speaker`` and ``text``; commas, semicolons or tabs
    part its cells.

    :raises WorkspaceError: it has no such columns.
    """
    text = text.removeprefix("\ufeff")
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    rows = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    if not {"speaker", "text"} <= set(rows.fieldnames or ()):
        raise WorkspaceError(
            where,
            message("has no columns named speaker and text"),
            message("Keep the first row of the table that `studio export` wrote."),
        )
    found = []
    for row in rows:
        speaker, said = (_plain(row[name] or "") for name in ("speaker", "text"))
        if said.strip():
            found.append(Passage(speaker=None if speaker in {"", UNKNOWN} else speaker, text=said))
    return tuple(found)


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA_SIGNS) else cell
