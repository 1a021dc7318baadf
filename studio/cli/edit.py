"""``studio edit``: correct a transcript on a local page."""

from __future__ import annotations

import contextlib

import click

from studio.cli import Place


@click.command("edit")
@click.argument("slug")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    help="Where the page is reached; last time's port, or a free one, when left out.",
)
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@click.pass_obj
def command(place: Place, slug: str, *, port: int | None, no_browser: bool) -> None:
    """Correct an episode on a page in the browser.

    Transcript, chapters and cuts, while they are heard. The page is reached from this computer
    alone. What is typed is kept at once; end with Ctrl-C, then run `studio run`.
    """
    from studio.cli.terminal import print_line
    from studio.editor.edit_session import EditSession
    from studio.editor.server import serve_editor
    from studio.workspace.run_lock import lock_workspace
    from studio.workspace.sources import ShowSources

    workspace = place.workspace()
    sources = ShowSources(workspace).episode(slug)
    state = workspace.state / "editor" / slug

    def ready(address: str) -> None:
        print_line(f"Editing {slug}: {address}")
        print_line("Everything is kept as it is typed. Ctrl-C ends.")
        if not no_browser:
            click.launch(address)

    # One desk an episode: a second one would write over the first one's files. A run may go on
    # meanwhile; it keeps what people wrote.
    with lock_workspace(state, f"studio edit {slug}"), contextlib.suppress(KeyboardInterrupt):
        serve_editor(EditSession(sources), state / "address.json", port or 0, ready)
    print_line("Next:", place.command("run", slug))
