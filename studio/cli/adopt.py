"""``studio adopt``: assign published articles to episodes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from studio.cli import CliContext
from studio.messages.interface import spoken
from studio.messages.message import message

if TYPE_CHECKING:
    from studio.adoption.pairing import ArticleMatch


@click.command("adopt")
@click.option(
    "--articles",
    required=True,
    metavar="FOLDER|SITEMAP",
    help="A folder of saved articles in any form, or a sitemap (file or address) of their pages.",
)
@click.option(
    "--take",
    multiple=True,
    metavar="SLUG=FILE",
    help="Assign this article to that episode, whatever Studio finds; remembered for later runs.",
)
@click.option(
    "--refuse",
    multiple=True,
    metavar="SLUG=FILE",
    help="This article is not that episode's; kept for the next time.",
)
@click.option(
    "--no-hearing", is_flag=True, help="Do not transcribe; match by names, dates and titles only."
)
@click.option("--dry-run", is_flag=True, help="Show the table, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="One line of JSON per article, for scripts.")
@click.pass_obj
def command(
    cli: CliContext,
    *,
    articles: str,
    take: tuple[str, ...],
    refuse: tuple[str, ...],
    no_hearing: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Assign published articles to episodes.

    Articles and episodes without one are matched by links, names, numbers, dates and titles; if
    that is not enough, by two minutes of speech, then by ten. Uncertain matches are shown and not
    assigned; an episode's existing article is never replaced.
    """
    from studio.adoption.adopt import adopt_articles
    from studio.cli.terminal import one_bar, print_line, print_record, print_table
    from studio.workspace.run_lock import lock_workspace

    workspace = cli.workspace()
    with (
        lock_workspace(workspace.state, cli.command("adopt")),
        one_bar(message("articles")) as progress,
    ):
        done = adopt_articles(
            workspace,
            articles,
            taken=[_pair(one, "--take") for one in take],
            refused=[_pair(one, "--refuse") for one in refuse],
            hear=not no_hearing,
            dry_run=dry_run,
            progress=progress,
        )
    if as_json:
        for pair in done.pairs:
            print_record(pair)
        return
    rows = list(_rows(done.pairs, dry_run=dry_run))
    if rows:
        heads = (message("article"), message("episode"), message("confidence"), message("by"), "")
        print_table(heads, rows)
    for path, fault in done.faults:
        print_line(message("{where}: {what}", where=path.name, what=fault))
    doubtful = [pair for pair in done.pairs if pair.slug and not pair.is_sure]
    for pair in doubtful[:1]:
        answer = f"{pair.slug}={Path(pair.file).name}"
        again = ("adopt", "--articles", articles)
        print_line(message("If it is right:"), cli.command(*again, "--take", answer))
        print_line(message("If it is not:"), cli.command(*again, "--refuse", answer))
    if done.adopted:
        print_line(message("Next:"), cli.command("run", *done.adopted[:3]))


def _pair(text: str, option: str) -> tuple[str, str]:
    slug, equals, name = text.partition("=")
    if not equals or not slug or not name:
        raise click.BadParameter(
            spoken(message("{text!r} is not SLUG=FILE.", text=text)), param_hint=option
        )
    return slug, name


def _rows(pairs: Iterable[ArticleMatch], *, dry_run: bool) -> Iterator[tuple[str, ...]]:
    """One row per article, the most certain first."""
    for pair in sorted(pairs, key=lambda pair: (-pair.confidence, pair.file)):
        state = message("in doubt") if pair.slug else message("no episode of this show")
        if pair.is_sure:
            state = message("would be taken") if dry_run else message("taken")
        yield (
            Path(pair.file).name,
            pair.slug or "–",
            f"{pair.confidence:.2f}",
            ", ".join(spoken(reason) for reason in pair.reasons),
            spoken(state),
        )
