"""What was worked out of an episode is not worked out again, and any touch wakes it: what is told
is the same with what is kept and without.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.fake_show import add_episode, make_show
from support.former_hosts import former_hosts
from support.small_show import build_show

import studio.api.report
import studio.workspace.file_freshness
from studio.api.check import check
from studio.api.report import catalogue_report
from studio.check import runner
from studio.check.captions import check_captions
from studio.check.publication import PublishedEpisode
from studio.check.rules import Finding
from studio.download.client import Client, Limits
from studio.messages.message import Message
from studio.model.record import Record
from studio.report.catalogue_page import CatalogueRow, row_of
from studio.workspace.episode_cache import EpisodeCache, settings_cache
from studio.workspace.file_freshness import FileFreshness
from studio.workspace.imported_episodes import import_episodes
from studio.workspace.imported_show import load_feed, open_import
from studio.workspace.layout import Workspace
from studio.workspace.sources import EpisodeSources, ShowSources

SLUGS = ("001-ada", "002-bob")


class Length(Record, frozen=True):
    characters: int


@pytest.fixture(autouse=True)
def _old_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studio.workspace.file_freshness, "_SETTLED_NS", -1)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = make_show(tmp_path / "show")
    for slug in SLUGS:
        add_episode(made, slug, slug)
    return made


def worked_out(workspace: Workspace, key: str = "") -> list[str]:
    """The episodes of which the value was not known any more."""
    cache = EpisodeCache(workspace, "lengths", Length)
    new = []
    for slug in SLUGS:
        text = (workspace.episode(slug).folder / "son.wav").read_text(encoding="utf-8")
        value = cache.get(slug, key)
        if value is None:
            new.append(slug)
            cache.keep(slug, Length(characters=len(text)))
        else:
            assert value == Length(characters=len(text))
    cache.remember()
    return new


def test_a_value_is_known_until_something_that_it_hangs_on_changes(workspace: Workspace) -> None:
    assert worked_out(workspace) == [*SLUGS]
    assert worked_out(workspace) == []
    (workspace.episode(SLUGS[1]).folder / "son.wav").write_text("longer", encoding="utf-8")
    assert worked_out(workspace) == [SLUGS[1]]
    assert worked_out(workspace, "another key") == [*SLUGS]
    with workspace.settings.open("a", encoding="utf-8") as settings:
        settings.write("\n# touched\n")
    assert worked_out(workspace, "another key") == [*SLUGS]
    for damaged in (b"", b"{}", b'{"show": "", "episodes": {"001-ada": 1}}'):
        (workspace.state / "lengths.json").write_bytes(damaged)
        assert worked_out(workspace) == [*SLUGS]


def test_what_is_younger_than_a_clock_tick_is_not_kept(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studio.workspace.file_freshness, "_SETTLED_NS", 10**18)
    assert worked_out(workspace) == [*SLUGS]
    assert worked_out(workspace) == [*SLUGS]


def test_what_changed_while_it_was_worked_out_is_worked_out_again(workspace: Workspace) -> None:
    cache = EpisodeCache(workspace, "lengths", Length)
    assert cache.get(SLUGS[0]) is None
    (workspace.episode(SLUGS[0]).folder / "son.wav").write_text("meanwhile", encoding="utf-8")
    cache.keep(SLUGS[0], Length(characters=7))
    cache.remember()
    assert worked_out(workspace) == [*SLUGS]


@pytest.fixture
def imported(tmp_path: Path) -> Iterator[Workspace]:
    with former_hosts() as hosts:
        source = f"{hosts.base}/castopod/feed.xml"
        client = Client(source, Limits(first_pause_s=0.01, timeout_s=5.0))
        former = load_feed(source, client)
        show = open_import(
            tmp_path / "imported", former, client, base_url="https://podcast.medinsoft.test/show/"
        )
        import_episodes(show, former, client)
        build_show(show)
        yield show


def test_a_check_looks_only_at_what_was_touched_and_finds_the_same(
    imported: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[str] = []

    def look_at(episode: PublishedEpisode) -> Iterator[Finding]:
        looked_at.append(episode.slug)
        return check_captions(episode)

    monkeypatch.setattr(runner, "check_captions", look_at)

    def whole() -> object:
        """What is found with nothing kept."""
        (imported.state / "checked.json").unlink(missing_ok=True)
        return check(imported)

    slugs = list(imported.slugs())
    first = check(imported)
    assert looked_at == slugs
    again = check(imported)
    assert looked_at == slugs
    assert again == first
    assert [isinstance(one.what, Message) for one in again] == [
        isinstance(one.what, Message) for one in first
    ]
    places = ShowSources(imported).episode(slugs[1]).places
    (imported.site / places.chapters).write_text("{", encoding="utf-8")
    looked_at.clear()
    touched = check(imported)
    assert looked_at == [slugs[1]]
    assert touched != first
    assert touched == whole()
    # What is named is looked at anew.
    looked_at.clear()
    check(imported, (slugs[0],))
    assert looked_at == [slugs[0]]


def test_the_page_of_the_catalogue_is_the_same_and_reads_only_what_was_touched(
    imported: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def read_one(sources: EpisodeSources) -> CatalogueRow:
        read.append(sources.slug)
        return row_of(sources)

    monkeypatch.setattr(studio.api.report, "row_of", read_one)
    first = catalogue_report(imported).read_bytes()
    assert catalogue_report(imported).read_bytes() == first
    assert read == [*imported.slugs()]
    settings = ShowSources(imported).episodes[0].files.settings
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("title = ", 'title = "Nouveau" #', 1), encoding="utf-8")
    read.clear()
    page = catalogue_report(imported).read_bytes()
    assert read == [imported.slugs()[0]]
    assert b"Nouveau" in page
    (imported.state / "catalogue.json").unlink()
    assert catalogue_report(imported).read_bytes() == page


def test_settings_that_are_kept_are_those_that_were_read(tmp_path: Path) -> None:
    made = make_show(tmp_path / "show")
    slug = SLUGS[0]
    add_episode(made, slug, slug)
    settings = made.episode(slug).settings
    text = settings.read_text(encoding="utf-8")
    settings.write_text(
        text
        + 'former_slugs = ["000-ada"]\ncuts = [{ start_ms = 1, end_ms = 2 }]\n\n[imported]\n'
        + f'enclosure = "https://former.test/a.mp3"\nsha256 = "{"a" * 64}"\nlength_bytes = 3\n'
        + 'type = "audio/mpeg"\nduration_ms = 51000\nplace = 1\n',
        encoding="utf-8",
    )
    read = made.load_episode(slug)
    for _ in range(2):
        show = ShowSources(made)
        cache = show.settings_cache = settings_cache(made, FileFreshness(made))
        assert show.episode(slug).episode == read
        cache.remember()
    assert settings_cache(made, FileFreshness(made)).get(slug) == read
    settings.write_text(text, encoding="utf-8")
    assert settings_cache(made, FileFreshness(made)).get(slug) is None
