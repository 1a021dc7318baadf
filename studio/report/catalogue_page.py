"""A page on the whole catalogue, in the show's language: a sortable table of each episode's
statistics, and the recurring names.
"""

from __future__ import annotations

import datetime
import functools
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from studio.article.names import names_from_article
from studio.errors import StudioError
from studio.language.words import plain_words
from studio.messages.localised_formats import one_decimal
from studio.messages.message import message
from studio.messages.translations import in_language, stored_message
from studio.model.record import Record
from studio.report.episode_stats import episode_stats
from studio.templates import Environment, templates_from_folder
from studio.text.typography import length_stamp_from_ms
from studio.workspace.sources import EpisodeSources

_HERE = Path(__file__).parent
# Below this probability, the model considers a word more likely wrong than right.
_UNSURE = 0.5
_MAX_NAMES = 200


class CatalogueRow(Record, frozen=True):
    """One episode. Missing values are None.

    :param unsure: number of words of low probability.
    :param to_hear: number of spans with voice but without words, or with removed words.
    :param lost: number of the article's questions that are not found, or uncertain.
    :param lacks: optional parts that this episode lacks.
    """

    slug: str
    title: str
    number: int | None
    published: datetime.datetime
    duration_ms: int | None = None
    words: int | None = None
    unsure: int | None = None
    to_hear: int | None = None
    lost: int | None = None
    lufs: float | None = None
    lacks: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


def row_of(sources: EpisodeSources) -> CatalogueRow:
    """The row of an episode, from its built files.

    :raises StudioError: its settings cannot be read.
    """
    episode, stats = sources.episode, episode_stats(sources)
    words = unsure = None
    names: tuple[str, ...] = ()
    lacks = []
    try:
        transcript = sources.transcript()
    except StudioError:
        lacks.append(message("transcript"))
    else:
        words = len(transcript.words)
        unsure = sum((word.probability or 0.0) < _UNSURE for word in transcript.words)
        names = _names_said(sources, " ".join(word.text for word in transcript.words))
    if not sources.files.article.is_file():
        lacks.append(message("written article"))
    if not episode.picture:
        lacks.append(message("picture"))
    duration_ms = stats.duration_ms
    if duration_ms is None and episode.imported is not None:
        duration_ms = episode.imported.duration_ms or None
    return CatalogueRow(
        slug=sources.slug,
        title=episode.title,
        number=episode.counted,
        published=episode.published,
        duration_ms=duration_ms,
        words=words,
        unsure=unsure,
        to_hear=None if stats.not_heard is None else len(stats.not_heard),
        lost=None if stats.doubts is None else len(stats.doubts),
        lufs=stats.integrated_lufs,
        lacks=tuple(lacks),
        names=names,
    )


def _names_said(sources: EpisodeSources, text: str) -> tuple[str, ...]:
    """The spoken names of the article and the glossary."""
    said = f" {' '.join(plain_words(text))} "
    known = [one.name for one in sources.show_sources.glossary.names]
    with suppress(StudioError):
        known += names_from_article(sources.article)
    return tuple(
        name for name in dict.fromkeys(known) if f" {' '.join(plain_words(name))} " in said
    )


def catalogue_page(title: str, language: str, rows: Sequence[CatalogueRow]) -> str:
    """The page: one self-contained HTML document."""
    names = Counter(name for row in rows for name in row.names)
    return (
        _templates(language)
        .get_template("catalogue.html")
        .render(
            title=title,
            language=language,
            rows=rows,
            names=names.most_common(_MAX_NAMES),
            hours=sum(row.duration_ms or 0 for row in rows) / 3_600_000,
            words=sum(row.words or 0 for row in rows),
            lacking=Counter(one for row in rows for one in row.lacks),
        )
    )


@functools.cache
def _templates(language: str) -> Environment:
    return templates_from_folder(
        _HERE / "templates",
        language,
        length_stamp=length_stamp_from_ms,
        decimal=functools.partial(one_decimal, language=language),
        said=functools.cache(lambda text: in_language(stored_message(text), language)),
    )
