"""``article.md``: what Studio writes reads back as the same article, and what a person makes of it
is still understood.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.article.characters import clean_text
from studio.article.outline import is_marked
from studio.article.read import article_from_file, article_from_markdown, markdown_from_article
from studio.errors import ArticleError
from studio.model.article import Article, Exchange, Paragraph

SAMPLES = Path(__file__).parent / "article"

# Pieces that mean something to Markdown, to HTML or to the outline, mixed with any characters at
# all.
PIECES = st.sampled_from(
    [
        *[
            "*",
            "**",
            "_",
            "__",
            "`",
            "```",
            "#",
            "## ",
            "> ",
            "- ",
            "1. ",
            "2) ",
            "---",
            "===",
            "~~",
            "[a](b)",
            "![a](b)",
            "[x]: y",
            "|",
        ],
        *[
            "<b>",
            "</br>",
            "<!-- ",
            " -->",
            "]]>",
            "&amp;",
            "&#8203;",
            "&",
            "\\",
            "\\\\",
            "💬 ",
            "❓",
            "« ",
            " »",
            "“",
            "”",
            '"',
            "?",
            " ?",
            "é",
            "’",
        ],
        *[
            "Episode 4 – ",
            "Épisode : ",
            "3 questions à ",
            "Propos recueillis par ",
            "Invité : ",
            "Invités : ",
            "Odile Marchand : ",
            "Odile : ",
        ],
        *["OM : ", "://", "Stéphane Soto"],
    ]
)
TEXTS = (
    st.lists(st.one_of(PIECES, PIECES, st.text(max_size=12)), min_size=1, max_size=8)
    .map(lambda pieces: clean_text("".join(pieces)))
    .filter(bool)
)
NAMES = st.sampled_from(
    ["Odile Marchand", "Rémi Sautel", "O. Marchand", "Odile", "JR", "Jean-Pierre d’Aix", "Propos"]
)


@st.composite
def articles(draw: st.DrawFn) -> Article:
    guests = tuple(draw(st.lists(NAMES, max_size=3, unique=True)))
    credit = draw(st.none() | st.just("Propos recueillis par Jeanne Dupont"))
    speakers = (
        st.none() | st.sampled_from([*guests, "Jeanne Dupont"] if credit else guests)
        if guests or credit
        else st.none()
    )
    questions = draw(
        st.lists(TEXTS.filter(lambda text: not is_marked(text)), min_size=1, max_size=4)
    )
    return Article(
        title=draw(TEXTS),
        number=draw(st.none() | st.integers(0, 99_999)),
        guests=guests,
        preamble=tuple(draw(st.lists(TEXTS, max_size=2))),
        quote=draw(st.none() | TEXTS),
        introduction=tuple(draw(st.lists(TEXTS, max_size=2))),
        exchanges=tuple(
            Exchange(
                number=number,
                question=question,
                answer=tuple(
                    draw(
                        st.lists(
                            st.builds(Paragraph, text=TEXTS, speaker=speakers),
                            min_size=1,
                            max_size=3,
                        )
                    )
                ),
            )
            for number, question in enumerate(questions, 1)
        ),
        credit=credit,
    )


@given(articles())
def test_what_is_written_reads_back_the_same(article: Article) -> None:
    assert article_from_markdown(markdown_from_article(article), "article.md") == article


WRITTEN = """\
# Épisode 2 – 3 questions à Claire Fontanel

> « Oui »

Intro.

## 💬 Pourquoi la soudure ?

Parce que ça tient, et ça dure.

## 💬 Racontez le port

Un port.

Une rade.
"""
BOLD_QUESTIONS_A_SETEXT_TITLE_EMPHASIS_LINKS_AND_LISTS = """\
Épisode 2 – 3 questions à Claire Fontanel
===

« Oui »

Intro.

**Pourquoi la *soudure* ?**
Parce que ça [tient](https://a.b/c_(d)), _et_ ça `dure`.

---

__Racontez le port__

- Un port.
- Une **rade**.
"""
OTHER_LEVELS_NUMBERS_COMMENTS_AND_HARD_BREAKS = """\
# Episode 2 : 3 questions à Claire Fontanel #
<!-- à
relire -->
> « Oui »
> — Claire Fontanel

Intro.

### 1. Pourquoi la soudure&nbsp;?
Parce que ça tient, et ça dure.

### 2. Racontez le port ###
Un port.\\
Une rade.
"""
FRONT_MATTER_AND_ANSWERS_ON_THE_QUESTIONS_LINE = """\
---
layout: post
title: "Épisode 2 – 3 questions à Claire Fontanel"
---
> Oui

Intro.

**💬 Pourquoi la soudure ?** Parce que ça tient, et ça dure.

💬 **Racontez le port**

Un port.<br>Une rade.
"""


@pytest.mark.parametrize(
    "text",
    [
        WRITTEN,
        WRITTEN.replace("\n\n", "\n"),
        BOLD_QUESTIONS_A_SETEXT_TITLE_EMPHASIS_LINKS_AND_LISTS,
        OTHER_LEVELS_NUMBERS_COMMENTS_AND_HARD_BREAKS,
        FRONT_MATTER_AND_ANSWERS_ON_THE_QUESTIONS_LINE,
    ],
)
def test_what_people_write(text: str) -> None:
    article = article_from_markdown(text, "article.md")
    assert article == article_from_markdown(text.replace("\n", "\r\n"), "article.md")
    assert (article.number, article.title, article.guests) == (
        2,
        "3 questions à Claire Fontanel",
        ("Claire Fontanel",),
    )
    assert (article.quote, article.introduction) == ("Oui", ("Intro.",))
    assert [
        (exchange.question, [paragraph.text for paragraph in exchange.answer])
        for exchange in article.exchanges
    ] == [
        ("Pourquoi la soudure ?", ["Parce que ça tient, et ça dure."]),
        ("Racontez le port", ["Un port.", "Une rade."]),
    ]


def test_lines_that_an_editor_broke_are_joined() -> None:
    text = (
        "# 3 questions à X\n\n> « Oui, c’est\n> un oui »\n\n## Pourquoi ?\n\nParce que "
        "ça\ntient et que ça\ndure. Voilà.\nFin\n"
    )
    article = article_from_markdown(text, "article.md")
    assert [p.text for p in article.exchanges[0].answer] == [
        "Parce que ça tient et que ça dure. Voilà.",
        "Fin",
    ]
    assert article.quote == "Oui, c’est un oui"


def test_a_backslash_makes_a_paragraph_only_words() -> None:
    article = article_from_markdown(
        "# 3 questions à X\n\n\\« Petits »\n\n## 💬 Q ?\n\n\\💬 Pas une question ?\n\n\\- "
        "a \\*b\\*\n\n\\## c\n",
        "article.md",
    )
    assert (article.quote, article.introduction) == (None, ("« Petits »",))
    assert [p.text for p in article.exchanges[0].answer] == [
        "💬 Pas une question ?",
        "- a *b*",
        "## c",
    ]


def test_guests_whom_the_title_does_not_name() -> None:
    text = (
        "# Réparer une habitude\n\nInvités : Odile Marchand et Rémi Sautel\n\n## 💬 Q "
        "?\n\n**Odile :** a\n\nRémi Sautel : b\n"
    )
    article = article_from_markdown(text, "article.md")
    assert article.guests == ("Odile Marchand", "Rémi Sautel")
    assert [(p.speaker, p.text) for p in article.exchanges[0].answer] == [
        ("Odile Marchand", "a"),
        ("Rémi Sautel", "b"),
    ]
    assert "Invité : Odile Marchand\n\nInvité : Rémi Sautel\n" in markdown_from_article(article)


@pytest.mark.parametrize("name", ["002-stephane-soto", "atelier", "radio", "table"])
def test_an_ordinary_article_needs_no_backslash(name: str) -> None:
    article = article_from_file(SAMPLES / f"{name}.txt")
    markdown = markdown_from_article(article)
    assert "\\" not in markdown
    assert article_from_markdown(markdown, "article.md") == article


def test_the_shows_own_article_is_what_was_published() -> None:
    shown = Path(__file__).parents[1] / "episodes" / "002-stephane-soto" / "article.md"
    assert article_from_file(shown) == article_from_file(SAMPLES / "002-stephane-soto.txt")


@given(TEXTS, TEXTS)
def test_no_text_breaks_the_reader(first: str, second: str) -> None:
    for text in (
        f"{first}\n{second}",
        f"# {first}\n\n## 💬 {second}\n{first}",
        f"**{first}**\n\n{second}",
    ):
        with contextlib.suppress(ArticleError):
            article = article_from_markdown(text, "article.md")
            assert article_from_markdown(markdown_from_article(article), "article.md") == article
