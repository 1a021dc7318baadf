"""A page on which a person types."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from studio.workspace.layout import Workspace
from support.edit_session import make_episode, served, way_in
from support.editor_page import written
from support.judges import need
from support.manuscript_page import box_of

SLOW = """(ms) => {
  const ask = window.fetch;
  window.fetch = async (...asked) => {
    const wait = () => new Promise((done) => setTimeout(done, ms / 2));
    await wait();
    const answer = await ask(...asked);
    await wait();
    return answer;
  };
}"""


@pytest.fixture(name="chromium", scope="module")
def chromium_fixture() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--mute-audio"]
        browser = playwright.chromium.launch(executable_path=need("chromium"), args=options)
        yield browser
        browser.close()


@contextlib.contextmanager
def opened(chromium: Browser, address: str) -> Iterator[Page]:
    """The page as soon as one can type in it; doubts and waveform follow when they can."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="fr-FR")
    complaints: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_default_timeout(120_000)
    page.goto(way_in(address))
    page.wait_for_selector("html[data-open]")
    page.evaluate("document.querySelector('audio').muted = true")
    try:
        yield page
        assert complaints == []
    finally:
        context.close()


@pytest.fixture(name="workspace")
def workspace_fixture(tmp_path: Path) -> Workspace:
    """An episode to edit, for a test of its own."""
    return make_episode(tmp_path / "ici")


@pytest.fixture(name="page")
def page_fixture(chromium: Browser, workspace: Workspace) -> Iterator[Page]:
    """Its page."""
    with served(workspace) as (address, _), opened(chromium, address) as page:
        yield page


def settled(page: Page) -> None:
    expect(page.locator("#saved")).to_contain_text("Enregistré", timeout=60_000)
    written(page)
    assert not page.locator("#conflict").is_visible()


def drag(page: Page, first: tuple[int, int], last: tuple[int, int]) -> None:
    """The mouse from a letter of one passage to a letter of another."""
    start, end = (box_of(page, *spot) for spot in (first, last))
    boxes = [(start["left"] + 1, start["y"]), (end["right"], end["y"])]
    page.mouse.move(*boxes[0])
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(
            boxes[0][0] + (boxes[1][0] - boxes[0][0]) * step / 8,
            boxes[0][1] + (boxes[1][1] - boxes[0][1]) * step / 8,
        )
    page.mouse.up()
