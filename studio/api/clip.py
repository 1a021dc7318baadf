"""A sound bite as sound or video, for people to pass on."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import NamedTuple

from studio.clip.clip import ClipFacts, Format, make_clip
from studio.clip.scene import Story
from studio.editor.replay import episode_with_its_edits
from studio.errors import WorkspaceError
from studio.messages.message import message
from studio.model.episode import ChosenSoundbite
from studio.model.soundbite import Soundbite
from studio.model.turns import turns_from_transcript
from studio.progress import Progress, no_progress
from studio.site.pages import episode_label
from studio.web.addresses import address, page_place
from studio.workspace.disk import (
    flush_file,
    fresh_path,
    make_folder,
    put_in_place,
    remove_quietly,
)
from studio.workspace.layout import Workspace
from studio.workspace.settings import toml_from_excerpts
from studio.workspace.sources import EpisodeSources


class Clip(NamedTuple):
    """A clip that was made.

    :param bite: what is heard in it.
    :param facts: where in the episode it is, and how loud.
    """

    path: Path
    bite: Soundbite
    facts: ClipFacts


def clip(
    workspace: Workspace,
    slug: str,
    *,
    format: Format = "square",  # noqa: A002 - as the command calls it
    bite: int = 1,
    progress: Callable[[str], AbstractContextManager[Progress]] = lambda _: nullcontext(
        no_progress
    ),
) -> Clip:
    """Make a clip of an episode's sound bite.

    Edits that only the editor's journal has are brought to the files first.

    :param bite: which sound bite, the best one is 1.
    :param progress: shows how far it is, given a few words on what is done.
    :raises WorkspaceError: the episode has not been built, or has no such sound bite.
    :raises DiskError: the clip cannot be written.
    """
    sources = built_episode(workspace, slug)
    bites = sources.soundbites()
    if bite > len(bites):
        raise WorkspaceError(
            slug,
            message("has {count} sound bites", count=len(bites))
            if bites
            else message(
                "has no sound bite: its quote is not heard, and nothing is said as it is printed"
            ),
            message(
                "Choose passages in {settings} (soundbites), then `studio run {slug}`.",
                settings=sources.files.settings,
                slug=slug,
            ),
        )
    path = sources.files.clip(bite, format)
    with progress(message("Make {name}", name=path.name)) as shown:
        facts = _write_clip(sources, bites[bite - 1], path, format, shown)
    return Clip(path, bites[bite - 1], facts)


def built_episode(workspace: Workspace, slug: str) -> EpisodeSources:
    """An episode of which clips can be made.

    :raises WorkspaceError: it has not been built.
    """
    sources = episode_with_its_edits(workspace, slug)
    if not (sources.files.master.is_file() and sources.files.soundbites.is_file()):
        raise WorkspaceError(
            slug, message("has not been built yet"), message("Run `studio run {slug}`.", slug=slug)
        )
    return sources


def _write_clip(
    sources: EpisodeSources, bite: Soundbite, path: Path, kind: Format, progress: Progress
) -> ClipFacts:
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


def toml_from_soundbites(sources: EpisodeSources) -> str:
    """What to put into episode.toml to have just the sound bites that there are, and then change
    them.
    """
    programme = sources.programme()
    excerpts = [
        ChosenSoundbite(
            start_ms=programme.recording_from_programme(bite.start_ms),
            end_ms=programme.recording_from_programme(bite.end_ms),
            title=bite.title,
        )
        for bite in sources.soundbites()
    ]
    return toml_from_excerpts(excerpts)
