"""Import the episodes of a show: audio byte for byte, with all data of the feed.

An episode's folder is created atomically, so an interrupted import continues with the missing ones;
partial downloads are kept until then.
"""

from __future__ import annotations

import datetime
import hashlib
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from studio.artwork.fitting import fitted_picture
from studio.captions.formats import CAPTION_FORMATS, HTML, JSON, SRT, TEXT, VTT
from studio.download.client import Client, Fetched
from studio.download.file_download import DownloadedFile, download_sound
from studio.errors import NetworkError, StudioError
from studio.feed.dates import parse_date
from studio.feed.episode_titles import without_show_name
from studio.feed.imported_feed import FeedEnclosure, FeedEpisode
from studio.messages.message import message
from studio.model.chapters import Chapter, Chapters
from studio.model.clock import RecordingMs
from studio.model.episode import ChosenSoundbite, Episode, Imported, ImportedText
from studio.model.record import bytes_from_record, plain_from_json
from studio.progress import Progress, no_progress
from studio.sound.ffmpeg import read_header
from studio.sound.frames import walk_frames
from studio.web.places import is_device_name
from studio.web.slugs import slug_from_text
from studio.workspace.disk import copy_file, make_folder, new_folder, put_in_place, write_file
from studio.workspace.imported_show import LoadedFeed, import_folder, named, picture_suffix
from studio.workspace.layout import Workspace
from studio.workspace.new_episode import toml_of
from studio.workspace.run_lock import lock_workspace

# Concurrent downloads from all hosts; per host, the client's limit applies.
WORKERS = 4
# The number of pictures cached in memory: many episodes share theirs.
_PICTURES = 4
_TYPES = {
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".mp4": "video/mp4",
    ".aac": "audio/aac",
    ".ogg": "audio/ogg",
    ".flac": "audio/flac",
    ".wav": "audio/wav",
    ".webm": "video/webm",
}
# Hosts' MIME types of transcripts.
_TEXT_TYPES = {
    "application/srt": SRT,
    "text/srt": SRT,
    "application/x-srt": SRT,
    "text/x-srt": SRT,
    "application/json+transcript": JSON,
    **{kind.type: kind for kind in CAPTION_FORMATS},
}
_TEXT_ENDINGS = {".vtt": VTT, ".srt": SRT, ".json": JSON, ".html": HTML, ".txt": TEXT}


class FailedImport(NamedTuple):
    """An episode that could not be imported, and why."""

    title: str
    error: StudioError


class ImportDone(NamedTuple):
    """The result of an import.

    :param slugs: the imported episodes.
    :param kept: number of episodes that already existed.
    :param failed: those that failed; the next run retries them.
    :param remarks: what was left out or repaired.
    """

    slugs: tuple[str, ...]
    kept: int
    failed: tuple[FailedImport, ...]
    remarks: tuple[str, ...]


class _Planned(NamedTuple):
    slug: str
    place: int
    former: FeedEpisode
    enclosure: FeedEnclosure
    published: datetime.datetime | None


def import_episodes(
    workspace: Workspace,
    feed: LoadedFeed,
    client: Client,
    *,
    command: str = "studio init",
    progress: Progress = no_progress,
    workers: int = WORKERS,
) -> ImportDone:
    """Import every episode of the feed that the workspace does not have yet.

    :param progress: called with the number of episodes done, and the total.
    :raises BusyError: another command holds the workspace.
    :raises DiskError: the disk is full or disconnected; imported episodes are kept.
    """
    make_folder(import_folder(workspace))
    with lock_workspace(workspace.state, command):
        remarks: list[str] = []
        known = _known_guids(workspace)
        planned = _plan(workspace, feed, known, remarks)
        run = _Import(workspace, feed, client, remarks)
        # Episodes that share a file are imported one after the other by one worker: the file is
        # downloaded once.
        groups: dict[str, list[_Planned]] = {}
        for one in planned:
            groups.setdefault(one.enclosure.url, []).append(one)
        done = 0
        progress(done, len(planned) or 1)

        def import_one(group: Sequence[_Planned]) -> None:
            nonlocal done
            for one in group:
                run.import_one(one)
                with run.lock:
                    done += 1
                    progress(done, len(planned))

        with ThreadPoolExecutor(max_workers=workers) as pool:
            try:
                for finished in [pool.submit(import_one, group) for group in groups.values()]:
                    finished.result()
            except BaseException:
                run.stopped.set()
                pool.shutdown(cancel_futures=True)
                raise
    return ImportDone(
        slugs=tuple(sorted(run.slugs)),
        kept=len(known),
        failed=tuple(run.failed),
        remarks=tuple(dict.fromkeys((*feed.remarks, *remarks))),
    )


def _known_guids(workspace: Workspace) -> dict[str, str]:
    found = {}
    for slug in workspace.slugs():
        with suppress(StudioError):  # `studio status` reports it
            found[workspace.load_episode(slug).guid] = slug
    return found


def _plan(
    workspace: Workspace, feed: LoadedFeed, known: dict[str, str], remarks: list[str]
) -> list[_Planned]:
    """The episodes that are missing, with their folders' names and their dates."""
    taken = {*workspace.slugs()}
    last = len(feed.episodes) - 1
    planned = []
    for index, former in enumerate(feed.episodes):
        if former.guid in known:
            continue
        if former.enclosure is None:
            remarks.append(message("{former} has no sound: left out", former=named(former)))
            continue
        published = former.published
        if published is None:
            published = _date_beside(feed.episodes, index)
            remarks.append(message("{former} has no readable date", former=named(former)))
        slug = _free_slug(former, feed.show.title, taken)
        taken.add(slug)
        planned.append(_Planned(slug, last - index, former, former.enclosure, published))
    return planned


def _date_beside(episodes: Sequence[FeedEpisode], index: int) -> datetime.datetime | None:
    """The date of the next episode below that has one, else of the nearest above."""
    for one in (*episodes[index + 1 :], *reversed(episodes[:index])):
        if one.published is not None:
            return one.published
    return None


def _free_slug(former: FeedEpisode, show_title: str, taken: set[str]) -> str:
    name = slug_from_text(without_show_name(former.title, show_title))
    if former.number is not None and former.type == "full":
        season = "" if former.season is None else f"s{former.season:02}e"
        width = 2 if season else 3
        name = f"{season}{former.number:0{width}}-{name}"
    if is_device_name(name):
        name = f"episode-{name}"
    slug, count = name, 1
    while slug in taken:
        count += 1
        slug = f"{name}-{count}"
    return slug


class _Import:
    """The state of one import."""

    def __init__(
        self, workspace: Workspace, feed: LoadedFeed, client: Client, remarks: list[str]
    ) -> None:
        self.lock = threading.Lock()
        self.stopped = threading.Event()
        self.slugs: list[str] = []
        self.failed: list[FailedImport] = []
        self._workspace, self._feed, self._client, self._remarks = workspace, feed, client, remarks
        self._picture = lru_cache(maxsize=_PICTURES)(client.fetch)
        self._arrived: dict[str, tuple[DownloadedFile, Path]] = {}

    def import_one(self, one: _Planned) -> None:
        """Import one episode; its failure is recorded, and the others continue.

        :raises StudioError: the disk does not take it.
        """
        if self.stopped.is_set():
            return
        try:
            self._import(one)
        except StudioError as error:
            if error.kind == "disk":
                raise
            with self.lock:
                self.failed.append(FailedImport(one.former.title, error))
        else:
            with self.lock:
                self.slugs.append(one.slug)

    def _import(self, one: _Planned) -> None:
        arrived, source = self._sound(one)
        former, files = one.former, self._workspace.episode(one.slug)
        suffix = ".mp4" if _is_video(one, arrived) else arrived.suffix
        # The episode's folder is created atomically.
        with new_folder(files.folder) as folder:
            recording = folder / f"recording{suffix}"
            if source.parent == import_folder(self._workspace):
                put_in_place(source, recording)
            else:
                copy_file(source, recording)
            try:
                imported = Imported(
                    enclosure=one.enclosure.url,
                    sha256=arrived.sha256,
                    length_bytes=arrived.length_bytes,
                    type=_sound_type(one, suffix),
                    duration_ms=former.duration_ms or _measured_ms(recording),
                    place=one.place,
                    link=former.link,
                    explicit=former.explicit,
                    texts=self._texts(one, folder),
                )
                self._chapters(one, folder / files.former_chapters.name)
                for name, text in (
                    (files.former_notes.name, former.notes),
                    (files.former_description.name, former.description),
                ):
                    if text:
                        write_file(folder / name, text.encode())
                write_file(folder / files.former_item.name, former.xml)
                picture = self._own_picture(one, folder)
                episode = self._episode(one, imported, recording.name, picture, arrived)
                write_file(folder / files.settings.name, toml_of(episode))
            except BaseException:
                # Downloads are kept for the next run.
                if source.parent == import_folder(self._workspace):
                    put_in_place(recording, source)
                raise
        self._arrived[one.enclosure.url] = arrived, files.folder / recording.name
        if source.parent == import_folder(self._workspace):
            source.with_name(f"{source.name}.json").unlink(missing_ok=True)

    def _sound(self, one: _Planned) -> tuple[DownloadedFile, Path]:
        """The episode's audio file and its URL; downloaded once if several episodes share it."""
        if one.enclosure.url in self._arrived:
            return self._arrived[one.enclosure.url]
        name = hashlib.sha256(one.enclosure.url.encode()).hexdigest()[:32]
        part = import_folder(self._workspace) / f"{name}.part"

        def go_on(_done: int, _total: int) -> None:
            if self.stopped.is_set():
                raise NetworkError(
                    one.enclosure.url, message("was interrupted"), message("Run the command again.")
                )

        arrived = download_sound(self._client, one.enclosure.url, part, go_on)
        said = one.enclosure.length_bytes
        if said not in {0, arrived.length_bytes}:
            self._report(
                message(
                    "{former}: the feed says {said:,} bytes, but it has {length_bytes:,}",
                    former=named(one.former),
                    said=said,
                    length_bytes=arrived.length_bytes,
                )
            )
        return arrived, part

    def _episode(
        self,
        one: _Planned,
        imported: Imported,
        recording: str,
        picture: str,
        arrived: DownloadedFile,
    ) -> Episode:
        former = one.former
        roles = [(person.role.lower(), person.name) for person in former.persons]
        hosts = [name for role, name in roles if "host" in role]
        published = one.published or parse_date(arrived.modified)
        return Episode(
            guid=former.guid,
            title=former.title or "Sans titre",
            guests=tuple(dict.fromkeys(name for role, name in roles if role == "guest")),
            recording=recording,
            published=published or datetime.datetime.fromtimestamp(0, datetime.UTC),
            number=former.number,
            season=former.season,
            type=former.type,
            host=hosts[0] if hosts else "",
            author="" if former.author == self._feed.show.author else former.author,
            picture=picture,
            picture_alt=former.title if picture else "",
            persons=former.persons,
            soundbites=tuple(
                ChosenSoundbite(
                    start_ms=RecordingMs(bite.start_ms),
                    end_ms=RecordingMs(bite.end_ms),
                    title=bite.title,
                )
                for bite in former.soundbites
            )
            or None,
            imported=imported,
        )

    def _texts(self, one: _Planned, folder: Path) -> tuple[ImportedText, ...]:
        """The transcript in its formats: for each format the first that can be downloaded."""
        texts: list[ImportedText] = []
        for text in one.former.texts:
            ending = next(
                (end for end in _TEXT_ENDINGS if urlsplit(text.url).path.lower().endswith(end)), ""
            )
            kind = _TEXT_TYPES.get(text.type.partition(";")[0]) or _TEXT_ENDINGS.get(ending)
            if kind is None or any(known.type == kind.type for known in texts):
                self._report(
                    message(
                        "{former}: a transcript {url} is left out",
                        former=named(one.former),
                        url=text.url,
                    )
                )
                continue
            if (found := self._document(one, text.url, "transcript")) is None:
                continue
            name = f"transcript{kind.suffix}"
            write_file(folder / name, found.content)
            texts.append(
                ImportedText(file=name, type=kind.type, language=text.language, rel=text.rel)
            )
        return tuple(texts)

    def _chapters(self, one: _Planned, path: Path) -> None:
        chapters = [Chapter(start_s=ms / 1000, title=title) for ms, title in one.former.chapters]
        if one.former.chapters_url:
            found = self._document(one, one.former.chapters_url, "chapters")
            if found is not None:
                with suppress(ValueError, KeyError, TypeError, AttributeError):
                    chapters = list(_chapters_from_json(plain_from_json(found.content)))
        if chapters:
            chapters.sort(key=lambda chapter: chapter.start_s)
            write_file(path, bytes_from_record(Chapters(chapters=tuple(chapters))))

    def _own_picture(self, one: _Planned, folder: Path) -> str:
        """The name of the episode's own picture; empty if it has the show's, or none."""
        url = one.former.image
        if not url or url == self._feed.show.image:
            return ""
        try:
            content = self._picture(url).content
            fitted_picture(content, url)
        except StudioError as error:
            self._report(
                message(
                    "{former}: no picture ({where} {what})",
                    former=named(one.former),
                    where=error.where,
                    what=error.what,
                )
            )
            return ""
        name = f"picture{picture_suffix(content)}"
        write_file(folder / name, content)
        return name

    def _document(self, one: _Planned, url: str, what: str) -> Fetched | None:
        try:
            return self._client.fetch(url)
        except StudioError as error:
            if error.kind == "disk":
                raise
            self._report(
                message(
                    "{former}: no {what} ({where} {fault})",
                    former=named(one.former),
                    what=what,
                    where=error.where,
                    fault=error.what,
                )
            )
            return None

    def _report(self, sentence: str) -> None:
        with self.lock:
            self._remarks.append(sentence)


def _is_video(one: _Planned, arrived: DownloadedFile) -> bool:
    return arrived.suffix == ".m4a" and one.enclosure.type.startswith("video/")


def _sound_type(one: _Planned, suffix: str) -> str:
    """The MIME type: the feed's if plausible, else by content."""
    said, known = one.enclosure.type, _TYPES[suffix]
    same_kind = said.partition("/")[0] == known.partition("/")[0] and suffix != ".mp3"
    return said if same_kind else known


def _measured_ms(path: Path) -> int:
    """The measured duration of audio without one in the feed; 0 if unknown."""
    with suppress(StudioError):
        if path.suffix == ".mp3":
            return walk_frames(path).duration_ms
        return read_header(path).duration_ms or 0
    return 0


def _chapters_from_json(document: Any) -> Iterable[Chapter]:
    for one in document["chapters"]:
        if one.get("toc") is not False and str(one.get("title") or "").strip():
            yield Chapter(
                start_s=float(one["startTime"]), title=" ".join(str(one["title"]).split())
            )
