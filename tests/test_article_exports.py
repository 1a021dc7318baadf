"""What exports of sites, notebooks and mails put around an interview, tabs among it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from support.small_interview import (
    ANSWERED,
    ASKED,
    INTRODUCTION,
    TITLE,
    holds_the_interview,
    read,
    told,
)

from studio.article.read import parsed_article_from_file
from studio.errors import ArticleError

FORMS = Path(__file__).parent / "article_forms"

PAIRS = list(zip(ASKED, ANSWERED, strict=True))
MARKED = "\n\n".join(f"💬 {asked}\n\n{said}" for asked, said in PAIRS)
VIDALS = ("Paul Vidal", "Marie Vidal")
HEADED = "".join(f"<h2>{asked}</h2><p>{said}</p>" for asked, said in PAIRS)

ROW = {
    "buttons": ('<button role="tab" aria-controls="p{n}">{asked}</button>', 'id="p{n}"'),
    "links": ('<li><a role="tab" data-toggle="tab" href="#p{n}">{asked}</a></li>', 'id="p{n}"'),
    "items": ('<li role="tab" id="t{n}"><a>{asked}</a></li>', 'aria-labelledby="t{n}"'),
}


@pytest.mark.parametrize("tab", ROW.values(), ids=list(ROW))
@pytest.mark.parametrize("above", ["", '<div role="tab" aria-controls="p{n}">{asked}</div>'])
def test_each_tab_asks_what_its_panel_answers(
    tmp_path: Path, tab: tuple[str, str], above: str
) -> None:
    """Also where a builder writes each tab twice, for wide screens and for narrow ones."""
    pairs = [(asked, said.replace("?", "!")) for asked, said in PAIRS if asked.endswith("?")]
    row = "".join(tab[0].format(n=n, asked=asked) for n, (asked, _) in enumerate(pairs))
    panels = "".join(
        above.format(n=n, asked=asked)
        + f'<div role="tabpanel" {tab[1].format(n=n)} hidden><p>{said}</p></div>'
        for n, (asked, said) in enumerate(pairs)
    )
    page = (
        f'<main><h1>{TITLE}</h1><p>{INTRODUCTION}</p><ul role="tablist">{row}</ul>{panels}</main>'
    )
    assert told(read(tmp_path, page, ".html").article) == pairs


AROUND = {
    "WordPress": '<div class="wp-block-post-terms">Interviews</div>{}'
    '<div class="wp-block-comments"><h2>2 réponses</h2><p>Quand ?</p></div>'
    '<div class="wp-block-query"><h2>Plus d’articles</h2><h2>Que devient le port ?</h2></div>',
    "Divi": '<p class="et_pb_title_meta_container">par | Mar 4, 2025 | Mer | 0 commentaires</p>{}',
    "Squarespace": '<div class="blog-item-category-wrapper">Mer</div>{}'
    '<div class="sqs-block summary-block"><a>Quel port demain ?</a></div>',
    "Webflow": '{}<div class="w-dyn-list"><h2>Pourquoi le varech ?</h2></div>'
    '<div class="w-form-done">Thank you!</div>',
    "SPIP": '<p class="arbo">Accueil > Mer</p>{}<p>Voir en ligne : le site</p>',
    "Mailchimp": '<td id="templatePreheader"><p>Le port, chaque mois.</p></td>{}'
    '<div id="templateFooter"><p>Vous souhaitez changer cela ?</p></div>',
    "LinkedIn": '<div class="reader-cover-image__caption">Photo</div>{}',
    "author": '{}<div class="saboxplugin-wrap"><p>Marc écrit.</p></div>'
    '<div class="pp-multiple-authors-boxes-wrapper"><h2>Auteur/autrice</h2></div>',
    "newspaper": "<ul><li>Ajouter à vos sélections</li><li>Partager</li><li>Offrir l’article</li>"
    "</ul><p>Article réservé aux abonnés</p>{}<p>Vous avez aimé cet article ? Partagez-le !</p>",
    "other articles": "{}<h2>Vous aimerez aussi</h2><h3>Où va la sardine ?</h3><p>Au large.</p>",
    "transcript": "{}<h2>Transcription</h2><p>Bonjour à tous.</p>",
    "player": "{}<p>Podcast: Play in new window | Download</p>",
    "letter": '{}<div class="box"><p>Recevez le meilleur du port</p><form><input type="email">'
    "</form></div>",
    "call": '{}<p><a href="https://exemple.test/visite"><b>&gt;&gt; Visitez le port</b></a></p>',
    "credit": "{}<p>Propos recueillis par Marc Pons</p><p>Le port est ouvert au public.</p>",
}


@pytest.mark.parametrize("around", AROUND.values(), ids=list(AROUND))
def test_the_interview_alone_of_a_page(tmp_path: Path, around: str) -> None:
    text = around.format(f"<p>{INTRODUCTION}</p>{HEADED}")
    reading = read(tmp_path, f"<main><article><h1>{TITLE}</h1>{text}</article></main>", ".html")
    holds_the_interview(reading)
    assert reading.article.preamble == reading.doubtful == ()


def test_a_field_with_a_label_above_it_stays(tmp_path: Path) -> None:
    chapo = '<div class="field field--label-above"><div class="field__label">Chapô</div>{}</div>'
    page = f"<main><h1>{TITLE}</h1>{chapo.format(f'<p>{INTRODUCTION}</p>')}{HEADED}</main>"
    holds_the_interview(read(tmp_path, page, ".html"))


def test_a_link_that_is_all_of_an_answer_stays(tmp_path: Path) -> None:
    linked = f'<p><a href="https://exemple.test">{ANSWERED[1]}</a></p>'
    body = HEADED.replace(f"<p>{ANSWERED[1]}</p>", linked)
    holds_the_interview(
        read(tmp_path, f"<main><h1>{TITLE}</h1><p>{INTRODUCTION}</p>{body}</main>", ".html")
    )


@pytest.mark.parametrize("name", ["Marie Roux", "Marie :"])
def test_who_speaks_may_be_a_link(tmp_path: Path, name: str) -> None:
    link = f'<p><a href="https://exemple.test/marie">{name}</a></p>'
    page = (
        "<main><h1>3 questions à Paul Vidal et Marie Roux</h1><h2>Où ?</h2><p>Paul : Ici.</p>"
        f"{link}<p>Là-bas, sur le port.</p><h2>Et ?</h2><p>Oui.</p></main>"
    )
    answer = read(tmp_path, page, ".html").article.exchanges[0].answer
    assert (answer[0].speaker, answer[0].text) == ("Paul Vidal", "Ici.")
    assert "Marie" in f"{answer[1].speaker} {answer[1].text}"


def test_marks_of_comments_that_word_saves_in_a_page(tmp_path: Path) -> None:
    mark = '<span class=MsoCommentReference><a class=msocomanchor href="#_m1">[MP1]</a></span>'
    body = HEADED.replace("</p>", f"{mark}</p>")
    holds_the_interview(
        read(tmp_path, f"<div><h1>{TITLE}</h1><p>{INTRODUCTION}</p>{body}</div>", ".html")
    )


def test_what_a_head_repeats_above_the_title_is_said_once(tmp_path: Path) -> None:
    page = (
        f"<article><header><h1>{TITLE}</h1></header><section>{INTRODUCTION}</section>"
        f"<h3>{TITLE}</h3><h4>{INTRODUCTION}</h4>{HEADED}"
        '<a class="p-canonical" href="https://exemple.test/vidal">Canonical link</a></article>'
    )
    reading = read(tmp_path, page, ".html")
    holds_the_interview(reading)
    assert reading.article.preamble == ()
    assert reading.link == "https://exemple.test/vidal"


LINKED_DATA = {
    "a name": {"@type": "BlogPosting", "author": "Camille Renaud"},
    "a person": {"@type": ["WebPage"], "author": [{"@type": "Person", "name": "Camille Renaud"}]},
    "a graph": {
        "@graph": [
            {"@type": "Article", "author": {"@id": "#camille"}},
            {"@id": "#camille", "@type": "Person", "name": "Camille Renaud"},
        ]
    },
}


@pytest.mark.parametrize("data", LINKED_DATA.values(), ids=list(LINKED_DATA))
def test_linked_data_names_the_author(tmp_path: Path, data: dict[str, object]) -> None:
    script = f'<script type="application/ld+json">{json.dumps(data)}</script>'
    body = f"<main><h1>{TITLE}</h1><p>{INTRODUCTION}</p>{HEADED}</main>"
    assert read(tmp_path, f"<head>{script}</head>{body}", ".html").author == "Camille Renaud"


@pytest.mark.parametrize(
    "data", ["{", "[" * 5000, '{"@type": "Article", "author": [null, 3, {"name": 4}]}', "[1]"]
)
def test_damaged_linked_data_names_nobody(tmp_path: Path, data: str) -> None:
    script = f'<script type="application/ld+json">{data}</script>'
    body = f"<main><h1>{TITLE}</h1><p>{INTRODUCTION}</p>{HEADED}</main>"
    assert read(tmp_path, f"<head>{script}</head>{body}", ".html").author == ""


@pytest.mark.parametrize(
    ("byline", "author"),
    [
        ('<div class="article__author">Par <a href="#">Camille Renaud</a></div>', "Camille Renaud"),
        ('<a class="blog-author-name">Écrit par Camille Renaud</a>', "Camille Renaud"),
        ('<div class="byline-wrapper"><a>Camille Renaud</a></div>', "Camille Renaud"),
        ('<div class="comment-body"><b class="comment-author">Zoé Blanc</b></div>', ""),
        ('<aside><span class="post-author">Zoé Blanc</span></aside>', ""),
    ],
)
def test_who_wrote_the_article_and_not_a_comment(tmp_path: Path, byline: str, author: str) -> None:
    page = f"<main><h1>{TITLE}</h1>{byline}<p>{INTRODUCTION}</p>{HEADED}</main>"
    reading = read(tmp_path, page, ".html")
    assert (reading.author, reading.article.introduction) == (author, (INTRODUCTION,))


@pytest.mark.parametrize(
    "head",
    [
        f'+++\ntitle = "{TITLE}"\nauthor = "Camille Renaud"\n+++\n',
        f"---\ntitle: {TITLE}\nauthors:\n  - Camille Renaud\n---\n* Sommaire\n{{:toc}}\n",
        f"---\ntitle: {TITLE}\nauthor: [Camille Renaud]\n---\n{{:.no_toc}}\n",
        f"---\nauthors:\n  - name: Camille Renaud\n---\n# **{TITLE}**\n\n### Introduction\n",
    ],
)
def test_heads_of_notes_and_sites_in_markdown(tmp_path: Path, head: str) -> None:
    text = f"{head}\n{INTRODUCTION}\n{{: .lead}}\n\n"
    text += '![Le port](p.jpg){: width="600"}\n*Le port au matin*\n\n' + MARKED
    reading = read(tmp_path, text, ".md")
    holds_the_interview(reading)
    assert reading.author == "Camille Renaud"


def test_a_firm_whose_name_has_a_sign_is_a_label(tmp_path: Path) -> None:
    turns = "\n\n".join(
        f"**Port & Terre :** {asked}\n\n**P. V. :** {said}" for asked, said in PAIRS
    )
    holds_the_interview(read(tmp_path, f"# {TITLE}\n\n{INTRODUCTION}\n\n{turns}", ".md"))


MAILS = {
    "forwarded and signed": "\n".join(
        f"> {line}".rstrip() for line in f"{TITLE}\n\n{INTRODUCTION}\n\n{MARKED}".split("\n")
    )
    + "\n\n-- \nCamille Renaud\nMedinsoft\n06 12 34 56 78\n",
    "with its head": "De : Camille <c@exemple.test>\nEnvoyé : mardi 4 mars 2025 10:12\nÀ : Zoé\n"
    f"Objet : entretien\n\n{TITLE}\n\n{INTRODUCTION}\n\n{MARKED}\n",
}


@pytest.mark.parametrize("mail", MAILS.values(), ids=list(MAILS))
def test_a_mail_around_the_interview(tmp_path: Path, mail: str) -> None:
    reading = read(tmp_path, mail)
    holds_the_interview(reading)
    assert reading.article.preamble == ()


def test_answers_written_under_questions_that_a_mail_quotes(tmp_path: Path) -> None:
    turns = "\n\n".join(f"> {asked}\n\n{said}" for asked, said in PAIRS)
    assert told(read(tmp_path, f"{TITLE}\n\n{INTRODUCTION}\n\n{turns}").article)[0] == PAIRS[0]


@pytest.mark.parametrize(
    "thanks",
    ["💬 Merci Paul Vidal.", "💬 Merci beaucoup, Paul !", "💬 Merci Paul !\n\nMerci à vous."],
)
def test_thanks_with_the_mark_are_no_question(tmp_path: Path, thanks: str) -> None:
    holds_the_interview(read(tmp_path, f"{TITLE}\n\n{INTRODUCTION}\n\n{MARKED}\n\n{thanks}\n"))


def test_thanks_that_are_answered_at_length_stay(tmp_path: Path) -> None:
    end = "💬 Merci Paul !\n\nJe voudrais encore dire un mot de ma mère, qui a tout payé."
    reading = read(tmp_path, f"{TITLE}\n\n{INTRODUCTION}\n\n{MARKED}\n\n{end}\n")
    assert told(reading.article)[-1][0] == "Merci Paul !"


def _letterhead(cells: list[str]) -> Callable[[Path], None]:
    def save(path: Path) -> None:
        document = docx.Document()
        for place, text in enumerate(cells):
            if place == 0:
                table = document.add_table(1, len(cells))
            table.cell(0, place).text = text
        for text in (TITLE, INTRODUCTION):
            document.add_paragraph(text)
        for asked, said in PAIRS:
            document.add_paragraph().add_run(asked).bold = True
            document.add_paragraph(said)
        document.save(str(path))

    return save


@pytest.mark.parametrize(
    "cells",
    [
        ["PORT & TERRE", "3 quai d’Auxerre\n29680 Roscoff\nTél. 02 98 00 00 00"],
        ["Le Comptoir, 12 rue du Port, 13002 Marseille", "contact@comptoir.example"],
    ],
)
def test_a_letterhead_in_a_table_is_no_text(tmp_path: Path, cells: list[str]) -> None:
    _letterhead(cells)(tmp_path / "article.docx")
    reading = parsed_article_from_file(tmp_path / "article.docx")
    holds_the_interview(reading)
    assert reading.article.preamble == ()


@pytest.mark.parametrize(
    ("name", "content", "remedy"),
    [
        ("a.eml", b"From: a@b.test", "Open it in the mail program and save it as .txt."),
        ("a.txt", b"From: a@b.test\r\nMIME-Version: 1.0\r\n\r\n", "the mail program"),
        ("a.html", b"From: <Saved>\nSubject: x\n y\nMIME-Version: 1.0\n\n", "save it as HTML."),
        ("a.txt", b"%PDF-1.7\n", "the program that made it"),
        ("a.md", b"{\\rtf1\\ansi Bonjour}", "Open it in Word"),
        ("a.txt", b"PK\3\4", "Give it the ending of its kind, such as .docx."),
        ("a.gdoc", b"{}", "Google Docs"),
    ],
)
def test_other_kinds_of_file_say_what_to_do(
    tmp_path: Path, name: str, content: bytes, remedy: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ArticleError) as refused:
        parsed_article_from_file(tmp_path / name)
    assert remedy in str(refused.value)


@pytest.mark.parametrize(
    ("title", "said", "guests"),
    [
        ("3 questions aux frères Paul et Mathieu Vidal", "", ("Paul Vidal", "Mathieu Vidal")),
        ("3 questions à Paul et Marie Vidal", "Paul Vidal est né.", VIDALS),
        ("3 questions à Paul et Marie Vidal", "Paul et Marie sont nés.", VIDALS),
        ("3 questions à Paul et Marie Vidal", "Chez les Vidal, on chante.", VIDALS),
        ("3 questions à Paul et Marie Vidal", "M. et Mme Vidal chantent.", VIDALS),
        ("3 questions aux chanteurs PAUL ET MARIE VIDAL", "Paul et Marie sont nés.", VIDALS),
        ("Paul et Marie Vidal : « On chante »", "La famille Vidal est née.", VIDALS),
        ("Paul et Marie Vidal, chanteurs", "Paul chante ; avec lui, Marie Vidal.", ()),
        ("Paul et Marie Vidal, chanteurs", "Marie Vidal chante. Paul siffle, Marie aussi.", VIDALS),
        ("3 questions à Paul et Marie Vidal", "Ils sont nés.", ()),
        ("3 questions à M. et Mme Vidal", "Paul et Marie Vidal sont nés.", ()),
        (
            "3 questions à Medinsoft et Marie Vidal",
            "L'association Medinsoft est née.",
            ("Medinsoft", "Marie Vidal"),
        ),
        ("3 questions à AixTech et Marie Vidal", "", ("AixTech", "Marie Vidal")),
    ],
)
def test_one_surname_for_two(
    tmp_path: Path, title: str, said: str, guests: tuple[str, ...]
) -> None:
    assert read(tmp_path, f"{title}\n\n{said}\n\n{MARKED}").article.guests == guests


@pytest.mark.parametrize(
    "end",
    [
        "Cet entretien a été édité et condensé pour plus de clarté.",
        "L’interview a été réalisée en mai à Marseille.",
        "Vous pouvez écouter cet entretien sur toutes les plateformes de podcast.",
        "📍 Le Comptoir, place aux Huiles\n🌐 www.comptoir.example\n📞 04 91 00 00 00",
    ],
)
def test_what_an_editor_adds_under_the_last_answer(tmp_path: Path, end: str) -> None:
    holds_the_interview(read(tmp_path, f"{TITLE}\n\n{INTRODUCTION}\n\n{MARKED}\n\n{end}\n"))


@pytest.mark.parametrize("last", ["Troisième question", "Dernière question", "3e question"])
def test_the_last_question_counts_too(tmp_path: Path, last: str) -> None:
    counts = ("Première question", "Deuxième question", last)
    turns = "\n\n".join(
        f"{count} : {asked}\n\n{said}" for count, (asked, said) in zip(counts, PAIRS, strict=True)
    )
    holds_the_interview(read(tmp_path, f"{TITLE}\n\n{INTRODUCTION}\n\n{turns}"))


def test_words_of_letters_are_an_answers_after_the_first_question(tmp_path: Path) -> None:
    mail = (FORMS / "thunderbird.txt").read_text(encoding="utf-8")
    answers = "Bonjour à tous les débutants,\n\nVoici les questions qui vous attendent."
    path = tmp_path / "mail.txt"
    path.write_text(
        mail.replace("Soixante-douze, réparties", f"{answers}\n\nSoixante-douze, réparties")
    )
    article = parsed_article_from_file(path).article
    assert [one.text for one in article.exchanges[1].answer][:2] == answers.split("\n\n")
    assert "Mes réponses" not in " ".join(article.introduction)
