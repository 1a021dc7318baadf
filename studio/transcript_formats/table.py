"""The transcript as a spreadsheet table: one row per segment."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from studio.captions.speaker_labels import UNKNOWN
from studio.errors import WorkspaceError
from studio.messages.message import message
from studio.model.transcript import Transcript
from studio.transcript_formats.lines import shown_speaker

_SUBSTATION_HEADS = tuple("layer start end style name marginl marginr marginv effect text".split())
_SUBSTATION_TAG = re.compile(r"\{[^{}]*\}")
_SUBSTATION_BREAK = re.compile(r"\\[Nnh]")
HEADS = ("start", "end", "speaker", "text")
# Other programs' names of the columns of speakers and of texts (Premiere, Whisper, spreadsheets).
_NAMES = ("speaker", "speaker name", "name", "locuteur", "intervenant", "nom", "qui", "voice")
_TEXTS = ("text", "transcript", "texte", "transcription", "paroles", "content", "body")
# A cell that starts with these would be evaluated as a formula.
_FORMULA_SIGNS = ("=", "+", "-", "@", "'")


def table_from_transcript(transcript: Transcript) -> str:
    """CSV with a byte order mark, which Excel needs to recognise UTF-8. Times are seconds of the
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


def rows_from_table(text: str, where: object) -> tuple[tuple[str, str], ...]:
    """The speaker and the text of each row of a table; the speaker may be empty. The separator may
    be a comma, a semicolon or a tab.

    :raises WorkspaceError: it has no text column.
    """
    text = text.removeprefix("\ufeff")
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    found = []
    try:
        rows = csv.reader(io.StringIO(text), delimiter=delimiter)
        heads = [head.strip().lower() for head in next(rows, ())]
        said = next((heads.index(name) for name in _TEXTS if name in heads), None)
        named = next((heads.index(name) for name in _NAMES if name in heads), None)
        if said is None:
            raise WorkspaceError(
                where,
                message("has no columns named speaker and text"),
                message("Keep the first row of the table that `studio export` wrote."),
            )
        for row in rows:
            speaker = "" if named is None else _plain("".join(row[named : named + 1]))
            words = _plain("".join(row[said : said + 1]))
            if words.strip():
                found.append(("" if speaker == UNKNOWN else speaker, words))
    except csv.Error as error:
        raise WorkspaceError(
            where,
            message("is not a table of comma-separated values ({error})", error=error),
            message("Open it in a spreadsheet and save it again as CSV."),
        ) from None
    return tuple(found)


def rows_from_substation(text: str) -> Iterator[tuple[str, str]]:
    """The name and the text of each line of dialogue of a SubStation Alpha file (.ass, .ssa), in
    order of time, without comments and styles. Such a file is a table with a header line.
    """
    heads = _SUBSTATION_HEADS
    found: list[tuple[str, str, str]] = []
    for line in text.removeprefix("\ufeff").splitlines():
        kind, _, rest = line.partition(":")
        if kind == "Format":
            heads = tuple(head.strip().lower() for head in rest.split(","))
        elif kind == "Dialogue":
            row = dict(zip(heads, rest.strip().split(",", len(heads) - 1), strict=False))
            said = _SUBSTATION_BREAK.sub(" ", _SUBSTATION_TAG.sub("", row.get("text", "")))
            name = row.get("name", row.get("actor", "")).strip()
            found.append((row.get("start", "").strip().zfill(11), name, said))
    return ((name, said) for _, name, said in sorted(found, key=lambda one: one[0]))


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA_SIGNS) else cell
