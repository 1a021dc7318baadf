"""Remedies of the settings, chapters, addresses and files that people write: what was refused is
taken once its remedy was followed to the letter. Commands' remedies are followed beside it in
``test_input_remedies.py``, those of ``studio check`` in ``test_remedies.py``.
"""

from __future__ import annotations

import datetime
import io
import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple, cast

import pytest
from click.testing import CliRunner
from PIL import Image
from support.remedies import Followed, of_value, require_that_it_helps
from support.small_show import SLUG, add_episode, make_show

from studio.adoption.candidates import addresses_in_sitemap, find_candidates
from studio.article.read import article_from_file
from studio.artwork.fitting import fitted_picture
from studio.chapters.build import require_valid_chapters
from studio.cli import main
from studio.cluster.scheduler import check_scheduler_address
from studio.editor import server
from studio.errors import DestinationSettingsError, PublishError
from studio.feed.item import FeedItem
from studio.feed.lenient_parsing import parse_leniently
from studio.feed.rss import published_utc, required
from studio.model.chapters import Chapter, Chapters
from studio.model.clock import ProgrammeMs, RecordingMs
from studio.model.episode import Cut, Episode, EpisodeSound
from studio.model.glossary import Glossary
from studio.model.loudness_targets import loudness_target
from studio.model.programme import overlaps_ms, programme_from_facts
from studio.model.record import record_from_toml
from studio.model.show import Publishing, ShowSound
from studio.model.sound import Loudness, RecordingFacts
from studio.proof.answer import BEGIN, END, answer_from_bytes
from studio.publish import transfer
from studio.publish.destination import open_destination
from studio.publish.websub import notify_hub
from studio.sound import mastering
from studio.speech.whisper_models import find_whisper_model
from studio.transcript_formats.markup import lines_from_html
from studio.transcript_formats.table import rows_from_table
from studio.wordpress.client import checked_site
from studio.workspace.init import init_workspace
from studio.workspace.layout import Workspace, check_file_name, check_slug, find_workspace

REPOSITORY = Path(__file__).parent.parent
ARTICLE = "# 3 questions à Zoé\n\n## Où ?\n\nIci.\n"


def settings(name: str, old: str, new: str) -> Callable[[Path], object]:
    """Read a show whose settings have something else at one place; nothing stands for the
    beginning.
    """

    def read(folder: Path) -> object:
        show = make_show(folder / "show")
        add_episode(show)
        path = show.settings if name == "show" else show.episode(SLUG).settings
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1) if old else f"{new}\n{text}", encoding="utf-8")
        return show.load_show() if name == "show" else show.load_episode(SLUG)

    return read


def of_settings(name: str, remedy: str, old: str, wrong: str, right: str) -> Followed:
    return Followed(remedy, settings(name, old, wrong), settings(name, old, right))


def of_file(
    remedy: str, name: str, wrong: bytes | None, right: bytes, read: Callable[[Path], object]
) -> Followed:
    """A file that is read; None for one that is not there."""

    def with_content(content: bytes | None) -> Callable[[Path], object]:
        def written(folder: Path) -> object:
            if content is not None:
                (folder / name).write_bytes(content)
            return read(folder / name)

        return written

    return Followed(remedy, with_content(wrong), with_content(right))


def chapters(*starts: float, titles: str = "ABC", last_end: float | None = None) -> object:
    marks = [
        Chapter(start_s=start, title=title) for start, title in zip(starts, titles, strict=False)
    ]
    if marks and last_end is not None:
        marks[-1] = Chapter(start_s=starts[-1], title=marks[-1].title, end_s=last_end)
    require_valid_chapters(Chapters(chapters=tuple(marks)), ProgrammeMs(60_000), "chapters.json")
    return None


def picture(width: int, height: int, form: str = "PNG") -> bytes:
    packed = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(packed, form)
    return packed.getvalue()


def sitemap(count: int) -> bytes:
    places = (f"<url><loc>https://a.example/{number}</loc></url>" for number in range(count))
    return f"<urlset>{''.join(places)}</urlset>".encode()


def feed(inside: str, head: str = "") -> bytes:
    return f"<?xml version='1.0'?>{head}<rss version='2.0'>{inside}</rss>".encode()


CHANNEL = "<channel><title>A</title><item><title>Un</title></item></channel>"
FOLDER = "/nowhere/show"


def open_to(**values: str) -> None:
    open_destination(Publishing(**values), Path(FOLDER)).close()


def cut_short(*cuts: tuple[int, int], longest_pause_ms: int = 0) -> object:
    facts = RecordingFacts(
        duration_ms=RecordingMs(60_000),
        sound_start_ms=RecordingMs(0),
        sound_end_ms=RecordingMs(60_000),
        sample_rate_hz=48_000,
        channels=1,
        codec="flac",
        loudness=Loudness(integrated_lufs=-20.0, range_lu=5.0, true_peak_dbtp=-3.0),
        layout="mono",
    )
    return programme_from_facts(
        facts,
        sound=EpisodeSound(longest_pause_ms=longest_pause_ms),
        cuts=tuple(
            Cut(start_ms=RecordingMs(start), end_ms=RecordingMs(end)) for start, end in cuts
        ),
        opening_ms=0,
        where="episode.toml",
    )


def overlapping(overlap_ms: int) -> object:
    return overlaps_ms(ShowSound(opening_overlap_ms=overlap_ms), 5_000, 0, "show.toml")


def published(text: str) -> object:
    moment = datetime.datetime.fromisoformat(text)
    episode = Episode(number=2, guid="g", title="t", guests=(), recording="r", published=moment)
    return published_utc(cast("FeedItem", SimpleNamespace(episode=episode)))


def read_glossary(text: str) -> object:
    return record_from_toml(text.encode(), Glossary, "glossary.toml")


def to_hub(hub: str) -> None:
    """Tell a hub; that nobody answers there is another matter than how its address is written."""
    try:
        notify_hub(hub, "https://a.example/feed.xml")
    except PublishError as error:
        if error.where == "feed/show.toml":
            raise


def answered(text: str) -> object:
    return answer_from_bytes(text.encode(), "bon.txt") if text else None


def to_server(address: str) -> None:
    """Connect; that nobody answers there is another matter than how the address is written."""
    try:
        open_to(destination=address)
    except DestinationSettingsError:
        raise
    except PublishError:
        pass


def published_without_zone(folder: Path) -> object:
    return settings("episode", "+01:00", "")(folder)


def in_folder(name: str) -> Callable[[Path], object]:
    def find(folder: Path) -> object:
        show = make_show(folder / "show")
        return find_workspace(show.root if name == "show" else folder)

    return find


def initialised(name: str) -> Callable[[Path], object]:
    """Begin a show in a folder of this name, beside one that holds something."""

    def begin(folder: Path) -> object:
        (folder / "mine").mkdir()
        (folder / "mine" / "a.txt").write_text("a", encoding="utf-8")
        return init_workspace(folder / name, title="Trois", url="https://a.example/")

    return begin


def on_port(required: bool) -> Callable[[Path], None]:
    """Listen on a port that another program has."""

    def listen(_: Path) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            server._listening(taken.getsockname()[1], required=required).close()

    return listen


def mp3_of(kbps: int) -> object:
    facts = SimpleNamespace(layout="mono", sample_rate_hz=48_000)
    return mastering._mp3_shape(facts, mono_kbps=kbps, stereo_kbps=192)  # type: ignore[arg-type]


def published_before(day: int) -> None:
    """Publish in January 2026, after a publication of that day."""
    moments = [datetime.datetime(2026, 1, one, tzinfo=datetime.UTC) for one in (day, 15)]
    manifest = SimpleNamespace(published=moments[0])
    transfer._refuse_wrong_clock(manifest, moments[1])  # type: ignore[arg-type]


SETTINGS = "docs/settings.md"
FOLLOWED = (
    # What people write in settings.
    of_settings("show", f"Fix that line; {SETTINGS} explains", "", "description2 = ", "# no"),
    of_settings("show", "Fix that number;", "", f"season = {'9' * 5000}", "# no"),
    of_settings("show", "Remove the lists in lists;", "", f"x = {'[' * 9000}", "# no"),
    of_settings("show", "Remove what does not belong there;", "", f"#{'x' * 1_100_000}", "# no"),
    of_settings("show", "Fix that setting;", 'author = "Medinsoft"', "author = 3", 'author = "M"'),
    of_settings("show", "Remove it from that setting.", "Camille", "Cam\\u0007ille", "Camille"),
    of_settings(
        "show",
        "Write one of these: ",
        "",
        'whisper = { engine = "oreille" }',
        'whisper = { engine = "faster" }',
    ),
    of_settings("show", "Write one that begins with https://", "", 'link = "javascript:a()"', ""),
    of_settings(
        "episode", "Write a whole number from 1 to", "number = 2", "number = 0", "number = 2"
    ),
    Followed(
        "Write it like 2026-11-23T08:00:00+01:00.",
        published_without_zone,
        settings("episode", "2026-01-15T06:00:00+01:00", "2026-11-23T08:00:00+01:00"),
    ),
    Followed("Go to one, name one with -C, or make one", in_folder(""), in_folder("show")),
    # Names of episodes and files.
    of_value("Choose one like 002-stephane-soto.", check_slug, "Épisode 2", "002-stephane-soto"),
    of_value("Choose one like 002-stephane-soto.", check_slug, "assets", "002-stephane-soto"),
    of_value(
        "Rename the file: 240 bytes at most.",
        lambda name: check_file_name(name, "e"),
        "é" * 121,
        "é" * 120,
    ),
    of_value("Rename the file.", lambda name: check_file_name(name, "e"), "con.wav", "voix.wav"),
    of_value(
        "Put the file there and give its name alone.",
        lambda name: check_file_name(name, "e"),
        "../voix.wav",
        "voix.wav",
    ),
    # Chapters.
    of_value("Write at least one that starts at 0", lambda starts: chapters(*starts), (), (0.0,)),
    of_value("Write a short title.", lambda titles: chapters(0.0, titles=titles), " ", "A"),
    of_value("Write 0.", chapters, 5.0, 0.0),
    of_value(
        "Put the chapters in order of time.",
        lambda starts: chapters(*starts),
        (0.0, 40.0, 20.0),
        (0.0, 20.0, 40.0),
    ),
    of_value("Write an earlier time.", lambda start: chapters(0.0, start), 70.0, 40.0),
    of_value(
        "Write 60, or leave endTime out.",
        lambda end: chapters(0.0, 40.0, last_end=end),
        50.0,
        60.0,
    ),
    of_value("or leave endTime out.", lambda end: chapters(0.0, 40.0, last_end=end), 50.0, None),
    # Where a show is published.
    of_value(
        "Write it like sftp://user@host:22/folder; a port is at most 65535.",
        to_server,
        "sftp://user@host:99999/folder",
        "sftp://user@127.0.0.1:22/folder",
    ),
    of_value(
        "Take it out, and give it in",
        to_server,
        "sftp://user:secret@127.0.0.1:22/folder",
        "sftp://user@127.0.0.1:22/folder",
    ),
    of_value(
        "Name a folder, sftp://user@host/folder or s3://bucket/folder.",
        lambda to: open_to(destination=to),
        "ftp://host/folder",
        "../public",
    ),
    of_value(
        "Name a place outside `destination`.",
        lambda keep: open_to(destination="../public", history=keep),
        "../public/notes",
        "../notes",
    ),
    of_value(
        "Write it like https://s3.example.org.",
        lambda endpoint: open_to(destination="s3://bucket/folder", endpoint=endpoint),
        "s3.example.org",
        "https://s3.example.org",
    ),
    of_value(
        "Name s3://bucket/folder, as `destination` does.",
        lambda keep: open_to(destination="s3://bucket/folder", history=keep),
        "../notes",
        "s3://bucket/notes",
    ),
    of_value(
        "Write it as https://www.example.org/.", checked_site, "www", "https://www.example.org/"
    ),
    of_value(
        "Write it as https://www.example.org/, without name, password, ? or #.",
        checked_site,
        "https://a:b@www.example.org/?x",
        "https://www.example.org/",
    ),
    # Loudness, what every show has.
    of_value(
        "Choose podcast, ebu-r128, spotify, or a number of LUFS like -18.",
        lambda setting: loudness_target(setting, "show.toml"),
        "fort",
        "ebu-r128",
    ),
    of_value(
        "or a number of LUFS like -18.",
        lambda setting: loudness_target(setting, "show.toml"),
        "fort",
        -18.0,
    ),
    of_value(
        "Write a description: no directory accepts a show without one.",
        lambda text: required(text, "description"),
        "",
        "Des gens d’ici.",
    ),
    of_value(
        "Choose a number between",
        lambda setting: loudness_target(setting, "show.toml"),
        -3.0,
        -16.0,
    ),
    of_value(
        "Write it as 2026-01-15T06:00:00+01:00.",
        published,
        "2026-01-15T06:00:00",
        "2026-01-15T06:00:00+01:00",
    ),
    # What is left out of a recording.
    of_value(
        "Fix it: milliseconds of the recording, the start before the end.",
        cut_short,
        (5_000, 1_000),
        (1_000, 5_000),
    ),
    of_value("Take one away.", lambda cuts: cut_short(*cuts), ((0, 60_000),), ()),
    of_value(
        "Give 1000 or more, or 0 to leave pauses as they are.",
        lambda pause: cut_short(longest_pause_ms=pause),
        300,
        1000,
    ),
    of_value(
        "Give 0 to 4000: one second of the opening must play alone.", overlapping, 4_500, 4_000
    ),
    of_value("Fix that setting;", read_glossary, "names = 3", "names = []"),
    # Files that people bring.
    of_file(
        "Take the picture in its full size:",
        "a.png",
        picture(90, 90),
        picture(900, 900),
        lambda path: fitted_picture(path.read_bytes(), path),
    ),
    of_file(
        "Put the title first",
        "a.md",
        "## 💬 Q ?\n\nIci.\n".encode(),
        ARTICLE.encode(),
        article_from_file,
    ),
    of_file(
        "Check the name, and put names with spaces",
        "a.md",
        None,
        ARTICLE.encode(),
        article_from_file,
    ),
    of_file(
        "4 MiB are the most.", "a.md", b"x" * (4 * 1024**2 + 1), ARTICLE.encode(), article_from_file
    ),
    of_file(
        "Name the file of the article alone.",
        "a.txt",
        b"x\n\n" * 10_001,
        ARTICLE.encode(),
        article_from_file,
    ),
    of_file(
        "Copy the article's text from the browser into a .txt file.",
        "a.html",
        b"<p>" + b"<i>" * 60_001,
        b"<h1>3 questions</h1><h2>A ?</h2><p>B.</p>",
        article_from_file,
    ),
    of_file(
        "Copy the transcript's text into a .txt file.",
        "a.html",
        b"<i>" * 200_001,
        b"<p>Bonjour.</p>",
        lambda path: lines_from_html(path.read_text(), path),
    ),
    of_file(
        "Read it yourself if it is a mail; the page of the proof makes the file",
        "a.txt",
        b"Tout va bien, merci !",
        b"",
        lambda path: answer_from_bytes(path.read_bytes(), path) if path.stat().st_size else None,
    ),
    Followed(
        "Name the article's file in it: ",
        article_from_file,
        lambda folder: article_from_file(
            Path(shutil.copy(REPOSITORY / "episodes/002-stephane-soto/article.md", folder))
        ),
    ),
    Followed("Choose a new folder.", initialised("mine"), initialised("new")),
    # What is chosen by its name, number or address.
    of_value("Did you mean base?", find_whisper_model, "bases", "base"),
    of_value("Known models: ", find_whisper_model, "oreille", "base"),
    of_value("Choose 96 or 128 for mono, 128, 160 or 192 for stereo.", mp3_of, 100, 96),
    of_value(
        "Write its machine and port: tcp://HOST:8786.",
        check_scheduler_address,
        "fax://machine",
        "tcp://machine:8786",
    ),
    of_value("Set the clock right, then publish again.", published_before, 20, 10),
    Followed("Choose another --port, or leave it out.", on_port(required=True), on_port(False)),
    # Feeds and sitemaps of others.
    of_value(
        "Save it with the addresses of the articles alone, and name that file.",
        lambda content: addresses_in_sitemap(content, "s.xml"),
        sitemap(4_001),
        sitemap(3),
    ),
    of_value(
        "Give the address of the show's feed.",
        lambda content: parse_leniently(content, "https://a.example/"),
        feed("<outline/>"),
        feed(CHANNEL),
    ),
    of_value(
        "Give the address at which podcast apps load the feed.",
        lambda content: parse_leniently(content, "https://a.example/"),
        b"<html><body>Nos podcasts</body></html>",
        feed(CHANNEL),
    ),
    of_value(
        "Load it again; if it stays so, ask the host.",
        lambda content: parse_leniently(content, "https://a.example/"),
        feed(CHANNEL)[:-40],
        feed(CHANNEL),
    ),
    of_value(
        "Write it with https://.",
        to_hub,
        "hub.example.org",
        "https://localhost:1/",
    ),
    of_value(
        "Ask the guest to send the file itself, or the whole text, once more.",
        answered,
        f"{BEGIN}\nbm9u\n{END}",
        "",
    ),
    of_value(
        "Open it in a spreadsheet and save it again as CSV.",
        lambda text: rows_from_table(text, "a.csv"),
        'speaker,text\nA,"' + "x" * 140_000,
        "speaker,text\nA,Bonjour.\n",
    ),
    of_value(
        "Keep the first row of the table that `studio export` wrote.",
        lambda text: rows_from_table(text, "a.csv"),
        "A,Bonjour.\n",
        "speaker,text\nA,Bonjour.\n",
    ),
    of_value(
        "Ask the host for another.",
        lambda content: parse_leniently(content, "https://a.example/"),
        feed(CHANNEL, "<!DOCTYPE rss [<!ENTITY a 'b'>]>"),
        feed(CHANNEL),
    ),
    Followed(
        "Name a folder with articles.",
        lambda folder: find_candidates(str(folder), Workspace(folder)),
        lambda folder: (
            (folder / "a.md").write_text(ARTICLE, encoding="utf-8"),
            find_candidates(str(folder), Workspace(folder)),
        ),
    ),
    Followed(
        "Name a folder with articles, or a sitemap.",
        lambda folder: find_candidates(str(folder / "rien"), Workspace(folder)),
        lambda folder: (
            (folder / "a.md").write_text(ARTICLE, encoding="utf-8"),
            find_candidates(str(folder), Workspace(folder)),
        ),
    ),
)


@pytest.mark.parametrize("one", FOLLOWED, ids=lambda one: one.remedy)
def test_what_was_refused_is_taken_once_the_remedy_was_followed(
    tmp_path: Path, one: Followed
) -> None:
    require_that_it_helps(one, tmp_path)


class Typed(NamedTuple):
    """A command that is refused, and what the remedy makes of it.

    :param before: what is done by hand in between, in the workspace.
    """

    remedy: str
    wrong: str
    right: str
    before: Callable[[Workspace], object] = lambda _: None


def moved_away(show: Workspace) -> None:
    (show.root / "a.txt").rename(show.root / "b.txt")


TYPED = (
    Typed(
        "Name the sound file itself.",
        "inspect episodes",
        f"inspect episodes/{SLUG}/recording.wav",
    ),
    Typed("Enter some words.", "glossary add « »", "glossary add Medinsoft médinsofte"),
    Typed(f"Its episodes: {SLUG}.", f"rename {SLUG}x 003-zoe", f"rename {SLUG} 003-zoe"),
    Typed(
        "Choose another name, or move it away.", f"rename {SLUG} 004-la", f"rename {SLUG} 005-la"
    ),
    Typed(
        f"Its episodes: {SLUG}",
        f"export {SLUG}x --to txt --output c.txt",
        f"export {SLUG} --to txt --output c.txt",
    ),
    Typed(
        "Move it away, or give another --output.",
        f"export {SLUG} --to txt --output a.txt",
        f"export {SLUG} --to txt --output c.txt",
    ),
    Typed(
        "Move it away, or give another --output.",
        f"export {SLUG} --to txt --output a.txt",
        f"export {SLUG} --to txt --output a.txt",
        before=moved_away,
    ),
)


@pytest.mark.parametrize("one", TYPED, ids=lambda one: f"{one.remedy} {one.right}")
def test_a_command_is_carried_out_once_the_remedy_was_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one: Typed
) -> None:
    show = make_show(tmp_path / "show")
    add_episode(show)
    (show.root / "a.txt").write_text("ce que quelqu’un a corrigé", encoding="utf-8")
    (show.root / "episodes" / "004-la").mkdir()
    monkeypatch.chdir(show.root)

    def typed(command: str) -> tuple[int, str]:
        words = [word.strip("«»") for word in command.replace("« »", "«»").split()]
        result = CliRunner().invoke(main, words, catch_exceptions=False)
        return result.exit_code, " ".join(result.output.split())

    code, told = typed(one.wrong)
    assert code not in {0, 70}, told
    assert one.remedy in told
    one.before(show)
    code, told = typed(one.right)
    assert code == 0, told
