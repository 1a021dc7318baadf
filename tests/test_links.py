"""Whatever a person writes as a link: nothing is run where a listener follows it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from support.fake_show import add_episode, make_show

from studio.article.read import article_from_file
from studio.cli import main
from studio.download.client import Client
from studio.errors import WorkspaceError
from studio.feed.imported_feed import episode_from_item, show_from_channel
from studio.feed.lenient_parsing import joined_feed, parse_leniently
from studio.feed.namespace import NAMESPACES
from studio.model.record import Record
from studio.model.show import Person
from studio.web.links import forbidden_links, is_whole_address, may_be_followed
from studio.workspace.imported_show import load_feed, show_from_feed


class Holder(Record, frozen=True):
    """What an episode would have of a feed's item."""

    persons: tuple[Person, ...]
    link: str


HOSTILE = [
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    " javascript:alert(1)",
    "\tjavascript:alert(1)",
    "java\nscript:alert(1)",
    "java\tscript\r:alert(1)",
    "\x01javascript:alert(1)",
    "vbscript:x",
    "data:text/html,<script>alert(1)</script>",
    "file:///etc/passwd",
    "ftp://example.org/",
    "blob:https://example.org/x",
    "ms-msdt:/id",
    "view-source:https://example.org",
]
GOOD = [
    "https://example.org/",
    "HTTP://example.org",
    "mailto:a@b.example",
    "podcast://example.org/feed.xml",
    "spotify:show:1",
    "",
    "exemple.fr/a:b",
    "//x.example/",
]


@pytest.mark.parametrize("address", HOSTILE)
def test_what_runs_or_opens_something_is_not_followed(address: str) -> None:
    assert not may_be_followed(address)


@pytest.mark.parametrize("address", GOOD)
def test_the_web_letters_and_podcast_apps_are_followed(address: str) -> None:
    assert may_be_followed(address)


SETTINGS = [
    ("link", 'link = "javascript:alert(1)"'),
    ("license_url", 'license = "mine"\nlicense_url = "javascript:alert(1)"'),
    ("persons[1].link", '[[persons]]\nname = "A"\nlink = "javascript:alert(1)"'),
    ("persons[1].image", '[[persons]]\nname = "A"\nimage = "data:image/svg+xml,x"'),
    ("funding[1].url", '[[funding]]\nurl = "java\\tscript:alert(1)"\ntext = "Soutenir"'),
    ("platforms[1].url", '[[platforms]]\nname = "Apple Podcasts"\nurl = "vbscript:x"'),
    ("hubs[1]", 'hubs = ["file:///etc/passwd"]'),
    (
        "podroll[1].feed",
        '[[podroll]]\nguid = "917393e3-1b1e-5cef-ace4-edaa54e1f810"\nfeed = "javascript:x"',
    ),
    ("new_feed_url", 'new_feed_url = "javascript:x"'),
]


@pytest.mark.parametrize(("place", "text"), SETTINGS, ids=[place for place, _ in SETTINGS])
def test_settings_of_the_show_with_such_a_link_are_refused(
    tmp_path: Path, place: str, text: str
) -> None:
    workspace = make_show(tmp_path / "ici")
    before, _, after = workspace.settings.read_text(encoding="utf-8").partition("categories")
    top, tables = (text, "") if not text.startswith("[") else ("", text)
    workspace.settings.write_text(f"{before}{top}\ncategories{after}\n{tables}\n", encoding="utf-8")
    with pytest.raises(WorkspaceError) as told:
        workspace.load_show()
    assert f"{place} is not an address that listeners may follow" in told.value.what
    assert str(workspace.settings) in told.value.where


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("link", 'link = "javascript:alert(1)"'),
        ("persons[1].link", '[[persons]]\nname = "A"\nlink = "javascript:x"'),
        (
            "social_interact[1].uri",
            '[[social_interact]]\nprotocol = "activitypub"\nuri = "javascript:x"',
        ),
    ],
)
def test_an_episode_with_such_a_link_is_refused_by_check_and_run(
    tmp_path: Path, place: str, text: str
) -> None:
    workspace = make_show(tmp_path / "ici")
    add_episode(workspace)
    path = workspace.episode("001-ada").settings
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{text}\n", encoding="utf-8")
    for command in ("check", "run"):
        answer = CliRunner().invoke(main, ["-C", str(workspace.root), command])
        assert answer.exit_code == 1
    assert f"{place} is not an address that listeners may follow" in answer.output


@pytest.mark.parametrize(
    ("address", "whole"),
    [
        ("https://example.org/", True),
        ("https://exemple.fr/é?a=1", True),
        ("mailto:a@b.example", True),
        ("spotify:show:1", True),
        ("nulle part", False),
        ("www.example.org", False),
        ("//x.example/", False),
        ("https://a b", False),
        ("https://", False),
        ("https:///a", False),
        ("mailto:", False),
        ("javascript:alert(1)", False),
        ("", False),
    ],
)
def test_whole_addresses(address: str, whole: bool) -> None:
    assert is_whole_address(address) == whole


def test_a_show_that_comes_over_brings_no_such_link(tmp_path: Path) -> None:
    hostile = 'href="javascript:x" url="javascript:x" img="data:x" uri="file:///x"'
    names = {
        "link": "",
        "itunes:image": "",
        "podcast:license": "",
        "podcast:funding": "",
        "podcast:person": "",
        "podcast:socialInteract": 'protocol="activitypub" accountUrl="vbscript:x"',
    }
    tags = [f"<{name} {more} {hostile}>javascript:x</{name}>" for name, more in names.items()]
    for outer in ("publisher", "podroll"):
        item = '<podcast:remoteItem feedGuid="917393e3-1b1e-5cef-ace4-edaa54e1f810" feedUrl='
        tags.append(f'<podcast:{outer}>{item}"javascript:x"/></podcast:{outer}>')
    spaces = " ".join(f'xmlns:{name}="{uri}"' for name, uri in NAMESPACES.items() if name)
    source = tmp_path / "feed.xml"
    source.write_text(
        f"<rss version='2.0' {spaces}><channel><title>Ici</title>{''.join(tags)}<item>"
        f"<title>Ada</title><guid>1</guid><enclosure url='https://a.example/a.mp3' length='1' "
        f"type='audio/mpeg'/>{''.join(tags)}</item></channel></rss>",
        encoding="utf-8",
    )
    former = load_feed(str(source), Client(str(source)))
    show = show_from_feed(former, "", "cover.jpg")
    assert show.social_interact  # what is no address is kept
    assert not list(forbidden_links(show))
    (episode,) = former.episodes
    assert not list(forbidden_links(Holder(persons=episode.persons, link=episode.link)))


def test_an_empty_name_forgets_nothing_in_silence(tmp_path: Path) -> None:
    workspace = make_show(tmp_path / "ici")
    answer = CliRunner().invoke(main, ["-C", str(workspace.root), "publish", "--forget", ""])
    assert answer.exit_code == 1
    assert "is not a valid slug" in answer.output


@pytest.mark.parametrize("address", ["http://[::1", "http://h:99999/a", "//", "http://"])
def test_what_is_no_address_in_a_feed_or_on_a_page_stays_as_it_is(
    tmp_path: Path, address: str
) -> None:
    feed = (
        f"<rss version='2.0'><channel><title>T</title><link>{address}</link><item><title>a</title>"
        f"<guid>{address}</guid><link>{address}</link><enclosure url='a.mp3' length='1' "
        "type='audio/mpeg'/></item></channel></rss>"
    )
    read = joined_feed([parse_leniently(feed.encode(), "feed.xml")])
    show_from_channel(read)
    assert [episode_from_item(item).title for item in read.items] == ["a"]
    page = tmp_path / "article.html"
    page.write_text(
        f"<h1>3 questions à Ada Byron</h1><p><img src='{address}'></p><h2>Quand ?</h2>"
        "<p>En mil huit cent quarante-trois, à Londres.</p>",
        encoding="utf-8",
    )
    assert article_from_file(page).title == "3 questions à Ada Byron"
