"""Whole articles in the forms that programs, networks and people give them, each with what must be
read of it beside it: the file, and a JSON file of the same name.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.article.read import ParsedArticle, parsed_article_from_file

FORMS = Path(__file__).parent / "article_forms"
FILES = sorted(path for path in FORMS.iterdir() if path.suffix != ".json")


def what_is_read(reading: ParsedArticle) -> dict[str, object]:
    article = reading.article
    return {
        "title": article.title,
        "number": article.number,
        "season": reading.season,
        "guests": list(article.guests),
        "quote": article.quote,
        "preamble": list(article.preamble),
        "introduction": list(article.introduction),
        "exchanges": [
            [exchange.question, *(paragraph.text for paragraph in exchange.answer)]
            for exchange in article.exchanges
        ],
        "author": reading.author,
        "link": reading.link,
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_article_and_nothing_else(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text("utf-8"))
    read = what_is_read(parsed_article_from_file(path))
    assert {name: read[name] for name in expected} == expected
