"""``studio edit``: correct a transcript on a local page."""

from __future__ import annotations

import contextlib
from pathlib import Path

import click

from studio.cli import CliContext
from studio.messages.message import message


@click.command("edit")
@click.argument("slug")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    help="Where the page is reached; last time's port, or a free one, when left out.",
)
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@click.pass_obj
def command(cli: CliContext, slug: str, *, port: int | None, no_browser: bool) -> None:
    """Correct an episode on a page in the browser.

    Listen while you correct transcript, chapters and cuts. The page can be reached from this
    computer only. Edits are saved at once; stop with Ctrl-C, then run `studio run`.
    """
    from studio.cli.terminal import print_line
    from studio.editor.edit_session import EditSession
    from studio.editor.server import serve_editor
    from studio.replacement.user_markers import require_transcript_of_recording
    from studio.workspace.run_lock import lock_edit_session
    from studio.workspace.sources import ShowSources

    workspace = cli.workspace()
    sources = ShowSources(workspace).episode(slug)
    require_transcript_of_recording(sources)
    state = workspace.state / "editor" / slug

    def ready(address: str, leading: Path) -> None:
        print_line(message("Editing {slug}: {address}", slug=slug, address=address))
        print_line(
            message(
                "That address opens the page once. Everything is saved as you type. Ctrl-C "
                "stops Studio."
            )
        )
        if not no_browser:
            click.launch(leading.as_uri())

    def again(address: str) -> None:
        print_line(message("For another browser: {address}", address=address))

    # One edit session an episode: a second one would write over the first one's files. A run may
    # continue meanwhile; it keeps people's edits.
    with (
        lock_edit_session(workspace.state, slug, f"studio edit {slug}"),
        contextlib.suppress(KeyboardInterrupt),
    ):
        serve_editor(EditSession(sources), state, port or 0, ready, again)
    print_line(message("Next:"), cli.command("run", slug))
