"""Pages saved from a browser: the article is read, the site around it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.article.read import article_from_file
from studio.errors import ArticleError
from studio.model.article import Article

SAMPLES = Path(__file__).parent / "article"


def read_page(folder: Path, html: str | bytes) -> Article:
    path = folder / "page.html"
    path.write_bytes(html if isinstance(html, bytes) else html.encode())
    return article_from_file(path)


def told(article: Article) -> list[tuple[str, list[str]]]:
    return [
        (exchange.question, [paragraph.text for paragraph in exchange.answer])
        for exchange in article.exchanges
    ]


def test_a_wordpress_page_gives_the_article_and_nothing_else() -> None:
    assert article_from_file(SAMPLES / "wordpress.html") == article_from_file(SAMPLES / "table.txt")


def test_an_elementor_page_with_heading_questions() -> None:
    article = article_from_file(SAMPLES / "elementor.html")
    assert (article.number, article.title, article.guests) == (
        3,
        "3 QUESTIONS À YANIS BELKACEM",
        ("Yanis Belkacem",),
    )
    assert article.preamble == ()
    assert article.quote == "Une start-up, c’est une équipe de handball"
    assert [text[:22] for text in article.introduction] == ["Ancien handballeur pro"]
    assert [(question, len(answer)) for question, answer in told(article)] == [
        ("Vous avez quitté le sport de haut niveau pour la logistique. Pourquoi ?", 2),
        ("Racontez-nous Palette Mobile.", 2),
        ("Et la suite ?", 1),
    ]
    assert article.credit == "Propos recueillis par Jeanne Dupont"


def test_questions_in_a_part_of_the_page_of_their_own(tmp_path: Path) -> None:
    html = (
        (SAMPLES / "elementor.html")
        .read_text(encoding="utf-8")
        .replace("logistique.<br>", "logistique. ")
    )
    marked = html.replace('<h2 class="elementor-heading-title">', "<p>💬 ").replace("</h2>", "</p>")
    assert marked.count("💬") == 3
    assert read_page(tmp_path, marked) == article_from_file(SAMPLES / "elementor.html")


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("cp1252", "windows-1252"),
        ("cp1252", "iso-8859-1"),
        ("cp1252", None),
        ("cp1252", "utf-8"),
        ("cp1252", "nonsense"),
        ("utf-8", "utf-8"),
        ("utf-8", "iso-8859-1"),
        ("utf-8", None),
        ("utf-8-sig", None),
        ("utf-16", "windows-1252"),
    ],
)
def test_an_old_page_in_any_encoding(tmp_path: Path, encoding: str, declared: str | None) -> None:
    html = (SAMPLES / "tables.html").read_text(encoding="utf-8")
    html = html.replace("; charset=windows-1252", f"; charset={declared}" if declared else "")
    article = read_page(tmp_path, html.replace("\n", "\r\n").encode(encoding))
    assert (article.title, article.guests) == (
        "Entretien avec Claire Fontanel",
        ("Claire Fontanel",),
    )
    assert article.quote == "On ne répare pas une machine, on répare une habitude"
    assert len(article.introduction) == 1
    assert [question for question, _ in told(article)] == [
        "Comment est né l’atelier Rivages Numériques ?",
        "Qui pousse la porte de l’atelier aujourd’hui ?",
        "Vos projets ?",
    ]
    assert article.exchanges[1].answer[0].text.endswith("Coût moyen : 3 € et beaucoup de cœur.")
    assert (
        "soudure <script> et une bibliothèque de pièces & détachées"
        in article.exchanges[2].answer[0].text
    )


def test_latin_9_is_heeded_when_declared(tmp_path: Path) -> None:
    html = (
        "<meta charset=iso-8859-15><h1>3 questions à Zoé L'Hœur</h1><p>💬 Où ?</p><p>3 € et "
        "du cœur</p>"
    ).replace("💬", "&#128172;")
    assert (
        read_page(tmp_path, html.encode("iso-8859-15")).exchanges[0].answer[0].text
        == "3 € et du cœur"
    )


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    article = read_page(
        tmp_path,
        "<?xml version='1.0' encoding='utf-8'?><!DOCTYPE html [<!ENTITY x SYSTEM "
        "'file:///etc/hostname'>]><html><body>"
        "<h1>3 questions à X</h1>"
        "<p>💬 Et &lt;script&gt;alert(1)&lt;/script&gt; ?</p><script>alert(2)</script><p "
        "onclick='alert(3)'>a ]]&gt; b &x; <b>c</b>"
        "<!-- d --><img src=x onerror=alert(4)> <![CDATA[e]]></p><p style='display: "
        "none'>hidden</p></body></html>",
    )
    assert article.exchanges[0].question == "Et <script>alert(1)</script> ?"
    (answer,) = (paragraph.text for paragraph in article.exchanges[0].answer)
    assert answer.startswith("a ]]> b &x; c")
    assert "alert" not in answer


def test_one_question_in_a_box_of_its_own_finds_its_answer(tmp_path: Path) -> None:
    article = read_page(
        tmp_path,
        "<body><p>Menu</p><article><h1>Une question à Claire Fontanel</h1>"
        "<div><div><p>💬 Pourquoi ?</p></div><div><p>Parce que.</p></div></div>"
        "<p>Lire d’autres articles</p></article><p>Pied de page</p>",
    )
    assert told(article) == [("Pourquoi ?", ["Parce que."])]
    assert article.preamble == article.introduction == ()


def test_a_repeated_pull_quote_is_no_part_of_the_answer(tmp_path: Path) -> None:
    article = read_page(
        tmp_path,
        "<article><h1>3 questions à X</h1><h2>Pourquoi ?</h2><p>Nous étions petits. Nous "
        "avons vu grand.</p>"
        "<blockquote>« Nous avons vu grand »</blockquote><p>Voilà.</p></article>",
    )
    assert told(article) == [("Pourquoi ?", ["Nous étions petits. Nous avons vu grand.", "Voilà."])]
    assert article.quote == "Nous avons vu grand"


def test_accordions_and_definition_lists(tmp_path: Path) -> None:
    accordion = "".join(
        (
            f"<div class=item><h3><button aria-expanded=true>Question {number} "
            f"?</button></h3><div><p>Réponse {number}.</p></div></div>"
        )
        for number in (1, 2)
    )
    article = read_page(tmp_path, f"<main><h1>Entretien avec X</h1>{accordion}</main>")
    assert told(article) == [("Question 1 ?", ["Réponse 1."]), ("Question 2 ?", ["Réponse 2."])]
    article = read_page(
        tmp_path, "<h1>Entretien avec X</h1><dl><dt>Où ?<dd>Ici.<dt>Quand ?<dd>Là.</dl>"
    )
    assert told(article) == [("Où ?", ["Ici."]), ("Quand ?", ["Là."])]


def test_a_page_nested_without_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArticleError, match="nested deeper"):
        read_page(tmp_path, "<div>" * 20_000 + "💬 Q ?")


def test_a_page_without_an_interview(tmp_path: Path) -> None:
    with pytest.raises(ArticleError, match="no question was found"):
        read_page(tmp_path, "<h1>Mentions légales</h1><p>Éditeur : Medinsoft.</p>")
    with pytest.raises(ArticleError, match="holds no text"):
        read_page(
            tmp_path, "<html><head><title>x</title></head><body><script>1</script></body></html>"
        )
