"""Articles as people really send them: whatever marks the questions, whatever stands around the
text.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.enum.dml import MSO_THEME_COLOR
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Pt, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from support.small_interview import (
    ANSWERED,
    ASKED,
    INTRODUCTION,
    TITLE,
    holds_the_interview,
    read,
    told,
)

from studio.article.names import names_from_article
from studio.article.read import ParsedArticle, article_from_file, parsed_article_from_file

CASES = Path(__file__).parent / "cases" / "articles"


@pytest.mark.parametrize(
    ("before_question", "before_answer"),
    [
        ("Q : ", "R : "),
        ("Q. : ", "R. : "),
        ("Q. ", "R. "),
        ("Q – ", "R – "),
        ("Q.1 ", "R.1 "),
        ("Question : ", "Réponse : "),
        ("CR : ", "PV : "),
        ("C.R. : ", "P.V. : "),
        ("Medinsoft : ", "Paul Vidal : "),
        ("Medinsoft – ", "Paul Vidal – "),
        ("Medinsoft: ", ""),
        ("La rédaction : ", "Paul : "),
        ("Camille Renaud : ", "P. Vidal : "),
        ("CAMILLE RENAUD : ", "PAUL VIDAL : "),
        ("Camille Renaud (Medinsoft) : ", "Paul Vidal (Comptoir) : "),
        ("Medinsoft : ", "L’invité : "),
        (":speech_balloon: ", ""),
        ("👉 ", ""),
        ("▶ ", ""),
        ("> ", ""),
        ("– ", "– "),
        ("— ", "— "),
        ("– ", ""),
        ("💬 Medinsoft : ", "Paul Vidal : "),
        ("💬 Q : ", "R : "),
        ("💬 ", "🗨️ "),
        ("💬 : ", ""),
        ("[Q] ", "[R] "),
        ("(CR) ", "(PV) "),
        ("Medinsoft > ", "Paul Vidal > "),
        ("Medinsoft | ", "Paul Vidal | "),
        ("Medinsoft.– ", "Paul Vidal.– "),
        ("Medinsoft. ", "Paul Vidal. "),
        ("3 questions à… : ", "Paul Vidal : "),
        ("3Q : ", ""),
        ("🎙 Camille : ", "🎙 Paul : "),
        ("Medinsoft\n\n", "Paul Vidal\n\n"),
        ("Medinsoft :\n\n", "Paul Vidal :\n\n"),
        ("Question\n\n", "Réponse :\n\n"),
        ("* ", ""),
        ("[00:12] ", ""),
        ("00:01:12 – ", ""),
        ("Voix du Sud – ", "Paul – "),
        ("Camille R. : ", "Paul V. D. : "),
    ],
)
def test_labels_and_signs_reach_no_text(
    tmp_path: Path, before_question: str, before_answer: str
) -> None:
    lines = [TITLE, INTRODUCTION]
    for question, answer in zip(ASKED, ANSWERED, strict=True):
        lines += [before_question + question, before_answer + answer]
    reading = read(tmp_path, "\n\n".join(lines))
    holds_the_interview(reading)
    assert reading.doubtful == ()


@pytest.mark.parametrize(
    "form",
    [
        "{}/ ",
        "{}. ",
        "{}) ",
        "{} – ",
        "Q{} : ",
        "Question {} : ",
        "Question n° {} – ",
        "{}/3 – ",
        "💬 {}. ",
        "{}\ufe0f\u20e3 ",
        "💬 Question {} : ",
        "#{} ",
        "N°{} : ",
        "{}°) ",
        "💬 {} ",
        "💬 Q{} ",
        "Question {}\n\n",
        "Question n°{}\n\n",
        "({}) ",
        "[{}] ",
        "{}e question : ",
        "{} ",
        "{}°/ ",
        "[{}/3] ",
        "Question {} sur 3 : ",
        "Medinsoft, question {} : ",
    ],
)
def test_numbers_that_count_up_are_the_mark(tmp_path: Path, form: str) -> None:
    lines = [TITLE, INTRODUCTION]
    for number, (question, answer) in enumerate(zip(ASKED, ANSWERED, strict=True), 1):
        lines += [form.format(number) + question, answer]
    holds_the_interview(read(tmp_path, "\n\n".join(lines)))


@pytest.mark.parametrize(
    "form", ["« {} »", "“{}”", "**{}**", "_{}_", "== {} ==", "{} 💬", "💬 {} 💬"]
)
def test_signs_around_the_questions_are_the_mark(tmp_path: Path, form: str) -> None:
    lines = [TITLE, INTRODUCTION]
    for question, answer in zip(ASKED, ANSWERED, strict=True):
        lines += [form.format(question), answer]
    holds_the_interview(read(tmp_path, "\n\n".join(lines)))


def test_words_that_come_back_on_lines_of_their_own_stay(tmp_path: Path) -> None:
    answer = "Par un café"
    text = f"{TITLE}\n\n💬 Où ?\n\n{answer}\n\n💬 Et après ?\n\n{answer}\n\n💬 Quand ?\n\nOui."
    assert told(read(tmp_path, text).article) == [
        ("Où ?", answer),
        ("Et après ?", answer),
        ("Quand ?", "Oui."),
    ]


def test_a_question_under_a_question_is_its_answer(tmp_path: Path) -> None:
    text = f"{TITLE}\n\nOù ?\n\nIci, sur le port. Et pourquoi pas ?\n\nQuand ?\n\nLà."
    assert told(read(tmp_path, text).article) == [
        ("Où ?", "Ici, sur le port. Et pourquoi pas ?"),
        ("Quand ?", "Là."),
    ]


def test_ordinals_and_circles(tmp_path: Path) -> None:
    for forms in (
        ("① ", "② ", "③ "),
        ("A) ", "B) ", "C) "),
        ("Première question : ", "Deuxième question : ", "Troisième question : "),
    ):
        lines = [TITLE, INTRODUCTION]
        for form, question, answer in zip(forms, ASKED, ANSWERED, strict=True):
            lines += [form + question, answer]
        holds_the_interview(read(tmp_path, "\n\n".join(lines)))


def test_a_theme_before_a_colon_is_the_questions_own(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        f"{TITLE}\n💬 Le port : que faut-il en attendre ?\nRien : tout.\n💬 La mer : et "
        "après ?\nNote : oui.",
    )
    assert told(reading.article) == [
        ("Le port : que faut-il en attendre ?", "Rien : tout."),
        ("La mer : et après ?", "Note : oui."),
    ]


def test_whole_names_before_the_answers_name_the_guest(tmp_path: Path) -> None:
    text = (
        "Le port de demain\n\nIntro.\n\nMedinsoft : Où ?\n\nAnne Lefèvre : Ici.\n\nMedinsoft "
        ": Quand ?\n\nAnne Lefèvre : Là."
    )
    article = read(tmp_path, text).article
    assert article.guests == ("Anne Lefèvre",)
    assert told(article) == [("Où ?", "Ici."), ("Quand ?", "Là.")]


def look_of(run: Run, look: str) -> None:
    if look == "italic":
        run.italic = True
    elif look == "bold":
        run.bold = True
    elif look == "underlined":
        run.underline = True
    elif look == "colour":
        run.font.color.rgb = RGBColor(0xC0, 0x00, 0x20)
    elif look == "highlight":
        run.font.highlight_color = WD_COLOR_INDEX.YELLOW
    elif look == "size":
        run.font.size = Pt(14)
    elif look == "font":
        run.font.name = "Georgia"
    elif look == "small capitals":
        run.font.small_caps = True
    elif look == "capitals":
        run.font.all_caps = True


@pytest.mark.parametrize(
    "look",
    [
        "italic",
        "underlined",
        "colour",
        "highlight",
        "size",
        "numbered",
        "font",
        "small capitals",
        "capitals",
    ],
)
@pytest.mark.parametrize("on_one_line", [False, True])
def test_any_look_that_the_questions_share_in_word(
    tmp_path: Path, look: str, on_one_line: bool
) -> None:
    document = docx.Document()
    document.add_paragraph(TITLE)
    document.add_paragraph(INTRODUCTION)
    for question, answer in zip(ASKED, ANSWERED, strict=True):
        paragraph = document.add_paragraph(style="List Number" if look == "numbered" else None)
        look_of(paragraph.add_run(question), look)
        if on_one_line and look != "numbered" and question.endswith("?"):
            paragraph.add_run(f" {answer}")
        else:
            document.add_paragraph(answer)
    document.save(str(tmp_path / "a.docx"))
    holds_the_interview(parsed_article_from_file(tmp_path / "a.docx"))


def test_whatever_the_paragraphs_of_the_questions_share_in_word(tmp_path: Path) -> None:
    def styled(document: Document, question: str) -> None:
        if "Interviewer" not in [style.name for style in document.styles]:
            document.styles.add_style("Interviewer", WD_STYLE_TYPE.PARAGRAPH)
        document.add_paragraph(question, style="Interviewer")

    def indented(document: Document, question: str) -> None:
        document.add_paragraph(question).paragraph_format.left_indent = Pt(36)

    def shaded(document: Document, question: str) -> None:
        shading = parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:fill="FFEE00"/>')
        document.add_paragraph(question)._p.get_or_add_pPr().append(shading)

    for dress in (styled, indented, shaded):
        document = docx.Document()
        document.add_paragraph(TITLE)
        document.add_paragraph(INTRODUCTION)
        for question, answer in zip(ASKED, ANSWERED, strict=True):
            dress(document, question)
            document.add_paragraph(answer)
        document.save(str(tmp_path / "a.docx"))
        holds_the_interview(parsed_article_from_file(tmp_path / "a.docx"))


def test_labels_in_bold_or_before_a_tab_in_word(tmp_path: Path) -> None:
    for sign, names in (("\t", ("CR", "PV")), (" ", ("Medinsoft", "Paul Vidal"))):
        document = docx.Document()
        document.add_paragraph(TITLE)
        document.add_paragraph(INTRODUCTION)
        for texts in zip(ASKED, ANSWERED, strict=True):
            for name, text in zip(names, texts, strict=True):
                paragraph = document.add_paragraph()
                paragraph.add_run(name).bold = sign == " "
                paragraph.add_run(sign + text)
        document.save(str(tmp_path / "a.docx"))
        holds_the_interview(parsed_article_from_file(tmp_path / "a.docx"))


def test_questions_and_answers_in_the_columns_of_a_table(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph(TITLE)
    document.add_paragraph(INTRODUCTION)
    table = document.add_table(rows=0, cols=2)
    for texts in zip(ASKED, ANSWERED, strict=True):
        for cell, text in zip(table.add_row().cells, texts, strict=True):
            cell.text = text
    document.save(str(tmp_path / "a.docx"))
    holds_the_interview(parsed_article_from_file(tmp_path / "a.docx"))


def test_words_struck_out_in_word_are_left_out(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph(TITLE)
    document.add_paragraph("💬 Où ?")
    paragraph = document.add_paragraph("Ici")
    paragraph.add_run(" et là").font.strike = True
    paragraph.add_run(", à Berre.")
    document.save(str(tmp_path / "a.docx"))
    assert told(parsed_article_from_file(tmp_path / "a.docx").article) == [
        ("Où ?", "Ici, à Berre.")
    ]


LOOKS = {
    "italic": "<p><em>{}</em></p>",
    "underlined": "<p><u>{}</u></p>",
    "colour": "<p style='color:#c00020'>{}</p>",
    "font": "<p><font color='#c00020'>{}</font></p>",
    "bold style": "<p><span style='font-weight:700'>{}</span></p>",
    "bold class": "<p><span class='c3'>{}</span></p>",
    "colour class": "<p class='c4'>{}</p>",
    "highlight": "<p><mark>{}</mark></p>",
    "size": "<p style='font-size:18pt'>{}</p>",
    "font size": "<p><font size=4>{}</font></p>",
    "class": "<p class='has-text-color has-vivid-red-color'>{}</p>",
    "class inside": "<p><span class=question>{}</span></p>",
    "class of a division": "<div class=q>{}</div>",
    "column": "<table><tr><td>{}</td></tr></table>",
    "block quote": "<blockquote><p>{}</p></blockquote>",
    "anchor": "<h3>{}<a class=anchor href='#q'>#</a></h3>",
    "list": "<ol><li>{}</li></ol>",
}


@pytest.mark.parametrize("look", LOOKS)
def test_any_look_that_the_questions_share_on_a_page(tmp_path: Path, look: str) -> None:
    body = "".join(
        LOOKS[look].format(question) + f"<p class=c0>{answer}</p>"
        for question, answer in zip(ASKED, ANSWERED, strict=True)
    )
    style = (
        "<style>@import "
        "url(x);.c0{font-weight:400}.c3{font-weight:700;color:#000}p.c4,.c9{color:#c00020}</style>"
    )
    page = (
        f"<html><head>{style}</head><body><h1>{TITLE}</h1><p "
        f"class=c0>{INTRODUCTION}</p>{body}</body></html>"
    )
    holds_the_interview(read(tmp_path, page, ".html"))


@pytest.mark.parametrize("form", ["*{}*", "_{}_", "<em>{}</em>", "***{}***", "### {}", "**{}**"])
def test_any_look_that_the_questions_share_in_markdown(tmp_path: Path, form: str) -> None:
    parts = [f"# {TITLE}", INTRODUCTION]
    for question, answer in zip(ASKED, ANSWERED, strict=True):
        parts += [form.format(question), answer]
    holds_the_interview(read(tmp_path, "\n\n".join(parts), ".md"))


def test_numbered_items_in_markdown(tmp_path: Path) -> None:
    parts = [f"# {TITLE}", INTRODUCTION]
    for number, (question, answer) in enumerate(zip(ASKED, ANSWERED, strict=True), 1):
        parts += [f"{number}. {question}", answer]
    holds_the_interview(read(tmp_path, "\n\n".join(parts), ".md"))


def test_a_paragraph_that_looks_like_the_questions_is_told(tmp_path: Path) -> None:
    text = (
        f"# {TITLE}\n\n💬 **Où ?**\n\nIci, sur le port.\n\n"
        "**Racontez-nous la suite.**\n\nLa mer.\n\n💬 **Quand ?**\n\nLà.\n\nEt demain ?\n\nOui."
    )
    reading = read(tmp_path, text, ".md")
    assert reading.doubtful == ("line 7: Racontez-nous la suite.", "line 15: Et demain ?")


@pytest.mark.parametrize("with_fallback", [True, False])
def test_an_emoji_that_word_keeps_as_a_symbol(tmp_path: Path, with_fallback: bool) -> None:
    document = docx.Document()
    document.add_paragraph(TITLE)
    document.add_paragraph(INTRODUCTION)
    fallback = "<mc:Fallback><w:t>💬</w:t></mc:Fallback>" if with_fallback else ""
    for question, answer in zip(ASKED, ANSWERED, strict=True):
        paragraph = document.add_paragraph()
        paragraph._p.append(
            parse_xml(
                f"<w:r {nsdecls('w')} "
                'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
                'xmlns:w16se="http://schemas.microsoft.com/office/word/2015/wordml/symex"><mc:AlternateContent><mc:Choice Requires="w16se">'
                '<w16se:symEx w16se:font="Segoe UI Emoji" '
                f'w16se:char="1F4AC"/></mc:Choice>{fallback}</mc:AlternateContent></w:r>'
            )
        )
        paragraph.add_run(f" {question}")
        document.add_paragraph(answer)
    document.save(str(tmp_path / "a.docx"))
    holds_the_interview(parsed_article_from_file(tmp_path / "a.docx"))


def test_symbols_stay_in_sentences(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph(TITLE)
    document.add_paragraph("💬 Où ?")
    paragraph = document.add_paragraph("De Berre ")
    for font, place in (
        ("Wingdings", "F0E0"),
        ("Symbol", "F0B1"),
        ("Arial", "0040"),
        ("Wingdings", "zz"),
        ("Symbol", "F061"),
    ):
        paragraph._p.append(
            parse_xml(f'<w:r {nsdecls("w")}><w:sym w:font="{font}" w:char="{place}"/></w:r>')
        )
    paragraph.add_run(" Arles.")
    document.save(str(tmp_path / "a.docx"))
    assert told(parsed_article_from_file(tmp_path / "a.docx").article) == [
        ("Où ?", "De Berre →±@α Arles.")
    ]


def test_strict_office_open_xml_is_read(tmp_path: Path) -> None:
    document = docx.Document()
    for text in (TITLE, INTRODUCTION):
        document.add_paragraph(text)
    for question, answer in zip(ASKED, ANSWERED, strict=True):
        document.add_paragraph().add_run(question).bold = True
        document.add_paragraph(answer)
    stream = io.BytesIO()
    document.save(stream)
    path = tmp_path / "strict.docx"
    with zipfile.ZipFile(stream) as source, zipfile.ZipFile(path, "w") as target:
        for member in source.namelist():
            part = source.read(member)
            for kind in (b"wordprocessingml", b"officeDocument", b"drawingml"):
                part = part.replace(
                    b"http://schemas.openxmlformats.org/" + kind + b"/2006/",
                    b"http://purl.oclc.org/ooxml/" + kind + b"/",
                )
            target.writestr(member, part)
    holds_the_interview(parsed_article_from_file(path))


def test_what_stands_around_the_text_in_word_is_left_out(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph(TITLE)
    document.add_paragraph("Paul Vidal sur le quai.", style="Caption")
    document.add_paragraph("Paul Vidal devant son local. Crédit photo : DR").runs[0].italic = True
    document.add_paragraph(INTRODUCTION)
    for question, answer in zip(ASKED, ANSWERED, strict=True):
        document.add_paragraph().add_run(question).bold = True
        paragraph = document.add_paragraph(answer)
        if question == ASKED[0]:
            table = document.add_table(rows=2, cols=2)
            for row, text in zip(table.rows, ("Création", "Salariés"), strict=True):
                row.cells[0].paragraphs[0].add_run(text)
                row.cells[1].paragraphs[0].add_run("2017")
        else:
            paragraph.add_run("1").font.superscript = True
    document.add_paragraph("Pour en savoir plus : www.comptoir.example")
    document.add_paragraph("Propos recueillis par Camille Renaud")
    document.save(str(tmp_path / "a.docx"))
    holds_the_interview(parsed_article_from_file(tmp_path / "a.docx"))


PAGE_PARTS = {
    "figure": "<figure><img src=a.jpg alt='Paul Vidal'><figcaption>Paul Vidal. © "
    "DR</figcaption></figure>",
    "legend": "<p class=wp-caption-text>Paul Vidal sur le quai</p>",
    "table": "<table><tr><th>Création</th><td>2017</td></tr><tr><th>Salariés</th><td>9</td></tr></table>",
    "button": "<div class=wp-block-button><a class='wp-block-button__link'>Découvrir le "
    "Comptoir</a></div>",
    "role": "<a role=button href=#>S’inscrire</a>",
    "share": "<div class=sharedaddy><p>Partager</p></div>",
    "shortcode": '<p>[gallery ids="1,2" size="large"]</p>',
    "hidden": "<div style='display:none'><p>Fenêtre.</p></div>",
    "footnotes": "<div class=footnotes><ol><li id=fn1>Association née en 2004.</li></ol></div>",
    "box": "<div class=encadre><h3>Bio express</h3><p>Né en 1960.</p></div>",
    "plain legend": "<p class=legende>Paul Vidal au Comptoir</p>",
    "post": "<blockquote class=twitter-tweet><p>Bravo !</p>— X (@x)</blockquote>",
    "likes": "<p>12 J’aime</p>",
    "player": "<p>🎧 Écouter l’épisode sur votre application</p>",
    "modal": "<div class=modal aria-hidden=true><p>Abonnez-vous</p></div>",
}


@pytest.mark.parametrize("part", PAGE_PARTS)
def test_what_stands_around_the_text_on_a_page_is_left_out(tmp_path: Path, part: str) -> None:
    first, *others = [
        f"<h2>{question}</h2><p>{answer}</p>"
        for question, answer in zip(ASKED, ANSWERED, strict=True)
    ]
    page = f"<html><body><main><h1>{TITLE}</h1><p>{INTRODUCTION}</p>{first}{PAGE_PARTS[part]}{''.join(others)}</main></body></html>"
    holds_the_interview(read(tmp_path, page, ".html"))


@pytest.mark.parametrize(
    "contents",
    ["<p>Au sommaire</p><ol>{}</ol>", "<ul>{}</ul>", "<p>Dans cet article :</p><ul>{}</ul>"],
)
def test_a_table_of_contents_is_left_out(tmp_path: Path, contents: str) -> None:
    links = "".join(f"<li><a href='#q'>{question}</a></li>" for question in ASKED)
    body = "".join(
        f"<h2>{question}</h2><p>{answer}</p>"
        for question, answer in zip(ASKED, ANSWERED, strict=True)
    )
    page = (
        f"<body><main><h1>{TITLE}</h1><p>{INTRODUCTION}</p>{contents.format(links)}{body}"
        "</main></body>"
    )
    holds_the_interview(read(tmp_path, page, ".html"))


def test_names_in_small_type_or_over_the_text_on_a_page(tmp_path: Path) -> None:
    forms = (
        "<p><strong>{}</strong><br>{}</p>",
        "<p><strong>{}</strong> {}</p>",
        "<p><small>{}</small> {}</p>",
        "<div><p><b>{}</b></p><p>{}</p></div>",
    )
    for form in forms:
        body = "".join(
            form.format("Medinsoft", question) + form.format("Paul Vidal", answer)
            for question, answer in zip(ASKED, ANSWERED, strict=True)
        )
        page = f"<body><main><h1>{TITLE}</h1><p>{INTRODUCTION}</p>{body}</main></body>"
        holds_the_interview(read(tmp_path, page, ".html"))


PANELS = {
    "display": "<h3 class=toggle-title>{q}</h3><div class=toggle-content style='display: "
    "none;'><p>{a}</p></div>",
    "hidden": "<h3><button aria-expanded=false aria-controls=p{n}>{q}</button></h3><div id=p{n} "
    "hidden><p>{a}</p></div>",
    "aria": "<h3>{q}</h3><div aria-hidden=true><p>{a}</p></div>",
    "details": "<details><summary>{q}</summary><p>{a}</p></details>",
    "bootstrap": "<h3><a data-toggle=collapse href=#p{n} aria-expanded=false>{q}</a></h3><div "
    "class='collapse' id=p{n}><p>{a}</p></div>",
    "elementor": "<div class=elementor-tab-title role=button aria-controls=p{n}><h4>{q}</h4></div>"
    "<div id=p{n} class='elementor-tab-content' role=tabpanel hidden=hidden><p>{a}</p></div>",
}


@pytest.mark.parametrize("panel", PANELS)
def test_answers_in_closed_panels_are_read(tmp_path: Path, panel: str) -> None:
    asked = [question if question.endswith("?") else "Quelle suite ?" for question in ASKED]
    body = "".join(
        PANELS[panel].format(q=q, a=a, n=n)
        for n, (q, a) in enumerate(zip(asked, ANSWERED, strict=True))
    )
    page = f"<html><body><main><h1>{TITLE}</h1><p>{INTRODUCTION}</p>{body}</main></body></html>"
    reading = read(tmp_path, page, ".html")
    assert told(reading.article) == list(zip(asked, ANSWERED, strict=True))


def test_dates_and_raised_letters_stay_in_their_sentences(tmp_path: Path) -> None:
    page = (
        f"<body><article><h1>{TITLE}</h1><p class=posted-on><time>12 juin "
        "2026</time></p><p>Publié le <time>12 juin 2026</time></p>"
        "<h2>Où ?</h2><p>Le <time datetime=2004-10-01>1<sup>er</sup> octobre</time>, à "
        "<time>9 heures</time>, "
        "30 m<sup>2</sup> chez Medinsoft"
        "<sup>1</sup>, et <time>2004</time>.<sup><a href='#fn2'>2</a></sup></p></article></body>"
    )
    article = read(tmp_path, page, ".html").article
    assert told(article) == [("Où ?", "Le 1er octobre, à 9 heures, 30 m2 chez Medinsoft, et 2004.")]
    assert article.introduction == ()


@pytest.mark.parametrize(
    ("marked", "note"),
    [
        ("chez Medinsoft[1], place", "[1] Association née en 2004."),
        ("chez Medinsoft¹, place", "¹ Association née en 2004."),
        ("chez Medinsoft1, place", "1. Association née en 2004."),
        ("chez Medinsoft (1), place", "(1) Association née en 2004."),
        ("chez Medinsoft*, place", "* Association née en 2004."),
        ("chez Medinsoft**, place", "** Association née en 2004."),
        ("chez Medinsoft†, place", "† Association née en 2004."),
        ("chez Medinsoft ¹, place", "Notes\n\n¹ Association née en 2004."),
    ],
)
def test_footnotes_and_their_marks_are_taken_off(tmp_path: Path, marked: str, note: str) -> None:
    reading = read(
        tmp_path, f"{TITLE}\n\n💬 Où ?\n\nIci, {marked} aux Huiles, 30 m², en 2004.\n\n{note}"
    )
    assert told(reading.article) == [
        ("Où ?", "Ici, chez Medinsoft, place aux Huiles, 30 m², en 2004.")
    ]
    assert not any(
        any(sign.isdigit() for sign in name) for name in names_from_article(reading.article)
    )


def test_properties_of_a_note_are_left_out(tmp_path: Path) -> None:
    text = (
        f"# {TITLE}\n\nStatut: Publié\nDate: 12 juin 2026\nTags: interview, port\nInvité "
        ": Paul Vidal\n\n"
        f"{INTRODUCTION}\n\n## Où ?\n\nIci.\n\n"
        "| Création | 2017 |\n|---|---|\n| Salariés | 9 |\n\n## Quand ?\n\nLà.\n\n## "
        "Pour en savoir plus\n\n- [Le Comptoir](https://a.example)\n"
    )
    article = read(tmp_path, text, ".md").article
    assert (article.introduction, told(article)) == (
        (INTRODUCTION,),
        [("Où ?", "Ici."), ("Quand ?", "Là.")],
    )


@pytest.mark.parametrize(
    "line",
    [
        "Paul Vidal a fondé le Comptoir.",
        "Paul Vidal dirige un atelier à Marseille.",
        "Paul Vidal, lui, rit. Il a fondé le Comptoir.",
    ],
)
def test_an_introduction_that_begins_with_the_guest_stays(tmp_path: Path, line: str) -> None:
    article = read(tmp_path, f"{TITLE}\n« Oui »\n{line}\n💬 Où ?\nIci.").article
    assert (article.quote, article.introduction) == ("Oui", (line,))


def test_shortcodes_are_left_out_and_words_in_brackets_are_not(tmp_path: Path) -> None:
    codes = '{{< figure src="a" >}}\n[caption id="a"]Le port[/caption]'
    text = f'{TITLE}\n💬 Où ?\n[vc_row width="1/2"]Ici [sic], [rires] oui.[/vc_row] {codes}'
    assert told(read(tmp_path, text).article) == [("Où ?", "Ici [sic], [rires] oui.")]


GIVEN = {
    "word_emoji.docx": 3, "gdocs.html": 3, "accordion.html": 3, "time.html": 2, "foot.md": 2, "qr.txt": 2, "initials.txt": 3,
    "dashboth.txt": 3, "medinsoft.txt": 3, "ellipsis.txt": 1, "au.txt": 1, "t09.txt": 3, "port.docx": 4, "vigne.html": 4, "acc.txt": 3,
}  # fmt: skip


@pytest.mark.parametrize("name", GIVEN)
def test_the_articles_that_failed(name: str) -> None:
    reading = parsed_article_from_file(CASES / name)
    article = reading.article
    assert len(article.exchanges) == GIVEN[name]
    assert article.guests
    text = repr(article)
    for wrong in (
        "CR :",
        "R. :",
        "BV :",
        "Medinsoft :",
        "– En",
        "[^1]",
        "en savoir plus",
        "©",
        "Création",
        "Sillage Data en bref",
    ):
        assert wrong not in text
    assert reading.doubtful == ()


WHOLE = {
    "italics for introduction and questions": (
        ".html",
        "<article><h1>{title}</h1><p><em>Il a fondé le Comptoir.</em></p><blockquote>« "
        "Oui »</blockquote><p><em>Où ?</em></p><p>"
        "Ici, à Berre, sur le port.</p><p><em>Racontez.</em></p>"
        "<p>Nous étions sept amis.</p><p><em>Et demain ?</em></p><p>Une école.</p></article>",
    ),
    "labels that take turns": (
        ".txt",
        "{title}\n\nMedinsoft : Où ?\n\nPaul Vidal : Ici, à Berre, sur le "
        "port.\n\nMedinsoft : Racontez.\n\n"
        "Paul Vidal : Nous étions sept amis.\n\nMedinsoft : Et demain ?\n\nPaul Vidal : Une école.",
    ),
    "dashes with an answer of two paragraphs": (
        ".txt",
        "{title}\n\n– Où ?\n\n– Ici, à Berre, sur le port.\n\n– Racontez.\n\n– Nous "
        "étions sept amis.\n\n– Et demain ?\n\n– Une école.",
    ),
    "block quotes": (
        ".md",
        "# {title}\n\n> **Où ?**\n\nIci, à Berre, sur le port.\n\n> **Racontez "
        "?**\n\nNous étions sept amis.\n\n"
        "> **Et demain ?**\n\nUne école.",
    ),
    "signs for both": (
        ".txt",
        "{title}\n\n🎤 Où ?\n\n🗣 Ici, à Berre, sur le port.\n\n🎤 Racontez.\n\n🗣 Nous "
        "étions sept amis.\n\n🎤 Et demain ?\n\n🗣 Une école.",
    ),
    "Roman numbers": (
        ".txt",
        "{title}\n\nI. Où ?\n\nIci, à Berre, sur le port.\n\nII. Racontez.\n\nNous "
        "étions sept amis.\n\nIII. Et demain ?\n\nUne école.",
    ),
    "a line of the author and the date": (
        ".txt",
        "{title}\nPar Camille Renaud\n12 juin 2026\n\n💬 Où ?\nIci, à Berre, sur le "
        "port.\n💬 Racontez.\n"
        "Nous étions sept amis.\n💬 Et demain ?\nUne école.",
    ),
}


@pytest.mark.parametrize("kind", WHOLE)
def test_other_ways_to_show_questions(tmp_path: Path, kind: str) -> None:
    suffix, text = WHOLE[kind]
    reading = read(tmp_path, text.format(title=TITLE), suffix)
    assert [
        (question.replace("Racontez ?", "Racontez."), answer)
        for question, answer in told(reading.article)
    ] == [
        ("Où ?", "Ici, à Berre, sur le port."),
        ("Racontez.", "Nous étions sept amis."),
        ("Et demain ?", "Une école."),
    ]
    assert reading.article.title == TITLE
    assert reading.author == ("Camille Renaud" if "Par Camille" in text else "")


def test_capitals_are_a_look(tmp_path: Path) -> None:
    text = (
        f"{TITLE}\n\nOÙ ÊTES-VOUS NÉ ?\n\nIci. Et vous ?\n\nRACONTEZ-NOUS LA SUITE.\n\nNous "
        "étions sept amis.\n\nET DEMAIN ?\n\nUne école."
    )
    assert [question for question, _ in told(read(tmp_path, text).article)] == [
        "OÙ ÊTES-VOUS NÉ ?",
        "RACONTEZ-NOUS LA SUITE.",
        "ET DEMAIN ?",
    ]


def test_the_picture_that_was_not_saved_with_its_page_is_told() -> None:
    reading = parsed_article_from_file(CASES / "vigne.html")
    assert (reading.picture, reading.missing_picture) == (None, "ines.jpg")
    assert reading.link == "https://medinsoft.com/actualites/3-questions-a-ines-delorme/"
    document = parsed_article_from_file(CASES / "port.docx")
    assert document.picture is not None
    assert (document.picture.credit, document.picture.alt, document.missing_picture) == (
        "Sillage Data",
        "Marc Ollivier",
        "",
    )


def in_lines(*, title: str = TITLE, under: str = INTRODUCTION, after: str = "") -> str:
    lines = [title, under]
    for question, answer in zip(ASKED, ANSWERED, strict=True):
        lines += [f"💬 {question}", answer]
    return "\n\n".join([*lines, *filter(None, [after])])


@pytest.mark.parametrize(
    "line",
    [
        "Pour en savoir plus : www.comptoir.example",
        "Lire aussi notre article sur le port",
        "À lire : le port en travaux",
        "Site : www.comptoir.example",
        "Lien vers le site : https://comptoir.example",
        "https://comptoir.example",
        "Contact : contact@comptoir.example",
        "#Marseille #numérique",
        "Suivez-nous sur LinkedIn",
        "Retrouvez l’épisode sur Spotify, Deezer et Apple Podcasts.",
        "À propos de l’association\n\nElle réunit des gens du numérique.",
        "Page 2 sur 2",
        "NDLR : la rédaction a vérifié ces chiffres.",
        "%% à valider %%",
    ],
)
def test_what_ends_a_page_is_no_part_of_the_last_answer(tmp_path: Path, line: str) -> None:
    holds_the_interview(read(tmp_path, in_lines(after=line)))


@pytest.mark.parametrize("answer", ["Suivez-nous sur LinkedIn !", "www.comptoir.example", "1/2"])
def test_what_is_all_of_an_answer_stays(tmp_path: Path, answer: str) -> None:
    article = read(tmp_path, f"{in_lines()}\n\n💬 Un dernier mot ?\n\n{answer}").article
    assert told(article)[-1] == ("Un dernier mot ?", answer)


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("Propos recueillis par Camille Renaud", "Camille Renaud"),
        ("Recueilli par Camille Renaud", "Camille Renaud"),
        ("Interview : Camille Renaud", "Camille Renaud"),
        ("Texte : Camille Renaud – Photos : DR", "Camille Renaud"),
        ("Camille Renaud", "Camille Renaud"),
        ("C. R.", ""),
    ],
)
def test_a_signature_under_the_last_answer(tmp_path: Path, line: str, author: str) -> None:
    reading = read(tmp_path, in_lines(after=f"{line}\n\nhttps://comptoir.example"))
    holds_the_interview(reading)
    assert reading.author == author


def test_a_byline_with_its_date(tmp_path: Path) -> None:
    under = f"Publié le 3 mai 2026 par Camille Renaud\n\n{INTRODUCTION}"
    reading = read(tmp_path, in_lines(under=under))
    holds_the_interview(reading)
    assert reading.author == "Camille Renaud"


@pytest.mark.parametrize(
    "legend",
    [
        "(Photo DR)",
        "[Photo : Camille Renaud]",
        "Paul Vidal sur le quai (photo DR)",
        "Ph. Camille Renaud",
    ],
)
def test_legends_in_brackets(tmp_path: Path, legend: str) -> None:
    holds_the_interview(read(tmp_path, in_lines(under=f"{legend}\n\n{INTRODUCTION}")))


@pytest.mark.parametrize("after", [" : ", " :\n\n", "\n\n"])
def test_the_fields_of_a_form(tmp_path: Path, after: str) -> None:
    under = f"Exergue{after}Nous étions petits\n\nChapô{after}{INTRODUCTION}"
    reading = read(tmp_path, in_lines(title=f"Titre{after}{TITLE}", under=under))
    holds_the_interview(reading)
    assert (reading.article.title, reading.article.quote) == (TITLE, "Nous étions petits")


@pytest.mark.parametrize(
    ("title", "number", "season"),
    [
        ("3 questions à…\n\nPaul Vidal", None, None),
        ("3 QUESTIONS À\n\nPAUL VIDAL", None, None),
        ("Épisode 7 – 3 questions à…\n\nPaul Vidal", 7, None),
        ("Épisode 7\n\n3 questions à Paul Vidal", 7, None),
        ("Saison 2\n\nÉpisode 7\n\n3 questions à Paul Vidal", 7, 2),
        ("Paul Vidal", None, None),
        ("La mer, école de patience\n\nAvec Paul Vidal", None, None),
    ],
)
def test_titles_of_several_lines(
    tmp_path: Path, title: str, number: int | None, season: int | None
) -> None:
    reading = read(tmp_path, in_lines(title=title))
    holds_the_interview(reading)
    assert (reading.article.number, reading.season, reading.article.preamble) == (
        number,
        season,
        (),
    )


def test_a_name_and_a_function_under_the_title(tmp_path: Path) -> None:
    line = "Paul Vidal, directeur du Comptoir"
    article = read(tmp_path, in_lines(title="La mer, école de patience", under=line)).article
    assert (article.guests, article.introduction) == (("Paul Vidal",), (line,))


@pytest.mark.parametrize("title", ["Grand Angle", "La Mer Bleue"])
def test_a_title_of_french_words_names_nobody(tmp_path: Path, title: str) -> None:
    assert read(tmp_path, f"{title}\n\n💬 Où ?\n\nIci.").article.guests == ()


NOTEBOOK = f"""---
title: "Note du 3 mai"
tags: [mer]
---

# {TITLE}

> << Nous étions petits >>

{INTRODUCTION.replace("le Comptoir", "[[comptoir|le Comptoir]]")}

> [!NOTE]
> À valider avant vendredi.
"""


@pytest.mark.parametrize(("fence", "sign"), [("---", ":"), ("+++", " =")])
def test_what_a_notebook_adds(tmp_path: Path, fence: str, sign: str) -> None:
    text = NOTEBOOK.replace("---", fence).replace("title:", f"title{sign}")
    for question, answer in zip(ASKED, ANSWERED, strict=True):
        text += f"\n## {question}\n\n{answer}^[Une note.]\n"
    reading = read(tmp_path, f"{text}\n%% à relire %%\n\n#mer #voile ^fin\n", ".md")
    holds_the_interview(reading)
    assert (reading.article.quote, reading.article.preamble) == ("Nous étions petits", ())


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
CONTENTS = (
    f'<w:sdt xmlns:w="{W}"><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/>'
    "</w:docPartObj></w:sdtPr><w:sdtContent><w:p><w:r><w:t>Sommaire du jour</w:t></w:r></w:p>"
    "</w:sdtContent></w:sdt>"
)
PROMPT = (
    f'<w:sdt xmlns:w="{W}"><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:p><w:r>'
    "<w:t>Cliquez ici pour entrer du texte.</w:t></w:r></w:p></w:sdtContent></w:sdt>"
)
TEXT_BOX = (
    f'<w:p xmlns:w="{W}"><w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textbox>'
    "<w:txbxContent><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape>"
    "</w:pict></w:r></w:p>"
)


def in_word(
    folder: Path, dress: Callable[[Paragraph, str, int], None], part: str = ""
) -> ParsedArticle:
    """The interview in a Word document; ``dress`` writes question or answer into a paragraph."""
    document = docx.Document()
    document.add_paragraph(TITLE)
    document.add_paragraph(INTRODUCTION)
    if part:
        document.paragraphs[-1]._p.addprevious(parse_xml(part))
    for number, exchange in enumerate(zip(ASKED, ANSWERED, strict=True), 1):
        for place, text in enumerate(exchange):
            dress(document.add_paragraph(), text, number if place == 0 else 0)
    document.save(str(folder / "a.docx"))
    return parsed_article_from_file(folder / "a.docx")


def _bold(paragraph: Paragraph, text: str, number: int) -> None:
    paragraph.add_run(text).bold = number > 0


def _theme_colour(paragraph: Paragraph, text: str, number: int) -> None:
    run = paragraph.add_run(text)
    if number:
        run.font.color.theme_color = MSO_THEME_COLOR.ACCENT_1


def _shading(paragraph: Paragraph, text: str, number: int) -> None:
    run = paragraph.add_run(text)
    if number:
        shading = f'<w:shd {nsdecls("w")} w:val="clear" w:fill="FFFF00"/>'
        run._r.get_or_add_rPr().append(parse_xml(shading))


def _centred(paragraph: Paragraph, text: str, number: int) -> None:
    paragraph.add_run(text)
    if number:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _indented_answers(paragraph: Paragraph, text: str, number: int) -> None:
    paragraph.add_run(text)
    if not number:
        paragraph.paragraph_format.left_indent = Pt(36)


def _answers_in_italics(paragraph: Paragraph, text: str, number: int) -> None:
    paragraph.add_run(text).italic = not number


def _ruby(paragraph: Paragraph, text: str, number: int) -> None:
    run = paragraph.add_run("" if not number else text)
    run.bold = number > 0
    if not number:
        run._r.append(
            parse_xml(
                f"<w:ruby {nsdecls('w')}><w:rubyPr/><w:rt/><w:rubyBase><w:r><w:t>{text}</w:t></w:r>"
                "</w:rubyBase></w:ruby>"
            )
        )


@pytest.mark.parametrize(
    "dress",
    [_theme_colour, _shading, _centred, _indented_answers, _answers_in_italics, _ruby],
)
def test_more_looks_in_word(tmp_path: Path, dress: Callable[[Paragraph, str, int], None]) -> None:
    holds_the_interview(in_word(tmp_path, dress))


def test_a_letter_in_large_type_begins_its_paragraph(tmp_path: Path) -> None:
    document = docx.Document()
    for text in (TITLE, INTRODUCTION):
        document.add_paragraph(text)
    for question, answer in zip(ASKED, ANSWERED, strict=True):
        document.add_paragraph().add_run(question).bold = True
        frame = f'<w:framePr {nsdecls("w")} w:dropCap="drop" w:lines="3"/>'
        document.add_paragraph(answer[0])._p.get_or_add_pPr().append(parse_xml(frame))
        document.add_paragraph(answer[1:])
    document.save(str(tmp_path / "a.docx"))
    holds_the_interview(parsed_article_from_file(tmp_path / "a.docx"))


@pytest.mark.parametrize("size", [None, 11])
def test_lines_of_one_paragraph_in_word(tmp_path: Path, size: int | None) -> None:
    """LibreOffice says the size of all text: what all of it has makes no question continue."""
    document = docx.Document()
    lines = [TITLE, "", INTRODUCTION]
    for question, answer in zip(ASKED, ANSWERED, strict=True):
        lines += ["", f"💬 {question}", answer]
    run = document.add_paragraph().add_run("\n".join(lines))
    run.font.size = size and Pt(size)
    document.save(str(tmp_path / "a.docx"))
    holds_the_interview(parsed_article_from_file(tmp_path / "a.docx"))


def test_an_alignment_that_any_text_has_is_no_look(tmp_path: Path) -> None:
    def dress(paragraph: Paragraph, text: str, number: int) -> None:
        paragraph.add_run(text)
        if number == 1:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT

    reading = in_word(tmp_path, dress)
    assert [one.question for one in reading.article.exchanges] == list(ASKED)


def test_a_column_of_numbers_beside_questions_and_answers(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph(TITLE)
    document.add_paragraph(INTRODUCTION)
    table = document.add_table(rows=0, cols=3)
    exchanges = zip(("1", "2", "3"), ASKED, ANSWERED, strict=True)
    for texts in (("N°", "Question", "Réponse"), *exchanges):
        for cell, text in zip(table.add_row().cells, texts, strict=True):
            cell.text = text
    document.save(str(tmp_path / "a.docx"))
    holds_the_interview(parsed_article_from_file(tmp_path / "a.docx"))


def test_a_column_of_facts_under_the_last_answer_is_left_out(tmp_path: Path) -> None:
    document = docx.Document()
    for text in (TITLE, INTRODUCTION):
        document.add_paragraph(text)
    for question, answer in zip(ASKED, ANSWERED, strict=True):
        document.add_paragraph().add_run(question).bold = True
        document.add_paragraph(answer)
    table = document.add_table(rows=0, cols=1)
    for fact in ("Repères", "1975 : naissance à Toulon", "2006 : fonde le Comptoir"):
        table.add_row().cells[0].text = fact
    document.save(str(tmp_path / "a.docx"))
    holds_the_interview(parsed_article_from_file(tmp_path / "a.docx"))


@pytest.mark.parametrize("style", ["Block Text", "Quotations", "Quote"])
def test_a_pull_quote_by_its_style(tmp_path: Path, style: str) -> None:
    document = docx.Document()
    if style not in [one.name for one in document.styles]:
        document.styles.add_style(style, WD_STYLE_TYPE.PARAGRAPH)
    document.add_paragraph(TITLE)
    document.add_paragraph("Nous étions petits", style=style)
    document.add_paragraph(INTRODUCTION)
    document.add_paragraph("💬 Où ?")
    document.add_paragraph("Ici.")
    document.save(str(tmp_path / "a.docx"))
    article = parsed_article_from_file(tmp_path / "a.docx").article
    assert (article.quote, article.introduction) == ("Nous étions petits", (INTRODUCTION,))


@pytest.mark.parametrize("part", [CONTENTS, PROMPT, TEXT_BOX.format("Bio express")])
def test_parts_of_a_word_document_that_are_not_its_text(tmp_path: Path, part: str) -> None:
    holds_the_interview(in_word(tmp_path, _bold, part))


def test_a_pull_quote_in_a_text_box_is_read(tmp_path: Path) -> None:
    reading = in_word(tmp_path, _bold, TEXT_BOX.format("« Nous étions petits »"))
    holds_the_interview(reading)
    assert reading.article.quote == "Nous étions petits"


def test_contents_with_page_numbers_are_left_out(tmp_path: Path) -> None:
    contents = "\n\n".join(f"{question}\t{page}" for page, question in enumerate(ASKED, 1))
    under = f"Sommaire\n\n{contents}\n\n{INTRODUCTION}"
    holds_the_interview(read(tmp_path, in_lines(under=under)))


def test_a_request_in_bold_before_its_answer(tmp_path: Path) -> None:
    exchanges = zip(ASKED, ANSWERED, strict=True)
    body = "".join(f"<p><b>{question}</b> {answer}</p>" for question, answer in exchanges)
    holds_the_interview(read(tmp_path, f"<h1>{TITLE}</h1><p>{INTRODUCTION}</p>{body}", ".html"))


OPENING = "3 questions à Paul Vidal\n\nPaul Vidal dirige le Comptoir des huiles, à Aubagne.\n\n"
ASIDES = {
    "of oneself": "Je n’avais pas un sou. Mais que pouvais-je faire d’autre ?",
    "of oneself, alone": "Que pouvais-je faire d’autre ?",
    "of several": "Nous étions trois. Fallait-il continuer seuls, ou chercher un partenaire ?",
}


@pytest.mark.parametrize("aside", ASIDES.values(), ids=list(ASIDES))
@pytest.mark.parametrize("last", [False, True], ids=["inside", "at the end"])
def test_what_the_guest_asks_himself_is_no_question(tmp_path: Path, aside: str, last: bool) -> None:
    asked = ["Comment avez-vous commencé ?", "Quel est votre métier ?", "Et demain ?"]
    answer = ["J’ai repris le moulin de mon père.", aside, *([] if last else ["Et voilà."])]
    path = tmp_path / "a.txt"
    rest = [asked[1], "Je presse des olives.", asked[2], "Un atelier."]
    path.write_text(OPENING + "\n\n".join([asked[0], *answer, *rest]), encoding="utf-8")
    reading = parsed_article_from_file(path)
    assert [exchange.question for exchange in reading.article.exchanges] == asked
    assert [one.text for one in reading.article.exchanges[0].answer] == answer
    assert any(aside in told for told in reading.doubtful)


@pytest.mark.parametrize(
    "asked",
    [
        ("Vous êtes né ici. Comment êtes-vous venu à l’huile ?", "Et vos vignes ?", "Et après ?"),
        ("L’intelligence bouscule tout. Une menace ?", "Que nous réserve l’avenir ?", "Et là ?"),
        ("Je crois que tout a commencé ici ?", "Quel est votre métier ?", "Et demain ?"),
        ("Quel est votre métier ?", "Je crois que tout a commencé ici ?", "Et demain ?"),
    ],
)
def test_what_the_host_asks_stays_a_question(tmp_path: Path, asked: tuple[str, ...]) -> None:
    path = tmp_path / "a.txt"
    turns = "\n\n".join(f"{question}\n\nOui, bien sûr." for question in asked)
    path.write_text(OPENING + turns, encoding="utf-8")
    article = article_from_file(path)
    assert tuple(exchange.question for exchange in article.exchanges) == asked


LAYOUTS = {
    "several rows": "<table><tr><td><img src=a></td><td>{}</td></tr><tr><td></td><td>{}</td></tr></table>",
    "one row": "<table><tr><td><img src=a></td><td><p>{}</p><p>{}</p></td></tr></table>",
    "said to be layout": "<table role=presentation><tr><td>1</td><td>{}</td></tr>"
    "<tr><td>2</td><td>{}</td></tr></table>",
}
FACTS = {
    "one row": "<table><tr><td>Création</td><td>2017</td><td>Salariés</td><td>9</td></tr></table>",
    "a head": "<table><tr><th>Création</th><td>2017</td></tr></table>",
    "rows": "<table><tr><td>Création</td><td>2017</td></tr><tr><td>Taille</td><td>9</td></tr></table>",
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=list(LAYOUTS))
@pytest.mark.parametrize("facts", FACTS.values(), ids=list(FACTS))
def test_a_table_that_lays_out_an_answer_stays_and_facts_leave(
    tmp_path: Path, layout: str, facts: str
) -> None:
    said = ("Tout a commencé dans un garage.", "Nous avons vendu les premières bouteilles.")
    path = tmp_path / "a.html"
    path.write_text(
        f"<title>3 questions à Paul Vidal</title><h1>3 questions à Paul Vidal</h1><p>Il presse des "
        f"olives à Aubagne.</p><h2>Comment avez-vous commencé ?</h2>{layout.format(*said)}"
        f"<h2>Quel est votre métier ?</h2><p>Je presse des olives toute l’année.</p>{facts}"
        "<h2>Et demain ?</h2><p>Un atelier ouvrira à Cassis.</p>",
        encoding="utf-8",
    )
    article = article_from_file(path)
    told = [[one.text for one in exchange.answer] for exchange in article.exchanges]
    assert [text for text in told[0] if len(text) > 1] == [*said]
    assert told[1:] == [["Je presse des olives toute l’année."], ["Un atelier ouvrira à Cassis."]]


@pytest.mark.parametrize("rows", [1, 2])
def test_an_answer_in_a_table_of_word(tmp_path: Path, rows: int) -> None:
    said = ["Tout a commencé dans un garage.", "Nous avons vendu les premières bouteilles."]
    document = docx.Document()
    document.add_heading("3 questions à Paul Vidal", 1)
    document.add_paragraph().add_run("Comment avez-vous commencé ?").bold = True
    table = document.add_table(rows=rows, cols=2)
    table.cell(0, 1).text = said[0]
    if rows == 1:
        table.cell(0, 1).add_paragraph(said[1])
    else:
        table.cell(1, 1).text = said[1]
    document.add_paragraph().add_run("Et demain ?").bold = True
    document.add_paragraph("Un atelier ouvrira à Cassis.")
    document.save(str(tmp_path / "a.docx"))
    exchanges = article_from_file(tmp_path / "a.docx").exchanges
    assert [one.text for one in exchanges[0].answer] == said


@pytest.mark.parametrize(
    ("suffix", "kind"),
    [
        (".dotx", "openxmlformats-officedocument.wordprocessingml.template"),
        (".docm", "ms-word.document.macroEnabled"),
        (".dotm", "ms-word.template.macroEnabledTemplate"),
    ],
)
def test_templates_and_documents_with_macros_are_read(
    tmp_path: Path, suffix: str, kind: str
) -> None:
    document = docx.Document()
    for text in ("3 questions à Paul Vidal", "💬 Et demain ?", "Un atelier."):
        document.add_paragraph(text)
    document.save(str(tmp_path / "a.docx"))
    plain = "openxmlformats-officedocument.wordprocessingml.document"
    for name in (f"b{suffix}", "b.docx"):  # also under the name that a template gets by hand
        with (
            zipfile.ZipFile(tmp_path / "a.docx") as source,
            zipfile.ZipFile(tmp_path / name, "w") as target,
        ):
            for member in source.namelist():
                part = source.read(member)
                target.writestr(member, part.replace(plain.encode(), kind.encode()))
        (exchange,) = article_from_file(tmp_path / name).exchanges
        assert exchange.question == "Et demain ?"


def test_labels_on_lines_without_a_blank_one_between(tmp_path: Path) -> None:
    turns = [
        line
        for asked, said in zip(ASKED, ANSWERED, strict=True)
        for line in (f"Q : {asked}", f"R : {said}")
    ]
    reading = read(tmp_path, f"{TITLE}\n\n{INTRODUCTION}\n\n" + "\n".join(turns))
    assert [one.question for one in reading.article.exchanges] == list(ASKED)
    assert [one.answer[0].text for one in reading.article.exchanges] == list(ANSWERED)


def test_an_answer_that_is_given_twice_is_nobodys_name(tmp_path: Path) -> None:
    asked = ("Vous presserez encore ?", "Et votre fils ?", "Et demain ?")
    text = "\n\n".join(f"{one}\n\nOui, bien sûr." for one in asked)
    article = read(tmp_path, f"{TITLE}\n\n{INTRODUCTION}\n\n{text}").article
    assert tuple(one.question for one in article.exchanges) == asked


def test_questions_on_the_buttons_of_panels(tmp_path: Path) -> None:
    panels = "".join(
        f"<button aria-controls=p{number} aria-expanded=false>{asked}</button>"
        f"<div id=p{number} hidden><p>{said}</p></div>"
        for number, (asked, said) in enumerate(zip(ASKED, ANSWERED, strict=True))
    )
    menu = "<button aria-controls=m aria-expanded=false>Menu</button><nav id=m>Accueil</nav>"
    page = f"<h1>{TITLE}</h1>{menu}<p>{INTRODUCTION}</p>{panels}"
    article = read(tmp_path, f"<title>{TITLE}</title><article>{page}</article>", ".html").article
    assert [one.question for one in article.exchanges] == list(ASKED)
    assert [one.answer[0].text for one in article.exchanges] == list(ANSWERED)
    assert article.introduction == (INTRODUCTION,)


def test_numbers_that_begin_anew_each_time_are_a_mark(tmp_path: Path) -> None:
    turns = "\n\n".join(f"1/ {a}\n\n{b}" for a, b in zip(ASKED, ANSWERED, strict=True))
    article = read(tmp_path, f"{TITLE}\n\n{INTRODUCTION}\n\n{turns}").article
    assert [one.question for one in article.exchanges] == list(ASKED)
    assert [one.answer[0].text for one in article.exchanges] == list(ANSWERED)
