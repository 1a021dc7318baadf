"""``studio report``: what was said beside what was published, for whoever signs it off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from studio.cli import Place
from studio.messages.message import message

if TYPE_CHECKING:
    from studio.report.page import Report
    from studio.workspace.sources import EpisodeSources


@click.command("report")
@click.argument("slug")
@click.option("--open", "opened", is_flag=True, help="Show the page in the browser.")
@click.pass_obj
def command(place: Place, slug: str, *, opened: bool) -> None:
    """Make one page with an episode's two texts side by side.

    Click to listen, or print it: how much of each text is in the other, what differs, what somebody
    should check, what Studio corrected; and what became of the sound, in pictures.
    """
    from studio.cli.attention import tell_doubts
    from studio.cli.terminal import print_line
    from studio.editor.replay import episode_with_its_edits
    from studio.report.page import report_page
    from studio.workspace.disk import write_file

    sources = episode_with_its_edits(place.workspace(), slug)
    path = sources.files.report
    write_file(path, report_page(report_of_episode(sources)).encode())
    print_line(message("Report:"), str(path))
    print_line(message("It plays the episode beside it: pass both on together."))
    tell_doubts(sources)
    print_line(message("Next: correct what is wrong:"), place.command("edit", slug))
    if opened:
        click.launch(path.as_uri())


def report_of_episode(sources: EpisodeSources) -> Report:
    """Everything that the report shows.

    :raises WorkspaceError: the episode has not been built.
    """
    from studio.article.names import names_from_article
    from studio.errors import WorkspaceError
    from studio.messages.catalogue import in_language
    from studio.pipeline.steps.presentation import ORIGINS
    from studio.report.page import Report
    from studio.report.sound_pictures import pictures_of_episode

    files = sources.files
    if not files.mp3.is_file():
        raise WorkspaceError(
            files.mp3,
            message("has not been built yet"),
            message("Run `studio run {slug}`.", slug=sources.slug),
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
        audio=files.mp3.name,
        transcript_note=in_language(ORIGINS[sources.transcript_origin], sources.show.language),
        pictures=pictures_of_episode(sources),
        voice=() if hearing is None else hearing.voice,
        removed=() if hearing is None else hearing.removed,
    )
