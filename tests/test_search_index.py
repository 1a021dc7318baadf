"""The search index takes in what changed, and is what it would be if all of it were built anew; the
site joins what was touched, and keeps the rest.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.former_hosts import Hosts, former_hosts
from support.reading_back import search_files

import studio.workspace.file_freshness
from studio.download.client import Client
from studio.pipeline.runner import Choice, plan_run, run_stages
from studio.pipeline.stages import STAGES
from studio.site import search_index
from studio.site.listing import Listing
from studio.site.search_index import IndexedSentences, updated_search
from studio.workspace.build_state import read_build_state
from studio.workspace.freshness_cache import FreshnessCache
from studio.workspace.imported_episodes import import_episodes
from studio.workspace.imported_show import load_feed, open_import
from studio.workspace.layout import Workspace
from studio.workspace.sources import EpisodeSources

WORDS = ["vin", "sud", "mer", "port", "voile", "le", "la", "14", "quatorze", "fanfare"]


def listing(number: int) -> Listing:
    return Listing(
        place=f"{number:03}/",
        label=f"Épisode {number}",
        number=number,
        title="Ada",
        published=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
        duration_ms=1000,
    )


def told(chance: random.Random) -> IndexedSentences:
    return [
        [place, "", "said", "…", sorted(set(chance.choices(WORDS, k=4)))]
        for place in range(chance.randint(1, 60))
    ]


@pytest.mark.parametrize("seed", range(8))
def test_what_changed_is_taken_in_as_if_all_were_built_anew(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_index, "MAX_OF_ALL", 60)
    monkeypatch.setattr(search_index, "MAX_OF_AN_EPISODE", 12)
    monkeypatch.setattr(search_index, "PART_BYTES", 120)
    chance = random.Random(seed)
    texts = {f"{number:03}": told(chance) for number in range(6)}
    changed = set(texts)
    state, written = None, dict[str, bytes]()
    for _ in range(6):
        slugs = sorted(texts)
        listings, sentences = [listing(int(one)) for one in slugs], [texts[one] for one in slugs]
        wanted = search_files(listings, sentences)
        asked: list[int] = []

        def ask(
            number: int, asked: list[int] = asked, given: list[IndexedSentences] = sentences
        ) -> IndexedSentences:
            asked.append(number)
            return given[number]

        before = () if state is None else state.slugs
        files = updated_search(state, slugs, listings, ask, set(slugs) - changed)
        assert {*files.written} | {*files.kept} == {*wanted}
        assert {place: wanted[place] for place in files.written} == files.written
        assert all(written[place] == wanted[place] for place in files.kept)
        if before and list(before) == slugs[: len(before)]:
            assert {slugs[number] for number in asked} == changed
        state, written = files.state, wanted
        changed = set(chance.sample(slugs, 2))
        if chance.random() < 0.5:
            changed.add(f"{chance.randint(0, 9):03}")
        else:
            del texts[slugs[-1]]
            changed.discard(slugs[-1])
        texts |= {slug: told(chance) for slug in changed}


@pytest.fixture
def hosts() -> Iterator[Hosts]:
    with former_hosts() as running:
        yield running


@pytest.fixture
def workspace(hosts: Hosts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Three imported episodes, built and looked at again, so that they are known."""
    monkeypatch.setattr(studio.workspace.file_freshness, "_SETTLED_NS", -1)
    source = f"{hosts.base}/ausha/feed.xml"
    client = Client(source)
    former = load_feed(source, client)
    made = open_import(tmp_path / "show", former, client, base_url="https://ici.test/")
    import_episodes(made, former, client)
    run(made)
    run(made)
    return made


def run(workspace: Workspace) -> int:
    done = run_stages(workspace, STAGES, Choice(), lambda _: None, command="test")
    assert not done.failures, done.failures
    return done.ran


def retitle(workspace: Workspace, slug: str, title: str) -> None:
    settings = workspace.episode(slug).settings
    lines = settings.read_text(encoding="utf-8").splitlines()
    changed = [f'title = "{title}"' if line.startswith("title =") else line for line in lines]
    settings.write_text("\n".join(changed) + "\n", encoding="utf-8")


def tree(workspace: Workspace) -> dict[str, bytes]:
    return {
        path.relative_to(workspace.site).as_posix(): path.read_bytes()
        for path in workspace.site.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("what", ["gone", "changed"])
@pytest.mark.parametrize("is_retitled", [False, True])
def test_what_somebody_touches_of_the_show_itself_is_made_again(
    workspace: Workspace, what: str, *, is_retitled: bool
) -> None:
    """Nothing beside the episodes' folders is read as long as nobody touches it."""
    assert FreshnessCache(workspace, STAGES.signature).is_site_untouched
    before = tree(workspace)
    texts = sorted((workspace.site / "search").glob("text-*"))
    for path in (texts[-1], workspace.site / "404.html"):
        if what == "gone":
            path.unlink()
        else:
            path.write_bytes(bytes(reversed(path.read_bytes())))
    first, *_ = workspace.slugs()
    if is_retitled:
        retitle(workspace, first, "La fanfare du port")
    run(workspace)
    after = tree(workspace)
    assert after.keys() == before.keys() or is_retitled
    for path in (texts[-1], workspace.site / "404.html"):
        place = path.relative_to(workspace.site).as_posix()
        assert after[place] == before[place]


def test_one_changed_episode_is_joined_without_reading_the_others(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *others = workspace.slugs()
    retitle(workspace, first, "La fanfare du port")
    public = EpisodeSources.public_files
    read: list[str] = []

    def counted(sources: EpisodeSources) -> dict[str, Path]:
        read.append(sources.slug)
        return public.__get__(sources)  # type: ignore[no-any-return]

    monkeypatch.setattr(EpisodeSources, "public_files", property(counted))
    assert run(workspace) == 3  # package, feed, site
    assert set(read) == {first}
    assert "La fanfare du port" in (workspace.site / "index.html").read_text(encoding="utf-8")
    state, _ = read_build_state(workspace.build_state)
    recorded = {name.split("/")[2] for name in state.stages["site"].outputs if name.count("/") > 2}
    assert {first, *others} <= recorded
    joined = tree(workspace)
    # As if nothing had been known.
    workspace.search.unlink()
    (workspace.state / "unchanged.json").unlink()
    run(workspace)
    assert tree(workspace) == joined
    assert {plan.state for plan in plan_run(workspace, STAGES, Choice())} == {"fresh"}


@pytest.mark.parametrize("place", ["index.html", "search/text-1-0.json", "LAST/index.html"])
def test_what_somebody_changed_on_the_site_is_put_right(workspace: Workspace, place: str) -> None:
    first, *_, last = workspace.slugs()
    before = tree(workspace)
    path = workspace.site / place.replace("LAST", last)
    path.unlink()
    path.write_text("x", encoding="utf-8")
    retitle(workspace, first, "La fanfare du port")
    run(workspace)
    after = tree(workspace)
    name = path.relative_to(workspace.site).as_posix()
    assert after[name] != b"x"
    assert name == "index.html" or after[name] == before[name]


def test_an_episode_that_is_gone_leaves_the_site(workspace: Workspace) -> None:
    import shutil

    first, second, *_ = workspace.slugs()
    shutil.rmtree(workspace.episode(second).folder)
    run(workspace)
    assert not (workspace.site / second / "index.html").exists()
    assert (workspace.site / first / "index.html").is_file()
