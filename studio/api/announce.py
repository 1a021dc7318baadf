"""Write announcements of an episode. Nothing is sent."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from studio.announce.newsletter import Newsletter, newsletter_from_material
from studio.announce.posts import Post, posts_from_material
from studio.announce.sourced_lines import SourcedLine, material_from_episode
from studio.editor.replay import episode_with_edits
from studio.errors import WorkspaceError
from studio.file_access import read_file
from studio.messages.message import message
from studio.messages.translations import in_language
from studio.model.record import Record, bytes_from_record, record_from_bytes
from studio.model.turns import turns_from_transcript
from studio.pipeline.outdated import changes_since_built
from studio.web.addresses import address, page_place
from studio.workspace.digest import digest_from_bytes, digest_from_file
from studio.workspace.disk import keep_beside, make_folder, write_file
from studio.workspace.layout import EpisodeFiles, Workspace
from studio.workspace.sources import EpisodeSources


class Announcement(Record, frozen=True):
    """The texts that announce an episode.

    :param card: the URL of the share card; ``page``: that of the episode's page.
    :param language: the show's language, in which the files have their headings.
    """

    posts: tuple[Post, ...]
    newsletter: Newsletter
    page: str
    card: str
    language: str


class WrittenAnnouncement(Record, frozen=True):
    """A written announcement.

    :param folder: the folder of its files.
    :param outdated: changes since the episode's pages, to which the texts link, were built.
    :param kept: the new paths of texts that a user had edited.
    """

    announcement: Announcement
    folder: Path
    outdated: tuple[str, ...] = ()
    kept: tuple[Path, ...] = ()


class _WrittenTexts(Record, frozen=True):
    """The SHA-256 of each written text, by name."""

    sha256: Mapping[str, str] = {}


def announce(workspace: Workspace, slug: str) -> WrittenAnnouncement:
    """Write an episode's posts and newsletter block, and the source of each sentence.

    Unsaved edits in the editor's journal are written to the files first.

    :raises WorkspaceError: the episode does not exist or has not been built.
    :raises DiskError: the files cannot be written.
    """
    sources = episode_with_edits(workspace, slug)
    announcement = announcement_of_episode(sources)
    folder = sources.files.announcement
    kept = write_texts(sources.files, files_of_announcement(announcement))
    return WrittenAnnouncement(
        announcement=announcement,
        folder=folder,
        outdated=changes_since_built(sources),
        kept=kept,
    )


def write_texts(files: EpisodeFiles, texts: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Write texts by name. If a user has edited one that was written before, that version is kept
    under another name.

    :returns: the paths. :raises DiskError: they cannot be written.
    """
    make_folder(files.announcement)
    note = files.announced
    known: Mapping[str, str] = {}
    with suppress(OSError, WorkspaceError):  # unknown origin: it is kept
        known = record_from_bytes(read_file(note), _WrittenTexts, note).sha256
    kept = []
    for name, content in texts.items():
        path = files.announcement / name
        if path.is_file() and digest_from_file(path) not in {
            known.get(name),
            digest_from_bytes(content),
        }:
            kept.append(keep_beside(path, path))
        write_file(path, content)
    written = {**known} | {name: digest_from_bytes(content) for name, content in texts.items()}
    write_file(note, bytes_from_record(_WrittenTexts(sha256=written)))
    return tuple(kept)


def announcement_of_episode(sources: EpisodeSources) -> Announcement:
    """Write the announcement of an episode that has been built.

    :raises WorkspaceError: it has not been built.
    """
    card = next(sources.files.public_folder.glob("card-*.jpg"), None)
    if card is None or not sources.files.soundbites.is_file():
        raise WorkspaceError(
            sources.slug,
            message("has not been built yet"),
            message("Run `studio run {slug}`.", slug=sources.slug),
        )
    show, base_url = sources.show, sources.show.base_url
    page = address(base_url, page_place(sources.slug))
    card_address = f"{page}{card.name}"
    material = material_from_episode(
        sources.article,
        turns=turns_from_transcript(sources.transcript(), sources.programme()),
        soundbites=sources.soundbites(),
        questions={
            chapter.question: int(chapter.start_ms)
            for chapter in sources.chapters().chapters
            if chapter.question is not None
        },
        notice=sources.episode.notice,
        language=show.language,
    )
    return Announcement(
        posts=posts_from_material(material, page),
        newsletter=newsletter_from_material(
            material, page=page, card=card_address, show=show.title, language=show.language
        ),
        page=page,
        card=card_address,
        language=show.language,
    )


def files_of_announcement(announcement: Announcement) -> dict[str, bytes]:
    """The announcement's files by name: a text per network, the newsletter in both formats, and the
    source of each sentence.
    """
    files = {f"{post.network.lower()}.txt": f"{post.text}\n" for post in announcement.posts}
    files["newsletter.html"] = announcement.newsletter.html
    files["newsletter.txt"] = announcement.newsletter.text
    listed = [(post.network, post.lines) for post in announcement.posts]
    listed.append(
        (in_language(message("Newsletter"), announcement.language), announcement.newsletter.lines)
    )
    files["sources.txt"] = "\n".join(_sources(name, lines) for name, lines in listed)
    return {name: text.encode() for name, text in files.items()}


def _sources(name: str, lines: tuple[SourcedLine, ...]) -> str:
    rows = "".join(f"  {line.text}\n    ← {line.source}\n" for line in lines)
    return f"{name}\n{rows}"
