"""What is said about files that are no article."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.article import read
from studio.article.read import article_from_file, article_from_markdown
from studio.errors import ArticleError


def refusal(path: Path) -> ArticleError:
    with pytest.raises(ArticleError) as caught:
        article_from_file(path)
    assert str(path) in caught.value.where
    assert caught.value.remedy.endswith(".")
    return caught.value


def test_missing_file_and_folder(tmp_path: Path) -> None:
    assert refusal(tmp_path / "n’est pas là.txt").what == "does not exist"
    assert refusal(tmp_path).what == "is a folder"


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("a.doc", "save it as .docx"),
        ("a.ODT", "save it as .docx"),
        ("a.pdf", "save it as .docx"),
        ("a.mhtml", "save it as HTML"),
        ("a", ".html"),
    ],
)
def test_other_kinds_of_file(tmp_path: Path, name: str, remedy: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"\xd0\xcf\x11\xe0")
    assert remedy in refusal(path).remedy


@pytest.mark.parametrize("suffix", [".txt", ".md", ".docx", ".html", ".HTM"])
def test_empty_files(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"un article{suffix}"
    path.write_bytes(b"")
    assert refusal(path).what == "is empty"


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    for name, size_bytes in (("a.txt", 5 * 1024**2), ("a.html", 65 * 1024**2)):
        path = tmp_path / name
        with path.open("wb") as file:
            file.truncate(size_bytes)
        assert "too much" in refusal(path).what


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_text("💬", encoding="utf-8")

    def deny(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(read, "read_file", deny)
    assert refusal(path).what == "cannot be read (Permission denied)"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Titre\n\nUn texte sans question.\n", "no question was found among its 2 paragraphs"),
        (
            "# Titre\n\n## 💬 Une ?\n\n## 💬 Deux ?\n\nOui.\n",
            "the question « Une ? » has no answer",
        ),
        (
            "# Titre\n\n## 💬 Une ?\n\nOui.\n\n## 💬 Deux\n\n* * *\n",
            "the question « Deux » has no answer",
        ),
        ("## 💬 Une ?\n\nOui.\n", "has no title before its first question"),
        ("---\n\n***\n", "holds no text"),
    ],
)
def test_texts_that_are_no_interview(text: str, what: str) -> None:
    with pytest.raises(ArticleError) as caught:
        article_from_markdown(text, "article.md")
    assert caught.value.what == what


def test_a_question_without_an_answer_is_found_by_its_line() -> None:
    with pytest.raises(ArticleError, match="line 7"):
        article_from_markdown("# Titre\n\n## 💬 Une ?\n\nOui.\n\n## 💬 Deux ?\n", "article.md")


def test_the_same_question_twice_is_two_questions() -> None:
    article = article_from_markdown(
        "# Titre\n\n## 💬 Et ?\n\nOui.\n\n## 💬 Et ?\n\nNon.\n", "article.md"
    )
    assert [(exchange.number, exchange.question) for exchange in article.exchanges] == [
        (1, "Et ?"),
        (2, "Et ?"),
    ]
