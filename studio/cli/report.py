"""``studio report``: what was said beside what was published, for whoever signs it off."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from studio.cli import Place

if TYPE_CHECKING:
    from studio.report.page import Report
    from studio.workspace.sources import EpisodeSources


@click.command("report")
@click.argument("slug", required=False, default="")
@click.option("--show", "whole", is_flag=True, help="One page of the whole catalogue instead.")
@click.option("--open", "opened", is_flag=True, help="Show the page in the browser.")
@click.pass_obj
def command(place: Place, slug: str, *, whole: bool, opened: bool) -> None:
    """Make one page with an episode's two texts side by side, or with --show one of the catalogue.

    Click to listen, or print it: how much of each text is in the other, what differs, what somebody
    should check, what Studio corrected; and what became of the sound, in pictures.
    """
    from studio.cli.attention import tell_doubts
    from studio.cli.terminal import print_line
    from studio.editor.replay import episode_with_its_edits
    from studio.report.page import report_page
    from studio.workspace.disk import write_file

    if whole == bool(slug):
        raise click.UsageError("Name an episode, or give --show for the whole catalogue.")
    if whole:
        page = _write_catalogue(place)
        if opened:
            click.launch(page.as_uri())
        return
    sources = episode_with_its_edits(place.workspace(), slug)
    path = sources.files.report
    write_file(path, report_page(report_of_episode(sources)).encode())
    print_line("Report:", str(path))
    print_line("It plays the episode beside it: pass both on together.")
    tell_doubts(sources)
    print_line("Next: correct what is wrong:", place.command("edit", slug))
    if opened:
        click.launch(path.as_uri())


def _write_catalogue(place: Place) -> Path:
    """The page of the whole catalogue; where it is."""
    from contextlib import suppress

    from studio.cli.terminal import one_bar, print_line
    from studio.errors import StudioError
    from studio.report.catalogue import catalogue_page, row_of
    from studio.workspace.disk import write_file
    from studio.workspace.sources import ShowSources

    workspace = place.workspace()
    show = ShowSources(workspace)
    rows = []
    with one_bar("catalogue") as progress:
        for done, sources in enumerate(show.episodes):
            progress(done, len(show.episodes))
            with suppress(StudioError):  # settings that cannot be read are told by `studio status`
                rows.append(row_of(sources))
    rows.sort(key=lambda row: row.published, reverse=True)
    path = workspace.state / "catalogue.html"
    write_file(path, catalogue_page(show.show.title, show.show.language, rows).encode())
    print_line("Catalogue:", str(path))
    return path


def report_of_episode(sources: EpisodeSources) -> Report:
    """Everything that the report shows.

    :raises WorkspaceError: the episode has not been built.
    """
    from studio.article.names import names_from_article
    from studio.errors import WorkspaceError
    from studio.pipeline.steps.presentation import ORIGINS
    from studio.report.page import Report
    from studio.report.sound_pictures import pictures_of_episode

    files = sources.files
    if not sources.media.is_file():
        raise WorkspaceError(
            sources.media, "has not been built yet", f"Run `studio run {sources.slug}`."
        )
    try:
        hearing = sources.asr()
    except WorkspaceError:
        hearing = None  # as after a clone
    return Report(
        show_title=sources.show.title,
        language=sources.show.language,
        episode=sources.episode,
        article=sources.article,
        transcript=sources.transcript(),
        alignment=sources.alignment(),
        programme=sources.programme(),
        names=names_from_article(sources.article),
        audio=os.path.relpath(sources.media, files.build),
        transcript_note=ORIGINS[sources.transcript_origin],
        pictures=pictures_of_episode(sources),
        voice=() if hearing is None else hearing.voice,
        removed=() if hearing is None else hearing.removed,
    )
