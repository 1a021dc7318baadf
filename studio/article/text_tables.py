"""Columns in a text: questions beside their answers, copied or exported from a spreadsheet."""

from __future__ import annotations

import csv
import re

from studio.article.characters import QUESTION_EMOJI

_HEAD = re.compile(
    r"^\W*questions?\W*(?P<parted>[;\t|])\W*r[ée]ponses?\W*$", re.IGNORECASE | re.MULTILINE
)


def text_from_columns(text: str) -> str:
    """The text below a row « Question;Réponse » with each question marked, above its answer; any
    other text is unchanged.
    """
    head = _HEAD.search(text)
    if head is None:
        return text
    rows = csv.reader(text[head.end() :].strip().splitlines(), delimiter=head["parted"])
    try:
        pairs = [(row[0].strip(), row[1].strip()) for row in rows if len(row) > 1]
    except csv.Error:
        return text
    paragraphs = [
        part for question, answer in pairs for part in (f"{QUESTION_EMOJI[0]} {question}", answer)
    ]
    return "\n\n".join([text[: head.start()].rstrip(), *paragraphs])
