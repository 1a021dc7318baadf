"""What the editor's page is asked by every browser."""

from __future__ import annotations

import time

from playwright.sync_api import Page


def written(page: Page) -> None:
    eventually(page, "async () => (await (await fetch('api/changes/0')).json()).written")


def eventually(page: Page, question: str) -> None:
    """Ask the page until it says yes. Its own waiting takes a promise for a yes."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if page.evaluate(question):
            return
        page.wait_for_timeout(25)
    raise AssertionError(question)
