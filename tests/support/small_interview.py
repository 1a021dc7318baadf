"""One small interview, to be dressed as people send it, and what must be read of it."""

from __future__ import annotations

from pathlib import Path

from studio.article.read import ParsedArticle, parsed_article_from_file
from studio.model.article import Article

TITLE = "3 questions à Paul Vidal"
INTRODUCTION = "Paul Vidal a fondé le Comptoir, à Marseille, il y a vingt ans."
ASKED = ("Comment avez-vous commencé ?", "Racontez-nous la suite.", "Et demain ?")
ANSWERED = (
    "Par un café, place aux Huiles, avec sept amis et très peu d’argent. Et pourquoi pas ?",
    "Nous avons ouvert le local en octobre, et la mairie nous a suivis.",
    "Une école, pour quatorze jeunes, dans la même rue, si tout va bien.",
)


def read(folder: Path, text: str, suffix: str = ".txt") -> ParsedArticle:
    path = folder / f"article{suffix}"
    path.write_text(text, encoding="utf-8")
    return parsed_article_from_file(path)


def told(article: Article) -> list[tuple[str, str]]:
    return [
        (one.question, "\n".join(paragraph.text for paragraph in one.answer))
        for one in article.exchanges
    ]


def holds_the_interview(reading: ParsedArticle) -> None:
    assert told(reading.article) == list(zip(ASKED, ANSWERED, strict=True))
    assert reading.article.guests == ("Paul Vidal",)
    assert reading.article.introduction == (INTRODUCTION,)
