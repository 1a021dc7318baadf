"""Articles that came as a letter or a message: the greeting is never their title."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.small_interview import ANSWERED, ASKED, read, told

from studio.errors import ArticleError

TURNS = "\n\n".join(f"{asked}\n{said}" for asked, said in zip(ASKED, ANSWERED, strict=True))
# « Bonjour Paris » may be a title with a subtitle: what follows tells a name from a place.
CALLS = ("Hello Camille", "Salut Basile ! 👋", "Bonjour Maud Le Bihan")
GREETINGS = (
    "Bonjour Camille,",
    "Cher Basile,",
    "Chère Madame,",
    "Chers toutes et tous,",
    "Madame, Monsieur,",
    "Monsieur le Maire,",
    "Bonjour à toutes et à tous",
    "Bonsoir !",
    "Re-bonjour,",
    "Bonjour Madame la Maire",
)
HEADER = (
    "De : Paul Vidal <p@exemple.fr>\nÀ : Camille <c@exemple.fr>\nObjet : Re: Le café du port\n\n"
)


@pytest.mark.parametrize("greeting", [*GREETINGS, *CALLS])
def test_a_greeting_is_no_title(tmp_path: Path, greeting: str) -> None:
    with pytest.raises(ArticleError, match="has no title before its first question"):
        read(tmp_path, f"{greeting}\n\n{TURNS}\n")


@pytest.mark.parametrize(
    ("greeting", "letter"),
    [
        *((greeting, "") for greeting in GREETINGS),
        *((greeting, "Comme convenu, voici le texte.\n\n") for greeting in (*GREETINGS, *CALLS)),
    ],
)
def test_the_title_is_under_the_greeting(tmp_path: Path, greeting: str, letter: str) -> None:
    article = read(tmp_path, f"{greeting}\n\n{letter}Le café du port\n\n{TURNS}\n").article
    assert (article.title, article.preamble) == ("Le café du port", ())
    assert told(article) == list(zip(ASKED, ANSWERED, strict=True))


@pytest.mark.parametrize("greeting", ["", *GREETINGS, *CALLS])
def test_the_subject_is_the_title_where_there_is_no_other(tmp_path: Path, greeting: str) -> None:
    article = read(tmp_path, f"{HEADER}{greeting}\n\n{TURNS}\n").article
    assert (article.title, article.preamble) == ("Le café du port", ())
    titled = read(tmp_path, f"{HEADER}{greeting}\n\nUn café\n\n{TURNS}\n").article
    assert (titled.title, titled.preamble) == ("Un café", ())


@pytest.mark.parametrize(
    "title",
    [
        "Salut les cloches",
        "Bonjour tristesse",
        "Chers voisins",
        "Bonjour Paris",
        "Salut la compagnie",
        "Monsieur le maire",
    ],
)
def test_a_title_may_begin_like_a_greeting(tmp_path: Path, title: str) -> None:
    introduction = "Un café rouvre, place aux Huiles."
    article = read(tmp_path, f"{title}\n\n{introduction}\n\n{TURNS}\n").article
    assert (article.title, article.introduction) == (title, (introduction,))
    headed = read(tmp_path, f"# {title}\n\n{TURNS}\n", ".md").article
    assert headed.title == title


def test_a_greeting_names_nobody(tmp_path: Path) -> None:
    article = read(tmp_path, f"Un café\n\nSalut Maud ! Tu me racontes.\n\n{TURNS}\n").article
    assert article.guests == ()
    article = read(tmp_path, f"Un café\n\nBonjour Maud Le Bihan.\n\n{TURNS}\n").article
    assert "Bonjour Maud Le Bihan" not in article.guests
