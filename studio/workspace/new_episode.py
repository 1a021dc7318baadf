"""A new episode: an article and a recording become a folder of the workspace."""

from __future__ import annotations

import datetime
import re
import uuid
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from studio.errors import StudioError, WorkspaceError
from studio.model.article import Article
from studio.model.episode import Episode
from studio.model.record import Record
from studio.model.sound import RecordingFacts
from studio.pipeline.measuring import measure_recording
from studio.progress import Progress, no_progress
from studio.text.typography import set_text
from studio.web.slugs import slug_from_text
from studio.workspace.disk import copy_file, new_folder, remove_leftovers, telling_where, write_file
from studio.workspace.layout import EpisodeFiles, Workspace
from studio.workspace.run_lock import lock_workspace

_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")


class NewEpisode(Record, frozen=True):
    """What was understood."""

    slug: str
    episode: Episode
    article: Article
    facts: RecordingFacts


def add_episode(
    workspace: Workspace,
    article_file: Path,
    recording: Path,
    *,
    others: Sequence[Path] = (),
    tracks: Sequence[int] = (),
    slug: str = "",
    number: int | None = None,
    title: str = "",
    published: datetime.datetime | None = None,
    notice: str = "",
    command: str = "studio new",
    progress: Progress = no_progress,
) -> NewEpisode:
    """Read the article, inspect the recording and copy both in. The episode's folder appears whole
    or not at all.

    :param others: more files of the same conversation, one for each further speaker, from the same
        moment on; joined with the first.
    :param tracks: which sound tracks of the recording are heard, from 1; those with speech when
        empty.
    :param slug: the folder's name; made from number and guests when empty.
    :param number: the article's when None.
    :param title: made from guests and pull quote when empty.
    :param published: with its time zone; now when None.
    :param progress: told twice from the start: while the recording is inspected, and while it is
        copied.
    :raises StudioError: article or recording are not what they must be, number or slug are taken;
        nothing was changed.
    """
    from studio.article.byline import credit_host
    from studio.article.markdown import markdown_from_article
    from studio.article.read import article_from_file
    from studio.sound.multitrack import join_tracks

    show = workspace.load_show()
    article = article_from_file(article_file)
    if number is None:
        number = article.number
    if number is None:
        raise WorkspaceError(
            article_file,
            "does not tell the episode's number in its title",
            "Tell it with --number.",
        )
    if number < 1:
        raise WorkspaceError(
            "--number", f"is {number}, but episodes are counted from 1", "Give a positive number."
        )
    if not slug:
        slug = f"{number:03}-{slug_from_text(_joined(article.guests) or article.title)}"
    files = workspace.episode(slug)
    _check_free(workspace, files, number)
    inspected = [
        (path, measure_recording(path, progress, tracks=tracks)) for path in (recording, *others)
    ]
    facts = inspected[0][1]
    suffix = ".flac" if others else recording.suffix.lower()
    episode = Episode(
        number=number,
        guid=str(uuid.uuid4()),
        title=title or title_from_article(article, show.title, show.language),
        guests=article.guests,
        host=(credit_host(article.credit) if article.credit else None) or "",
        tracks=() if others else tuple(tracks),
        recording="recording" + (suffix if _SUFFIX.fullmatch(suffix) else ""),
        published=(published or datetime.datetime.now(datetime.UTC).astimezone()).replace(
            microsecond=0
        ),
        notice=notice,
    )
    with lock_workspace(workspace.state, command):
        remove_leftovers(files.folder.parent)
        _check_free(workspace, files, number)
        with new_folder(files.folder) as folder:
            if others:
                join_tracks(inspected, folder / episode.recording)
                facts = measure_recording(folder / episode.recording, progress)
            else:
                copy_file(recording, folder / episode.recording, progress)
            write_file(folder / files.article.name, markdown_from_article(article).encode())
            write_file(folder / files.settings.name, toml_of(episode))
    return NewEpisode(slug=slug, episode=episode, article=article, facts=facts)


def toml_of(episode: Episode) -> bytes:
    """``episode.toml``; tomlkit is imported when it is needed."""
    from studio.workspace.settings import toml_from_episode

    return toml_from_episode(episode)


def title_from_article(article: Article, show_title: str, language: str) -> str:
    """The title in the feed: who speaks and what is quoted, without number and show name, which
    apps show beside it.
    """
    from studio.feed.titles import bare_title

    if not article.guests:
        return bare_title(article.title, show_title)
    guests = _joined(article.guests)
    return set_text(f"{guests} : « {article.quote} »", language) if article.quote else guests


def _joined(names: Sequence[str]) -> str:
    """« A », « A et B », « A, B et C »."""
    return " et ".join([", ".join(names[:-1]), *names[-1:]] if len(names) > 1 else names)


def _check_free(workspace: Workspace, files: EpisodeFiles, number: int) -> None:
    with telling_where(files.folder):
        taken = files.folder.exists() or files.texts.exists()
    if taken:
        remedy = (
            f"Go on with `studio run {files.slug}`; a different episode needs another "
            "--number or --slug."
        )
        raise WorkspaceError(files.slug, "is the slug of an episode that exists", remedy)
    numbers: dict[str, int] = {}
    for slug in workspace.slugs():
        with suppress(StudioError):  # a damaged episode is no reason to refuse a new one
            numbers[slug] = workspace.load_episode(slug).number
    for slug, other in numbers.items():
        if other == number:
            raise WorkspaceError(
                slug, f"is episode {number} already", "Give another number with --number."
            )
