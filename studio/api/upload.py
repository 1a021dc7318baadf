"""Prepare the files and texts to upload for an episode if the feed stays at another host. Nothing
is sent.
"""

from __future__ import annotations

from studio.captions.formats import HTML, JSON, SRT, VTT
from studio.editor.replay import episode_with_edits
from studio.errors import WorkspaceError
from studio.feed.notes import stamped_chapters
from studio.file_access import read_file
from studio.messages.message import message
from studio.model.record import Record
from studio.pipeline.outdated import changes_since_built
from studio.web.addresses import address, is_placeholder, page_place
from studio.workspace.disk import make_folder, remove_quietly, write_file
from studio.workspace.layout import Workspace

# Transcript formats for the host's form; the first one that it accepts is enough.
TRANSCRIPTS = (VTT, SRT, JSON, HTML)
CHAPTERS = ("chapters.json", "chapters.txt")


class Upload(Record, frozen=True):
    """One file or text, and its field in the host's form.

    :param file: its path.
    :param where: the field of the host's form.
    """

    file: str
    where: str


class EpisodeUploads(Record, frozen=True):
    """The uploads of one episode.

    :param page: the URL of its page; empty if the site has none.
    :param title: its title at the host; ``guid`` likewise.
    :param outdated: changes since the files were built.
    """

    slug: str
    title: str
    guid: str
    uploads: tuple[Upload, ...]
    page: str
    outdated: tuple[str, ...] = ()


def uploads_of_episode(workspace: Workspace, slug: str) -> EpisodeUploads:
    """Write the files to upload into one folder, ``build/upload/``, and describe where each
    belongs.

    :raises WorkspaceError: the feed is not hosted elsewhere, the episode does not exist, or has no
        built files yet.
    :raises DiskError: the files cannot be written.
    """
    show = workspace.load_show()
    if not show.hosted:
        raise WorkspaceError(
            workspace.settings,
            message("has its own feed: none is hosted elsewhere"),
            message("Publish it: `studio publish`. Else write that feed's address as hosted."),
        )
    sources = episode_with_edits(workspace, slug)
    if sources.is_untranscribed or not sources.is_built:
        raise WorkspaceError(
            slug,
            message("has no built transcript"),
            message("Run `studio run {slug} --stage transcribe`, then `studio run`.", slug=slug),
        )
    folder, chapters = sources.files.upload, sources.chapters()
    make_folder(folder)
    # Remove files of an earlier call.
    for name in (*(f"transcript{kind.suffix}" for kind in TRANSCRIPTS), *CHAPTERS):
        remove_quietly(folder / name)
    uploads = []
    for kind in TRANSCRIPTS:
        path = folder / f"transcript{kind.suffix}"
        write_file(path, read_file(sources.files.caption(kind.suffix)))
        uploads.append(
            Upload(file=str(path), where=message("transcript (the first form that the host takes)"))
        )
    if len(chapters.chapters) > 1:
        times = stamped_chapters(chapters, sources.enclosure().duration_ms)
        lines = "".join(f"{stamp} {title}\n" for stamp, title, _ in times)
        listed, pasted = (folder / name for name in CHAPTERS)
        public = sources.files.public(sources.places.chapters)
        write_file(listed, read_file(public))
        write_file(pasted, lines.encode())
        uploads += [
            Upload(
                file=str(listed),
                where=message("chapters, where the host takes a file (podcast:chapters)"),
            ),
            Upload(
                file=str(pasted),
                where=message("else: paste it at the end of the description"),
            ),
        ]
    return EpisodeUploads(
        slug=slug,
        title=sources.episode.title,
        guid=sources.episode.guid,
        uploads=tuple(uploads),
        page="" if is_placeholder(show.base_url) else address(show.base_url, page_place(slug)),
        outdated=changes_since_built(sources),
    )
