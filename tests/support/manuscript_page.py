"""The text of the editor's page as users see it: passages by their number, read from the rendered
page.
"""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

_WITH_MANUSCRIPT = """async ([code, given]) => {
  const manuscript = await import(new URL('manuscript.js', location.href));
  return CODE(manuscript, given);
}"""


def _asked(page: Page, code: str, given: Any = None) -> Any:
    return page.evaluate(_WITH_MANUSCRIPT.replace("CODE", f"({code})"), ["", given])


def count_of(page: Page) -> int:
    """How many passages there are."""
    return int(_asked(page, "({ all }) => all().length"))


def text_of(page: Page, place: int) -> str:
    """What is drawn of a passage."""
    code = (
        "({ all, rangeOf }, place) => all()[place] "
        "? String(rangeOf(all()[place].from, all()[place].to) ?? '') : null"
    )
    return str(_asked(page, code, place))


def expect_text(page: Page, place: int, text: str, *, part: bool = False) -> None:
    """Wait until a passage has this text, whatever its spaces; or has it in it."""
    wanted, found = text.split(), []
    for _ in range(400):
        found = text_of(page, place).split()
        if found == wanted or (part and " ".join(wanted) in " ".join(found)):
            return
        page.wait_for_timeout(25)
    raise AssertionError((found, wanted))


def put_caret(page: Page, place: int, at: int) -> None:
    """Before the letter ``at`` of a passage."""
    select(page, place, at, place, at)


def select(page: Page, place: int, at: int, other: int, end: int | None = None) -> None:
    """From a letter of a passage to one of another one; to its end where that is None."""
    code = """({ all, focus, select }, [place, at, other, end]) => {
      focus();
      const last = all()[other];
      select([all()[place], at], [last, end ?? last.to - last.from]);
    }"""
    _asked(page, code, [place, at, other, end])


def expect_caret(page: Page, place: int) -> None:
    """Wait until the caret is in this passage."""
    code = (
        "({ all, hasFocus, passageAt, selection }) => "
        "hasFocus() ? all().indexOf(passageAt(selection().head)) : null"
    )
    for _ in range(200):
        found = _asked(page, code)
        if found == place:
            return
        page.wait_for_timeout(25)
    raise AssertionError((found, place))


def selected_passages(page: Page) -> int:
    """How many passages the browser's own selection reaches into."""
    code = """({ all, rangeOf }) => { const chosen = getSelection().getRangeAt(0);
      return all().filter(({ from, to }) => { const range = rangeOf(from, to);
        return !getSelection().isCollapsed && range.compareBoundaryPoints(Range.END_TO_START, chosen) < 0
          && range.compareBoundaryPoints(Range.START_TO_END, chosen) > 0; }).length; }"""
    return int(_asked(page, code))


def box_of(page: Page, place: int, at: int) -> dict[str, float]:
    """Where a letter of a passage is drawn; from its end where ``at`` is negative."""
    code = """({ all, rangeOf }, [place, at]) => {
      const { from, to } = all()[place];
      const start = (at < 0 ? to : from) + at;
      const { x, y, width, height } = rangeOf(start, start + 1).getBoundingClientRect();
      return { x: x + width / 2, y: y + height / 2, left: x, right: x + width };
    }"""
    return dict(_asked(page, code, [place, at]))
