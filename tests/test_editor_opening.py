"""The server ends while a page opens: the page says so within seconds, keeps what was typed, and
continues once the server answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from support.edit_session import make_episode, served, transcript_on_disk, way_in
from support.editor_typing import chromium_fixture, settled  # noqa: F401 - a fixture
from support.manuscript_page import put_caret

from studio.workspace.layout import Workspace

pytestmark = pytest.mark.judge


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_episode(tmp_path / "ici")


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(locale="fr-FR")
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    context.close()


@pytest.mark.parametrize(
    "part", ["main.js", "words.js", "api/state", "keys.json", "api/doubts**", "api/peaks"]
)
def test_whatever_does_not_come_is_said_and_awaited(
    page: Page, workspace: Workspace, part: str
) -> None:
    with served(workspace) as (address, _):
        dead = part.startswith("api/doubts")
        page.route(f"**/{part}", lambda route: route.abort())
        page.goto(way_in(address))
        if part in {"api/peaks"} or dead:
            # Everything but these can be used without them.
            page.wait_for_selector("html[data-open]")
        else:
            expect(page.locator("#saved")).to_contain_text("Studio ne répond pas")
            assert page.locator("html[data-ready]").count() == 0
        page.unroute(f"**/{part}")
        page.wait_for_selector("html[data-ready]")
        expect(page.locator("#saved")).to_contain_text("Enregistré")


def test_what_is_typed_while_the_server_ends_is_kept(page: Page, workspace: Workspace) -> None:
    with served(workspace) as (address, _):
        page.route("**/keys.json", lambda route: route.abort())
        page.goto(way_in(address))
        expect(page.locator("#saved")).to_contain_text("Studio ne répond pas")
        page.route("**/api/**", lambda route: route.abort())
        put_caret(page, 2, 0)
        page.keyboard.type("Gardé ")
        expect(page.locator("#saved")).to_contain_text("Studio ne répond pas")
        page.unroute("**/api/**")
        page.unroute("**/keys.json")
        page.wait_for_selector("html[data-ready]")
        settled(page)
        assert transcript_on_disk(workspace).segments[2].text.startswith("Gardé Aujourd'hui")
