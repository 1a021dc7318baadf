"""``studio import``: import a corrected transcript."""

from __future__ import annotations

import itertools
import re
import sys
import uuid
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from studio.cli import CliContext
from studio.file_access import read_file
from studio.messages.interface import spoken
from studio.messages.message import joined_messages, message

if TYPE_CHECKING:
    from studio.editor.transcript_diff import TranscriptDiff
    from studio.model.transcript import Transcript

# Below this similarity it is probably the file of another episode.
MIN_SIMILARITY = 0.5
# A new word that occurs so often, and in this share of the passages, is probably a label or a time.
FEWEST_REPEATED = 4
REPEATED_SHARE = 0.5
_MAX_SHOWN = 20


def _doubt(comparison: TranscriptDiff, before: Transcript, after: Transcript, slug: str) -> str:
    """Why the file may be the wrong one; empty if it seems right."""
    if comparison.similarity < MIN_SIMILARITY:
        return message(
            "has only {similarity:.0%} of its words in common with the transcript of {slug}",
            similarity=comparison.similarity,
            slug=slug,
        )
    repeated = _repeated_words(before, after)
    if repeated:
        shown = joined_messages(
            ", ",
            [
                message("« {word} » {count} times", word=word, count=count)
                for word, count in repeated[:3]
            ],
        )
        return message(
            "repeats the same new words ({shown}): they look like labels or times",
            shown=shown,
        )
    return ""


def _repeated_words(before: Transcript, after: Transcript) -> list[tuple[str, int]]:
    """The new words that recur in half of the passages, or start half of the turns, the most
    frequent first; numbers of equal length count as one word.
    """
    from studio.transcript.retiming import changed_spans

    new: Counter[str] = Counter()
    shown: dict[str, str] = {}
    for removed, added in changed_spans(before.words, after.words):
        for word in added:
            shown.setdefault(_shape(word.text), word.text)
        new += Counter(_shape(word.text) for word in added) - Counter(
            _shape(word.text) for word in removed
        )
    fewest = max(FEWEST_REPEATED, REPEATED_SHARE * min(len(before.segments), len(after.segments)))
    # « C1 » before what one says, « R1 » before what the other says
    turns = [
        segment
        for before_it, segment in itertools.pairwise([None, *after.segments])
        if segment and segment.words and (not before_it or before_it.speaker != segment.speaker)
    ]
    begun = Counter(_shape(turn.words[0].text) for turn in turns)
    beginning = {shape for shape in begun if new[shape] >= FEWEST_REPEATED}
    half = REPEATED_SHARE * len(turns)
    labels = beginning if sum(begun[shape] for shape in beginning) >= half else set()
    return [
        (shown[shape], count)
        for shape, count in new.most_common()
        if count >= fewest or shape in labels
    ]


def _shape(word: str) -> str:
    """The word by its letters, each digit as 0."""
    return re.sub(r"[0-9]", "0", re.sub(r"[^\w]|_", "", word).casefold()) or word


def _agreed(file: Path, doubt: str) -> bool:
    """Whether the user confirms the import at the terminal."""
    return sys.stdin.isatty() and click.confirm(
        spoken(message("{name} {doubt}. Import it anyway?", name=file.name, doubt=doubt)),
        default=False,
        err=True,
    )


@click.command("import")
@click.argument("slug")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--force", is_flag=True, help="Import it even if it is mostly another text.")
@click.pass_obj
def command(cli: CliContext, slug: str, file: Path, *, force: bool) -> None:
    """Import a corrected transcript.

    From .docx .html .md .txt .srt .vtt .ass .ttml .sbv .json or .csv. Unchanged words keep their
    times; changed ones get theirs from their neighbours. Word's tracked changes count as accepted.
    Everything can be undone on the editor's page. If half of the text is new, or the same new words
    recur in every passage, Studio asks first.
    """
    from studio.cli.terminal import print_line
    from studio.editor.edit_session import EditSession
    from studio.editor.edits import Request, SetPassages
    from studio.editor.transcript_diff import diff_transcripts
    from studio.errors import ConflictError, WorkspaceError, refuse_special_file
    from studio.transcript_formats.formats import format_of_file, import_names
    from studio.transcript_formats.transcript_io import read_transcript
    from studio.workspace.run_lock import lock_workspace
    from studio.workspace.sources import ShowSources

    workspace = cli.workspace()
    sources = ShowSources(workspace).episode(slug)
    form = format_of_file(file.name)
    if form is None:
        raise WorkspaceError(
            file,
            message("has a format that Studio cannot read"),
            message("Save it as one of {format_names}.", format_names=", ".join(import_names())),
        )
    refuse_special_file(file)
    passages = read_transcript(sources, read_file(file), form.name, file)
    with lock_workspace(workspace.state / "editor" / slug, f"studio import {slug}"):
        session = EditSession(sources)
        before = session.transcript()
        preview = session.preview_edit(SetPassages(passages=passages))
        comparison = diff_transcripts(before, preview)
        # The import is tried without writing, to detect another episode's text.
        doubt = _doubt(comparison, before, preview, slug)
        if doubt and not force and not _agreed(file, doubt):
            raise ConflictError(
                file,
                message("{doubt}; nothing was changed", doubt=doubt),
                message("Check that it is this episode's, or import it with --force."),
            )
        session.apply(
            Request(
                client="import",
                id=uuid.uuid4().hex,
                since=session.revision,
                edits=(SetPassages(passages=passages),),
            )
        )
    _print_changes(cli, slug, comparison, len(before.segments), len(preview.segments))
    print_line(message("To take it back:"), cli.command("edit", slug), message("and undo."))
    print_line(message("Next:"), cli.command("run", slug))


def _print_changes(
    cli: CliContext, slug: str, comparison: TranscriptDiff, before: int, now: int
) -> None:
    """What changed.

    :param before: former number of passages; ``now``: current number.
    """
    from studio.cli.terminal import print_line
    from studio.text.typography import stamp_from_ms

    for change in comparison.changes[:_MAX_SHOWN]:
        print_line(
            f"{stamp_from_ms(change.start_ms):>8}  {change.before or '–'} → {change.after or '–'}"
        )
    if len(comparison.changes) > _MAX_SHOWN:
        print_line(
            message(
                "          and {count} more: `{command}`",
                count=len(comparison.changes) - _MAX_SHOWN,
                command=cli.command("diff", slug),
            )
        )
    print_line(
        message(
            "{kept} words as they were, {changed} changed, {added} added, {removed} "
            "removed, {speakers} with another speaker; {before} passages before, {now} "
            "now.",
            kept=comparison.kept,
            changed=comparison.changed,
            added=comparison.added,
            removed=comparison.removed,
            speakers=comparison.speakers,
            before=before,
            now=now,
        )
    )
