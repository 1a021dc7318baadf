"""``article.md``: what Studio writes reads back as the same article, and what a person makes of it is still understood."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from studio.article.characters import clean_text
from studio.article.outline import is_marked
from studio.article.read import article_from_markdown, markdown_from_article
from studio.model.article import Article, Exchange, Paragraph

SAMPLES = Path(__file__).parent / "article"

# Pieces that mean something to Markdown, to HTML or to the outline, mixed with any characters at all.
PIECES = st.sampled_from(
    [
        *["*", "**", "_", "__", "`", "```", "#", "## ", "> ", "- ", "1. ", "2) ", "---", "===", "~~", "[a](b)", "![a](b)", "[x]: y", "|"],
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
NAMES = st.sampled_from(["Odile Marchand", "Rémi Sautel", "O. Marchand", "Odile", "JR", "Jean-Pierre d’Aix", "Propos"])


@st.composite
def articles(draw: st.DrawFn) -> Article:
    guests = tuple(draw(st.lists(NAMES, max_size=3, unique=True)))
    credit = draw(st.none() | st.just("Propos recueillis par Jeanne Dupont"))
    speakers = st.none() | st.sampled_from([*guests, "Jeanne Dupont"] if credit else guests) if guests or credit else st.none()
    questions = draw(st.lists(TEXTS.filter(lambda text: not is_marked(text)), min_size=1, max_size=4))
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
                answer=tuple(draw(st.lists(st.builds(Paragraph, text=TEXTS, speaker=speakers), min_size=1, max_size=3))),
            )
            for number, question in enumerate(questions, 1)
        ),
        credit=credit,
    )


@given(articles())
def test_what_is_written_reads_back_the_same(article: Article) -> None:
    assert article_from_markdown(markdown_from_article(article), "article.md") == article
