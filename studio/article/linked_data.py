"""A page's data for search engines: JSON-LD with schema.org's vocabulary."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator

_ARTICLES = frozenset(
    {
        "Article",
        "BlogPosting",
        "NewsArticle",
        "ReportageNewsArticle",
        "SocialMediaPosting",
        "WebPage",
    }
)
_MAX_BYTES = 200_000
_MAX_PARTS = 50


def authors_in_linked_data(scripts: Iterable[str]) -> list[str]:
    """A page's authors, in its order; empty if not given.

    :param scripts: the texts of its ``application/ld+json``.
    """
    names = []
    for text in itertools.islice(scripts, _MAX_PARTS):
        try:
            told = json.loads(text) if len(text) <= _MAX_BYTES else None
        except (ValueError, RecursionError):
            continue
        parts = list(_parts(told))
        by_id = {str(part.get("@id")): part for part in parts if "name" in part}
        for part in parts:
            if _types(part).isdisjoint(_ARTICLES):
                continue
            authors = part.get("author")
            for author in authors if isinstance(authors, list) else [authors]:
                known = (
                    by_id.get(str(author.get("@id")), author) if isinstance(author, dict) else {}
                )
                name = author if isinstance(author, str) else known.get("name")
                names += [name] if isinstance(name, str) else []
    return names


def _parts(told: object) -> Iterator[dict[str, object]]:
    """The objects, one after the other: single, in a list, or in a « @graph »."""
    for part in told[:_MAX_PARTS] if isinstance(told, list) else [told]:
        if isinstance(part, dict):
            yield part
            graph = part.get("@graph")
            if isinstance(graph, list):
                yield from (one for one in graph[:_MAX_PARTS] if isinstance(one, dict))


def _types(part: dict[str, object]) -> set[str]:
    types = part.get("@type")
    return {str(one) for one in types} if isinstance(types, list) else {str(types)}
