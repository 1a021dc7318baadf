"""``studio clip``: a sound bite as sound or video, for people to pass on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from studio.cli import Place
from studio.messages.message import message

if TYPE_CHECKING:
    from studio.clip.clip import ClipFacts, Format
    from studio.model.soundbite import Soundbite
    from studio.progress import Progress
    from studio.workspace.sources import EpisodeSources

FORMATS = ("square", "vertical", "wide", "audio")
ORIGINS = {
    "quote": message("the article's quote"),
    "shared": message("said as printed"),
    "chosen": message("chosen in episode.toml"),
}


@click.command("clip")
@click.argument("slug")
@click.option(
    "--format",
    "kind",
    type=click.Choice(FORMATS),
    default="square",
    show_default=True,
    help="The shape of the video, or sound alone.",
)
@click.option(
    "--bite",
    "number",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Which sound bite, the best one first.",
)
@click.option(
    "--list",
    "listed",
    is_flag=True,
    help="Show the sound bites as episode.toml writes them; make nothing.",
)
@click.pass_obj
def command(place: Place, slug: str, *, kind: Format, number: int, listed: bool) -> None:
    """Make a clip of a sound bite for social networks.

    A passage as it sounds in the episode, its words lit as they are said. The passages are the pull
    quote and what article and speech share word for word, unless episode.toml names others.
    """
    from studio.cli.attention import tell_doubts
    from studio.cli.terminal import one_bar, print_facts, print_line
    from studio.editor.replay import episode_with_its_edits
    from studio.errors import WorkspaceError
    from studio.text.typography import stamp_from_ms

    sources = episode_with_its_edits(place.workspace(), slug)
    if not (sources.files.master.is_file() and sources.files.soundbites.is_file()):
        raise WorkspaceError(
            slug,
            message("has not been built yet"),
            message("Run `{command}`.", command=place.command("run", slug)),
        )
    bites = sources.soundbites()
    if listed:
        print_line(_toml_from_bites(sources, bites))
        return
    if number > len(bites):
        raise WorkspaceError(
            slug,
            message("has {count} sound bites", count=len(bites))
            if bites
            else message(
                "has no sound bite: its quote is not heard, and nothing is said as it is printed"
            ),
            message(
                "Choose passages in {settings} (soundbites), then `{command}`.",
                settings=sources.files.settings,
                command=place.command("run", slug),
            ),
        )
    bite, path = bites[number - 1], sources.files.clip(number, kind)
    with one_bar(message("Make {name}", name=path.name)) as progress:
        made = _write_clip(sources, bite, path, kind, progress)
    print_facts(
        (
            (message("clip"), str(path)),
            (message("says"), bite.title),
            (
                message("from"),
                f"{stamp_from_ms(made.start_ms)}, {made.duration_ms / 1000:.1f} s "
                f"({ORIGINS[bite.origin]})",
            ),
            (
                message("loudness"),
                message(
                    "{integrated_lufs:.1f} LUFS, true peak {true_peak_dbtp:.1f} dBTP",
                    integrated_lufs=made.loudness.integrated_lufs,
                    true_peak_dbtp=made.loudness.true_peak_dbtp,
                ),
            ),
        )
    )
    tell_doubts(sources, within=(bite.start_ms, bite.end_ms))
    print_line(message("Next:"), place.command("clip", slug, "--list"))


def _write_clip(
    sources: EpisodeSources, bite: Soundbite, path: Path, kind: Format, progress: Progress
) -> ClipFacts:
    from studio.clip.clip import make_clip
    from studio.clip.scene import Story
    from studio.model.turns import turns_from_transcript
    from studio.site.pages import episode_label
    from studio.web.addresses import address, page_place
    from studio.workspace.disk import (
        flush_file,
        fresh_path,
        make_folder,
        put_in_place,
        remove_quietly,
    )

    show, episode = sources.show, sources.episode
    page = address(show.base_url, page_place(sources.slug))
    story = Story(
        kicker=f"{show.title} · {episode_label(episode, show.language)}",
        title=episode.title,
        address=page.split("://")[-1].rstrip("/"),
        notice=episode.notice,
        language=show.language,
        cover=sources.picture,
    )
    make_folder(path.parent)
    fresh = fresh_path(path)
    try:
        made = make_clip(
            bite,
            kind,
            fresh,
            master=sources.files.master,
            facts=sources.master(),
            turns=turns_from_transcript(sources.transcript(), sources.programme()),
            story=story,
            titles=[
                f"title={bite.title}",
                f"artist={show.author}",
                f"album={show.title}",
                f"comment={f'{episode.notice} {page}'.strip()}",
            ],
            progress=progress,
        )
        flush_file(fresh)
        put_in_place(fresh, path)
    finally:
        remove_quietly(fresh)
    return made


def _toml_from_bites(sources: EpisodeSources, bites: Sequence[Soundbite]) -> str:
    """What to put into episode.toml to have just these, and then change them."""
    from studio.model.episode import ChosenSoundbite
    from studio.workspace.settings import toml_from_excerpts

    programme = sources.programme()
    excerpts = [
        ChosenSoundbite(
            start_ms=programme.recording_from_programme(bite.start_ms),
            end_ms=programme.recording_from_programme(bite.end_ms),
            title=bite.title,
        )
        for bite in bites
    ]
    return toml_from_excerpts(excerpts)
