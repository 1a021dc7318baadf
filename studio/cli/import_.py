"""``studio import``: take a corrected transcript back."""

from __future__ import annotations

import uuid
from pathlib import Path

import click

from studio.cli import Place

# Less of the text than this was there before: probably the file of another episode.
LEAST_LIKENESS = 0.5
_MOST_SHOWN = 20


@click.command("import")
@click.argument("slug")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--force", is_flag=True, help="Take it even if it is mostly another text.")
@click.pass_obj
def command(place: Place, slug: str, file: Path, *, force: bool) -> None:
    """Take a corrected transcript back.

    From .docx .html .md .txt .srt .vtt .json or .csv. Words that stand as they stood keep their times; the others get theirs
    from their neighbours. Tracked changes of Word count as accepted. Everything can be undone on the editor's page.
    """
    from studio.cli.terminal import print_line
    from studio.editor.desk import Desk
    from studio.editor.edits import Request, SetPassages
    from studio.editor.review import compare_transcripts
    from studio.errors import ConflictError, WorkspaceError
    from studio.manuscript import FORMS
    from studio.model.typography import stamp_from_ms
    from studio.pipeline.exchange import read_manuscript
    from studio.pipeline.hold import hold_workspace
    from studio.pipeline.sources import ShowSources

    workspace = place.workspace()
    sources = ShowSources(workspace).episode(slug)
    form = file.suffix.lower().removeprefix(".")
    form = {"htm": "html", "markdown": "md"}.get(form, form)
    if form not in FORMS:
        raise WorkspaceError(file, "is of no kind that Studio reads", f"Save it as one of {', '.join(FORMS)}.")
    passages = read_manuscript(sources, file.read_bytes(), form, file)
    with hold_workspace(workspace.state / "editor" / slug, f"studio import {slug}"):
        desk = Desk(sources)
        before = desk.transcript()
        preview = desk.try_out(SetPassages(passages=passages))
        comparison = compare_transcripts(before, preview)
        if comparison.likeness < LEAST_LIKENESS and not force:
            raise ConflictError(
                file,
                f"has only {comparison.likeness:.0%} of its words in common with the transcript of {slug}; nothing was changed",
                "Check that it is this episode's, or take it with --force.",
            )
        desk.apply(Request(client="import", id=uuid.uuid4().hex, since=desk.revision, edits=(SetPassages(passages=passages),)))
    for change in comparison.changes[:_MOST_SHOWN]:
        print_line(f"{stamp_from_ms(change.start_ms):>8}  {change.before or '–'} → {change.after or '–'}")
    if len(comparison.changes) > _MOST_SHOWN:
        print_line(f"          and {len(comparison.changes) - _MOST_SHOWN} more: `{place.command('diff', slug)}`")
    print_line(
        f"{comparison.kept} words as they were, {comparison.changed} changed, {comparison.added} added, {comparison.removed} removed,"
        f" {comparison.speakers} with another speaker; {len(before.segments)} passages before, {len(preview.segments)} now."
    )
    print_line("To take it back:", place.command("edit", slug), "and undo.")
    print_line("Next:", place.command("run", slug))
