"""Another slug: the same episode to everybody who has it, and nothing of it lost, whether a command
moves it or a person.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from lxml import etree
from support.small_show import (
    DEAF_STAGES,
    SLUG,
    Kill,
    add_episode,
    build_show,
    copied,
    killing,
    named,
)

from studio.cli import main
from studio.errors import BusyError, WorkspaceError
from studio.model.record import record_from_bytes
from studio.pipeline.events import Event, StageStarted
from studio.pipeline.runner import Choice, run_stages
from studio.web.addresses import SITE_FOLDERS
from studio.workspace import renaming
from studio.workspace.layout import Workspace
from studio.workspace.published import PublishedSound
from studio.workspace.published_notes import new_notes, write_notes
from studio.workspace.renaming import rename_episode
from studio.workspace.run_lock import lock_edit_session
from studio.workspace.sources import ShowSources

NEW = "002-soto"


pytestmark = [pytest.mark.usefixtures("without_an_ear"), pytest.mark.slow]


@pytest.fixture
def show(built_show: Workspace, tmp_path: Path) -> Workspace:
    """A copy of the built show that was published, and in which a person changed chapters."""
    workspace = copied(built_show, tmp_path / "show", '\n[publish]\ndestination = "../public"\n')
    path = workspace.episode(SLUG).chapters
    path.write_text(
        path.read_text(encoding="utf-8").replace("Comment a commencé", "Comment débuta"),
        encoding="utf-8",
    )
    build_show(workspace)
    return workspace


def studio(show: Workspace, *words: str) -> Result:
    return CliRunner().invoke(main, ["-C", str(show.root), *words], catch_exceptions=False)


def run(show: Workspace) -> list[str]:
    """The stages that ran."""
    events: list[Event] = []
    done = run_stages(show, DEAF_STAGES, Choice(), events.append, command="test")
    assert not done.failures, done.failures
    return [event.stage for event in events if isinstance(event, StageStarted)]


def by_command(show: Workspace) -> None:
    result = studio(show, "rename", SLUG, NEW)
    assert result.exit_code == 0, result.output


def by_hand(show: Workspace) -> None:
    show.episode(SLUG).folder.rename(show.episode(NEW).folder)


def by_hand_without_build(show: Workspace) -> None:
    """As in a clone of the repository."""
    by_hand(show)
    shutil.rmtree(show.episode(NEW).build)


@pytest.mark.parametrize("move", [by_command, by_hand])
def test_everything_comes_along_and_nothing_is_made_anew_for_listeners(
    show: Workspace, move: Callable[[Workspace], None]
) -> None:
    assert studio(show, "publish").exit_code == 0
    before, public = show.episode(SLUG), show.root.parent / "public"
    texts = {path.name: path.read_bytes() for path in before.texts.iterdir() if path.is_file()}
    sound = before.mp3.read_bytes()
    move(show)
    assert run(show) == ["package", "feed", "site"]
    files = show.episode(NEW)
    assert {
        path.name: path.read_bytes() for path in files.texts.iterdir() if path.is_file()
    } == texts
    assert "Comment débuta" in files.chapters.read_text(encoding="utf-8")
    assert (
        (show.site / named(show.site, f"{NEW}/{NEW}.mp3")).read_bytes()
        == files.mp3.read_bytes()
        == sound
    )
    assert not before.folder.exists()
    assert not before.texts.exists()
    assert f'former_slugs = ["{SLUG}"]' in files.settings.read_text(encoding="utf-8")
    assert run(show) == []
    # Nobody who has it gets it twice, and old links lead on.
    told = studio(show, "publish")
    assert told.exit_code == 0, told.output
    assert "download it again" not in told.output
    (guid,) = etree.parse(public / "feed.xml").iter("guid")
    assert guid.text == f"guid-{SLUG}"
    page = (public / SLUG / "index.html").read_text(encoding="utf-8")
    assert f'content="0; url=../{NEW}/"' in page
    assert f'href="https://podcast.medinsoft.test/show/{NEW}/"' in page
    assert f"../{NEW}/embed.html" in (public / SLUG / "embed.html").read_text(encoding="utf-8")
    assert named(public, f"{SLUG}/{SLUG}.mp3")  # for a time


def test_a_moved_folder_without_what_was_built_is_known_by_its_guid(show: Workspace) -> None:
    by_hand_without_build(show)
    assert "chapter" in run(show)
    assert "Comment débuta" in show.episode(NEW).chapters.read_text(encoding="utf-8")
    assert not show.episode(SLUG).texts.exists()


def test_a_copy_takes_nothing_from_the_episode_that_is_there(show: Workspace) -> None:
    shutil.copytree(show.episode(SLUG).folder, show.episode(NEW).folder)
    run_stages(show, DEAF_STAGES, Choice(), lambda _: None, command="test")
    assert show.episode(SLUG).transcript.is_file()
    assert "former_slugs =" not in show.episode(NEW).settings.read_text(encoding="utf-8").replace(
        "# former_slugs", ""
    )


OTHER = "003-autre"


@pytest.fixture(scope="module")
def published_two(built_show: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The show with a second episode of another recording; a person changed chapters of both, and
    both were published. Only to be copied.
    """
    show = copied(built_show, tmp_path_factory.mktemp("two") / "show")
    add_episode(show, OTHER, number=3, title="Autre", published="2026-02-15T06:00:00+01:00")
    build_show(show)
    for slug, words in ((SLUG, "Comment débuta"), (OTHER, "Comment finit")):
        path = show.episode(slug).chapters
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("Comment a commencé", words), encoding="utf-8")
    build_show(show)
    write_notes(show, new_notes(ShowSources(show)))
    return show


@pytest.fixture
def two(published_two: Workspace, tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path / "show")
    shutil.copytree(published_two.root, workspace.root)
    return workspace


def exchange(show: Workspace) -> None:
    """As a person who gives two folders each other's name."""
    one, other, spare = show.episode(SLUG).folder, show.episode(OTHER).folder, show.root / "x"
    one.rename(spare)
    other.rename(one)
    spare.rename(other)


def assert_exchanged(show: Workspace) -> None:
    for slug, was, mine in ((SLUG, OTHER, "Comment finit"), (OTHER, SLUG, "Comment débuta")):
        files = show.episode(slug)
        assert f"guid-{was}" in files.settings.read_text(encoding="utf-8")
        assert mine in files.chapters.read_text(encoding="utf-8")
        published = record_from_bytes(
            show.published_note(slug).read_bytes(), PublishedSound, files.settings
        )
        assert published.guid == f"guid-{was}"
        assert files.mp3.is_file()
        assert "former_slugs =" not in files.settings.read_text(encoding="utf-8").replace(
            "# former_slugs", ""
        )
        page = (show.site / slug / "index.html").read_text(encoding="utf-8")
        assert mine in page
    assert {path.name for path in (show.root / "transcripts").iterdir()} == {SLUG, OTHER}


def test_folders_that_took_each_others_name_keep_their_texts(two: Workspace) -> None:
    exchange(two)
    assert run(two) == ["package", "package", "feed", "site"]
    assert_exchanged(two)
    assert run(two) == []


def test_without_what_was_built_they_do_too(two: Workspace) -> None:
    exchange(two)
    for slug in (SLUG, OTHER):
        shutil.rmtree(two.episode(slug).build)
    run(two)
    assert_exchanged(two)


def test_a_folder_that_takes_the_name_of_a_moved_one(two: Workspace) -> None:
    two.episode(SLUG).folder.rename(two.episode(NEW).folder)
    two.episode(OTHER).folder.rename(two.episode(SLUG).folder)
    assert run(two) == ["package", "package", "feed", "site"]
    for slug, mine in ((NEW, "Comment débuta"), (SLUG, "Comment finit")):
        assert mine in two.episode(slug).chapters.read_text(encoding="utf-8")
    assert f'former_slugs = ["{OTHER}"]' in two.episode(SLUG).settings.read_text(encoding="utf-8")


def test_who_exchanges_two_guids_moves_nothing(two: Workspace) -> None:
    for slug, other in ((SLUG, OTHER), (OTHER, SLUG)):
        path = two.episode(slug).settings
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(f"guid-{slug}", f"guid-{other}"), encoding="utf-8")
    run(two)
    assert "Comment débuta" in two.episode(SLUG).chapters.read_text(encoding="utf-8")
    assert "Comment finit" in two.episode(OTHER).chapters.read_text(encoding="utf-8")


def test_an_exchange_that_is_killed_anywhere_is_ended_by_the_next_run(
    two: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange(two)
    step, ended = 0, False
    while not ended:
        killed = Workspace(tmp_path / f"killed {step}")
        shutil.copytree(two.root, killed.root)
        counted = killing(step)
        with monkeypatch.context() as patch:
            for name in ("put_in_place", "write_build_state"):
                patch.setattr(renaming, name, counted(getattr(renaming, name)))
            try:
                list(renaming.adopt_all_moved(killed, killed.slugs()))
            except Kill:
                pass
            else:
                ended = True
        list(renaming.adopt_all_moved(killed, killed.slugs()))
        for slug, mine in ((SLUG, "Comment finit"), (OTHER, "Comment débuta")):
            files = killed.episode(slug)
            assert mine in files.chapters.read_text(encoding="utf-8"), step
            assert files.mp3.is_file(), step
            assert f"transcripts/{slug}/" in files.build_state.read_text(encoding="utf-8"), step
        step += 1
    assert step > 6


def test_what_an_open_page_writes_is_not_moved_away_from_it(show: Workspace) -> None:
    by_hand(show)
    with (
        lock_edit_session(show.state, SLUG, f"studio edit {SLUG}"),
        pytest.raises(BusyError, match=f"studio edit {SLUG}"),
    ):
        run(show)
    assert show.episode(SLUG).texts.is_dir()
    assert run(show) == ["package", "feed", "site"]


def test_what_cannot_be_renamed_is_told_and_left(show: Workspace) -> None:
    before = sorted(show.root.rglob("*"))
    for old, new, told in (
        ("nobody", NEW, "not an episode"),
        (SLUG, "../x", "not a valid slug"),
        (SLUG, "search", "of the site itself"),
        (SLUG, "assets", "of the site itself"),
        (SLUG, SLUG, "already exists"),
    ):
        with pytest.raises(WorkspaceError, match=told):
            rename_episode(show, old, new)
    show.episode(NEW).texts.mkdir()
    with pytest.raises(WorkspaceError, match="already exists"):
        rename_episode(show, SLUG, NEW)
    show.episode(NEW).texts.rmdir()
    assert sorted(path for path in show.root.rglob("*") if ".studio" not in path.parts) == [
        path for path in before if ".studio" not in path.parts
    ]


def test_a_former_slug_that_leads_elsewhere_is_refused(show: Workspace) -> None:
    settings = show.episode(SLUG).settings
    settings.write_text(
        'former_slugs = ["../../x"]\n'
        + settings.read_text(encoding="utf-8").replace("former_slugs = []\n", ""),
        encoding="utf-8",
    )
    (failure,) = run_stages(show, DEAF_STAGES, Choice(), lambda _: None, command="test").failures
    assert "is not a valid slug" in failure.what
    assert not (show.feed / "x").exists()


def test_killed_anywhere_the_next_run_ends_it(
    show: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step, ended = 0, False
    while not ended:
        killed = Workspace(tmp_path / f"killed {step}")
        shutil.copytree(show.root, killed.root)
        counted = killing(step)
        with monkeypatch.context() as patch:
            for name in ("_note_former", "put_in_place", "write_build_state"):
                patch.setattr(renaming, name, counted(getattr(renaming, name)))
            try:
                rename_episode(killed, SLUG, NEW)
            except Kill:
                pass
            else:
                ended = True
        if killed.episode(SLUG).settings.is_file():
            rename_episode(killed, SLUG, NEW)
        assert run(killed) == ["package", "feed", "site"], step
        assert "Comment débuta" in killed.episode(NEW).chapters.read_text(encoding="utf-8")
        assert (killed.site / SLUG / "index.html").is_file()
        step += 1
    assert step > 4


def test_every_folder_of_the_site_is_an_episodes_or_kept_from_slugs(show: Workspace) -> None:
    build_show(show)
    folders = {path.name for path in show.site.iterdir() if path.is_dir()}
    former = {old for slug in show.slugs() for old in show.load_episode(slug).former_slugs}
    assert folders - {*show.slugs()} - former == SITE_FOLDERS
