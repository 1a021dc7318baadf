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
# The tags of an M4A file keep 16 bits for an episode's number.
MAX_COUNT = 65_535
# At most this much of a setting is quoted in a message.
_SHOWN_CHARACTERS = 60

# NAME_MAX is 255 bytes on Linux, 255 UTF-16 units on Windows and macOS; a file that is being
# written has 12 more (disk.FRESH).
_FILE_NAME_BYTES = 240
_BUILD = "build"


def check_slug(slug: str) -> str:
    """The slug, when it can be a folder on every system and a part of an address.

    :raises WorkspaceError: it cannot.
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
    """The name, when it is a plain file name without a folder.

    :raises WorkspaceError: it is empty, or leads elsewhere.
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
            message("“{name}” is a name that Windows keeps for a device", name=name),
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
        """The recording, as ``episode.toml`` names it.

        :raises WorkspaceError: the name leads out of the episode's folder.
        """
        return self.folder / check_file_name(name, self.settings)

    @property
    def former_item(self) -> Path:
        """An imported episode's item, as the former host's feed had it."""
        return self.folder / "item.xml"

    @property
    def former_notes(self) -> Path:
        """An imported episode's show notes (HTML), as they came; a person may edit them."""
        return self.folder / "notes.html"

    @property
    def former_description(self) -> Path:
        """An imported episode's original description; a user may edit it."""
        return self.folder / "description.txt"

    @property
    def former_chapters(self) -> Path:
        """The chapters that came with an imported episode."""
        return self.folder / "chapters.json"

    @cached_property
    def build(self) -> Path:
        """Generated files that are not edited."""
        # In one step, as the others that are asked for of thousands of episodes.
        return self.root.joinpath("episodes", self.slug, _BUILD)

    @cached_property
    def build_state(self) -> Path:
        """What each stage read and wrote."""
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
        """What each microphone hears, and who speaks when."""
        return self.build / "microphones.json"

    @property
    def cleaned(self) -> Path:
        """The recording without its noise, where a network cleans the voices."""
        return self.build / "cleaned.flac"

    @property
    def cleaning(self) -> Path:
        """The settings and figures of that noise reduction."""
        return self.build / "cleaning.json"

    @property
    def programme(self) -> Path:
        """Which stretches of the recording are heard."""
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
        """The mastered sound without tags."""
        return self.build / "master.mp3"

    @property
    def loudness(self) -> Path:
        """What was measured on the master."""
        return self.build / "loudness.json"

    @property
    def enclosure(self) -> Path:
        """The finished MP3 as the feed announces it."""
        return self.build / "enclosure.json"

    def alternate_sound(self, suffix: str) -> Path:
        """The mastered sound in another codec, without tags; ``suffix`` with its dot."""
        return self.build / f"master{suffix}"

    def alternate(self, suffix: str) -> Path:
        """The finished episode in another codec."""
        return self.build / f"{self.slug}{suffix}"

    @property
    def alternate_facts(self) -> Path:
        """The second enclosure as the feed announces it; there may be none."""
        return self.build / "alternate.json"

    @property
    def mp3(self) -> Path:
        """The finished episode."""
        return self.build / f"{self.slug}.mp3"

    @cached_property
    def texts(self) -> Path:
        """What was said, in every form."""
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
        """Where the article's questions are."""
        return self.texts / "alignment.json"

    @property
    def soundbites(self) -> Path:
        """The passages that show what the episode is like."""
        return self.build / "soundbites.json"

    @property
    def chapters(self) -> Path:
        """The chapters."""
        return self.texts / "chapters.json"

    def public(self, place: str) -> Path:
        """A file of the episode's folder on the site, by its place there, as it waits to be joined
        to the show's.
        """
        return self.public_folder / PurePosixPath(place).name

    @property
    def public_folder(self) -> Path:
        """What will be published of the episode, complete."""
        return self.build / "public"

    @property
    def item(self) -> Path:
        """The episode as the feed has it."""
        return self.build / "item.xml"

    @property
    def listing(self) -> Path:
        """The episode as the show's pages list it."""
        return self.build / "listing.json"

    @property
    def words(self) -> Path:
        """Every word that is said, with its seconds, for the search."""
        return self.build / "words.json"

    @property
    def fingerprint(self) -> Path:
        """The recording's fingerprint, to find its moments in another recording."""
        return self.build / "outline.bin"

    @property
    def clock(self) -> Path:
        """On which recording's clock texts and marks are."""
        return self.texts / "recording.json"

    @property
    def places(self) -> Path:
        """Where each of the episode's files is on the site."""
        return self.build / "places.json"

    @property
    def margin_notes(self) -> Path:
        """The editors' notes to each other."""
        return self.texts / "margin-notes.json"

    @property
    def machine_chapters(self) -> Path:
        """The machine's chapters, on the recording's clock, to compare people's changes with."""
        return self.texts / "chapters.machine.json"

    @property
    def journal(self) -> Path:
        """Every edit that was made on the editor's page."""
        return self.texts / ".journal" / "edits.jsonl"

    @property
    def proofs(self) -> Path:
        """What was shown to guests before publication, and what they answered."""
        return self.texts / "proofs"

    def proof_note(self, name: str) -> Path:
        """What one proof showed; ``name`` begins its fingerprint."""
        return self.proofs / f"{name}.json"

    def proof_answer(self, name: str, number: int) -> Path:
        """The answers to one proof, counted from 1."""
        return self.proofs / f"{name}.answer-{number}.json"

    @property
    def proof(self) -> Path:
        """The page in which a guest hears and reads what will be published."""
        return self.build / f"bon-a-tirer-{self.slug}.html"

    @property
    def report(self) -> Path:
        """What was said beside what was published, for people."""
        return self.build / "report.html"

    @property
    def doubts(self) -> Path:
        """Which words the last run doubted, and in what."""
        return self.build / "doubts.json"

    @property
    def peaks(self) -> Path:
        """How loud the recording is, moment by moment, for the eye."""
        return self.build / "peaks.bin"

    @property
    def lanes(self) -> Path:
        """The same of each of its microphones."""
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
        """What is known of the draft of the episode's post on a WordPress site."""
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
        """What is to be uploaded where the feed stays."""
        return self.build / "upload"

    def caption(self, suffix: str) -> Path:
        """The captions in one form; ``suffix`` with its dot."""
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
        """The show's names and how they were misheard; there may be none."""
        return self.feed / "glossary.toml"

    @property
    def rss(self) -> Path:
        """The feed."""
        return self.feed / "feed.xml"

    @property
    def site(self) -> Path:
        """What is published, complete."""
        return self.feed / "site"

    def linked_folder(self, path: Path) -> Path | None:
        """The folder on the way to a file of the site, or of what is built, that is a link; None
        where there is none. People may keep articles, recordings and transcripts behind links of
        theirs.
        """
        folders = list(path.parents)
        builds = {self.site, *(one for one in folders if one.name == _BUILD)}
        own = next((number for number, one in enumerate(folders) if one in builds), -1)
        return next((one for one in folders[: own + 1] if one.is_symlink()), None)

    def show_file(self, name: str) -> Path:
        """A file of the show that ``show.toml`` names: cover, opening.

        :raises WorkspaceError: the name leads out of the show's folder.
        """
        return self.feed / check_file_name(name, self.settings)

    @property
    def state(self) -> Path:
        """Studio's own notes about this workspace."""
        return self.root / ".studio"

    @property
    def build_state(self) -> Path:
        """What the show's stages read and wrote."""
        return self.state / "build-state.json"

    def published_note(self, slug: str) -> Path:
        """With what an episode's published sound was made."""
        return self.state / "published" / f"{check_slug(slug)}.json"

    def published_file(self, name: str) -> Path:
        """A jingle or a cover with which published sound was made.

        :raises WorkspaceError: the name leads out of the folder.
        """
        return self.state / "published" / check_file_name(name, self.state / "published")

    @property
    def search(self) -> Path:
        """The index of what can be found, as it is kept between runs."""
        return self.state / "search.json"

    @property
    def listed(self) -> Path:
        """The episodes as the show's pages have them, as they are kept between runs."""
        return self.state / "listed.json"

    @property
    def digests(self) -> Path:
        """Fingerprints of large files."""
        return self.state / "digests.json"

    @property
    def gitignore(self) -> Path:
        """What git must not keep."""
        return self.root / ".gitignore"

    def episode(self, slug: str) -> EpisodeFiles:
        """The paths of an episode's files, whether it exists or not.

        :raises WorkspaceError: this can be no slug.
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
            # As text: a show has thousands, and this is asked several times a command.
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
        """A file's path in the workspace, as build states and messages write it."""
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
        """The settings of the show that are written by a former name: table, former name, name.

        :raises WorkspaceError: they are missing or cannot be read.
        """
        return former_names_in(_read(self.settings), self.settings, FORMER_SETTINGS)

    def load_glossary(self) -> Glossary:
        """The show's glossary; an empty one when there is no file.

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
        with suppress(StudioError):  # unreadable settings are reported where they are read
            asks = self.load_episode(slug).type == "full"
        return article_from_markdown(text, path, asks=asks)


def find_workspace(start: Path) -> Workspace:
    """The workspace that this folder is in.

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
    """Feed, tags and addresses count episodes and seasons from 1."""
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
    """Pages and feed show these addresses to everybody: none may run a script or open a file where
    it is followed.
    """
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
