"""The inputs of the stages: users' files, parsed once per run."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from studio.chapters.recording_chapters import RecordingChapter, RecordingChapters
from studio.errors import StudioError, WorkspaceError, refuse_special_file
from studio.file_access import read_file
from studio.messages.message import message
from studio.model.alignment import Alignment
from studio.model.article import Article
from studio.model.chapters import Chapters
from studio.model.clock import Programme, RecordingMs, Span
from studio.model.episode import Episode
from studio.model.glossary import Glossary
from studio.model.loudness_targets import LoudnessTarget, loudness_target
from studio.model.margin_note import MarginNote, MarginNotes
from studio.model.microphones import Microphones
from studio.model.overlaps import Overlaps
from studio.model.record import R, record_from_bytes
from studio.model.show import Show
from studio.model.sound import Alternate, Enclosure, MasterFacts, Mix, RecordingFacts, SpeakerTurns
from studio.model.soundbite import Soundbite, Soundbites
from studio.model.transcript import AsrResult, Transcript
from studio.model.voices import Voices
from studio.site.listing import Listing
from studio.sound.codecs import CODECS, Codec
from studio.web.addresses import EpisodePlaces, cover_place, unversioned_places
from studio.workspace.build_state import read_build_state
from studio.workspace.digest import digest_from_bytes
from studio.workspace.episode_cache import EpisodeCache
from studio.workspace.layout import EpisodeFiles, Workspace
from studio.workspace.published import Branding, PublishedSound, branding_of_show, read_published

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class ShowSources:
    """The show and all of its episodes."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        # Episodes unchanged since the show's stages last joined them, so that their records are
        # valid; set by the caller.
        self.untouched: frozenset[str] = frozenset()
        # Whether the same holds for what the show's stages made beside the episodes' folders.
        self.is_site_untouched = False
        # Where episodes' settings are kept that were read before; set by callers that need those
        # of every episode.
        self.settings_cache: EpisodeCache[Episode] | None = None
        self._named: dict[str, EpisodeSources] = {}

    @property
    def name(self) -> str:
        """What messages call it."""
        return "show"

    @property
    def build_state(self) -> Path:
        """Where its stages' runs are recorded."""
        return self.workspace.build_state

    @cached_property
    def show(self) -> Show:
        """``show.toml``."""
        return self.workspace.load_show()

    @cached_property
    def glossary(self) -> Glossary:
        """``glossary.toml``, or an empty glossary."""
        return self.workspace.load_glossary()

    @cached_property
    def episodes(self) -> tuple[EpisodeSources, ...]:
        """Every episode of the workspace, in order of slug."""
        return tuple(map(self._sources, self.workspace.slugs()))

    def _sources(self, slug: str) -> EpisodeSources:
        """The cached sources of an episode, so that nothing is parsed twice."""
        if slug not in self._named:
            self._named[slug] = EpisodeSources(self, slug)
        return self._named[slug]

    def episode(self, slug: str) -> EpisodeSources:
        """One episode.

        :raises WorkspaceError: there is no such episode.
        """
        if slug in self._named:
            return self._named[slug]
        if self.workspace.has_episode(slug):
            return self._sources(slug)
        known = ", ".join(self.workspace.slugs()) or message("none yet")
        raise WorkspaceError(
            slug,
            message("is not an episode of this workspace"),
            message("Its episodes: {known}. `studio new` adds one.", known=known),
        )

    @property
    def published(self) -> tuple[EpisodeSources, ...]:
        """The episodes with all files that the feed refers to."""
        return tuple(
            episode
            for episode in self.episodes
            if episode.slug in self.untouched or episode.is_built
        )

    @property
    def cover(self) -> Path:
        """The show's picture."""
        return self.workspace.show_file(self.show.cover)

    @cached_property
    def picture(self) -> bytes:
        """The cover's bytes, converted for publication if needed.

        :raises WorkspaceError: it is missing, or no picture.
        """
        from studio.artwork.fitting import fitted_picture

        refuse_special_file(self.cover)
        try:
            content = read_file(self.cover)
        except FileNotFoundError:
            raise WorkspaceError(
                self.cover,
                message("is missing"),
                message("Put the cover there, or name another one in show.toml."),
            ) from None
        return fitted_picture(content, self.cover)

    @cached_property
    def cover_place(self) -> str:
        """The place of the cover on the site."""
        return cover_place(f"{self.cover.stem}.jpg", self.picture)

    @property
    def loudness(self) -> LoudnessTarget:
        """The loudness target of the show.

        :raises WorkspaceError: the settings name no loudness that there is.
        """
        return loudness_target(self.show.sound.loudness, self.workspace.settings)

    @property
    def opening(self) -> Path | None:
        """The sound that is heard before each episode, if there is one."""
        return (
            self.workspace.show_file(self.show.sound.opening) if self.show.sound.opening else None
        )

    @property
    def closing(self) -> Path | None:
        """The sound that is heard after each episode, if there is one."""
        return (
            self.workspace.show_file(self.show.sound.closing) if self.show.sound.closing else None
        )


class EpisodeSources:
    """One episode with its show."""

    def __init__(self, show_sources: ShowSources, slug: str) -> None:
        self.show_sources = show_sources
        self.slug = slug
        self.files: EpisodeFiles = show_sources.workspace.episode(slug)
        self._samples: NDArray[np.float32] | None = None

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.slug

    @property
    def workspace(self) -> Workspace:
        """The workspace of the show."""
        return self.show_sources.workspace

    @property
    def build_state(self) -> Path:
        """Where its stages' runs are recorded."""
        return self.files.build_state

    @property
    def show(self) -> Show:
        """``show.toml``."""
        return self.show_sources.show

    @cached_property
    def episode(self) -> Episode:
        """``episode.toml``."""
        cache = self.show_sources.settings_cache
        if cache is None:
            return self.workspace.load_episode(self.slug)
        known = cache.get(self.slug)
        if known is None:
            known = self.workspace.load_episode(self.slug)
            cache.keep(self.slug, known)
        return known

    @cached_property
    def branding(self) -> Branding:
        """The show's part of the episode's audio: for a published episode, as of its
        publication.
        """
        published = self.published_sound
        return published.branding if published else branding_of_show(self.show)

    @cached_property
    def published_sound(self) -> PublishedSound | None:
        """With what its sound was published from this workspace; None where it was not.

        :raises WorkspaceError: the note is damaged, or what it names is lost.
        """
        return read_published(self.workspace, self.slug)

    @property
    def is_published(self) -> bool:
        """Whether its audio was published from this workspace."""
        return self.workspace.published_note(self.slug).is_file()

    @property
    def has_imported_sound(self) -> bool:
        """Whether its imported sound is published unchanged, byte for byte."""
        return self.episode.has_imported_sound

    @property
    def is_untranscribed(self) -> bool:
        """Whether it is an imported episode without a transcription, which is left unchanged."""
        files = (self.files.article, self.files.asr, self.files.transcript)
        return self.has_imported_sound and not any(path.is_file() for path in files)

    @property
    def is_voice_cleaned(self) -> bool:
        """Whether a neural network cleans its voices."""
        return not self.has_imported_sound and self.episode.sound.noise_cleaning == "voice"

    @property
    def media(self) -> Path:
        """The published audio file."""
        return self.recording if self.has_imported_sound else self.files.mp3

    @property
    def opening(self) -> Path | None:
        """The sound that is heard before the episode, if there is one."""
        if self.has_imported_sound:
            return None
        return self._branding_file(self.branding.opening) if self.branding.opening else None

    @property
    def closing(self) -> Path | None:
        """The sound that is heard after the episode, if there is one."""
        if self.has_imported_sound:
            return None
        return self._branding_file(self.branding.closing) if self.branding.closing else None

    @property
    def tag_cover(self) -> Path:
        """The picture in the episode's tag."""
        return self._branding_file(self.branding.cover)

    @property
    def tag_picture(self) -> bytes:
        """The picture in the episode's tag, in a format for all players: its own, or the cover.

        :raises WorkspaceError: it is missing, or no picture.
        """
        from studio.artwork.fitting import fitted_picture

        if self.picture_file is not None:
            return self.picture
        return fitted_picture(read_file(self.tag_cover), self.tag_cover)

    @property
    def loudness(self) -> LoudnessTarget:
        """The loudness target of the episode.

        :raises WorkspaceError: the settings name no loudness that there is.
        """
        return loudness_target(self.branding.sound.loudness, self.workspace.settings)

    def _branding_file(self, name: str) -> Path:
        return (
            self.workspace.published_file(name)
            if self.is_published
            else self.workspace.show_file(name)
        )

    @cached_property
    def article(self) -> Article:
        """``article.md``; for an imported episode without one, its notes."""
        if self.episode.imported is not None and not self.files.article.is_file():
            return self._article_of_notes()
        return self.workspace.load_article(self.slug)

    def _article_of_notes(self) -> Article:
        from studio.feed.imported_feed import paragraphs_from_html

        text = self.former_notes or self.former_description
        return Article(
            title=self.episode.title, exchanges=(), introduction=paragraphs_from_html(text)
        )

    @property
    def former_notes(self) -> str:
        """An imported episode's show notes, or empty."""
        return _text_of(self.files.former_notes) if self.episode.imported else ""

    @property
    def former_description(self) -> str:
        """An imported episode's description, or empty."""
        return _text_of(self.files.former_description) if self.episode.imported else ""

    @property
    def former_files(self) -> dict[str, Path | None]:
        """The files of an imported episode, by name; None for missing ones."""
        imported = self.episode.imported
        if imported is None:
            return {}
        files = self.files
        named = {
            "item": files.former_item,
            "notes": files.former_notes,
            "description": files.former_description,
            "chapters": files.former_chapters,
            **{one.file: files.recording(one.file) for one in imported.texts},
        }
        return {name: path if path.is_file() else None for name, path in named.items()}

    def former_chapters(self) -> Chapters:
        """An imported episode's chapters, if any."""
        path = self.files.former_chapters
        return _load(path, Chapters) if self.episode.imported and path.is_file() else Chapters()

    @property
    def recording(self) -> Path:
        """The audio file named in ``episode.toml``."""
        return self.files.recording(self.episode.recording)

    @property
    def picture_file(self) -> Path | None:
        """The episode's own picture, if ``episode.toml`` has one."""
        return self.files.recording(self.episode.picture) if self.episode.picture else None

    @cached_property
    def picture(self) -> bytes:
        """The episode's picture, ready for publication: its own, or the show's cover.

        :raises WorkspaceError: it is missing, or no picture.
        """
        from studio.artwork.fitting import fitted_picture

        path = self.picture_file
        if path is None:
            return self.show_sources.picture
        try:
            content = read_file(path)
        except OSError as error:
            raise WorkspaceError(
                path,
                message("cannot be read ({reason})", reason=error.strerror),
                message("Put it there, or take picture out of episode.toml."),
            ) from None
        return fitted_picture(content, path)

    @property
    def host(self) -> str:
        """Who asks the questions."""
        return self.episode.host or self.show.host

    @property
    def language(self) -> str:
        """The spoken language, as two letters."""
        return self.show.language.partition("-")[0].lower()

    @property
    def transcript_origin(self) -> Literal["machine", "reviewed", "unknown"]:
        """The origin of the transcript: machine, or corrected by a person; unknown if it was
        imported.
        """
        built, _ = read_build_state(self.build_state)
        record = built.stages.get("correct")
        machines = (
            record.outputs.get(self.workspace.relative(self.files.transcript)) if record else None
        )
        if machines is None:
            return "unknown"
        return (
            "machine"
            if machines == digest_from_bytes(read_file(self.files.transcript))
            else "reviewed"
        )

    @cached_property
    def former_slugs(self) -> tuple[str, ...]:
        """Its former slugs; if there are none, the file is not parsed."""
        refuse_special_file(self.files.settings)
        content = read_file(self.files.settings)
        if b"former_slugs" not in content and b"\\" not in content:
            return ()
        return self.episode.former_slugs

    @property
    def is_built(self) -> bool:
        """Whether all its files for feed and site have been built."""
        return (
            self.files.item.is_file()
            and self.files.listing.is_file()
            and self.files.words.is_file()
        )

    @property
    def public_files(self) -> dict[str, Path]:
        """All published files of the episode, by place on the site."""
        return {
            f"{self.slug}/{path.name}": path
            for path in sorted(self.files.public_folder.glob("[!.]*"))
        }

    @cached_property
    def listing(self) -> Listing:
        """The episode's built entry on the show's pages."""
        return _load(self.files.listing, Listing)

    @cached_property
    def places(self) -> EpisodePlaces:
        """The places of its files on the site, as built; unversioned if built by an earlier
        version.
        """
        return (
            _load(self.files.places, EpisodePlaces)
            if self.files.places.is_file()
            else unversioned_places(self.slug)
        )

    @property
    def codec(self) -> Codec | None:
        """The codec of the second enclosure; None without one."""
        if self.has_imported_sound:
            return None
        wanted = self.episode.sound.alternate or self.show.sound.alternate
        return None if wanted == "" or wanted == "off" else CODECS[wanted]  # noqa: PLR1714 - told apart one by one, they are known by name

    def alternate(self) -> Alternate | None:
        """The second enclosure, if there is one."""
        return None if self.codec is None else _load(self.files.alternate_facts, Alternate)

    def facts(self) -> RecordingFacts:
        """The properties of the recording, measured by ``inspect``."""
        return _load(self.files.facts, RecordingFacts)

    @property
    def audio_file(self) -> Path:
        """The audio to work on: the recording, or the mix of its microphones."""
        return self.files.mix if self.episode.microphones else self.recording

    def microphones(self) -> Microphones:
        """The result of ``mix`` for the recording's microphones."""
        return _load(self.files.microphones, Microphones)

    def mix(self) -> Mix:
        """The downmix of the recording to one channel: by ``inspect``, or determined now if it has
        not run.
        """
        from studio.sound.recording import read_mix

        try:
            return self.facts().mix
        except StudioError:
            return read_mix(self.audio_file, self.episode.tracks)

    def samples_of_decoded(self, mix: Mix, file: Path) -> NDArray[np.float32]:
        """As :meth:`samples`, for a recording that was just decoded into a file.

        :param mix: the downmix to one channel.
        :param file: the decoded file; if missing, the recording is decoded.
        """
        from studio.sound.recording import samples_of_file

        self._samples = samples_of_file(file, mix)
        return self.samples(mix)

    def samples(self, mix: Mix | None = None) -> NDArray[np.float32]:
        """The recording in Whisper's format, shape (samples,) at 16 kHz, 230 MB an hour.

        Decoded once for several stages; :meth:`forget_samples` releases the memory.

        :param mix: the downmix to one channel, if it was just determined.
        """
        from studio.sound.recording import read_samples

        if self._samples is None:
            self._samples = read_samples(self.audio_file, mix=self.mix() if mix is None else mix)
        return self._samples

    def forget_samples(self) -> None:
        """Release the memory of the samples."""
        self._samples = None

    def programme(self) -> Programme:
        """The result of the stage ``programme``; the whole audio of an episode that is published
        unchanged.
        """
        if self.is_untranscribed:
            whole = Span(start_ms=RecordingMs(0), end_ms=RecordingMs(self.enclosure().duration_ms))
            return Programme(kept=(whole,))
        return _load(self.files.programme, Programme)

    def turns(self) -> SpeakerTurns:
        """The result of the stage ``turns``."""
        return _load(self.files.turns, SpeakerTurns)

    def asr(self) -> AsrResult:
        """The result of ``transcribe``."""
        return _load(self.files.asr, AsrResult)

    def voices(self) -> Voices:
        """The voices that ``diarise`` found."""
        return _load(self.files.voices, Voices)

    def overlaps(self) -> Overlaps:
        """The result of ``overlaps`` for overlapping speech."""
        return _load(self.files.overlaps, Overlaps)

    def transcript(self) -> Transcript:
        """The transcript, corrected by the machine and possibly by users."""
        return _load(self.files.transcript, Transcript)

    def machine_transcript(self) -> Transcript:
        """The machine's transcript without users' corrections."""
        return _load(self.files.machine_transcript, Transcript)

    def alignment(self) -> Alignment:
        """The alignment of article and recording."""
        return _load(self.files.alignment, Alignment)

    def soundbites(self) -> tuple[Soundbite, ...]:
        """The sound bites, the best one first."""
        return _load(self.files.soundbites, Soundbites).soundbites

    def machine_chapters(self) -> tuple[RecordingChapter, ...]:
        """The generated chapters without users' changes, on the recording clock."""
        return _load(self.files.machine_chapters, RecordingChapters).chapters

    def chapters(self) -> Chapters:
        """The chapters: generated, edited or imported."""
        if self.is_untranscribed:
            return self.former_chapters()
        return _load(self.files.chapters, Chapters)

    def margin_notes(self) -> tuple[MarginNote, ...]:
        """The editors' notes to each other."""
        path = self.files.margin_notes
        return _load(path, MarginNotes).notes if path.is_file() else ()

    def master(self) -> MasterFacts:
        """What was measured on the master."""
        return _load(self.files.loudness, MasterFacts)

    def enclosure(self) -> Enclosure:
        """The finished MP3."""
        return _load(self.files.enclosure, Enclosure)


Sources = ShowSources | EpisodeSources


def _text_of(path: Path) -> str:
    refuse_special_file(path)
    try:
        return read_file(path).decode("utf-8-sig")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise WorkspaceError(
            path,
            message(
                "is not UTF-8 ({reason} at byte {start})", reason=error.reason, start=error.start
            ),
            message("Save it as UTF-8."),
        ) from None


def _load(path: Path, kind: type[R]) -> R:
    refuse_special_file(path)
    try:
        content = read_file(path)
    except FileNotFoundError:
        raise WorkspaceError(path, message("is missing"), message("Run `studio run`.")) from None
    return record_from_bytes(content, kind, path)
