"""``studio proof``: the page that a guest reviews and signs before publication (« bon à
tirer »).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from studio.cli import CliContext
from studio.file_access import open_file
from studio.messages.interface import spoken
from studio.messages.message import message, plural_message

if TYPE_CHECKING:
    from studio.workspace.sources import EpisodeSources

# The maximum length shown of a refused file.
_SHOWN_BYTES, _SHOWN_LINES = 20_000, 60
# Stages that only serve to make the transcript: an edited transcript does not need them.
_BEFORE_THE_TEXT = {"transcribe", "diarise", "overlaps"}


@click.command("proof")
@click.argument("slug")
@click.option(
    "--take",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Take back the guest's answer: the file, or a mail with its text.",
)
@click.option("--open", "opened", is_flag=True, help="Show the page in the browser.")
@click.pass_obj
def command(cli: CliContext, slug: str, *, take: Path | None, opened: bool) -> None:
    """Make the page on which a guest signs off an episode.

    One HTML file to mail, with article, transcript and sound; it works offline and on a phone. The
    guest accepts each paragraph or says what should change, and sends back a small file. `--take`
    imports it into the editor, and `studio status` shows whether the episode is still the one that
    was signed off.
    """
    from studio.editor.replay import episode_with_edits

    sources = episode_with_edits(cli.workspace(), slug)
    if take is not None:
        _take(cli, sources, take)
    else:
        _make(cli, sources, opened=opened)


def _make(cli: CliContext, sources: EpisodeSources, *, opened: bool) -> None:
    from studio.cli.terminal import print_line
    from studio.editor.open_doubts import open_doubts
    from studio.errors import WorkspaceError
    from studio.pipeline.runner import Choice, plan_run
    from studio.pipeline.stages import STAGES
    from studio.proof.page import MAX_BYTES, make_proof

    slug = sources.slug
    behind = [
        plan.stage
        for plan in plan_run(sources.workspace, STAGES, Choice(slugs=(slug,)))
        if plan.episode == slug
        and plan.stage not in _BEFORE_THE_TEXT
        and plan.state not in {"fresh", "edited"}
    ]
    if behind:
        raise WorkspaceError(
            slug,
            message("is not built as it would be published ({behind})", behind=", ".join(behind)),
            message("Run `studio run {slug}`.", slug=slug),
        )
    path, shown = make_proof(sources, open_doubts(sources))
    print_line(message("Proof:"), str(path))
    size_bytes = path.stat().st_size
    print_line(
        plural_message(
            "{count} paragraph, {megabytes:.1f} MB: send it to the guest by mail. It needs no "
            "connection.",
            "{count} paragraphs, {megabytes:.1f} MB: send it to the guest by mail. It needs no "
            "connection.",
            len(shown.rows),
            megabytes=size_bytes / 1_000_000,
        )
    )
    if size_bytes > MAX_BYTES:
        print_line(
            message("Most mail servers refuse a file of this size: pass it on by a link."),
            style="yellow",
        )
    print_line(
        message("When the answer is here:"),
        cli.command("proof", slug, "--take", spoken(message("FILE"))),
    )
    if opened:
        click.launch(path.as_uri())


def _take(cli: CliContext, sources: EpisodeSources, file: Path) -> None:
    from studio.cli.terminal import print_line
    from studio.editor.journal import decided_keys
    from studio.errors import StudioError, refuse_special_file
    from studio.proof.answer import MAX_BYTES, answer_from_bytes, readable_text
    from studio.proof.state import described_state, proof_state
    from studio.proof.stored_proofs import store_answer
    from studio.workspace.disk import errors_name_place

    refuse_special_file(file)
    with errors_name_place(file), open_file(file) as stream:
        content = stream.read(MAX_BYTES + 1)
    try:
        answer, besides = answer_from_bytes(content, file)
        taken = store_answer(sources, answer, file)
    except StudioError:
        # In any case, the guest's words are printed.
        text = readable_text(content[:_SHOWN_BYTES])
        for line in text.splitlines()[:_SHOWN_LINES]:
            print_line("|", line)
        raise
    print_line(
        message("Imported: the answer of {name}, stored in", name=answer.name),
        str(sources.files.proofs),
    )
    for row in answer.remarks:
        print_line(f"  {row.number}.", row.text or message("(to discuss)"))
    if answer.note:
        print_line(" ", message("About all of it: {note}", note=answer.note))
    if besides:
        print_line(message("Also in the file, written beside the answer:"), style="yellow")
        for line in besides.splitlines():
            print_line("|", line)
    state = proof_state(sources, decided_keys(sources.files.journal))
    if state is not None:
        print_line(cli.with_commands(described_state(state)))
    if taken.answer.remarks or taken.answer.note:
        print_line(
            message("Each remark is a doubt beside its words:"), cli.command("edit", sources.slug)
        )
    else:
        print_line(message("Next:"), cli.command("publish"))
