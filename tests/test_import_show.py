"""A show comes over from another host: nothing that subscribers see changes, nothing is lost."""

from __future__ import annotations

import datetime
import hashlib
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from lxml import etree
from support import fake_engine
from support.former_hosts import HOSTS, PSC, Hosts, Item, feed, former_hosts, mp3, plain
from support.small_show import build_show
from support.spoken import INTERVIEW, transcript_from_lines

from studio.captions.formats import CAPTION_FORMATS
from studio.check.continuity import compare_feeds
from studio.check.publication import publication_from_sources
from studio.check.runner import check_publication
from studio.cli import main
from studio.download.client import Client, Limits
from studio.download.feeds import load_pages
from studio.errors import StudioError
from studio.feed.dates import parse_date
from studio.feed.lenient_parsing import joined_feed, parse_leniently, strict_feed
from studio.feed.namespace import NAMESPACES
from studio.model.record import bytes_from_record
from studio.pipeline.runner import Choice, plan_run, run_stages
from studio.pipeline.stages import STAGES
from studio.workspace.imported_episodes import ImportDone, import_episodes
from studio.workspace.imported_show import load_feed, open_import
from studio.workspace.layout import Workspace
from studio.workspace.sources import ShowSources

QUICK = Limits(first_pause_s=0.01, timeout_s=5.0, unstated_bytes=2_000_000)
BASE_URL = "https://podcast.medinsoft.test/show/"


@pytest.fixture
def hosts() -> Iterator[Hosts]:
    with former_hosts() as running:
        yield running


def bring(hosts: Hosts, host: str, root: Path) -> tuple[Workspace, ImportDone]:
    source = f"{hosts.base}/{host}/feed.xml"
    client = Client(source, QUICK)
    former = load_feed(source, client)
    workspace = open_import(root, former, client, base_url=BASE_URL)
    return workspace, import_episodes(workspace, former, client)


def build(workspace: Workspace) -> None:
    done = run_stages(workspace, STAGES, Choice(), lambda _: None, command="test")
    assert not done.failures, done.failures


def found(parent: etree._Element, path: str) -> etree._Element:
    element = parent.find(path, NAMESPACES)
    assert element is not None
    return element


def sound_of(workspace: Workspace) -> dict[str, bytes]:
    return {one.episode.guid: one.recording.read_bytes() for one in ShowSources(workspace).episodes}


@pytest.mark.parametrize("host", HOSTS)
def test_a_show_comes_over_and_subscribers_see_nothing(
    hosts: Hosts, host: str, tmp_path: Path
) -> None:
    workspace, done = bring(hosts, host, tmp_path / host)
    assert not done.failed
    build(workspace)
    sources = ShowSources(workspace)
    publication = publication_from_sources(sources)
    pages = load_pages(f"{hosts.base}/{host}/feed.xml", Client(hosts.base, QUICK))
    former = strict_feed(joined_feed([parse_leniently(content, url) for url, content in pages]))
    seen = compare_feeds(
        former, publication.feed.read_bytes(), publication.imported_sound_addresses
    )
    # What has no sound is no episode; what is there twice, or shares a guid, apps show once.
    assert (seen.missing, seen.guids, seen.dates, seen.lengths, seen.order) == (0, 0, 0, 0, 0)
    for episode in sources.episodes:
        imported = episode.episode.imported
        assert imported is not None
        assert hashlib.sha256(episode.recording.read_bytes()).hexdigest() == imported.sha256
        public = workspace.site / episode.places.media
        assert public.read_bytes() == episode.recording.read_bytes()
    findings = check_publication(publication, published=former)
    assert [one for one in findings if one.severity == "E"] == []
    assert all(plan.state == "fresh" for plan in plan_run(workspace, STAGES, Choice()))


def test_what_came_with_an_episode_stays_with_it(hosts: Hosts, tmp_path: Path) -> None:
    workspace, done = bring(hosts, "castopod", tmp_path / "show")
    build(workspace)
    assert len(done.slugs) == 3
    show = workspace.load_show()
    assert (show.title, show.categories[0].sub, show.page_episodes) == (
        "L’émission de castopod",
        "Documentary",
        0,
    )
    episode = workspace.load_episode(done.slugs[0])
    assert episode.guests == ("Grace",)
    assert (episode.season, episode.number, episode.host) == (1, 1, "Ada")
    root = etree.fromstring((workspace.site / "feed.xml").read_bytes())
    item = root.findall("channel/item")[-1]
    assert item.findtext("guid") == "castopod-1"
    assert [one.text for one in item.findall("podcast:person", NAMESPACES)] == ["Ada", "Grace"]
    assert found(item, "podcast:value/podcast:valueRecipient").get("address") == "02d5"
    (text,) = item.findall("podcast:transcript", NAMESPACES)
    assert text.get("type") == "application/x-subrip"
    place = str(text.get("url")).removeprefix(BASE_URL)
    assert "Bonjour" in (workspace.site / place).read_text(encoding="utf-8")
    assert len(item.findall("psc:chapters/psc:chapter", NAMESPACES)) == 2
    assert found(item, "podcast:soundbite").get("startTime") == "0.100"


def test_notes_stay_as_they_were_but_for_what_could_run(hosts: Hosts, tmp_path: Path) -> None:
    workspace, _ = bring(hosts, "ausha", tmp_path / "show")
    build(workspace)
    item = etree.fromstring((workspace.site / "feed.xml").read_bytes()).find("channel/item")
    assert item is not None
    assert item.findtext("content:encoded", "", NAMESPACES) == "<h2>Notes</h2><p>Riches</p>"
    assert item.findtext("itunes:duration", "", NAMESPACES) == "1265"
    assert workspace.load_show().guid_given
    page = next(workspace.site.glob("*/index.html")).read_text(encoding="utf-8")
    assert "alert(1)" not in page


def test_an_import_goes_on_where_its_line_broke(hosts: Hosts, tmp_path: Path) -> None:
    hosts.broken |= {"/simplecast/2.mp3"}
    workspace, done = bring(hosts, "simplecast", tmp_path / "show")
    assert not done.failed
    ranges = [one.range for one in hosts.seen if one.path == "/simplecast/2.mp3"]
    assert ranges == ["", f"bytes={len(mp3(2)) // 2}-"]
    assert mp3(2) in sound_of(workspace).values()


@pytest.mark.parametrize("answer", ["nothing", "whole"])
def test_a_server_that_does_not_go_on_gives_the_file_anew(
    hosts: Hosts, answer: str, tmp_path: Path
) -> None:
    """It says that there is nothing behind the part (416), or sends another part than was asked."""
    hosts.broken |= {"/simplecast/2.mp3"}
    hosts.resumed["/simplecast/2.mp3"] = answer
    workspace, done = bring(hosts, "simplecast", tmp_path / "show")
    assert not done.failed
    assert mp3(2) in sound_of(workspace).values()


@pytest.mark.parametrize("name", ["été 1.mp3", "%C3%A9t%C3%A9%201.mp3"])
def test_addresses_are_written_as_people_write_them(
    hosts: Hosts, name: str, tmp_path: Path
) -> None:
    items = [Item(1, url=f"BASE/wild/{name}")]
    hosts.feeds["wild"] = feed("wild", items).replace("BASE", hosts.base).encode()
    workspace, done = bring(hosts, "wild", tmp_path / "show")
    assert not done.failed
    assert list(sound_of(workspace).values()) == [mp3(1)]
    assert "/wild/%C3%A9t%C3%A9%201.mp3" in {one.path for one in hosts.seen}


def test_an_address_without_its_scheme_has_that_of_its_feed(hosts: Hosts, tmp_path: Path) -> None:
    text = plain("wild", 1).replace("BASE", hosts.base.removeprefix("http:"))
    hosts.feeds["wild"] = text.encode()
    assert not bring(hosts, "wild", tmp_path / "show")[1].failed


CHANNEL = """<itunes:block>Yes</itunes:block><itunes:complete>Yes</itunes:complete>
<podcast:block id="spotify">yes</podcast:block><podcast:block id="deezer">no</podcast:block>
<podcast:location geo="geo:43.3,5.4" osm="R76469">Marseille</podcast:location>
<podcast:publisher><podcast:remoteItem medium="publisher" feedGuid="g" feedUrl="https://p.test/"/></podcast:publisher>
<podcast:chat server="c.test" protocol="matrix" space="#ici"/>
<podcast:socialInteract protocol="activitypub" uri="https://s.test/1" accountId="@nous"/>
<podcast:updateFrequency rrule="FREQ=MONTHLY" dtstart="2024-01-01T00:00:00Z">mensuel</podcast:updateFrequency>
<podcast:podroll><podcast:remoteItem feedGuid="r" feedUrl="https://r.test/" title="Ailleurs"/></podcast:podroll>
<podcast:value type="lightning" method="keysend"/><podcast:medium>audiobook</podcast:medium>
<itunes:new-feed-url>https://new.test/feed.xml</itunes:new-feed-url>"""


def test_what_the_show_says_of_itself_comes_with_it(hosts: Hosts, tmp_path: Path) -> None:
    """Above all that no directory may list it; what no setting has is told."""
    season = '<podcast:season name="Les débuts">1</podcast:season><podcast:chat server="e.test" protocol="irc"/>'
    text = feed("wild", [Item(n, extra=season) for n in (2, 1)], extra=CHANNEL)
    hosts.feeds["wild"] = text.replace("BASE", hosts.base).encode()
    workspace, done = bring(hosts, "wild", tmp_path / "show")
    show = workspace.load_show()
    assert (show.block, show.block_platforms, show.complete) == (True, ("spotify",), True)
    assert [one.name for one in show.locations] == ["Marseille"]
    told = "\n".join(done.remarks)
    for said in ("podcast:value", "podcast:medium", "moved to https://new.test/feed.xml"):
        assert said in told
    build(workspace)
    channel = found(etree.fromstring((workspace.site / "feed.xml").read_bytes()), "channel")
    assert channel.findtext("itunes:block", "", NAMESPACES) == "Yes"
    assert channel.findtext("itunes:complete", "", NAMESPACES) == "Yes"
    assert found(channel, "podcast:location").get("osm") == "R76469"
    assert found(channel, "podcast:publisher/podcast:remoteItem").get("feedGuid") == "g"
    assert found(channel, "podcast:chat").get("space") == "#ici"
    assert found(channel, "podcast:socialInteract").get("accountId") == "@nous"
    assert found(channel, "podcast:updateFrequency").get("dtstart") == "2024-01-01T00:00:00Z"
    assert found(channel, "podcast:podroll/podcast:remoteItem").get("title") == "Ailleurs"
    assert found(channel, "item/podcast:season").get("name") == "Les débuts"
    assert found(channel, "item/podcast:chat").get("server") == "e.test"


def test_an_import_that_failed_in_part_is_run_again(hosts: Hosts, tmp_path: Path) -> None:
    hosts.dead |= {"/transistor/2.mp3"}
    root = tmp_path / "show"
    workspace, done = bring(hosts, "transistor", root)
    assert [one.error.what.partition(" (")[0] for one in done.failed] == ["answers 404"]
    assert len(workspace.slugs()) == 2
    hosts.dead.clear()
    hosts.seen.clear()
    workspace, done = bring(hosts, "transistor", root)
    assert (len(done.slugs), done.kept, done.failed) == (1, 2, ())
    assert [one.path for one in hosts.seen if one.path.endswith(".mp3")] == ["/transistor/2.mp3"]
    build(workspace)
    order = etree.fromstring((workspace.site / "feed.xml").read_bytes()).findall(
        "channel/item/guid"
    )
    assert [one.text for one in order] == ["transistor-3", "transistor-2", "transistor-1"]


def test_a_server_is_asked_by_at_most_two_at_once(hosts: Hosts, tmp_path: Path) -> None:
    hosts.feeds["many"] = (
        feed("many", [Item(n, date="") for n in range(9, 0, -1)])
        .replace("BASE", hosts.base)
        .encode()
    )
    _, done = bring(hosts, "many", tmp_path / "show")
    assert len(done.slugs) == 9
    assert hosts.most_at_once <= QUICK.at_once


HOSTILE = {
    "file:///etc/passwd": "is not a web address",
    "http://127.0.0.2:9/1.mp3": "local network",
    "http://[::1]:9/1.mp3": "local network",
    "http://localhost:PORT/x/1.mp3": "local network",
    "BASE/x/redirect-inside": "local network",
    "BASE/x/redirect-file": "is not allowed",
    "BASE/endless/stream.mp3": "does not end",
    "BASE/x/page": "is a web page",
    "BASE/x/lies.mp3": "is not audio",
    "BASE/x/gone.mp3": "answers 404",
    "BASE/x/circle": "answers 302",
}


def test_what_a_feed_names_is_refused_where_it_would_harm(hosts: Hosts, tmp_path: Path) -> None:
    import http.server
    import threading

    class Inside(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            way = {
                "/inside": "http://127.0.0.2:9/",
                "/file": "file:///etc/passwd",
                "/circle": "/circle",
            }[self.path]
            self.send_response(302)
            self.send_header("Location", way)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    hosts.files |= {
        "/x/page": ("text/html", b"<html>Log in"),
        "/x/lies.mp3": ("audio/mpeg", b"<html>Log in"),
    }
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Inside) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        beside = f"http://127.0.0.1:{server.server_port}"
        urls = [
            url.replace("BASE/x/redirect-inside", f"{beside}/inside")
            .replace("BASE/x/redirect-file", f"{beside}/file")
            .replace("BASE/x/circle", f"{beside}/circle")
            .replace("PORT", hosts.base.rpartition(":")[2])
            for url in HOSTILE
        ]
        items = [
            Item(n, guid=f"bad-{n}", date="01 Jan 2024 06:00:00 +0000", url=url, title=f"bad {n}")
            for n, url in enumerate(urls)
        ]
        items.append(Item(1, guid="good"))
        hosts.feeds["x"] = feed("x", items).replace("BASE", hosts.base).encode()
        source = f"{hosts.base}/x/feed.xml"
        client = Client(source, QUICK)
        client._trusted.add(("127.0.0.1", server.server_port))
        former = load_feed(source, client)
        workspace = open_import(tmp_path / "show", former, client, base_url=BASE_URL)
        done = import_episodes(workspace, former, client)
        server.shutdown()
    assert len(done.slugs) == 1
    told = {one.title: one.error.what for one in done.failed}
    for number, expected in enumerate(HOSTILE.values()):
        assert expected in told[f"bad {number}"], told
    assert not list((tmp_path / "show" / "episodes").glob("bad*"))


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "is not an RSS feed"),
        (b"<html><body>Log in</body></html>", "is not an RSS feed"),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'/>", "is not an RSS feed"),
        (HOSTS["simplecast"]().encode()[:-80], "is truncated"),
        (b"<!DOCTYPE r [<!ENTITY a 'b'>]><rss><channel/></rss>", "declares XML entities"),
        (b"<rss version='2.0'><channel><title>x</title></channel></rss>", "announces no sound"),
        (b"<rss version='2.0'><channel/></rss>", "does not name a show"),
    ],
)
def test_what_is_no_podcast_is_told_and_nothing_is_made(
    hosts: Hosts, content: bytes, what: str, tmp_path: Path
) -> None:
    hosts.feeds["x"] = content
    with pytest.raises(StudioError, match=what):
        bring(hosts, "x", tmp_path / "show")
    assert not (tmp_path / "show").exists()


@pytest.mark.parametrize("content", [b"<channel/>", b"<channel><title>x</title></channel>"])
def test_a_podcasts_feed_is_given_instead_and_another_show_gets_another_folder(
    hosts: Hosts, content: bytes, tmp_path: Path
) -> None:
    hosts.feeds["x"] = b"<rss version='2.0'>" + content + b"</rss>"
    wrong, right = f"{hosts.base}/x/feed.xml", f"{hosts.base}/simplecast/feed.xml"
    client = Client(wrong, QUICK)
    with pytest.raises(StudioError) as refused:
        load_feed(wrong, client)
    assert refused.value.remedy == "Give a podcast's feed."
    former = load_feed(right, client)
    open_import(tmp_path / "show", former, client, base_url=BASE_URL)
    other = load_feed(f"{hosts.base}/podlove/feed.xml", client)
    with pytest.raises(StudioError) as refused:
        open_import(tmp_path / "show", other, client, base_url=BASE_URL)
    assert refused.value.remedy == "Choose a new folder for another feed."
    open_import(tmp_path / "other", other, client, base_url=BASE_URL)


def test_three_thousand_episodes_are_read_in_seconds() -> None:
    items = [Item(n, guid=f"g{n}", date="01 Jan 2024 06:00:00 +0000") for n in range(3000)]
    former = parse_leniently(feed("many", items).encode(), "https://many.test/feed.xml")
    assert len(former.items) == 3000


@pytest.mark.parametrize(
    "text",
    [
        "Thu, 04 Jan 2024 06:00:00 +0100",
        "Wed, 4 Jan 2024 05:00:00 GMT",
        "jeudi, 4 janv. 2024 06:00:00 CET",
        "2024-01-04T05:00:00Z",
        "2024-01-04 05:00:00",
        "4 Jan 2024 06:00 +0100",
        "04/01/2024 05:00",
        "1704344400",
        "Thu, 04 Jan 2024 06:00:00 +01:00",
        "Thu, 04 Jan 2024 06:00:00 GMT+1",
        "Thu, 04 Jan 2024 06:00:00 Europe/Paris",
        "jeu. 4 janv. 2024 à 06h00 CET",
        "January 4, 2024 5:00 AM",
        "Thursday, January 4, 2024 12:00 AM EST",
        "Thu Jan  4 05:00:00 2024",
        "2024/01/04 05:00",
        "4. Jan 2024 05:00",
    ],
)
def test_dates_in_many_forms(text: str) -> None:
    assert parse_date(text) == datetime.datetime(2024, 1, 4, 5, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("Mar, 05 Mar 2024 6:30 PM GMT", 18),
        ("mar. 5 mars 2024", 0),
        ("March 5, 2024", 0),
        ("Tue, 05 Mar 2024 12:15pm", 12),
    ],
)
def test_a_tuesday_in_march(text: str, hour: int) -> None:
    date = parse_date(text)
    assert date is not None
    assert (date.date(), date.hour) == (datetime.date(2024, 3, 5), hour)


def test_no_date_is_no_date() -> None:
    for text in ("bientôt", "Thu, 32 Jan 2024 06:00:00 +0000", "le", "4 Jan 2024 m", "1 2 3 pm"):
        assert parse_date(text) is None
    assert parse_date("") is None


def test_sound_that_is_another_than_came_is_told(hosts: Hosts, tmp_path: Path) -> None:
    workspace, done = bring(hosts, "simplecast", tmp_path / "show")
    recording = ShowSources(workspace).episode(done.slugs[0]).recording
    recording.write_bytes(recording.read_bytes() + b"\0")
    result = run_stages(workspace, STAGES, Choice(), lambda _: None, command="test")
    assert [one.what for one in result.failures] == [
        "is not the file that was imported: its bytes differ"
    ]


def test_the_commands_tell_what_came(hosts: Hosts, tmp_path: Path) -> None:
    source = f"{hosts.base}/powerpress/feed.xml"
    root = str(tmp_path / "show")
    result = CliRunner().invoke(main, ["init", root, "--from", source, "--url", BASE_URL])
    assert result.exit_code == 0, result.output
    assert "has no sound: left out" in result.output
    assert "3 imported, 0 already there" in result.output
    for words in (["run"], ["status"], ["check"]):
        result = CliRunner().invoke(main, ["-C", root, *words])
        assert result.exit_code == 0, result.output
    result = CliRunner().invoke(main, ["-C", root, "check", "--against", source])
    assert result.exit_code == 0, result.output
    assert "differences: missing 0, guid 0, date 0, length 0, order 0" in result.output


def test_what_a_feed_in_a_file_names_here_is_refused_at_once(
    hosts: Hosts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody typed an address of this machine: none is asked, nor waited for, and the way on is
    told.
    """
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    path = tmp_path / "feed.xml"
    path.write_bytes(hosts.feed("simplecast"))
    result = CliRunner().invoke(main, ["init", str(tmp_path / "show"), "--from", str(path)])
    assert result.exit_code == 7
    assert "local network" in result.output
    assert "download the file yourself" in result.output
    assert waited == []


def real_mp3(path: Path) -> bytes:
    from support.made_sounds import speechlike, write_wav

    from studio.sound.ffmpeg import ffmpeg_path

    wav = write_wav(path.with_suffix(".wav"), speechlike(51.0, rate_hz=16_000), rate_hz=16_000)
    words = [ffmpeg_path(), "-v", "error", "-i", str(wav), "-b:a", "64k", str(path)]
    subprocess.run(words, check=True)
    return path.read_bytes()


def test_a_transcript_is_added_later_and_the_sound_stays(hosts: Hosts, tmp_path: Path) -> None:
    content = real_mp3(tmp_path / "real.mp3")
    hosts.files["/real/1.mp3"] = ("audio/mpeg", content)
    hosts.feeds["real"] = (
        feed("real", [Item(1, length=str(len(content)), extra=PSC.replace("00.500", "20.000"))])
        .replace("BASE", hosts.base)
        .encode()
    )
    workspace, done = bring(hosts, "real", tmp_path / "show")
    (slug,) = done.slugs
    build(workspace)
    before = (workspace.site / ShowSources(workspace).episode(slug).places.media).read_bytes()
    files = workspace.episode(slug)
    # As `--stage transcribe` and `correct` leave it, without an ear.
    files.texts.mkdir(parents=True)
    files.transcript.write_bytes(bytes_from_record(transcript_from_lines(INTERVIEW)))
    build_show(workspace)
    sources = ShowSources(workspace).episode(slug)
    assert (workspace.site / sources.places.media).read_bytes() == before == content
    assert len(sources.places.captions) == len(CAPTION_FORMATS)
    assert [one.title for one in sources.chapters().chapters] == ["Début", "Suite"]
    item = etree.fromstring((workspace.site / "feed.xml").read_bytes()).find("channel/item")
    assert item is not None
    assert len(item.findall("podcast:transcript", NAMESPACES)) == len(CAPTION_FORMATS)
    assert item.findtext("guid") == "real-1"
    errors = [
        one
        for one in check_publication(publication_from_sources(ShowSources(workspace)))
        if one.severity == "E"
    ]
    assert not errors


def test_imported_episodes_are_published(hosts: Hosts, tmp_path: Path) -> None:
    workspace, _ = bring(hosts, "castopod", tmp_path / "show")
    target = tmp_path / "served"
    with workspace.settings.open("a", encoding="utf-8") as settings:
        settings.write(f'\n[publish]\ndestination = "{target.as_posix()}"\n')
    build(workspace)
    for _ in range(2):
        result = CliRunner().invoke(main, ["-C", str(workspace.root), "publish"])
        assert result.exit_code == 0, result.output
    result = CliRunner().invoke(main, ["-C", str(workspace.root), "run"])
    assert "Everything was up to date." in result.output
    assert {path.read_bytes() for path in target.rglob("*.mp3")} == {mp3(n) for n in (1, 2, 3)}


def test_the_catalogue_has_a_page_that_tells_what_lacks(hosts: Hosts, tmp_path: Path) -> None:
    workspace, _ = bring(hosts, "ausha", tmp_path / "show")
    result = CliRunner().invoke(main, ["-C", str(workspace.root), "report", "--show"])
    assert result.exit_code == 0, result.output
    page = (workspace.state / "catalogue.html").read_text(encoding="utf-8")
    assert page.count("transcription, article, image") == 3
    assert "21:05" in page
    result = CliRunner().invoke(main, ["-C", str(workspace.root), "report"])
    assert result.exit_code == 2


def test_a_feed_that_stays_elsewhere_gets_files_to_upload(
    hosts: Hosts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = real_mp3(tmp_path / "real.mp3")
    hosts.files["/real/1.mp3"] = ("audio/mpeg", content)
    hosts.feeds["real"] = (
        feed("real", [Item(1, length=str(len(content)))]).replace("BASE", hosts.base).encode()
    )
    source, root = f"{hosts.base}/real/feed.xml", str(tmp_path / "show")

    def studio(*words: str, code: int = 0) -> str:
        result = CliRunner().invoke(main, ["-C", root, *words])
        assert result.exit_code == code, result.output
        return result.output

    result = CliRunner().invoke(main, ["init", root, "--from", source, "--hosted"])
    assert result.exit_code == 0, result.output
    assert f"The feed stays at {source}." in result.output
    workspace = Workspace(Path(root))
    (slug,) = workspace.slugs()
    assert "has no built transcript" in studio("upload", slug, code=1)
    fake_engine.install(monkeypatch, lambda: INTERVIEW)
    studio("run", slug, "--stage", "transcribe")
    studio("run")
    told = studio("check", "--against", source)
    assert "differences: missing 0, guid 0, date 0, length 0, order 0" in told
    assert "0 errors" in told
    assert f"upload {slug}" in told
    told = studio("upload", slug)
    folder = workspace.episode(slug).upload
    names = ["transcript.html", "transcript.podcast.json", "transcript.srt", "transcript.vtt"]
    assert sorted(path.name for path in folder.iterdir()) == names
    assert all(str(folder / name) in told.replace("\n", "") for name in names)
    assert "Trois questions" in (folder / "transcript.vtt").read_text(encoding="utf-8")
    assert "before something changed" not in told
    # Chapters of an earlier call, and what changed since, are not passed on unsaid.
    (folder / "chapters.txt").write_text("0:00 Before", encoding="utf-8")
    settings = workspace.episode(slug).settings
    text = settings.read_text(encoding="utf-8")
    settings.write_text(re.sub(r"(?m)^title = .*$", 'title = "Autre <titre>"', text), "utf-8")
    assert "before something changed" in studio("upload", slug)
    assert sorted(path.name for path in folder.iterdir()) == names
    settings.write_text(text, encoding="utf-8")
    assert not (workspace.site / "feed.xml").exists()
    page = (workspace.site / slug / "index.html").read_text(encoding="utf-8")
    assert f'href="{source}"' in page
    assert f"says that the feed stays at {source}" in studio("publish", code=1)
    assert "Nothing was sent" in studio("announce", slug)


def test_what_is_published_here_is_not_uploaded(hosts: Hosts, tmp_path: Path) -> None:
    workspace, done = bring(hosts, "ausha", tmp_path / "show")
    result = CliRunner().invoke(main, ["-C", str(workspace.root), "upload", done.slugs[0]])
    assert result.exit_code == 1
    assert "none is hosted elsewhere" in result.output
