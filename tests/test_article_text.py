"""Plain texts as people type them, and the characters that are kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.article.characters import clean_text
from studio.article.read import article_from_file
from studio.errors import ArticleError
from studio.model.article import Article

SAMPLES = Path(__file__).parent / "article"


def read_text(folder: Path, text: str | bytes) -> Article:
    path = folder / "article.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return article_from_file(path)


def test_the_published_article_of_episode_2() -> None:
    article = article_from_file(SAMPLES / "002-stephane-soto.txt")
    assert (article.number, article.title, article.guests) == (
        2,
        "3 questions à Stéphane Soto",
        ("Stéphane Soto",),
    )
    assert article.quote == "Nous étions des petits qui ont vu grand"
    assert [text[:24] for text in article.preamble] == ["« Parce que Medinsoft a "]
    assert [text[:21] for text in article.introduction] == ["Au départ de l’aventu"]
    assert [exchange.question for exchange in article.exchanges] == [
        "Comment a commencé l’aventure Medinsoft ?",
        "Très vite, vous avez trouvé une recette optimum pour chacun ?",
        "L’industrie du digital prend, dans la foulée, un nouvel essor ?",
        "Le grand Opening démarre à cette époque ?",
    ]
    assert [len(exchange.answer) for exchange in article.exchanges] == [1, 1, 1, 2]
    assert (
        article.exchanges[3]
        .answer[1]
        .text.endswith("Stéphanie Ragu, notre incroyable présidente !")
    )


@pytest.mark.parametrize(
    ("name", "number", "guests", "questions"),
    [
        ("atelier", 101, ("Claire Fontanel",), 3),
        ("radio", 3, ("Yanis Belkacem",), 4),
        ("table", 9, ("Odile Marchand", "Rémi Sautel"), 3),
    ],
)
def test_other_articles(name: str, number: int, guests: tuple[str, ...], questions: int) -> None:
    article = article_from_file(SAMPLES / f"{name}.txt")
    assert (article.number, article.guests, len(article.exchanges)) == (number, guests, questions)
    assert article.quote
    assert len(article.preamble) == len(article.introduction) == 1


def test_speakers_are_named_only_when_they_are_guests() -> None:
    article = article_from_file(SAMPLES / "table.txt")
    assert [p.speaker for p in article.exchanges[0].answer] == ["Odile Marchand", "Rémi Sautel"]
    assert (
        article.exchanges[0].answer[1].text
        == "En Python, avec une base SQLite. Le logiciel tourne toujours."
    )
    article = article_from_file(SAMPLES / "atelier.txt")
    assert article.exchanges[1].answer[0].speaker is None
    assert (
        article.exchanges[1]
        .answer[0]
        .text.startswith("Un public bien plus large qu’on ne l’imagine : des")
    )


@pytest.mark.parametrize(
    "label",
    ["Rémi Sautel", "RÉMI SAUTEL", "Remi Sautel", "Rémi", "Sautel", "R. Sautel", "R.S.", "RS"],
)
def test_a_speaker_by_any_of_his_names(tmp_path: Path, label: str) -> None:
    article = read_text(
        tmp_path,
        f"3 questions à Odile Marchand et Rémi Sautel\n💬 Q ?\n{label} : A : b\nOdile "
        "Marchand :\nC\nNote : d",
    )
    assert [(p.speaker, p.text) for p in article.exchanges[0].answer] == [
        ("Rémi Sautel", "A : b"),
        ("Odile Marchand", "C"),
        (None, "Note : d"),
    ]


def test_the_host_of_the_credit_speaks_too_and_the_credit_is_no_answer(tmp_path: Path) -> None:
    article = read_text(
        tmp_path,
        "3 questions à Rémi Sautel\n💬 Q ?\nA\nJean Dupont : Vraiment ?\nOui.\nPropos "
        "recueillis par Jean Dupont, le 3 mars.",
    )
    assert article.credit == "Propos recueillis par Jean Dupont, le 3 mars."
    assert [(p.speaker, p.text) for p in article.exchanges[0].answer] == [
        (None, "A"),
        ("Jean Dupont", "Vraiment ?"),
        (None, "Oui."),
    ]


@pytest.mark.parametrize(
    "mark", ["💬", "💬\ufe0f", "💭 ", "🗨️", "🗨 ", "❓ ", "  💬\u00a0", "\ufeff💬\u200b", "💬💬 "]
)
def test_marks_of_a_question(tmp_path: Path, mark: str) -> None:
    article = read_text(
        tmp_path,
        f"Titre\n{mark}Racontez-nous vos débuts\nVolontiers.\n{mark}\nPourquoi ?\nComme ça.",
    )
    assert [exchange.question for exchange in article.exchanges] == [
        "Racontez-nous vos débuts",
        "Pourquoi ?",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "« Petits, puis grands »",
        "«\u00a0Petits, puis grands\u00a0».",
        "“Petits, puis grands”",
        '"Petits, puis grands"',
        "« Petits, puis grands » – Rémi Sautel, développeur",
        "« Petits, puis grands » (Rémi Sautel)",
        "« Petits, puis grands » Rémi Sautel",
        "« Petits, puis grands »\n— Rémi Sautel",
    ],
)
def test_pull_quotes(tmp_path: Path, line: str) -> None:
    article = read_text(
        tmp_path, f"3 questions à Rémi Sautel\nIl rit.\n{line}\nIl code.\n💬 Q ?\nA"
    )
    assert article.quote == "Petits, puis grands"
    assert article.introduction == ("Il rit.", "Il code.")


@pytest.mark.parametrize(
    "line",
    ["« Petits » et « grands »", "« Petits » était le mot.", "Il dit « petits »", "« Petits"],
)
def test_sentences_with_quotation_marks_are_no_pull_quote(tmp_path: Path, line: str) -> None:
    article = read_text(tmp_path, f"3 questions à Rémi Sautel\n{line}\n💬 Q ?\nA")
    assert (article.quote, article.introduction) == (None, (line,))


def test_without_any_mark_short_lines_with_a_question_mark_are_questions(tmp_path: Path) -> None:
    article = read_text(
        tmp_path,
        "Entretien avec Claire Fontanel\n\nElle répare.\n\n1. Pourquoi ?\n\nParce que. "
        "Est-ce clair ? Oui.\n\n2. Comment ?\n\nAinsi.\n",
    )
    assert [(e.question, [p.text for p in e.answer]) for e in article.exchanges] == [
        ("Pourquoi ?", ["Parce que. Est-ce clair ? Oui."]),
        ("Comment ?", ["Ainsi."]),
    ]
    assert article.introduction == ("Elle répare.",)


def test_lines_broken_by_an_editor_are_joined(tmp_path: Path) -> None:
    words = (SAMPLES / "radio.txt").read_text(encoding="utf-8")
    broken: list[str] = []
    for paragraph in words.splitlines():
        line = ""
        for word in paragraph.split(" "):
            if len(line) + 1 + len(word) > 72:
                broken.append(line)
                line = word
            else:
                line = f"{line} {word}".strip()
        broken += [line, ""]
    assert len(broken) > 30
    assert read_text(tmp_path, "\n".join(broken)) == article_from_file(SAMPLES / "radio.txt")


@pytest.mark.parametrize(
    "ending", ["\r\n", "\r", "\n\n\n", " \t\r\n", "</br>\n", "<br />", "\u2028"]
)
def test_line_endings(tmp_path: Path, ending: str) -> None:
    text = (SAMPLES / "table.txt").read_text(encoding="utf-8").replace("\n", ending)
    assert read_text(tmp_path, text) == article_from_file(SAMPLES / "table.txt")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    text = "Épisode 4 – 2 questions à Zoé L’Hœur\n“Ça coûte 3 €…”\nIntro.\n❓ Où ?\nLà."
    content = text.replace("❓ ", "" if encoding == "cp1252" else "❓ ").encode(encoding)
    article = read_text(tmp_path, content)
    assert (article.number, article.guests, article.quote) == (4, ("Zoé L’Hœur",), "Ça coûte 3 €…")
    assert article.exchanges[0].question == "Où ?"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "is not text"),
        (b"Titre\n\x01\x02\x03", "is not text"),
        (b"Titre\n\x81\x8d\x8f", "is not text in cp1252"),
        (b"\xff\xfeT\x00\x00\xd8", "is not text in utf-16-le"),
        ("Épisode à l’été\n".encode() + b"\xe9t\xc3", "is UTF-8 text with damaged characters"),
        (b"", "is empty"),
        (b" \r\n\t", "is empty"),
        (b"\xef\xbb\xbf\n", "holds no text"),
    ],
)
def test_bytes_that_are_no_article(tmp_path: Path, content: bytes, what: str) -> None:
    with pytest.raises(ArticleError) as caught:
        read_text(tmp_path, content)
    assert caught.value.what == what
    assert "article.txt" in caught.value.where


def test_damage_names_its_line(tmp_path: Path) -> None:
    with pytest.raises(ArticleError, match=r"article\.txt, line 3: "):
        read_text(tmp_path, "Été\nà l’été\n".encode() + b"\xe9t\n")


@given(st.text())
def test_cleaning_twice_changes_nothing_and_leaves_one_line(text: str) -> None:
    clean = clean_text(text)
    assert clean_text(clean) == clean
    assert len(clean.splitlines()) <= 1
    assert "  " not in clean


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("L’été\u00a0: «\u202foui\u202f»\u00a0!", "L’été : « oui » !"),
        ("anti\u00adconstitu\u200btion\ufeffnel", "anticonstitutionnel"),
        ("e\u0301te\u0301", "été"),
        ("a  b\t c", "a b c"),
        ("👩\u200d💻 et ❤️ \u202eabc\u202c", "👩\u200d💻 et ❤️ abc"),
        ("\uf0b7 puce \x07", "puce"),
        ("“a” ‘b’ … – —", "“a” ‘b’ … – —"),
        ("𝗢𝘂̀ ? 𝘐𝘤𝘪, 𝟯 fois", "Où ? Ici, 3 fois"),
    ],
)
def test_characters(text: str, clean: str) -> None:
    assert clean_text(text) == clean


def test_the_answer_to_a_question_is_no_title(tmp_path: Path) -> None:
    article = tmp_path / "article.txt"
    article.write_text(
        "**Où vivez-vous ?**\n\nÀ Forcalquier, avec des moutons.\n\n"
        "**Et demain ?**\n\nOn reste là, je crois.\n",
        encoding="utf-8",
    )
    with pytest.raises(ArticleError, match="has no title before its first question"):
        article_from_file(article)
