"""Read the typographic rules of a page's own style sheet, one class each, as word processors write
them into saved pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from studio.article.block import Formatting

Declarations = Mapping[str, str]

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_RULE = re.compile(r"([^{}]{1,400})\{([^{}]{0,2000})\}")
_CLASS = re.compile(r"(?:[a-z][a-z0-9]*)?\.([A-Za-z_][\w-]*)")
_BOLD = re.compile(r"bold|bolder|[6-9]00")
_LIGHT = re.compile(r"normal|lighter|[1-5]00")
_NO_COLOUR = frozenset(
    (
        *(
            "",
            "inherit",
            "initial",
            "unset",
            "auto",
            "transparent",
            "none",
            "currentcolor",
            "windowtext",
        ),
        *(
            "black",
            "white",
            "#000",
            "#000000",
            "#fff",
            "#ffffff",
            "rgb(0,0,0)",
            "rgba(0,0,0,0)",
            "rgb(255,255,255)",
        ),
    )
)


def class_rules(sheets: Iterable[str]) -> dict[str, dict[str, str]]:
    """Class name → its declarations, for rules with a single class as selector (« .c3 »,
    « span.c3 »).
    """
    rules: dict[str, dict[str, str]] = {}
    for sheet in sheets:
        for selectors, body in _RULE.findall(_COMMENT.sub("", sheet)):
            for selector in selectors.split(","):
                match = _CLASS.fullmatch(selector.strip())
                if match:
                    rules.setdefault(match[1], {}).update(declarations_in(body))
    return rules


def declarations_in(style: str) -> dict[str, str]:
    """Property → value, both in small letters and without « !important »."""
    found = {}
    for declaration in style.split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            found[name.strip().lower()] = value.replace("!important", "").strip().lower()
    return found


def formatting_with(look: Formatting, declarations: Declarations) -> Formatting:
    """The style of text inside a tag with these declarations."""
    weight = declarations.get("font-weight", "")
    bold = True if _BOLD.fullmatch(weight) else False if _LIGHT.fullmatch(weight) else look.bold
    slant = declarations.get("font-style", "")
    italic = True if slant in {"italic", "oblique"} else False if slant == "normal" else look.italic
    line = declarations.get("text-decoration", declarations.get("text-decoration-line", ""))
    underlined = True if "underline" in line else False if "none" in line else look.underlined
    return Formatting(
        bold=bold,
        italic=italic,
        underlined=underlined,
        colour=_colour(declarations.get("color"), look.colour),
        highlight=_colour(
            declarations.get("background-color", declarations.get("background")), look.highlight
        ),
        size=declarations.get("font-size", look.size),
    )


def _colour(declared: str | None, inherited: str) -> str:
    if declared is None:
        return inherited
    colour = declared.replace(" ", "")
    return "" if colour in _NO_COLOUR else colour
