"""Create an episode from a published article and a recording."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from studio.progress import Progress, no_progress
from studio.workspace.layout import Workspace
from studio.workspace.new_episode import EpisodeOptions, NewEpisode, add_episode


def new(
    workspace: Workspace,
    article: Path,
    recordings: Sequence[Path],
    *,
    offsets_ms: Sequence[float] = (),
    tracks: Sequence[int] = (),
    options: EpisodeOptions | None = None,
    command: str = "studio new",
    progress: Progress = no_progress,
) -> NewEpisode:
    """Copy both into a new episode, and derive its settings from the article.

    :param recordings: one file, or one per speaker.
    :param offsets_ms: start of each file after the first on the first one's clock; empty: found by
        correlation.
    :param tracks: the tracks of a single file to use.
    :param options: settings that take precedence over the article.
    :param command: name of this command in messages of other commands.
    :raises ArticleError: the article cannot be read, or does not name a guest.
    :raises RecordingError: a recording cannot be read.
    :raises WorkspaceError: an episode of that name already exists.
    """
    return add_episode(
        workspace,
        article,
        recordings[0],
        others=tuple(recordings[1:]),
        offsets_ms=tuple(offsets_ms),
        tracks=tuple(tracks),
        options=options or EpisodeOptions(),
        command=command,
        progress=progress,
    )
