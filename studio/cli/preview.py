"""``studio preview``: view the built site, and listen to it, before publication."""

from __future__ import annotations

import click

from studio.cli import CliContext
from studio.messages.message import message

DEFAULT_PORT = 8020


@click.command("preview")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=DEFAULT_PORT,
    show_default=True,
    help="Port to listen on; 0 picks a free one.",
)
@click.option(
    "--lan",
    is_flag=True,
    help="Let other devices of the same network in, too: a telephone, for instance.",
)
@click.option("--open", "opened", is_flag=True, help="Show the pages in the browser.")
@click.pass_context
def command(context: click.Context, port: int, lan: bool, opened: bool) -> None:
    """Serve the built site until Ctrl-C.

    Pages reload when something was built. Episodes with a future date are included. Addresses in
    pages and feed are this server's: a podcast app can subscribe before anything is published.
    """
    from studio.cli.terminal import print_line
    from studio.errors import WorkspaceError
    from studio.preview.server import serve_preview
    from studio.web.addresses import FEED_PLACE

    cli: CliContext = context.obj
    workspace = cli.workspace()
    if not (workspace.site / "index.html").is_file():
        raise WorkspaceError(
            workspace.site,
            message("has not been built yet"),
            message("Run `{command}`.", command=cli.command("run")),
        )
    with serve_preview(
        workspace.site, workspace.load_show().base_url, port=port, lan=lan
    ) as preview:
        print_line(message("Pages:"), preview.address)
        print_line(message("Feed: "), preview.address + FEED_PLACE)
        if not lan:
            print_line(
                message("For a telephone in the same network:"), cli.command("preview", "--lan")
            )
        print_line(message("Ctrl-C ends it."))
        if opened:
            click.launch(preview.address)
        try:
            preview.run()
        except KeyboardInterrupt:
            print_line(message("Ended."))
