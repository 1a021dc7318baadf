"""The layout of the workspace: the paths of all files. No other module builds paths."""

from __future__ import annotations

import dataclasses
import os
import re
from contextlib import suppress
from functools import cached_property
from pathlib import Path, PurePosixPath

from studio.errors import StudioError, WorkspaceError, refuse_special_file
from studio.file_access import read_file
from studio.messages.message import message
from studio.model.article import Article
from studio.model.episode import Episode
from studio.model.glossary import Glossary
from studio.model.record import former_names_in, record_from_toml
from studio.model.show import FORMER_SETTINGS, Show
from studio.speech.engine_loading import ENGINES
from studio.web.addresses import SITE_FOLDERS
from studio.web.links import forbidden_links
from studio.web.places import invalid_place_reason, is_device_name
from studio.workspace.disk import errors_name_place

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_SLUG_LENGTH = 80
# The tags of an M4A file have 16 bits for an episode's number.
MAX_COUNT = 65_535
# The maximum length of a quoted setting in messages.
_SHOWN_CHARACTERS = 60

# NAME_MAX is 255 bytes on Linux, 255 UTF-16 units on Windows and macOS; a file that is being
# written has a prefix (disk.FRESH).
_FILE_NAME_BYTES = 240
_BUILD = "build"


def check_slug(slug: str) -> str:
    """Validate a slug: a folder name on every system and a part of a URL.

    :raises WorkspaceError: it is invalid.
    """
    if not _SLUG.fullmatch(slug) or len(slug) > _SLUG_LENGTH or is_device_name(slug):
        raise WorkspaceError(
            slug or "''",
            message(
                "is not a valid slug: lowercase letters a–z, digits and - inside, {slug_length} "
                "characters at most",
                slug_length=_SLUG_LENGTH,
            ),
            message("Choose one like 002-stephane-soto."),
        )
    if slug in SITE_FOLDERS:
        raise WorkspaceError(
            slug,
            message("is the name of a folder of the site itself"),
            message("Choose one like 002-stephane-soto."),
        )
    return slug


def check_file_name(name: str, where: object) -> str:
    """Validate a plain file name without a folder.

    :raises WorkspaceError: it is empty or has a folder.
    """
    if len(os.fsencode(name)) > _FILE_NAME_BYTES:
        raise WorkspaceError(
            where,
            message("“{name}…” is longer than a file's name can be", name=name[:40]),
            message(
                "Rename the file: {file_name_bytes} bytes at most.",
                file_name_bytes=_FILE_NAME_BYTES,
            ),
        )
    if is_device_name(name) and "/" not in name:
        raise WorkspaceError(
            where,
            message("“{name}” is a name that Windows reserves for a device", name=name),
            message("Rename the file."),
        )
    fault = message("has a folder") if "/" in name else invalid_place_reason(name)
    if fault is not None:
        what = message(
            "“{name}” is not the name of a file in the same folder: it {fault}",
            name=name,
            fault=fault,
        )
        raise WorkspaceError(where, what, message("Put the file there and give its name alone."))
    return name


@dataclasses.dataclass(frozen=True)
class EpisodeFiles:
    """The paths of an episode's files. ``root`` is the workspace's."""

    root: Path
    slug: str

    @cached_property
    def folder(self) -> Path:
        """The folder of the user's files."""
        return self.root.joinpath("episodes", self.slug)

    @property
    def article(self) -> Path:
        """The published article as Markdown."""
        return self.folder / "article.md"

    @property
    def settings(self) -> Path:
        """The episode's settings."""
        return self.folder / "episode.toml"

    def recording(self, name: str) -> Path:
        """The recording named in ``episode.toml``.

        :raises WorkspaceError: the name leads out of the episode's folder.
        """
        return self.folder / check_file_name(name, self.settings)

    @property
    def former_item(self) -> Path:
        """An imported episode's item in the former host's feed."""
        return self.folder / "item.xml"

    @property
    def former_notes(self) -> Path:
        """An imported episode's original show notes (HTML); a user may edit them."""
        return self.folder / "notes.html"

    @property
    def former_description(self) -> Path:
        """An imported episode's original description; a user may edit it."""
        return self.folder / "description.txt"

    @property
    def former_chapters(self) -> Path:
        """An imported episode's original chapters."""
        return self.folder / "chapters.json"

    @cached_property
    def build(self) -> Path:
        """Generated files that are not edited."""
        # In one step, as the others that are asked for of thousands of episodes.
        return self.root.joinpath("episodes", self.slug, _BUILD)

    @cached_property
    def build_state(self) -> Path:
        """The record of each stage's last run."""
        return self.build / "build-state.json"

    @property
    def facts(self) -> Path:
        """The recording's properties (``recording.json``)."""
        return self.build / "recording.json"

    @property
    def mix(self) -> Path:
        """The automatic mix of several microphones, used in place of the recording."""
        return self.build / "mix.flac"

    @property
    def microphones(self) -> Path:
        """Levels of each microphone, and who speaks when."""
        return self.build / "microphones.json"

    @property
    def cleaned(self) -> Path:
        """The denoised recording, if a network cleans the voices."""
        return self.build / "cleaned.flac"

    @property
    def cleaning(self) -> Path:
        """Settings and measurements of that noise reduction."""
        return self.build / "cleaning.json"

    @property
    def programme(self) -> Path:
        """The kept spans of the recording."""
        return self.build / "programme.json"

    @property
    def turns(self) -> Path:
        """Who speaks when."""
        return self.build / "turns.json"

    @property
    def voices(self) -> Path:
        """Which voice speaks when."""
        return self.build / "voices.json"

    @property
    def overlaps(self) -> Path:
        """Simultaneous speech, from each microphone."""
        return self.build / "overlaps.json"

    @property
    def asr(self) -> Path:
        """Whisper's result (``asr.json``)."""
        return self.build / "asr.json"

    @property
    def master(self) -> Path:
        """The mastered audio without tags."""
        return self.build / "master.mp3"

    @property
    def loudness(self) -> Path:
        """Measurements of the master."""
        return self.build / "loudness.json"

    @property
    def enclosure(self) -> Path:
        """The properties of the finished MP3 for the feed."""
        return self.build / "enclosure.json"

    def alternate_sound(self, suffix: str) -> Path:
        """The mastered audio in another codec, without tags; ``suffix`` with its dot."""
        return self.build / f"master{suffix}"

    def alternate(self, suffix: str) -> Path:
        """The finished episode in another codec."""
        return self.build / f"{self.slug}{suffix}"

    @property
    def alternate_facts(self) -> Path:
        """The properties of the second enclosure for the feed; may be missing."""
        return self.build / "alternate.json"

    @property
    def mp3(self) -> Path:
        """The finished episode."""
        return self.build / f"{self.slug}.mp3"

    @cached_property
    def texts(self) -> Path:
        """The folder of texts: transcript, alignment, chapters, captions."""
        return self.root.joinpath("transcripts", self.slug)

    @property
    def transcript(self) -> Path:
        """The transcript (``transcript.json``)."""
        return self.texts / "transcript.json"

    @property
    def machine_transcript(self) -> Path:
        """The machine's transcript, before people's edits."""
        return self.texts / "transcript.machine.json"

    @property
    def alignment(self) -> Path:
        """The alignment of article and recording."""
        return self.texts / "alignment.json"

    @property
    def soundbites(self) -> Path:
        """The sound bites."""
        return self.build / "soundbites.json"

    @property
    def chapters(self) -> Path:
        """The chapters."""
        return self.texts / "chapters.json"

    def public(self, place: str) -> Path:
        """A file of the episode's folder on the site, by place, before it is copied to the show's
        site.
        """
        return self.public_folder / PurePosixPath(place).name

    @property
    def public_folder(self) -> Path:
        """The complete public folder of the episode."""
        return self.build / "public"

    @property
    def item(self) -> Path:
        """The episode's feed item."""
        return self.build / "item.xml"

    @property
    def listing(self) -> Path:
        """The episode's entry on the show's pages."""
        return self.build / "listing.json"

    @property
    def words(self) -> Path:
        """Every spoken word with its time, for the search."""
        return self.build / "words.json"

    @property
    def fingerprint(self) -> Path:
        """The recording's audio fingerprint, for locating times in another recording."""
        return self.build / "outline.bin"

    @property
    def clock(self) -> Path:
        """The recording to whose clock texts and markers belong."""
        return self.texts / "recording.json"

    @property
    def places(self) -> Path:
        """The places of the episode's files on the site."""
        return self.build / "places.json"

    @property
    def margin_notes(self) -> Path:
        """The editors' notes to each other."""
        return self.texts / "margin-notes.json"

    @property
    def machine_chapters(self) -> Path:
        """The generated chapters, on the recording clock, for comparison with users' changes."""
        return self.texts / "chapters.machine.json"

    @property
    def journal(self) -> Path:
        """The journal of edits in the editor."""
        return self.texts / ".journal" / "edits.jsonl"

    @property
    def proofs(self) -> Path:
        """The folder of proofs and guests' answers."""
        return self.texts / "proofs"

    def proof_note(self, name: str) -> Path:
        """The record of one proof; ``name`` is the start of its fingerprint."""
        return self.proofs / f"{name}.json"

    def proof_answer(self, name: str, number: int) -> Path:
        """The answers to one proof, counted from 1."""
        return self.proofs / f"{name}.answer-{number}.json"

    @property
    def proof(self) -> Path:
        """The proof page for a guest."""
        return self.build / f"bon-a-tirer-{self.slug}.html"

    @property
    def report(self) -> Path:
        """The report."""
        return self.build / "report.html"

    @property
    def doubts(self) -> Path:
        """The cached doubts of the last run."""
        return self.build / "doubts.json"

    @property
    def peaks(self) -> Path:
        """The peaks of the recording, for the waveform."""
        return self.build / "peaks.bin"

    @property
    def lanes(self) -> Path:
        """The peaks of each microphone."""
        return self.build / "lanes.bin"

    def proxy(self, key: str) -> Path:
        """The proxy for browsers that cannot play the recording, which ``key`` identifies."""
        return self.build / f"listening-{key}.webm"

    @property
    def announcement(self) -> Path:
        """The folder of announcements."""
        return self.build / "announce"

    @property
    def announced(self) -> Path:
        """The announcements as Studio wrote them, to detect later edits."""
        return self.build / "announced.json"

    @property
    def draft_note(self) -> Path:
        """The state of the draft of the episode's post on a WordPress site."""
        return self.announcement / "wordpress.json"

    def clip(self, number: int, kind: str) -> Path:
        """The clip of a sound bite, counted from 1: a video in a shape (``square``, ``vertical``,
        ``wide``), or ``audio``.
        """
        return (
            self.build
            / "clips"
            / f"{self.slug}-{number}-{kind}{'.m4a' if kind == 'audio' else '.mp4'}"
        )

    def whole_video(self, suffix: str) -> Path:
        """The whole episode as a video, or a file beside it; ``suffix`` with its dot."""
        return self.build / "clips" / f"{self.slug}-whole{suffix}"

    @property
    def upload(self) -> Path:
        """The folder of files to upload to the feed's host."""
        return self.build / "upload"

    def caption(self, suffix: str) -> Path:
        """The captions in one format; ``suffix`` with its dot."""
        return self.texts / f"transcript{suffix}"


@dataclasses.dataclass(frozen=True)
class Workspace:
    """The paths of a workspace, the folder of one show."""

    root: Path

    @property
    def feed(self) -> Path:
        """The folder ``feed``: the show's own files."""
        return self.root / "feed"

    @property
    def settings(self) -> Path:
        """The show's settings."""
        return self.feed / "show.toml"

    @property
    def glossary(self) -> Path:
        """The show's names and misspellings; may be missing."""
        return self.feed / "glossary.toml"

    @property
    def rss(self) -> Path:
        """The feed."""
        return self.feed / "feed.xml"

    @property
    def site(self) -> Path:
        """The complete built site."""
        return self.feed / "site"

    def linked_folder(self, path: Path) -> Path | None:
        """A folder on the path of a file of the site or the build that is a link, or None. Users
        may only link folders of articles, recordings and transcripts.
        """
        folders = list(path.parents)
        builds = {self.site, *(one for one in folders if one.name == _BUILD)}
        own = next((number for number, one in enumerate(folders) if one in builds), -1)
        return next((one for one in folders[: own + 1] if one.is_symlink()), None)

    def show_file(self, name: str) -> Path:
        """A file of the show named in ``show.toml``: cover, opening.

        :raises WorkspaceError: the name leads out of the show's folder.
        """
        return self.feed / check_file_name(name, self.settings)

    @property
    def state(self) -> Path:
        """The folder for Studio's own state."""
        return self.root / ".studio"

    @property
    def build_state(self) -> Path:
        """The record of the show's stages."""
        return self.state / "build-state.json"

    def published_note(self, slug: str) -> Path:
        """The record of an episode's published audio."""
        return self.state / "published" / f"{check_slug(slug)}.json"

    def published_file(self, name: str) -> Path:
        """A jingle or a cover used for published audio.

        :raises WorkspaceError: the name leads out of the folder.
        """
        return self.state / "published" / check_file_name(name, self.state / "published")

    @property
    def search(self) -> Path:
        """The stored state of the search index."""
        return self.state / "search.json"

    @property
    def listed(self) -> Path:
        """The cached listings of episodes."""
        return self.state / "listed.json"

    @property
    def digests(self) -> Path:
        """The cached digests of large files."""
        return self.state / "digests.json"

    @property
    def gitignore(self) -> Path:
        """The ``.gitignore``."""
        return self.root / ".gitignore"

    def episode(self, slug: str) -> EpisodeFiles:
        """The paths of an episode's files, whether it exists or not.

        :raises WorkspaceError: the slug is invalid.
        """
        return EpisodeFiles(self.root, check_slug(slug))

    def slugs(self) -> tuple[str, ...]:
        """Every episode, in order of slug: each folder of ``episodes/`` that has an
        ``episode.toml``.
        """
        with errors_name_place(self.root), suppress(FileNotFoundError, NotADirectoryError):
            folder = self.root / "episodes"
            with os.scandir(folder) as entries:
                named = sorted(one.name for one in entries if _SLUG.fullmatch(one.name))
            # As strings: a show has thousands, and this is called several times per command.
            return tuple(
                slug
                for slug in named
                if os.path.exists(f"{folder}/{slug}/episode.toml")  # noqa: PTH110
            )
        return ()

    def has_episode(self, slug: str) -> bool:
        """Whether there is an episode of this slug."""
        return bool(_SLUG.fullmatch(slug)) and os.path.exists(  # noqa: PTH110 - as slugs() does
            f"{self.root}/episodes/{slug}/episode.toml"
        )

    def has_journal(self, slug: str) -> bool:
        """Whether somebody edited the episode on the editor's page."""
        journal = f"{self.root}/transcripts/{slug}/.journal/edits.jsonl"
        return os.path.exists(journal)  # noqa: PTH110 - as slugs() does

    def relative(self, path: Path) -> str:
        """A file's path relative to the workspace, for build states and messages."""
        return path.relative_to(self.root).as_posix()

    def load_show(self) -> Show:
        """The show's settings.

        :raises WorkspaceError: they are missing or cannot be read.
        """
        content = _read(self.settings)
        show = record_from_toml(content, Show, self.settings, FORMER_SETTINGS)
        _refuse_links(show, self.settings)
        if show.whisper.engine not in ENGINES:
            raise WorkspaceError(
                f"{self.settings}, whisper.engine",
                message("is not a known engine ({engine!r})", engine=show.whisper.engine),
                message("Write one of these: {names}.", names=", ".join(ENGINES)),
            )
        return show

    def former_settings(self) -> list[tuple[str, str, str]]:
        """The settings in show.toml that have a former name: table, former name, name.

        :raises WorkspaceError: they are missing or cannot be read.
        """
        return former_names_in(_read(self.settings), self.settings, FORMER_SETTINGS)

    def load_glossary(self) -> Glossary:
        """The show's glossary; empty if there is no file.

        :raises WorkspaceError: it cannot be read.
        """
        if not self.glossary.is_file():
            return Glossary()
        return record_from_toml(_read(self.glossary), Glossary, self.glossary)

    def load_episode(self, slug: str) -> Episode:
        """An episode's settings.

        :raises WorkspaceError: they are missing or cannot be read.
        """
        path = self.episode(slug).settings
        episode = record_from_toml(_read(path), Episode, path)
        if episode.published.tzinfo is None:
            raise WorkspaceError(
                path,
                message("published has no time zone"),
                message("Write it like 2026-11-23T08:00:00+01:00."),
            )
        _refuse_links(episode, path)
        _refuse_counts(episode, path)
        return episode

    def load_article(self, slug: str) -> Article:
        """An episode's article.

        :raises WorkspaceError: it is missing.
        :raises ArticleError: it cannot be understood.
        """
        from studio.article.read import article_from_markdown

        path = self.episode(slug).article
        try:
            text = _read(path).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise WorkspaceError(
                path,
                message(
                    "is not UTF-8 ({reason} at byte {start})",
                    reason=error.reason,
                    start=error.start,
                ),
                message("Save it as UTF-8."),
            ) from None
        asks = True
        with suppress(StudioError):  # unreadable settings are reported when they are used
            asks = self.load_episode(slug).type == "full"
        return article_from_markdown(text, path, asks=asks)


def find_workspace(start: Path) -> Workspace:
    """The workspace that contains this folder.

    :raises WorkspaceError: it is in none.
    """
    start = Path(os.path.realpath(start))
    for folder in (start, *start.parents):
        workspace = Workspace(folder)
        if workspace.settings.is_file():
            return workspace
    raise WorkspaceError(
        start,
        message("is in no workspace (no feed/show.toml)"),
        message("Go to one, name one with -C, or make one: `studio init`."),
    )


def _refuse_counts(episode: Episode, path: Path) -> None:
    """Feed, tags and URLs number episodes and seasons from 1."""
    for name, value in (("number", episode.number), ("season", episode.season)):
        if value is not None and not 1 <= value <= MAX_COUNT:
            raise WorkspaceError(
                path,
                message("{name} is {value}", name=name, value=value),
                message(
                    "Write a whole number from 1 to {highest}, or leave the line out.",
                    highest=MAX_COUNT,
                ),
            )


def _refuse_links(settings: Show | Episode, path: Path) -> None:
    """Pages and feed show these URLs to everybody: none may run a script or open a file."""
    for place, address in forbidden_links(settings):
        what = message(
            "{place} is not an address that listeners may follow ({strip!r})",
            place=place,
            strip=address.strip()[:_SHOWN_CHARACTERS],
        )
        raise WorkspaceError(
            path,
            what,
            message(
                "Write one that begins with https://, http:// or mailto:, or opens a podcast app."
            ),
        )


def _read(path: Path) -> bytes:
    refuse_special_file(path)
    try:
        return read_file(path)
    except FileNotFoundError:
        raise WorkspaceError(
            path,
            message("is missing"),
            message("Put it back, or make the episode again with `studio new`."),
        ) from None
    except OSError as error:
        raise WorkspaceError(
            path,
            message("cannot be read ({reason})", reason=error.strerror),
            message("Check the file and your right to read it."),
        ) from None
