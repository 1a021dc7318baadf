"""``studio import``: take a corrected transcript back."""

from __future__ import annotations

import uuid
from pathlib import Path

import click

from studio.cli import Place

# Less of the text than this was there before: probably the file of another episode.
LEAST_SIMILARITY = 0.5
_MOST_SHOWN = 20


@click.command("import")
@click.argument("slug")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--force", is_flag=True, help="Take it even if it is mostly another text.")
@click.pass_obj
def command(place: Place, slug: str, file: Path, *, force: bool) -> None:
    """Take a corrected transcript back.

    From .docx .html .md .txt .srt .vtt .json or .csv. Words that stand as they stood keep their
    times; the others get theirs from their neighbours. Tracked changes of Word count as accepted.
    Everything can be undone on the editor's page.
    """
    from studio.cli.terminal import print_line
    from studio.editor.edit_session import EditSession
    from studio.editor.edits import Request, SetPassages
    from studio.editor.transcript_diff import diff_transcripts
    from studio.errors import ConflictError, WorkspaceError
    from studio.pipeline.transcript_io import read_transcript
    from studio.text.typography import stamp_from_ms
    from studio.transcript_formats import FORMS
    from studio.workspace.run_lock import lock_workspace
    from studio.workspace.sources import ShowSources

    workspace = place.workspace()
    sources = ShowSources(workspace).episode(slug)
    form = file.suffix.lower().removeprefix(".")
    form = {"htm": "html", "markdown": "md"}.get(form, form)
    if form not in FORMS:
        raise WorkspaceError(
            file, "is of no kind that Studio reads", f"Save it as one of {', '.join(FORMS)}."
        )
    passages = read_transcript(sources, file.read_bytes(), form, file)
    with lock_workspace(workspace.state / "editor" / slug, f"studio import {slug}"):
        desk = EditSession(sources)
        before = desk.transcript()
        preview = desk.try_out(SetPassages(passages=passages))
        comparison = diff_transcripts(before, preview)
        if comparison.similarity < LEAST_SIMILARITY and not force:
            raise ConflictError(
                file,
                f"has only {comparison.similarity:.0%} of its words in common with the "
                f"transcript of {slug}; nothing was changed",
                "Check that it is this episode's, or take it with --force.",
            )
        desk.apply(
            Request(
                client="import",
                id=uuid.uuid4().hex,
                since=desk.revision,
                edits=(SetPassages(passages=passages),),
            )
        )
    for change in comparison.changes[:_MOST_SHOWN]:
        print_line(
            f"{stamp_from_ms(change.start_ms):>8}  {change.before or '–'} → {change.after or '–'}"
        )
    if len(comparison.changes) > _MOST_SHOWN:
        print_line(
            f"          and {len(comparison.changes) - _MOST_SHOWN} more: "
            f"`{place.command('diff', slug)}`"
        )
    print_line(
        f"{comparison.kept} words as they were, {comparison.changed} changed, "
        f"{comparison.added} added, {comparison.removed} removed,"
        f" {comparison.speakers} with another speaker; {len(before.segments)} passages "
        f"before, {len(preview.segments)} now."
    )
    print_line("To take it back:", place.command("edit", slug), "and undo.")
    print_line("Next:", place.command("run", slug))
