"""Word documents as newsrooms send them."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from studio.article.read import article_from_file
from studio.errors import ArticleError
from studio.model.article import Article

SAMPLES = Path(__file__).parent / "article"
Ask = Callable[[Document, str], object]


def ask_in_bold(document: Document, question: str) -> None:
    document.add_paragraph().add_run(question).bold = True


def ask_in_a_bold_style(document: Document, question: str) -> None:
    document.add_paragraph().add_run(question, style="Strong")


def ask_by_heading(document: Document, question: str) -> None:
    document.add_heading(question, 3)


def ask_by_mark(document: Document, question: str) -> None:
    document.add_paragraph(f"💬\u00a0{question}")


def saved(document: Document, folder: Path) -> Path:
    path = folder / "l’entretien édité.docx"
    document.save(str(path))
    return path


def document_of(article: Article, ask: Ask) -> Document:
    document = docx.Document()
    for text in article.preamble:
        document.add_paragraph(text)
    document.add_paragraph(
        f"Episode {article.number} – {article.title}", style="Title" if ask is ask_by_mark else None
    )
    document.add_paragraph(f"« {article.quote} »", style="Quote" if ask is ask_in_bold else None)
    for text in article.introduction:
        document.add_paragraph(text)
    for exchange in article.exchanges:
        ask(document, exchange.question)
        for paragraph in exchange.answer:
            line = document.add_paragraph()
            if paragraph.speaker:
                line.add_run(f"{paragraph.speaker}\u00a0: ").bold = True
            line.add_run(paragraph.text)
    return document


@pytest.mark.parametrize("ask", [ask_in_bold, ask_in_a_bold_style, ask_by_heading, ask_by_mark])
@pytest.mark.parametrize("name", ["002-stephane-soto", "table"])
def test_the_same_article_from_word(tmp_path: Path, name: str, ask: Ask) -> None:
    article = article_from_file(SAMPLES / f"{name}.txt")
    assert article_from_file(saved(document_of(article, ask), tmp_path)) == article


def test_everything_in_one_paragraph_with_line_breaks(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("3 questions à Claire Fontanel")
    paragraph = document.add_paragraph()
    paragraph.add_run("Vous réparez.\nPourquoi ?").bold = True
    paragraph.add_run("\nParce que.\n")
    paragraph.add_run("Depuis quand ?").bold = True
    paragraph.add_run(" Depuis 2014.")
    article = article_from_file(saved(document, tmp_path))
    assert [(e.question, [p.text for p in e.answer]) for e in article.exchanges] == [
        ("Vous réparez. Pourquoi ?", ["Parce que."]),
        ("Depuis quand ?", ["Depuis 2014."]),
    ]


def test_tables_and_text_boxes_are_read(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("3 questions à Claire Fontanel")
    table = document.add_table(rows=1, cols=2)
    ask_in_bold(document, "Où ?")
    document.add_paragraph("À Berre. On répare une habitude.")
    cell = table.cell(0, 0)
    cell.paragraphs[0].add_run("Pourquoi ?").bold = True
    table.cell(0, 1).paragraphs[0].add_run("Parce que.")
    content = (
        "<w:txbxContent><w:p><w:r><w:t>« On répare une habitude »</w:t></w:r></w:p></w:txbxContent>"
    )
    box = (
        f"<w:r {nsdecls('w')} "
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f"<mc:AlternateContent><mc:Choice>{content}</mc:Choice><mc:Fallback>{content}</mc:Fallback></mc:AlternateContent></w:r>"
    )
    document.paragraphs[-1]._p.append(parse_xml(box))
    article = article_from_file(saved(document, tmp_path))
    assert article.quote == "On répare une habitude"
    assert [(e.question, [p.text for p in e.answer]) for e in article.exchanges] == [
        ("Pourquoi ?", ["Parce que."]),
        ("Où ?", ["À Berre. On répare une habitude."]),
    ]


def test_tracked_changes_are_accepted_and_hidden_text_is_not_read(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("3 questions à Claire Fontanel")
    ask_in_bold(document, "Pourquoi ?")
    document.add_paragraph("Hidden").runs[0].font.hidden = True
    w = nsdecls("w")
    document.element.body.insert(
        2,
        parse_xml(
            f'<w:p {w}><w:pPr><w:rPr><w:del w:id="3" '
            'w:author="a"/></w:rPr></w:pPr><w:r><w:t xml:space="preserve">Nous '
            "</w:t></w:r>"
            '<w:del w:id="1" w:author="a"><w:r><w:delText>étions</w:delText></w:r></w:del>'
            '<w:ins w:id="2" w:author="a"><w:r><w:t xml:space="preserve">sommes '
            "</w:t></w:r></w:ins></w:p>"
        ),
    )
    document.element.body.insert(
        3,
        parse_xml(
            f"<w:p {w}><w:hyperlink><w:r><w:t>dix</w:t></w:r></w:hyperlink><w:r><w:t>.</w:t></w:r></w:p>"
        ),
    )
    article = article_from_file(saved(document, tmp_path))
    assert [p.text for p in article.exchanges[0].answer] == ["Nous sommes dix."]


def test_entities_are_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET", encoding="utf-8")
    path = saved(document_of(article_from_file(SAMPLES / "radio.txt"), ask_in_bold), tmp_path)
    hostile = tmp_path / "hostile.docx"
    with zipfile.ZipFile(path) as good, zipfile.ZipFile(hostile, "w") as bad:
        for name in good.namelist():
            part = good.read(name)
            if name == "word/document.xml":
                start = part.index(b"<w:document")
                doctype = f'<!DOCTYPE d [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'.encode()
                part = (
                    part[:start]
                    + doctype
                    + part[start:].replace("L’Espagne".encode(), b"&e;Espagne")
                )
            bad.writestr(name, part)
    with pytest.raises(ArticleError, match="document type declaration"):
        article_from_file(hostile)


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.docx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("word/document.xml", "w") as part,
    ):
        for _ in range(300):
            part.write(bytes(1024 * 1024))
    with pytest.raises(ArticleError, match="unpacks to 300 MiB"):
        article_from_file(path)


def test_damaged_documents_are_said_to_be_so(tmp_path: Path) -> None:
    content = saved(
        document_of(article_from_file(SAMPLES / "radio.txt"), ask_in_bold), tmp_path
    ).read_bytes()
    chance = random.Random(2)
    path = tmp_path / "damaged.docx"
    refused = 0
    for _ in range(60):
        damaged = bytearray(
            content[: chance.choice([len(content), chance.randrange(len(content))])]
        )
        for _ in range(20):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        path.write_bytes(damaged)
        try:
            article_from_file(path)
        except ArticleError:
            refused += 1
    assert refused > 30


def test_other_files_under_words_name(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    with pytest.raises(ArticleError, match="older Word file, or has a password"):
        article_from_file(path)
    path.write_bytes(b"Un texte")
    with pytest.raises(ArticleError, match="not a Word document"):
        article_from_file(path)
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    path.write_bytes(empty.getvalue())
    with pytest.raises(ArticleError, match="not a Word document"):
        article_from_file(path)


def test_an_unanswered_question_is_named_with_its_paragraph(tmp_path: Path) -> None:
    document = docx.Document()
    for text in ("3 questions à Claire Fontanel", "💬 Un ?", "Oui.", "💬 Deux ?"):
        document.add_paragraph(text)
    with pytest.raises(ArticleError, match=r"paragraph 4: the question « Deux \? » has no answer"):
        article_from_file(saved(document, tmp_path))
