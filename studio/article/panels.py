"""Parts of a page that a button, a link or a tab opens: accordions, tabs, drop-down menus."""

from __future__ import annotations

import re
from typing import NamedTuple

from bs4 import BeautifulSoup, Tag

from studio.article.characters import clean_text

# Characters of a class, style or role that are looked at: names longer than this name nothing.
_MAX_ATTRIBUTE = 1_000
# A button of a site says « Menu », « Afficher le menu »; a request is longer.
_FEWEST_WORDS = 4
_MAX_TABS = 50
_WORD = re.compile(r"\w+")


class Panels(NamedTuple):
    """The parts of a page that readers open or fill in.

    :param ids: the page's ids of the panels that a button or link opens: accordions and tabs.
    :param asked: those opened by a question, or by more than « Menu ».
    :param forms: the tags (``id``) of boxes with a form for the reader's address.
    """

    ids: frozenset[str]
    asked: frozenset[str]
    forms: frozenset[int] = frozenset()


def attribute_of(tag: Tag, name: str) -> str:
    """The start of an attribute's value, as far as it is read; empty if the tag has none."""
    value = tag.get(name)
    return (" ".join(value[:_MAX_ATTRIBUTE]) if isinstance(value, list) else value or "")[
        :_MAX_ATTRIBUTE
    ]


def panels_of_page(page: BeautifulSoup) -> Panels:
    """All panels of a page."""
    ids: set[str] = set()
    asked: set[str] = set()
    for tag in page.find_all(
        ["a", "button", "div", "span", "h2", "h3", "h4", "h5", "h6", "summary", "label"]
    ):
        opened = opened_ids(tag)
        ids |= opened
        if opened and says_more_than_menu(tag):
            asked |= opened
    return Panels(frozenset(ids), frozenset(asked))


def opened_ids(tag: Tag) -> set[str]:
    """The ids that a button or link opens."""
    ids = set(attribute_of(tag, "aria-controls").split())
    for name in ("data-target", "data-bs-target", "href"):
        value = attribute_of(tag, name)
        if (
            value.startswith("#")
            and len(value) > 1
            and (
                name != "href"
                or tag.has_attr("aria-expanded")
                or tag.has_attr("data-toggle")
                or attribute_of(tag, "role") == "tab"
            )
        ):
            ids.add(value[1:])
    return ids


def says_more_than_menu(opener: Tag) -> bool:
    """Whether the text that opens a part is a question or a request, and not « Menu »."""
    said = clean_text(opener.get_text())
    return said.endswith("?") or len(_WORD.findall(said)) >= _FEWEST_WORDS


def put_tabs_before_panels(page: BeautifulSoup) -> None:
    """Move each tab's text to the panel that it opens, because readers see them together: the page
    has all tabs in a row, and all panels after them. A tab without a question (« Menu ») stays.
    """
    tabs = page.select('[role="tab"]')
    if len(tabs) > _MAX_TABS:
        return
    panels = {attribute_of(tag, "id"): tag for tag in page.find_all(id=True)}
    labelled = {
        attribute_of(tag, "aria-labelledby"): tag for tag in page.select('[role="tabpanel"]')
    }
    moved: set[int] = set()
    for tab in tabs:
        panel = next((panels[one] for one in sorted(_panel_ids(tab)) if one in panels), None)
        if panel is None:
            panel = labelled.get(attribute_of(tab, "id") or "-")
        if (
            panel is None
            or not says_more_than_menu(tab)
            or any(parent is panel for parent in tab.parents)
        ):
            continue
        before = panel.find_previous_sibling()
        said = clean_text(tab.get_text())
        # Some builders repeat each tab: in a row for wide screens, above its panel for others.
        is_above = before is not None and clean_text(before.get_text()) == said
        if is_above and before is not tab:
            tab.extract()
        elif not is_above and id(panel) not in moved:
            moved.add(id(panel))
            tab.name = "summary"
            panel.insert_before(tab.extract())


def _panel_ids(tab: Tag) -> set[str]:
    """The id that a tab, or the link in it, opens."""
    link = tab.find("a", href=True)
    href = attribute_of(link, "href") if link is not None else ""
    return opened_ids(tab) | ({href[1:]} if href.startswith("#") and len(href) > 1 else set())
