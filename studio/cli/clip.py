"""``studio clip``: a sound bite as audio or video for sharing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from studio.cli import CliContext
from studio.clip.shape import FORMATS
from studio.messages.message import message

if TYPE_CHECKING:
    from studio.clip.shape import Format
    from studio.workspace.layout import Workspace

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
@click.option(
    "--whole",
    is_flag=True,
    help="Make a wide video of the whole episode instead, with title, description, chapters and "
    "captions for YouTube.",
)
@click.pass_obj
def command(
    cli: CliContext, slug: str, *, kind: Format, number: int, listed: bool, whole: bool
) -> None:
    """Make a clip of a sound bite for social networks.

    A passage with the episode's sound, its words highlighted as they are said. Passages are the
    pull quote and sentences that article and recording share word for word, or those in
    episode.toml.
    """
    from studio.api.clip import built_episode, clip, toml_from_soundbites
    from studio.cli.attention import print_doubts
    from studio.cli.terminal import one_bar, print_facts, print_line
    from studio.text.typography import stamp_from_ms

    workspace = cli.workspace()
    if whole:
        _make_whole(workspace, slug)
        return
    if listed:
        print_line(toml_from_soundbites(built_episode(workspace, slug)))
        return
    made = clip(workspace, slug, format=kind, bite=number, progress=one_bar)
    bite, facts = made.bite, made.facts
    print_facts(
        (
            (message("clip"), str(made.path)),
            (message("says"), bite.title),
            (
                message("from"),
                message(
                    "{start}, {lasts_s:.1f} s ({origin})",
                    start=stamp_from_ms(facts.start_ms),
                    lasts_s=facts.duration_ms / 1000,
                    origin=ORIGINS[bite.origin],
                ),
            ),
            (
                message("loudness"),
                message(
                    "{integrated_lufs:.1f} LUFS, true peak {true_peak_dbtp:.1f} dBTP",
                    integrated_lufs=facts.loudness.integrated_lufs,
                    true_peak_dbtp=facts.loudness.true_peak_dbtp,
                ),
            ),
        )
    )
    print_doubts(built_episode(workspace, slug), within=(bite.start_ms, bite.end_ms))
    print_line(message("Next:"), cli.command("clip", slug, "--list"))


def _make_whole(workspace: Workspace, slug: str) -> None:
    from studio.api.clip import built_episode, whole_video
    from studio.cli.attention import print_doubts
    from studio.cli.terminal import one_bar, print_facts

    made = whole_video(workspace, slug, progress=one_bar)
    print_facts(
        (
            (message("video"), str(made.path)),
            (message("title"), made.title),
            (message("description"), str(made.description)),
            (message("captions"), str(made.captions)),
        )
    )
    print_doubts(built_episode(workspace, slug))
