"""What programs and people put around an interview, or make of its letters: mails, prints, posts,
notebooks, builders of pages.
"""

from __future__ import annotations

import textwrap
from pathlib import Path

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
from studio.article.title import guests_from_title

PAIRS = list(zip(ASKED, ANSWERED, strict=True))


def interview(question: str = "{}", answer: str = "{}", *, between: str = "\n\n") -> str:
    return between.join(
        text for asked, said in PAIRS for text in (question.format(asked), answer.format(said))
    )


MARKED = interview("💬 {}")


@pytest.mark.parametrize(
    "text",
    [
        # a mail that was forwarded, and one that was pasted
        "\n".join(f"> {line}" for line in f"{TITLE}\n\n{INTRODUCTION}\n\n{MARKED}".split("\n")),
        "De : Camille Renaud <camille@medinsoft.com>\nObjet : TR : article\n"
        "Date : jeu. 12 mars 2026 08:12\n\nBonjour Louise,\n\nVoici l’article, bonne lecture !\n\n"
        f"{TITLE}\n\n{INTRODUCTION}\n\n{MARKED}\n\nBien à toi,\nCamille\n\n-- \nCamille Renaud\n"
        "Chargée de communication\n06 12 34 56 78\n",
        f"{TITLE}\n\n{INTRODUCTION}\n\n{MARKED}\n\nCordialement,\n\nCamille\n",
        # posts
        f"🎙️ NOUVEL ÉPISODE\n\n{TITLE} 👇\n\n{INTRODUCTION}\n\n{MARKED}\n\n#marseille #podcast\n"
        "👉 Suivez Medinsoft pour ne rien manquer\n",
        # quotation marks the other way round, and around the title
        f"{TITLE}\n\n{INTRODUCTION}\n\n" + interview("»{}«"),
        f"“{TITLE}”\n\n{INTRODUCTION}\n\n" + MARKED,
        # initials with a full stop
        f"{TITLE}\n\n{INTRODUCTION}\n\n" + interview("CR. {}", "PV. {}"),
        # comments of Google Docs, in its text
        f"{TITLE}\n\n{INTRODUCTION}\n\n"
        + MARKED.replace("rue", "rue[a]").replace("mairie", "mairie[b]")
        + "\n\n[a]À vérifier avec Paul ?\n[b]OK pour moi\n",
        # boxes and links under the last answer
        f"{TITLE}\n\n{INTRODUCTION}\n\n{MARKED}\n\nBio express\n\n1975 : naissance à Toulon\n\n"
        "2006 : fonde le Comptoir\n",
        f"{TITLE}\n\n{INTRODUCTION}\n\n{MARKED}\n\nLire aussi : Qui est Marie Roux ?\n",
        f"{TITLE}\n\n{INTRODUCTION}\n\n{MARKED}\n\nPaul Vidal en bref\n\n1975 : naissance à Toulon\n",
        f"{TITLE}\n\n{INTRODUCTION}\n\n{MARKED}\n\nTél. : 04 91 00 00 00\n\n- FIN -\n",
        f"{TITLE}\n\n{INTRODUCTION}\n\n{MARKED} Propos recueillis par Camille Renaud.\n",
        # the source of a page, of a note and of a forum in a text file
        f"<h1>{TITLE}</h1>\n\n{INTRODUCTION}\n\n" + interview("<strong>{}</strong>"),
        f"<h1>{TITLE}</h1>\n<!-- wp:paragraph -->\n<p>{INTRODUCTION}</p>\n"
        + interview("<h2>{}</h2>", "<p>{}</p>"),
        f"{TITLE}\n\n{INTRODUCTION}\n\n" + interview("[b]{}[/b]"),
        f"{TITLE}\n\n{INTRODUCTION}\n\n" + interview("**Camille :** {}", "**Paul :** {}"),
        f"{TITLE}\n\n{INTRODUCTION}\n\n" + interview("**{}**").replace("sept", "**sept**"),
        # other signs that come back
        f"{TITLE}\n\n{INTRODUCTION}\n\n" + interview("{} 🎙️"),
        f"{TITLE}\n\n{INTRODUCTION}\n\n" + interview("Medinsoft › {}", "Paul › {}"),
        f"{TITLE}\n\n{INTRODUCTION}\n\n" + interview("[00:12] Medinsoft : {}", "[00:20] Paul : {}"),
        # what is asked without any sign
        f"{TITLE}\n\n{INTRODUCTION}\n\n" + interview(),
    ],
)
def test_only_the_interview_is_read(tmp_path: Path, text: str) -> None:
    holds_the_interview(read(tmp_path, text))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "mac_roman", "cp850", "twice"])
def test_encodings_without_a_mark(tmp_path: Path, encoding: str) -> None:
    text = f"{TITLE}\n\n{INTRODUCTION}\n\n" + interview("Q : {}", "R : {}")
    text = f"{text}\n\nÀ bientôt, très cher maître."
    path = tmp_path / "article.txt"
    if encoding == "twice":
        twice = text.encode().decode("cp1252", errors="surrogateescape")
        path.write_text("".join(chr(ord(c) & 0xFF) if c > "\udc00" else c for c in twice))
    else:
        path.write_bytes(text.replace("’", "'").encode(encoding))
    article = parsed_article_from_file(path).article
    assert article.exchanges[-1].answer[-1].text == "À bientôt, très cher maître."


def test_several_guests_whom_only_labels_name(tmp_path: Path) -> None:
    turns = "Q : {}\n\nPaul Vidal : Au marché.\n\nMarie Roux : Devant un étal.\n\nQ : {}\n\n"
    turns += "Marie Roux : Une école.\n\nPaul Vidal : À deux."
    article = read(tmp_path, f"L’huile\n\nIls font de l’huile.\n\n{turns.format(*ASKED)}").article
    assert article.guests == ("Paul Vidal", "Marie Roux")
    assert [[(one.speaker, one.text) for one in two.answer] for two in article.exchanges] == [
        [("Paul Vidal", "Au marché."), ("Marie Roux", "Devant un étal.")],
        [("Marie Roux", "Une école."), ("Paul Vidal", "À deux.")],
    ]


def test_titles_of_sections_are_no_answers(tmp_path: Path) -> None:
    body = interview("## L’huile\n\n**{}**")
    holds_the_interview(read(tmp_path, f"# {TITLE}\n\n{INTRODUCTION}\n\n{body}", ".md"))


def test_a_question_may_go_on_in_the_next_line(tmp_path: Path) -> None:
    body = MARKED.replace("💬 Comment", "💬 Vous êtes né ici.\nComment")
    article = read(tmp_path, f"{TITLE}\n\n{INTRODUCTION}\n\n{body}").article
    assert article.exchanges[0].question == f"Vous êtes né ici. {ASKED[0]}"
    assert article.exchanges[0].answer[0].text == ANSWERED[0]


@pytest.mark.parametrize(
    "line",
    [
        "V3 – relu CR – 12/05/2026",
        "BROUILLON – NE PAS DIFFUSER",
        "Rubrique : Entretiens",
        "Sous embargo jusqu’au 3 mai 2026",
        "Nombre de signes : 3 200",
        "(2 400 signes)",
        "Validé par Paul le 3 mai",
        "Temps de lecture estimé : 4 minutes",
        "Catégorie : Entretiens | Temps de lecture : 3 min",
        "Table des matières",
        "Partagez cet article :",
        "← Article précédent",
        "Article suivant : Le port de Berre →",
        "Signaler une utilisation abusive",
        "Figure 1 – Le moulin",
    ],
)
def test_a_line_of_a_page_or_an_office_is_no_part_of_the_interview(
    tmp_path: Path, line: str
) -> None:
    for text in (
        f"{line}\n\n{TITLE}\n\n{INTRODUCTION}\n\n{MARKED}",
        f"{TITLE}\n\n{INTRODUCTION}\n\n{MARKED}\n\n{line}",
    ):
        reading = read(tmp_path, text)
        holds_the_interview(reading)
        assert reading.article.preamble == ()


@pytest.mark.parametrize(
    "answer",
    [
        "Brouillon après brouillon, nous avons tenu.",
        "Signaler un abus ne suffit pas.",
        "Ce message est adressé à mes enfants.",
        "Vous recevez ce message cinq sur cinq !",
        "L’article suivant de la loi nous l’interdit.",
        "Nous sommes au 12 rue du Port, 56100 Lorient",
    ],
)
def test_a_sentence_that_begins_like_such_a_line_stays(tmp_path: Path, answer: str) -> None:
    said = f"Nous avons ouvert.\n\n{answer}"
    text = f"{TITLE}\n\n💬 Et puis ?\n\n{said}\n\n💬 Où ?\n\n{said}\n"
    for exchange in read(tmp_path, text).article.exchanges:
        assert [one.text for one in exchange.answer] == ["Nous avons ouvert.", answer]


@pytest.mark.parametrize(
    "after", ["LinkedIn : linkedin.com/in/paul", "Inscrivez-vous à notre lettre d’information"]
)
def test_an_address_over_the_title_is_the_articles(tmp_path: Path, after: str) -> None:
    link = "https://medinsoft.test/3-questions-a-paul-vidal/"
    reading = read(tmp_path, f"{link}\n\n{TITLE}\n\n{INTRODUCTION}\n\n{MARKED}\n\n{after}")
    holds_the_interview(reading)
    assert (reading.article.preamble, reading.link) == ((), link)


def test_letters_that_a_source_of_a_page_writes_as_names(tmp_path: Path) -> None:
    text = f"{TITLE}\n\n{INTRODUCTION}\n\n{MARKED}".replace(" Vidal", "&nbsp;Vidal")
    holds_the_interview(read(tmp_path, text.replace("à", "&agrave;").replace("’", "&#8217;")))


@pytest.mark.parametrize("firm", ["de la Voilerie du Scorff", "de Medinsoft", "d’Aubagne Huiles"])
def test_a_firm_after_a_name_is_no_part_of_it(tmp_path: Path, firm: str) -> None:
    text = f"{TITLE} {firm}\n\n{INTRODUCTION}\n\n{MARKED}"
    assert read(tmp_path, text).article.guests == ("Paul Vidal",)
    text = f"{TITLE} d’Aix\n\nPaul Vidal d’Aix est d’ici.\n\n{MARKED}"
    assert read(tmp_path, text).article.guests == ("Paul Vidal d’Aix",)


def test_a_question_that_may_be_the_guests_own_is_told(tmp_path: Path) -> None:
    """Where the title does not say how many questions there are, nobody can know."""
    aside = "Est-ce que ça valait le coup ?"
    asked = ["Comment avez-vous commencé ?", "Quel est votre métier ?"]
    lines = ["Entretien avec Paul Vidal", INTRODUCTION, asked[0], "Par un café.", aside]
    lines += ["Au bout du compte, oui.", asked[1], "Je presse des olives."]
    reading = read(tmp_path, "\n\n".join(lines))
    assert reading.unsure == (f"line 9: {aside}",)
    assert [one.question for one in reading.article.exchanges] == [asked[0], aside, asked[1]]
    without = read(tmp_path, "\n\n".join(line for line in lines if line != aside))
    assert without.unsure == ()


def test_a_title_that_might_be_a_label_is_the_title(tmp_path: Path) -> None:
    article = read(tmp_path, f"L’invité\n\n{INTRODUCTION}\n\n{MARKED}").article
    assert (article.title, article.introduction) == ("L’invité", (INTRODUCTION,))


def test_a_date_that_is_all_of_an_answer_stays(tmp_path: Path) -> None:
    article = read(tmp_path, f"{TITLE}\n\n💬 Quand ?\n\n3 mai 2026.\n\n💬 Où ?\n\nIci.").article
    assert article.exchanges[0].answer[0].text == "3 mai 2026."


@pytest.mark.parametrize(
    "title", ["[Teaser] Saison 2 : 3 questions à…", "Saison 2 – bande-annonce"]
)
def test_a_trailer_names_its_season(tmp_path: Path, title: str) -> None:
    reading = read(tmp_path, f"{title}\n\nElle arrive.")
    assert (reading.kind, reading.season) == ("trailer", 2)


def test_a_heading_may_be_wider_than_the_lines(tmp_path: Path) -> None:
    heading = (
        "Vous pressez des olives toute l’année, et seul. Comment fait-on avec les étés d’ici ?"
    )
    broken = [*textwrap.wrap(INTRODUCTION * 3, 58), "", f"💬 {heading}", ""]
    for asked, said in PAIRS:
        broken += [*textwrap.wrap(said * 2, 58), "", *textwrap.wrap(f"💬 {asked}", 58), ""]
    article = read(tmp_path, "\n".join([TITLE, "", *broken, "Ici."])).article
    assert article.introduction == (INTRODUCTION * 3,)
    assert [one.question for one in article.exchanges] == [heading, *ASKED]
    assert [one.answer[0].text for one in article.exchanges[:3]] == [said * 2 for _, said in PAIRS]


def test_a_note_in_a_text_that_a_program_made_of_a_document(tmp_path: Path) -> None:
    text = f"{TITLE}\n\n{INTRODUCTION}1\n\n{MARKED}\n\n1Une note de bas de page.\n"
    holds_the_interview(read(tmp_path, text))


def test_another_name_under_the_title_is_the_authors(tmp_path: Path) -> None:
    reading = read(tmp_path, f"{TITLE}\n\nCamille Renaud\n\n{INTRODUCTION}\n\n{MARKED}")
    holds_the_interview(reading)
    assert reading.author == "Camille Renaud"


@pytest.mark.parametrize(
    "aside",
    ["Est-ce que ça valait le coup ?", "Le résultat ?", "Vous imaginez ?", "À quoi bon ?"],
)
def test_one_line_more_than_the_title_announces_is_the_guests_own(
    tmp_path: Path, aside: str
) -> None:
    asked = ["Comment avez-vous commencé ?", "Quel est votre métier ?", "Et demain ?"]
    lines = [TITLE, INTRODUCTION, asked[0], "Par un café.", aside, "Au bout du compte, oui."]
    lines += [asked[1], "Je presse des olives.", asked[2], "Une école."]
    reading = read(tmp_path, "\n\n".join(lines))
    assert [one.question for one in reading.article.exchanges] == asked
    assert [one.text for one in reading.article.exchanges[0].answer] == lines[3:6]
    assert any(aside in told for told in reading.doubtful)


@pytest.mark.parametrize("last", ["Et demain ?", "Un conseil ?", "Quels sont vos projets ?"])
def test_one_question_more_than_the_title_announces(tmp_path: Path, last: str) -> None:
    asked = ["Comment avez-vous commencé ?", "Quel est votre métier ?", "Avec qui ?", last]
    asked[2] = "Qui vous a aidé ?"
    text = "\n\n".join(f"{one}\n\nOui, bien sûr." for one in asked)
    article = read(tmp_path, f"{TITLE}\n\n{INTRODUCTION}\n\n{text}").article
    assert [one.question for one in article.exchanges] == asked


def test_an_introduction_may_end_with_a_question(tmp_path: Path) -> None:
    asks = f"{INTRODUCTION} Comment fait-on de l’huile aujourd’hui ?"
    article = read(tmp_path, f"{TITLE}\n\n{asks}\n\n{interview()}").article
    assert article.introduction == (asks,)
    assert [one.question for one in article.exchanges] == list(ASKED)


@pytest.mark.parametrize(
    "title",
    ["{}, terre d’oliviers", "Zoom sur {}", "L’huile d’olive vue par {}"],
)
def test_a_name_in_the_title_that_comes_back_is_the_guest(tmp_path: Path, title: str) -> None:
    body = f"\n\n{INTRODUCTION}\n\n{MARKED}"
    assert read(tmp_path, title.format("Paul Vidal") + body).article.guests == ("Paul Vidal",)
    assert read(tmp_path, title.format("Rio Negro") + body).article.guests == ()


@pytest.mark.parametrize(
    ("title", "introduction", "guests"),
    [
        # A function after the name: a part of it that comes back is enough.
        ("Rose Vidal, carillonneuse à Bergues", "Le professeur de Vidal riait.", ("Rose Vidal",)),
        ("Rose Vidal, poésie et cloches", "Le professeur de Vidal riait.", ("Rose Vidal",)),
        ("Rose Vidal, poésie et cloches", "Elle joue pour la ville.", ()),
        # What a person does tells a person.
        ("Rose Vidal, carillonneuse : la ville chante", "Elle joue.", ("Rose Vidal",)),
        ("Rose Vidal, géologue : la ville de pierre", "Elle joue.", ("Rose Vidal",)),
        # These words end alike and are nobody.
        ("Fort Boyard, dernière saison : les adieux", "Elle joue.", ()),
        ("Aix Marseille, quartier du port : les adieux", "Elle joue.", ()),
        ("Aix Marseille, dialogue des rives : les adieux", "Elle joue.", ()),
        # Nobody in the title; one person in the introduction, and places, firms and halls.
        (
            "Trois heures, l’heure blanche",
            "À Arêches-Beaufort, Corentin Arpin-Pont fait tomber la neige. Joint au refuge de "
            "Roche Plane pour Sud Radio, l’artificier se raconte.",
            ("Corentin Arpin-Pont",),
        ),
        ("L’heure blanche", "Corentin Arpin et Rose Vidal font tomber la neige.", ()),
        ("L’heure blanche", "On l’a rencontré dans la librairie de Paul Vidal.", ()),
        ("L’heure blanche", "Le maire Paul Vidal a inauguré la salle.", ()),
        ("L’heure blanche", "Il tient Le Roque Libre, à Vaison Romaine.", ()),
    ],
)
def test_who_answers_is_found_though_no_title_says_so(
    tmp_path: Path, title: str, introduction: str, guests: tuple[str, ...]
) -> None:
    text = f"{title}\n\n{introduction}\n\n💬 À quoi ressemble une aube ?\n\nÀ du silence.\n"
    assert read(tmp_path, text).article.guests == guests


def test_a_print_loses_its_pages_and_its_hyphens(tmp_path: Path) -> None:
    text = (
        "Medinsoft – La lettre – Mars 2026\n3 questions à Paul Vidal\n"
        "Paul Vidal a fondé le Comptoir, à Marseille, il y a\nvingt ans.\n\n"
        "Comment avez-vous commencé ?\n"
        "Par un café, place aux Huiles, avec sept amis et très peu d’ar-\n"
        "gent. Nous avons tenu trois ans, avec des hauts et\n\n12\n\n"
        "Medinsoft – La lettre – Mars 2026\ndes bas. Nous étions peut-\nêtre fous, au Port-de-\nBouc.\n\n"
        "Qui vous a aidés ?\nNous avons ouvert le local en octobre, et la mai-\nrie nous a suivis.\n\n"
        "13\nMedinsoft – La lettre – Mars 2026\nEt demain ?\nUne école.\n"
    )
    article = read(tmp_path, text).article
    assert article.introduction == (
        "Paul Vidal a fondé le Comptoir, à Marseille, il y a vingt ans.",
    )
    assert article.preamble == ()
    assert told(article) == [
        (
            "Comment avez-vous commencé ?",
            "Par un café, place aux Huiles, avec sept amis et très peu d’argent. Nous avons tenu "
            "trois ans, avec des hauts et des bas. Nous étions peut-être fous, au Port-de-Bouc.",
        ),
        (
            "Qui vous a aidés ?",
            "Nous avons ouvert le local en octobre, et la mairie nous a suivis.",
        ),
        ("Et demain ?", "Une école."),
    ]


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ('---\ntitle: "{title}"\nauthor: Camille Renaud\ncanonical_url: {link}\n---\n', "a.md"),
        ("# {title}\n\nStatut: Publié\nAuteur: Camille Renaud\nURL: {link}\n", "a.md"),
    ],
)
def test_the_fields_of_a_notebook_name_author_and_link(
    tmp_path: Path, head: str, name: str
) -> None:
    link = "https://medinsoft.com/paul-vidal"
    text = f"{head.format(title=TITLE, link=link)}\n> {INTRODUCTION}\n\n{interview('### 💬 {}')}\n"
    reading = read(tmp_path, text, Path(name).suffix)
    holds_the_interview(reading)
    assert (reading.author, reading.link) == ("Camille Renaud", link)


@pytest.mark.parametrize("author", ["Camille Renaud", "admin", "Paul Vidal", "Medinsoft"])
def test_the_head_of_a_page_names_its_author(tmp_path: Path, author: str) -> None:
    """Unless it is what its software is called, or the guest."""
    text = (
        f'<html><head><meta name="author" content="{author}"></head><body><article><h1>{TITLE}</h1>'
        "<div><a>Camille Renaud</a><span>5 min read</span><span>·</span><span>Mar 12, 2026</span>"
        f"</div><p>{INTRODUCTION}</p>"
        + "".join(f"<p><strong>{asked}</strong></p><p>{said}</p>" for asked, said in PAIRS)
        + '<div class="kg-card kg-cta-card"><p>Abonnez-vous à la lettre</p></div></article></body>'
    )
    reading = read(tmp_path, text, ".html")
    holds_the_interview(reading)
    assert reading.author == (author if author == "Camille Renaud" else "")


BYLINES = {
    "link": '<a rel="author" href="/camille">Camille Renaud</a>',
    "card": '<span class="vcard author"><a class="fn">Camille Renaud</a></span>',
    "line": '<p class="author">Camille Renaud</p>',
}


@pytest.mark.parametrize("byline", BYLINES.values(), ids=list(BYLINES))
@pytest.mark.parametrize(
    "saved",
    [
        "<!-- saved from url=(0025)https://exemple.test/vidal -->",
        "<!--\n Page saved with SingleFile \n url: https://exemple.test/vidal \n-->",
    ],
)
def test_author_and_address_of_a_saved_page(tmp_path: Path, byline: str, saved: str) -> None:
    body = interview("<h2>{}</h2>", "<p>{}</p>")
    page = (
        f"{saved}<main><h1>{TITLE}</h1><header>{byline}</header><p>{INTRODUCTION}</p>{body}</main>"
    )
    reading = read(tmp_path, page, ".html")
    holds_the_interview(reading)
    assert (reading.author, reading.link) == ("Camille Renaud", "https://exemple.test/vidal")


AROUND = {
    "Drupal": '<div class="node__meta">Soumis par crenaud le dim 03/05/2026</div>'
    '<div class="field__label">Chapô</div>{}<ul class="links"><li>Ajouter un commentaire</li></ul>',
    "SPIP": '<div class="spip_document_12"><img src=n.jpg><div class="spip_doc_titre"><strong>Le '
    'moulin</strong></div><div class="spip_doc_credits">Luc Petit</div></div>{}',
    "Divi": '{}<ul class="et_pb_social_media_follow"><li><a>Suivre</a></li></ul>',
    "Mailchimp": '<p>Voir dans le navigateur</p>{}<p><a class="mcnButton">Écouter</a></p>'
    "<p>Se désinscrire</p>",
    "player": "<p>Votre navigateur ne prend pas en charge l’audio.</p>{}",
    "Word": '{}<div style="mso-element:comment-list"><p>Relire ?</p></div>',
}


@pytest.mark.parametrize("around", AROUND.values(), ids=list(AROUND))
def test_what_builders_of_sites_put_around(tmp_path: Path, around: str) -> None:
    text = f"<p>{INTRODUCTION}</p>" + interview("<h2>{}</h2>", "<p>{}</p>")
    holds_the_interview(
        read(tmp_path, f"<main><h1>{TITLE}</h1>{around.format(text)}</main>", ".html")
    )


SPEAKERS = {
    "on lines of their own": ("<span>Camille</span><p>{}</p>", "<span>Paul</span><p>{}</p>"),
    "in another type": ("<p><i>Medinsoft</i> {}</p>", "<p><i>P. V.</i> {}</p>"),
}


@pytest.mark.parametrize("forms", SPEAKERS.values(), ids=list(SPEAKERS))
def test_speakers_beside_what_they_say(tmp_path: Path, forms: tuple[str, str]) -> None:
    body = interview(*(f"<div>{form}</div>" for form in forms))
    holds_the_interview(
        read(tmp_path, f"<main><h1>{TITLE}</h1><p>{INTRODUCTION}</p>{body}</main>", ".html")
    )


def test_the_heads_of_a_table_of_questions_are_no_text(tmp_path: Path) -> None:
    rows = "".join(f"<tr><td>{asked}</td><td>{said}</td></tr>" for asked, said in PAIRS)
    text = (
        f"<h1>{TITLE}</h1><p>{INTRODUCTION}</p><table><tr><th>Questions</th><th>Réponses</th></tr>"
        f"{rows}</table>"
    )
    article = read(tmp_path, text.replace("la suite.", "la suite ?"), ".html").article
    assert article.introduction == (INTRODUCTION,)
    assert len(article.exchanges) == 3


@pytest.mark.parametrize("mark", ["💬 {}", "**{}**", "### {}", "Medinsoft : {}", "*{}*"])
def test_what_a_guest_asks_himself_stays_in_his_answer_and_is_told(
    tmp_path: Path, mark: str
) -> None:
    own = "Est-ce que ça valait le coup ?"
    text = f"# {TITLE}\n\n{INTRODUCTION}\n\n" + interview(mark).replace(
        ANSWERED[0], f"{ANSWERED[0]}\n\n{own}\n\nOui, mille fois."
    ).replace(ASKED[1], "Qui vous a aidés ?")
    reading = read(tmp_path, text, ".md")
    assert [question for question, _ in told(reading.article)] == [
        ASKED[0],
        "Qui vous a aidés ?",
        ASKED[2],
    ]
    assert told(reading.article)[0][1].endswith(f"\n{own}\nOui, mille fois.")
    assert [line.partition(": ")[2] for line in reading.doubtful] == [own]


@pytest.mark.parametrize(
    ("title", "text", "guest"),
    [
        ("3 QUESTIONS À JEAN DE LA TOUR", "Jean de La Tour", "Jean de La Tour"),
        ("3 questions à Marie MACLEOD", "Marie MacLeod", "Marie MacLeod"),
        ("3 QUESTIONS À ANNE LE GALL", "MARIE ET ANNE LE GALL", "Anne Le Gall"),
    ],
)
def test_a_name_in_capitals_is_spelled_as_in_the_text(
    tmp_path: Path, title: str, text: str, guest: str
) -> None:
    reading = read(tmp_path, f"{title}\n\n{text} a fondé le Comptoir.\n\n{MARKED}")
    assert reading.article.guests == (guest,)


@pytest.mark.parametrize(
    ("title", "guest"),
    [
        ("3 questions à Abd al-Rahman al-Fassi", "Abd al-Rahman al-Fassi"),
        ("3 questions à Ronald MCDONALD", "Ronald McDonald"),
        ("3 QUESTIONS À ANNE-SOPHIE O’BRIEN", "Anne-Sophie O’Brien"),
        ("3 questions à Ludwig VAN DER MEER", "Ludwig van der Meer"),
    ],
)
def test_names_with_particles(title: str, guest: str) -> None:
    assert guests_from_title(title) == (guest,)


def test_an_announcement_has_no_questions(tmp_path: Path) -> None:
    text = "Annonce : le podcast fait une pause\n\nNous revenons en septembre.\n"
    reading = read(tmp_path, text)
    assert reading.kind == "bonus"
    assert reading.article.introduction == ("Nous revenons en septembre.",)


@pytest.mark.parametrize("last", ["À bientôt !", "Cordialement.", "Repères."])
def test_the_last_words_of_a_guest_are_no_letter(tmp_path: Path, last: str) -> None:
    reading = read(tmp_path, f"{TITLE}\n\n{INTRODUCTION}\n\n{MARKED}\n\n{last}\n")
    assert told(reading.article)[-1][1] == f"{ANSWERED[-1]}\n{last}"


@pytest.mark.parametrize(
    "thanks",
    [
        "Merci à Paul Vidal pour cet entretien.",
        "Merci à Paul !",
        "Merci Paul Vidal !",
        "Un grand merci à Paul Vidal d’avoir répondu à nos questions.",
        "Nous remercions Paul Vidal pour son temps.",
        "Avec le soutien de la Région Sud",
        "Article réalisé en partenariat avec la Ville d’Arles, le Port et Radio Camargue.",
        "Merci à Paul !\n\nAvec l’aide du Fonds de soutien",
    ],
)
def test_thanks_and_partners_are_no_part_of_the_last_answer(tmp_path: Path, thanks: str) -> None:
    holds_the_interview(read(tmp_path, f"{TITLE}\n\n{INTRODUCTION}\n\n{MARKED}\n\n{thanks}\n"))


@pytest.mark.parametrize(
    "thanks",
    [
        "Merci à la mairie, sans qui rien n’aurait existé.",
        "Merci à tous ceux qui nous ont aidés.",
        "Merci Camille pour l’invitation !",
        "Merci Paul, m’a dit ma mère ce jour-là.",
        "Merci !",
        "Avec le soutien de la Région, nous avons rouvert le port.",
        "Avec l’aide de Paul le bateau est reparti.",
        "En partenariat avec eux.",
    ],
)
def test_thanks_of_the_guest_stay(tmp_path: Path, thanks: str) -> None:
    reading = read(tmp_path, f"{TITLE}\n\n{INTRODUCTION}\n\n{MARKED}\n\n{thanks}\n")
    assert told(reading.article)[-1][1] == f"{ANSWERED[-1]}\n{thanks}"


@pytest.mark.parametrize(
    "answer",
    [
        "6:30 Traite des chèvres\n7:45 Fromage\n9:00 Marché",
        "Je lis.\nÀ lire aussi : Giono\nEt je marche.",
        "Mes sources\nDes carnets, des lettres.",
        "Je cite toujours mes références : Braudel, Duby.",
    ],
)
def test_what_looks_like_a_list_of_others_stays_in_an_answer(tmp_path: Path, answer: str) -> None:
    text = f"3 questions à Zoé Ferrand\n\n💬 Une journée ?\n{answer}\n\n💬 Et demain ?\nPareil.\n"
    path = tmp_path / "a.txt"
    path.write_text(text, encoding="utf-8")
    exchange, _ = parsed_article_from_file(path).article.exchanges
    said = "\n".join(paragraph.text for paragraph in exchange.answer)
    assert all(line in said for line in answer.split("\n") if "lire aussi" not in line)


def test_the_title_of_a_section_is_no_part_of_the_question_under_it(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(
        "<h1>3 questions à Zoé Ferrand</h1><p>Zoé Ferrand est saunière.</p><p><b>Le métier</b></p>"
        "<p><b>Pourquoi le sel ?</b></p><p>Pour la lumière.</p><p><b>Et demain ?</b></p><p>Pareil.</p>",
        encoding="utf-8",
    )
    asked = [one.question for one in parsed_article_from_file(path).article.exchanges]
    assert asked == ["Pourquoi le sel ?", "Et demain ?"]


@pytest.mark.parametrize("line", ["1962", "14:32", "Musique", "Share"])
def test_what_a_page_has_above_the_first_question_may_be_said_further_down(
    tmp_path: Path, line: str
) -> None:
    above = read(
        tmp_path,
        f"{TITLE}\n{line}\n\n{INTRODUCTION}\n\n💬 Et alors ?\n\nRien.\n\n{line}\n\nVoilà tout.\n",
    )
    assert above.article.introduction == (INTRODUCTION,)
    assert told(above.article) == [("Et alors ?", f"Rien.\n{line}\nVoilà tout.")]
    assert read(tmp_path, f"{line}\n\n💬 Et alors ?\n\nRien.\n").article.title == line
