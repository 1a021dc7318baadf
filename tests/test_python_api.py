"""The commands as functions: docs/python.md is run as it stands."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest
from support.small_show import ARTICLE, SLUG, build_show, copied

import studio.api.announce
import studio.api.check
import studio.api.clip
import studio.api.new
import studio.api.publish
import studio.api.report
from studio.errors import CheckFailedError, WorkspaceError
from studio.workspace.layout import Workspace
from studio.workspace.new_episode import EpisodeOptions

DOCUMENT = Path(__file__).parent.parent / "docs" / "python.md"
BITE = '[[soundbites]]\nstart_ms = 12_000\nend_ms = 30_000\ntitle = "Au départ"\n'


@pytest.fixture
def show(built_show: Workspace, without_an_ear: None, tmp_path: Path) -> Workspace:
    """A copy of the built show with a sound bite, that says where to publish."""
    workspace = copied(built_show, tmp_path / "show", '\n[publish]\ndestination = "../public"\n')
    own = workspace.episode(SLUG).settings
    own.write_text(own.read_text(encoding="utf-8") + BITE, encoding="utf-8")
    build_show(workspace)
    return workspace


def test_the_example_of_the_document_runs(
    show: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    monkeypatch.chdir(show.root)
    names: dict[str, Any] = {}
    exec(example, names)  # noqa: S102 - the document's own code
    assert names["page"].is_file() and names["sound"].path.is_file()
    assert str(names["page"]) in capsys.readouterr().out


def test_what_was_checked_is_published(show: Workspace) -> None:
    events: list[studio.api.publish.PublishEvent] = []
    assert studio.api.check.count_errors(studio.api.check.check(show)) == 0
    done = studio.api.publish.publish(show, listen=events.append)
    assert {change.place for change in done.plan.sends} >= {"feed.xml"}
    assert (show.root.parent / "public" / "feed.xml").is_file()
    assert [type(event) for event in events] == [studio.api.publish.Sending]


def test_broken_rules_are_told_one_by_one_and_nothing_is_published(show: Workspace) -> None:
    feed = show.site / "feed.xml"
    feed.write_text(feed.read_text("utf-8").replace("<language>fr", "<language>xx-"), "utf-8")
    events: list[studio.api.publish.PublishEvent] = []
    with pytest.raises((CheckFailedError, WorkspaceError)):
        studio.api.publish.publish(show, listen=events.append)
    assert not (show.root.parent / "public" / "feed.xml").exists()


def test_an_episode_is_made_of_an_article_and_a_recording(show: Workspace, tmp_path: Path) -> None:
    article = tmp_path / "article.md"
    article.write_text(ARTICLE, encoding="utf-8")
    made = studio.api.new.new(
        show,
        article,
        [show.episode(SLUG).folder / "recording.wav"],
        options=EpisodeOptions(slug="003-autre", number=3, guests=("Ada",)),
    )
    assert made.slug == "003-autre" and show.load_episode("003-autre").guests == ("Ada",)


def test_what_was_not_built_is_told(show: Workspace) -> None:
    show.episode(SLUG).mp3.unlink()
    with pytest.raises(WorkspaceError, match="has not been built yet"):
        studio.api.report.report(show, SLUG)


@pytest.mark.parametrize("name", ["announce", "check", "clip", "new", "publish", "report"])
def test_the_document_names_each_parameter_that_it_shows(name: str) -> None:
    function = getattr(getattr(studio.api, name), name)
    row = re.search(rf"`studio\.api\.{name}\.{name}\((.*?)\)`", DOCUMENT.read_text("utf-8"))
    assert row is not None
    shown = re.findall(r"(\w+)=…", row[1])
    assert set(shown) <= set(inspect.signature(function).parameters)
