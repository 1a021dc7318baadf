"""Create an episode: an article and a recording become a folder of the workspace."""

from __future__ import annotations

import datetime
import re
import uuid
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal

from studio.article.byline import credit_host
from studio.article.illustration import Illustration
from studio.article.markdown import markdown_from_article
from studio.article.outline import ParsedArticle
from studio.article.read import parsed_article_from_file
from studio.article.title import introduces_guests
from studio.artwork.fitting import fitted_picture
from studio.errors import StudioError, WorkspaceError
from studio.feed.episode_titles import without_show_name
from studio.file_access import read_file
from studio.messages.message import message
from studio.messages.translations import in_language
from studio.model.article import Article
from studio.model.episode import Episode, Microphone
from studio.model.record import Record, replace_fields
from studio.model.show import Show
from studio.model.sound import RecordingFacts
from studio.progress import Progress, no_progress
from studio.sound.microphone_preview import files_of_channels, preview_microphones
from studio.sound.multitrack import channels_from_placings, join_tracks
from studio.sound.synchronisation import TrackOffset, synchronise_tracks
from studio.text.plain import names_from_list
from studio.text.typography import set_text
from studio.web.links import is_whole_address
from studio.web.slugs import slug_from_text
from studio.workspace.disk import (
    copy_file,
    errors_name_place,
    new_folder,
    remove_leftovers,
    write_file,
)
from studio.workspace.layout import MAX_COUNT, EpisodeFiles, Workspace
from studio.workspace.measuring import measure_recording
from studio.workspace.run_lock import lock_workspace
from studio.workspace.settings import toml_from_episode

PICTURE = "picture.jpg"
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")


class NewEpisode(Record, frozen=True):
    """The result of creating an episode. :param numbered: source of the number: « given », «
    article », « next » (the next free one), or empty for none.
    :param doubtful: paragraphs that were parsed as an answer but look like questions, with their
        positions.
    :param unsure: paragraphs that were parsed as a question but may be the guest's own, with their
        positions.
    :param missing_picture: file name of the page's picture that was not saved with it.
    :param refused_picture: why the article's own picture was not used; None if it was, or if there
        is none.
    """

    slug: str
    episode: Episode
    article: Article
    facts: RecordingFacts
    numbered: str = ""
    doubtful: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    missing_picture: str = ""
    refused_picture: WorkspaceError | None = None


class EpisodeOptions(Record, frozen=True):
    """A user's settings of a new episode; the others are derived from the article.

    :param slug: folder name; empty: from number and guests.
    :param number: None: the article's, else the next free one.
    :param guests: who answers; empty: the article's guests.
    :param type: None: by the title.
    :param link: URL of the published article.
    :param author: its author; empty: the article's credit.
    :param title: title in the feed; empty: from guests and pull quote.
    :param published: with time zone; None: now.
    :param picture: a picture for the episode; None: the article's own.
    """

    slug: str = ""
    number: int | None = None
    season: int | None = None
    type: Literal["full", "trailer", "bonus"] | None = None
    guests: tuple[str, ...] = ()
    link: str = ""
    author: str = ""
    title: str = ""
    published: datetime.datetime | None = None
    notice: str = ""
    picture: Path | None = None


def read_new_article(article_file: Path, options: EpisodeOptions) -> ParsedArticle:
    """Parse the article of a new episode.

    :raises ArticleError: it cannot be read, or is not an interview.
    """
    return parsed_article_from_file(article_file, guests=options.guests, kind=options.type)


def lacks_guests(reading: ParsedArticle) -> bool:
    """Whether the user must name the guests: otherwise all speech would be the host's."""
    return not reading.article.guests and bool(reading.article.exchanges)


def _usable_article(article_file: Path, options: EpisodeOptions) -> ParsedArticle:
    """The article of a new episode, once article and options together say what they must.

    :raises WorkspaceError: no guest is named, or an option is invalid.
    """
    reading = read_new_article(article_file, options)
    if lacks_guests(reading) and (perhaps := reading.perhaps_guests):
        raise WorkspaceError(
            article_file,
            message(
                "does not say whether {first} and {last} have the same surname",
                first=perhaps[0].split()[0],
                last=perhaps[-1],
            ),
            message(
                "If they have: {guests}. If not, name each guest in the same way.",
                guests=" ".join(f'--guest "{name}"' for name in perhaps),
            ),
        )
    if lacks_guests(reading):
        raise WorkspaceError(
            article_file,
            message("does not say who answers"),
            message('Name each guest: --guest "First Last".'),
        )
    _check_counts(options.number, options.season)
    _check_link(options.link)
    return reading


def _write_texts(
    folder: Path,
    files: EpisodeFiles,
    episode: Episode,
    article: Article,
    picture: Illustration | None,
) -> None:
    """Write all files of a new episode except its recording."""
    if picture is not None:
        write_file(folder / PICTURE, picture.content)
    write_file(folder / files.article.name, markdown_from_article(article).encode())
    write_file(folder / files.settings.name, toml_of(episode))


def _recording_name(recording: Path, *, joined: bool) -> str:
    """The name of the recording in the episode's folder."""
    suffix = ".flac" if joined else recording.suffix.lower()
    return "recording" + (suffix if _SUFFIX.fullmatch(suffix) else "")


def _inspect_all(
    recordings: Sequence[Path],
    offsets_ms: Sequence[float],
    tracks: Sequence[int],
    progress: Progress,
) -> tuple[list[tuple[Path, RecordingFacts]], Sequence[TrackOffset]]:
    """The properties of the recordings, and their offsets on the first one's clock."""
    inspected = [(path, measure_recording(path, progress, tracks=tracks)) for path in recordings]
    if len(inspected) == 1:
        return inspected, ()
    mixed = [(path, one.mix) for path, one in inspected]
    return inspected, synchronise_tracks(mixed, offsets_ms=offsets_ms, progress=progress)


def add_episode(
    workspace: Workspace,
    article_file: Path,
    recording: Path,
    *,
    others: Sequence[Path] = (),
    offsets_ms: Sequence[float] = (),
    tracks: Sequence[int] = (),
    options: EpisodeOptions = EpisodeOptions(),  # noqa: B008 - frozen
    command: str = "studio new",
    progress: Progress = no_progress,
) -> NewEpisode:
    """Read the article, inspect the recording and copy both. The episode's folder is created
    atomically.

    :param others: more recordings of the same conversation, one per further speaker.
    :param offsets_ms: start of each of the others on the first one's clock; empty: found by
        correlation.
    :param tracks: audio tracks of the recording to use, from 1; empty: those with speech.
    :param progress: runs twice from 0: while the recording is inspected, and while it is copied.
    :raises StudioError: article or recording are invalid, no guest is named, or number or slug are
        taken; nothing was changed.
    """
    show = workspace.load_show()
    reading = _usable_article(article_file, options)
    article, season = reading.article, options.season or reading.season
    number, numbered = _number(workspace, options, reading, season)
    _check_counts(number, season)
    slug = options.slug or _slug(article, number, season)
    files = workspace.episode(slug)
    _check_free(workspace, files, number, season)
    inspected, placings = _inspect_all((recording, *others), offsets_ms, tracks, progress)
    picture, refused_picture = _picture(options, reading)
    episode = replace_fields(
        _settings(options, reading, show, picture),
        number=number,
        season=season,
        tracks=() if others else tuple(tracks),
        microphones=_microphones(recording, inspected[0][1], inspected, placings, progress),
        recording=_recording_name(recording, joined=bool(others)),
    )
    with lock_workspace(workspace.state, command):
        remove_leftovers(files.folder.parent)
        _check_free(workspace, files, number, season)
        with new_folder(files.folder) as folder:
            facts = _copy_in(inspected, placings, folder / episode.recording, progress)
            _write_texts(folder, files, episode, article, picture)
    return NewEpisode(
        slug=slug,
        episode=episode,
        article=article,
        facts=facts,
        numbered=numbered,
        doubtful=reading.doubtful,
        unsure=reading.unsure,
        missing_picture="" if picture is not None else reading.missing_picture,
        refused_picture=refused_picture,
    )


def _settings(
    options: EpisodeOptions, reading: ParsedArticle, show: Show, picture: Illustration | None
) -> Episode:
    """The settings from options and article, without recording and number."""
    article = reading.article
    published = options.published or datetime.datetime.now(datetime.UTC).astimezone()
    return Episode(
        type=reading.kind,
        guid=str(uuid.uuid4()),
        title=options.title or title_from_article(article, show.title, show.language),
        guests=article.guests,
        host=(credit_host(article.credit) if article.credit else None) or "",
        author=options.author or reading.author,
        link=options.link or reading.link,
        picture=PICTURE if picture is not None else "",
        picture_alt=picture.alt if picture is not None else "",
        picture_credit=picture.credit if picture is not None else "",
        recording="",
        published=published.replace(microsecond=0),
        notice=options.notice,
    )


def _copy_in(
    inspected: Sequence[tuple[Path, RecordingFacts]],
    placings: Sequence[TrackOffset],
    target: Path,
    progress: Progress,
) -> RecordingFacts:
    """Copy the recording (several files joined to one) into the episode; return its properties."""
    if placings:
        join_tracks(inspected, target, placings)
        return measure_recording(target, progress)
    recording, facts = inspected[0]
    copy_file(recording, target, progress)
    return facts


def _microphones(
    recording: Path,
    facts: RecordingFacts,
    inspected: Sequence[tuple[Path, RecordingFacts]],
    placings: Sequence[TrackOffset],
    progress: Progress,
) -> tuple[Microphone, ...]:
    """The recording's channels, if each is a speaker's microphone: several files, or one file with
    a speaker per channel.
    """
    if placings:
        channels = channels_from_placings(inspected, placings)
        if len(channels) == 1:  # one microphone in pieces
            return ()
        first = [placings[pieces[0]] for pieces in channels]
        return tuple(
            Microphone(
                file=file,
                offset_ms=round(placing.offset_ms),
                drift_ppm=round(placing.drift_ppm, 1),
            )
            for file, placing in zip(
                files_of_channels([path for path, _ in inspected], channels), first, strict=True
            )
        )
    found = preview_microphones([(recording, facts)], progress=progress)
    return () if found is None else tuple(Microphone(file=file) for file in found.files)


def _picture(
    options: EpisodeOptions, reading: ParsedArticle
) -> tuple[Illustration | None, WorkspaceError | None]:
    """The episode's picture, converted for publication. An unusable picture of the article is not
    an error: then the reason is returned.

    :raises WorkspaceError: the given picture cannot be read.
    """
    if options.picture is not None:
        try:
            content = read_file(options.picture)
        except OSError as error:
            raise WorkspaceError(
                options.picture,
                message("cannot be read ({reason})", reason=error.strerror),
                message("Name a picture with --picture."),
            ) from None
        fitted = fitted_picture(content, options.picture)
        alt = _joined(reading.article.guests)
        return Illustration(fitted, str(options.picture), alt=alt, credit=""), None
    if reading.picture is None:
        return None, None
    try:
        fitted = fitted_picture(reading.picture.content, reading.picture.name)
    except WorkspaceError as error:
        return None, error
    return reading.picture._replace(content=fitted), None


def _check_link(link: str) -> None:
    if link and not is_whole_address(link):
        raise WorkspaceError(
            "--link",
            message("is not an address to follow ({link!r})", link=link),
            message("Write the article's whole address: https://…"),
        )


def _check_counts(number: int | None, season: int | None) -> None:
    for name, value in (("--number", number), ("--season", season)):
        if value is not None and value > MAX_COUNT:
            raise WorkspaceError(
                name,
                message("is {value}", value=value),
                message("Give a number from 1 to {highest}.", highest=MAX_COUNT),
            )
        if value is not None and value < 1:
            counted = "episodes" if name == "--number" else "seasons"
            raise WorkspaceError(
                name,
                message(
                    "is {value}, but {counted} are counted from 1", value=value, counted=counted
                ),
                message("Give a positive number."),
            )


def _number(
    workspace: Workspace, options: EpisodeOptions, reading: ParsedArticle, season: int | None
) -> tuple[int | None, str]:
    """The episode's number and its source. Trailers and bonuses only have one if it is given."""
    if options.number is not None:
        return options.number, "given"
    if reading.kind == "trailer":
        return None, ""
    if reading.article.number:
        return reading.article.number, "article"
    if reading.kind == "bonus":
        return None, ""
    taken = [
        number
        for number, other in _numbers(workspace).values()
        if number is not None and other == season
    ]
    return max(taken, default=0) + 1, "next"


def _slug(article: Article, number: int | None, season: int | None) -> str:
    """« 002-stephane-soto », « s02e01-stephane-soto », « bande-annonce-voix-du-sud »."""
    name = slug_from_text(_joined(article.guests) or article.title)
    if number is None:
        return name
    return f"{number:03}-{name}" if season is None else f"s{season:02}e{number:02}-{name}"


def toml_of(episode: Episode) -> bytes:
    """The text of ``episode.toml``; imports tomlkit late."""
    return toml_from_episode(episode)


def title_from_article(article: Article, show_title: str, language: str) -> str:
    """The title in the feed: guests and pull quote, without number and show name, which apps show
    beside it; without a quote the article's own title, if it says more than the guests' names.
    """
    if not article.guests:
        return without_show_name(article.title, show_title)
    guests = names_from_list(article.guests, language)
    bare = without_show_name(article.title, show_title)
    if article.quote is None and not introduces_guests(article.title):
        return bare  # « Les mots du port », « Nadia Benhamou, saunière en Camargue »
    title = message("{guests}: “{quote}”", guests=guests, quote=article.quote)
    return set_text(in_language(title, language), language) if article.quote else guests


def _joined(names: Sequence[str]) -> str:
    """« A », « A et B », « A, B et C »."""
    return " et ".join([", ".join(names[:-1]), *names[-1:]] if len(names) > 1 else names)


def _numbers(workspace: Workspace) -> dict[str, tuple[int | None, int | None]]:
    """Slug → number and season of every numbered episode."""
    numbers: dict[str, tuple[int | None, int | None]] = {}
    for slug in workspace.slugs():
        with suppress(StudioError):  # a damaged episode does not prevent a new one
            episode = workspace.load_episode(slug)
            numbers[slug] = (episode.counted, episode.season)
    return numbers


def _check_free(
    workspace: Workspace, files: EpisodeFiles, number: int | None, season: int | None
) -> None:
    with errors_name_place(files.folder):
        taken = files.folder.exists() or files.texts.exists()
    if taken:
        remedy = message(
            "Continue with `studio run {slug}`; a different episode needs another --number or "
            "--slug.",
            slug=files.slug,
        )
        raise WorkspaceError(files.slug, message("is the slug of an episode that exists"), remedy)
    for slug, other in _numbers(workspace).items():
        if number is not None and other == (number, season):
            of_season = "" if season is None else message(" of season {season}", season=season)
            raise WorkspaceError(
                slug,
                message(
                    "is episode {number}{of_season} already", number=number, of_season=of_season
                ),
                message("Give another number with --number."),
            )
