"""A sound bite as audio or video for sharing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import NamedTuple

from studio.captions.formats import SRT
from studio.chapters.short_titles import full_titles
from studio.clip.clip import ClipFacts, make_clip
from studio.clip.scene import ClipTexts, SceneChapter
from studio.clip.shape import Format
from studio.clip.whole_video import make_whole_video
from studio.clip.youtube import description_for_youtube, title_for_youtube
from studio.editor.replay import episode_with_edits
from studio.errors import WorkspaceError
from studio.file_access import read_file
from studio.messages.message import message
from studio.model.episode import ChosenSoundbite
from studio.model.soundbite import Soundbite
from studio.model.turns import turns_from_transcript
from studio.progress import Progress, no_progress
from studio.site.pages import episode_label
from studio.text.typography import set_text
from studio.web.addresses import address, page_place
from studio.workspace.disk import (
    flush_file,
    fresh_path,
    make_folder,
    put_in_place,
    remove_quietly,
    write_file,
)
from studio.workspace.layout import Workspace
from studio.workspace.settings import toml_from_excerpts
from studio.workspace.sources import EpisodeSources


class Clip(NamedTuple):
    """A clip.

    :param bite: its sound bite.
    :param facts: its position in the episode and its loudness.
    """

    path: Path
    bite: Soundbite
    facts: ClipFacts


class WholeVideo(NamedTuple):
    """A video of a whole episode.

    :param title: its title for YouTube; ``description`` and ``captions``: files with its
        description and captions.
    """

    path: Path
    title: str
    description: Path
    captions: Path
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
    """Make a clip of a sound bite of an episode.

    Edits that only the editor's journal has are brought to the files first.

    :param bite: number of the sound bite; 1 is the best.
    :param progress: creates a progress display, given a short description.
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
                "has no sound bite: its quote was not found in the recording, and no printed "
                "sentence was said word for word"
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


def whole_video(
    workspace: Workspace,
    slug: str,
    *,
    progress: Callable[[str], AbstractContextManager[Progress]] = lambda _: nullcontext(
        no_progress
    ),
) -> WholeVideo:
    """Make a video of a whole episode, and the texts and captions to upload with it.

    Edits that only the editor's journal has are brought to the files first.

    :param progress: creates a progress display, given a short description.
    :raises WorkspaceError: the episode has not been built, or was never transcribed.
    :raises DiskError: the video cannot be written.
    """
    sources = built_episode(workspace, slug)
    show, files = sources.show, sources.files
    made = sources.chapters()
    chapters = tuple(
        SceneChapter(start_ms=chapter.start_ms, title=set_text(title, show.language))
        for chapter, title in zip(made.chapters, full_titles(made, sources.article), strict=True)
    )
    path = files.whole_video(".mp4")
    with progress(message("Make {name}", name=path.name)) as shown:
        facts = _put_in_place(
            path,
            lambda fresh: make_whole_video(
                fresh,
                master=files.master,
                facts=sources.master(),
                turns=turns_from_transcript(sources.transcript(), sources.programme()),
                chapters=chapters,
                story=_story(sources),
                titles=_titles(sources, sources.episode.title),
                progress=shown,
            ),
        )
    description, captions = files.whole_video(".txt"), files.whole_video(SRT.suffix)
    words_for_youtube = description_for_youtube(
        introduction=sources.article.introduction,
        chapters=chapters,
        page=address(show.base_url, page_place(slug)),
        notice=sources.episode.notice,
        language=show.language,
    )
    write_file(description, words_for_youtube.encode())
    write_file(captions, read_file(files.caption(SRT.suffix)))
    return WholeVideo(
        path, title_for_youtube(sources.episode.title, show.language), description, captions, facts
    )


def built_episode(workspace: Workspace, slug: str) -> EpisodeSources:
    """A built episode, for clips.

    :raises WorkspaceError: it has not been built.
    """
    sources = episode_with_edits(workspace, slug)
    if not (sources.files.master.is_file() and sources.files.soundbites.is_file()):
        raise WorkspaceError(
            slug, message("has not been built yet"), message("Run `studio run {slug}`.", slug=slug)
        )
    return sources


def _write_clip(
    sources: EpisodeSources, bite: Soundbite, path: Path, kind: Format, progress: Progress
) -> ClipFacts:
    def made(fresh: Path) -> ClipFacts:
        return make_clip(
            bite,
            kind,
            fresh,
            master=sources.files.master,
            facts=sources.master(),
            turns=turns_from_transcript(sources.transcript(), sources.programme()),
            story=_story(sources),
            titles=_titles(sources, bite.title),
            progress=progress,
        )

    return _put_in_place(path, made)


def _put_in_place(path: Path, make: Callable[[Path], ClipFacts]) -> ClipFacts:
    """Create a file under a temporary name, then move it into place."""
    make_folder(path.parent)
    fresh = fresh_path(path)
    try:
        made = make(fresh)
        flush_file(fresh)
        put_in_place(fresh, path)
    finally:
        remove_quietly(fresh)
    return made


def _story(sources: EpisodeSources) -> ClipTexts:
    """The texts on the frames of every clip of an episode."""
    show, episode = sources.show, sources.episode

    def typed(address: str) -> str:
        return address.rpartition("://")[2].rstrip("/")

    return ClipTexts(
        kicker=f"{show.title} · {episode_label(episode, show.language)}",
        title=episode.title,
        address=typed(address(show.base_url, page_place(sources.slug))),
        home=typed(show.base_url),
        notice=episode.notice,
        language=show.language,
        cover=sources.picture,
    )


def _titles(sources: EpisodeSources, title: str) -> list[str]:
    """The metadata of a clip, for ffmpeg's ``-metadata``."""
    show, page = sources.show, address(sources.show.base_url, page_place(sources.slug))
    return [
        f"title={title}",
        f"artist={show.author}",
        f"album={show.title}",
        f"comment={f'{sources.episode.notice} {page}'.strip()}",
    ]


def toml_from_soundbites(sources: EpisodeSources) -> str:
    """The current sound bites in the format of episode.toml, as a starting point for changes."""
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
