"""The title of an episode in the feed, as its article gives it."""

from __future__ import annotations

import pytest

from studio.model.article import Article
from studio.workspace.new_episode import title_from_article


@pytest.mark.parametrize(
    ("title", "guests", "quote", "expected"),
    [
        ("3 questions à Zoé Ferrand", ("Zoé Ferrand",), None, "Zoé Ferrand"),
        ("Entretien avec Zoé Ferrand", ("Zoé Ferrand",), None, "Zoé Ferrand"),
        ("Les mots du port", ("Zoé Ferrand", "Ali Ben Saïd"), None, "Les mots du port"),
        ("Zoé Ferrand, pilote", ("Zoé Ferrand",), None, "Zoé Ferrand, pilote"),
        ("Épisode 3 – Les mots du port", ("Zoé Ferrand",), None, "Les mots du port"),
        ("Les mots du port", ("Zoé Ferrand",), "La nuit", "Zoé Ferrand : « La nuit »"),
        ("Les mots du port", (), None, "Les mots du port"),
    ],
)
def test_who_speaks_or_what_the_article_is_called(
    title: str, guests: tuple[str, ...], quote: str | None, expected: str
) -> None:
    article = Article(title=title, exchanges=(), guests=guests, quote=quote)
    made = title_from_article(article, "3 questions à…", "fr")
    assert made.replace("\u00a0", " ").replace("\u202f", " ") == expected
