"""What is public of an episode is made in one go, and joined: one change touches what it must, and
nothing else is written again.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import lxml.html
import pytest
from lxml import etree
from support.small_show import DEAF_STAGES, SLUG, add_episode, build_show, copied, named

import studio.workspace.file_freshness
from studio.pipeline.events import Event, StageFailed, StageStarted
from studio.pipeline.runner import Choice, run_stages
from studio.pipeline.staged_outputs import StagedOutputs
from studio.site import pages
from studio.site.listing import Listing, ListingHtml
from studio.site.pages import Site, html_from_listings
from studio.web.media_types import plain_place
from studio.workspace.layout import Workspace

OTHER = "003-grace"
TITLE = 'title = "3 questions à…"'


@pytest.fixture(scope="module")
def two(built_show: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A show of two episodes. Only to be read."""
    workspace = copied(built_show, tmp_path_factory.mktemp("two") / "show")
    add_episode(workspace, OTHER, number=3, title="Grace", published="2026-02-15T06:00:00+01:00")
    build_show(workspace)
    return workspace


@pytest.fixture
def show(two: Workspace, tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path / "show")
    shutil.copytree(two.root, workspace.root, copy_function=shutil.copy2)
    build_show(workspace)  # a copy has no second names: they are made anew, once
    return workspace


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def run(show: Workspace) -> list[Event]:
    events: list[Event] = []
    run_stages(show, DEAF_STAGES, Choice(), events.append, command="test")
    return events


def started(events: list[Event]) -> list[tuple[str, str]]:
    return [(event.episode, event.stage) for event in events if isinstance(event, StageStarted)]


def contents(show: Workspace) -> dict[str, bytes]:
    return {
        path.relative_to(show.site).as_posix(): path.read_bytes()
        for path in show.site.rglob("*")
        if path.is_file()
    }


def stamps(show: Workspace) -> dict[str, tuple[int, int]]:
    """Of each published file when it was written and which file it is."""
    files = {
        path.relative_to(show.site).as_posix(): path.stat()
        for path in show.site.rglob("*")
        if path.is_file()
    }
    return {place: (facts.st_mtime_ns, facts.st_ino) for place, facts in files.items()}


def titles(show: Workspace) -> list[str]:
    return [
        str(item.findtext("title")) for item in etree.parse(show.site / "feed.xml").iter("item")
    ]


def test_one_changed_episode_makes_its_own_pages_and_leaves_the_others(show: Workspace) -> None:
    before, old = stamps(show), contents(show)
    change(show.episode(OTHER).settings, 'title = "Grace"', 'title = "Grace Hopper"')
    assert started(run(show)) == [
        (OTHER, "tag"),
        (OTHER, "caption"),
        (OTHER, "package"),
        ("show", "feed"),
        ("show", "site"),
    ]
    after, new = stamps(show), contents(show)
    assert {
        place for place in before if place.startswith(SLUG) and before[place] != after.get(place)
    } == {f"{SLUG}/index.html"}  # it names its neighbour
    # What holds the same bytes was not touched, wherever it is.
    assert {
        place for place in after if old.get(place) == new[place] and before[place] != after[place]
    } == set()
    rewritten = {place for place in after if old.get(place) != new[place]}
    cards = {place for place in rewritten if "/card-" in place}
    assert len(cards) == 1
    assert not [
        place for place in before if "card-" in place and place not in after and OTHER not in place
    ]
    html = {
        f"{OTHER}/{name}"
        for name in ("index.html", "embed.html", "oembed.json", "transcript.html", f"{OTHER}.mp3")
    }
    assert {plain_place(place) for place in rewritten - cards} == {
        *html,
        f"{OTHER}/index.md",
        f"{SLUG}/index.html",
        "accessibilite/index.html",
        "feed.xml",
        "index.html",
        "llms.txt",
        "personnes/index.html",
        "search/endings-0.json",
        "search/part-0.json",
        "search/text-1-0.json",
        "search/words-0.json",
    }


def test_what_is_joined_is_what_would_be_made_from_nothing(show: Workspace) -> None:
    change(show.episode(OTHER).settings, 'title = "Grace"', 'title = "Grace Hopper"')
    change(show.settings, TITLE, 'title = "Deux questions à…"\nlicense = "cc-by-4.0"')
    run(show)
    joined = contents(show)
    for built in (show.site, show.state, *(show.episode(slug).build for slug in (SLUG, OTHER))):
        shutil.rmtree(built)
    run(show)
    # Sound is encoded anew as well, and its tags hold no date of their making.
    assert contents(show) == joined


@pytest.mark.parametrize(
    "line",
    [
        'link = "https://medinsoft.test/"',
        'copyright = "© Nous"',
        'license = "cc-by-4.0"',
        "explicit = true",
        'language = "fr-CA"',
        'author = "Nous"',
        'persons = [{ name = "Zoé", role = "Producteur·rice" }]',
        'platforms = [{ name = "Deezer", url = "https://deezer.test/1" }]',
        'funding = [{ url = "https://medinsoft.test/dons", text = "Merci" }]',
        'location = "Marseille"',
        'podroll = [{ guid = "917393e3-1b1e-5cef-ace4-edaa54e1f810" }]',
        'type = "serial"',
        "locked = false",
        'hubs = ["https://hub.test/"]',
        'new_feed_url = "https://medinsoft.test/feed.xml"',
        'update_frequency = { text = "Chaque mois", rrule = "FREQ=MONTHLY" }',
    ],
)
def test_no_setting_of_the_show_leaves_an_old_page_behind(show: Workspace, line: str) -> None:
    """Every setting that pages or items name wakes them: a run after the change ends as if
    everything were presented anew.
    """
    name = line.partition(" ")[0]
    text = show.settings.read_text(encoding="utf-8")
    kept = [one for one in text.splitlines() if not one.startswith(f"{name} =")]
    show.settings.write_text("\n".join([line, *kept]) + "\n", encoding="utf-8")
    run(show)
    after = contents(show)
    run_stages(
        show, DEAF_STAGES, Choice(stage="package", force=True), lambda _: None, command="test"
    )
    run(show)
    assert contents(show) == after


def test_when_a_stage_fails_sound_page_and_feed_stay_what_they_were_together(
    show: Workspace,
) -> None:
    before = contents(show)
    change(show.episode(OTHER).settings, 'title = "Grace"', 'title = "Grace Hopper"')
    cover = (show.feed / "cover.jpg").read_bytes()
    (show.feed / "cover.jpg").write_bytes(b"no picture")
    events = run(show)
    assert (OTHER, "tag") in {
        (event.episode, event.stage) for event in events if isinstance(event, StageFailed)
    }
    assert {
        place: content
        for place, content in contents(show).items()
        if place.startswith((SLUG, OTHER))
    } == {place: content for place, content in before.items() if place.startswith((SLUG, OTHER))}
    assert titles(show)[0] == "Grace"
    (show.feed / "cover.jpg").write_bytes(cover)
    # Tagged, but its captions cannot be made: the new sound waits for them.
    captions = show.episode(OTHER).caption(".vtt")
    captions.unlink()
    captions.mkdir()
    events = run(show)
    assert [(event.episode, event.stage) for event in events if isinstance(event, StageFailed)] == [
        (OTHER, "caption")
    ]
    assert contents(show) == before
    captions.rmdir()
    run(show)
    assert titles(show)[0] == "Grace Hopper"
    item = next(etree.parse(show.site / "feed.xml").iter("item"))
    length = item.find("enclosure").get("length")  # type: ignore[union-attr]
    assert int(str(length)) == (show.site / named(show.site, f"{OTHER}/{OTHER}.mp3")).stat().st_size


def test_only_a_changed_episode_is_rendered_for_the_pages_of_the_show(
    show: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered: list[str] = []

    def noting(site: Site, listings: Sequence[Listing]) -> list[ListingHtml]:
        rendered.extend(one.title for one in listings)
        return html_from_listings(site, listings)

    monkeypatch.setattr(pages, "html_from_listings", noting)
    change(show.episode(OTHER).settings, 'title = "Grace"', 'title = "Grace Hopper"')
    run(show)
    assert rendered == ["Grace Hopper"]
    made = contents(show)
    # All of them anew: the same pages.
    show.listed.unlink()
    run_stages(show, DEAF_STAGES, Choice(stage="site", force=True), lambda _: None, command="test")
    assert "Grace Hopper" in rendered
    assert len(rendered) > 1
    assert contents(show) == made
    # What all pages share is in the parts, too.
    rendered.clear()
    change(show.settings, TITLE, 'title = "4 questions à…"')
    run(show)
    assert "Grace Hopper" in rendered


def neighbours(show: Workspace, slug: str) -> list[tuple[str, str]]:
    """The links of an episode's page to the episodes before and after it: which way, and whither."""
    page = lxml.html.fromstring((show.site / slug / "index.html").read_bytes())
    return [(str(one.get("rel")), str(one.get("href"))) for one in page.iterfind(".//nav//a[@rel]")]


def test_a_run_that_is_killed_before_a_neighbours_page_is_there_leaves_no_old_link(
    show: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What links a page has is kept, so that it need not be read: of those that have them."""
    monkeypatch.setattr(studio.workspace.file_freshness, "_SETTLED_NS", -1)
    for _ in range(3):
        run(show)
    change(show.episode(OTHER).settings, 'title = "Grace"', 'title = "Grace Hopper"')
    put_in_place, neighbour = StagedOutputs.put_in_place, show.site / SLUG / "index.html"

    def killed(staged: StagedOutputs, final: Path) -> None:
        if final == neighbour:
            raise KeyboardInterrupt
        put_in_place(staged, final)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(StagedOutputs, "put_in_place", killed)
        run(show)
    assert b"Grace Hopper" not in neighbour.read_bytes()
    run(show)
    assert b"Grace Hopper" in neighbour.read_bytes()
    # And from then on it is not read again, unless somebody touches it.
    run(show)
    change(show.episode(OTHER).settings, 'title = "Grace Hopper"', 'title = "Grace H."')
    run(show)
    assert b"Grace H." in neighbour.read_bytes()


def test_pages_lead_to_the_episodes_before_and_after(show: Workspace) -> None:
    between = "004-ada"
    assert neighbours(show, SLUG) == [("next", f"../{OTHER}/")]
    assert neighbours(show, OTHER) == [("prev", f"../{SLUG}/")]
    add_episode(show, between, number=4, title="Ada", published="2026-02-14T06:00:00+01:00")
    run(show)
    assert neighbours(show, SLUG) == [("next", f"../{between}/")]
    assert neighbours(show, between) == [("prev", f"../{SLUG}/"), ("next", f"../{OTHER}/")]
    assert neighbours(show, OTHER) == [("prev", f"../{between}/")]
    assert started(run(show)) == []
    shutil.rmtree(show.episode(between).folder)
    shutil.rmtree(show.episode(OTHER).folder)
    run(show)
    assert neighbours(show, SLUG) == []


def test_what_is_no_longer_made_leaves_the_site(show: Workspace) -> None:
    shutil.rmtree(show.episode(OTHER).folder)
    shutil.rmtree(show.episode(OTHER).texts)
    run(show)
    assert titles(show) == [titles(show)[0]]
    assert not (show.site / OTHER).exists()
    assert (show.site / named(show.site, f"{SLUG}/{SLUG}.mp3")).is_file()
