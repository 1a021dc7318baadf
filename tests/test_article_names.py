"""The names of an article are told whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.article import names
from studio.article.names import names_from_article, rare_words_from_article
from studio.article.read import article_from_file


def names_in(folder: Path, answer: str) -> tuple[str, ...]:
    path = folder / "article.txt"
    path.write_text(
        f"3 questions à Odile Marchand\n💬 Qui avez-vous rencontré ?\n{answer}\n", encoding="utf-8"
    )
    return names_from_article(article_from_file(path))


@pytest.mark.parametrize(
    "name",
    [
        "Ludwig van Beethoven",
        "Ursula von der Leyen",
        "Vincent van den Berg",
        "Giuseppe di Lampedusa",
        "Leonardo da Vinci",
        "Luca della Robbia",
        "Ahmed ben Salah",
        "Omar al Bachir",
        "Myriam el Khomri",
        "Ortega y Gasset",
        "João dos Santos",
        "Charles de Gaulle",
        "Jean de La Fontaine",
        "École du Port",
    ],
)
def test_a_name_with_a_particle_is_one_name(tmp_path: Path, name: str) -> None:
    assert name in names_in(tmp_path, f"Nous avons parlé de {name} pendant une heure.")


@pytest.mark.parametrize("name", ["von Neumann", "van Gogh", "el Khomri", "al Bachir"])
def test_a_particle_before_a_name_belongs_to_it(tmp_path: Path, name: str) -> None:
    assert name in names_in(tmp_path, f"Nous avons relu ensemble {name} hier soir.")


def test_small_words_between_names_and_after_them_do_not_belong_to_them(tmp_path: Path) -> None:
    found = names_in(
        tmp_path,
        "Nous avons vu Martigues et Istres, puis Vitrolles en hiver, et Cassis y est aussi.",
    )
    assert {"Martigues", "Istres", "Vitrolles", "Cassis"} <= set(found)


@pytest.mark.parametrize(
    "start",
    [
        "Faut-il",
        "Méfiez-vous",
        "Racontez-moi tout ce qu’il",
        "Quatre-vingt-sept",
        "Lorsqu’on",
        "Quoiqu’on",
        "Septembre est venu, il",
    ],
)
def test_what_a_sentence_starts_with_is_no_name(tmp_path: Path, start: str) -> None:
    found = names_in(tmp_path, f"Tout est dit. {start} assèche les tourbières.")
    assert found == ("Odile Marchand",)


def test_a_month_with_a_capital_is_no_name(tmp_path: Path) -> None:
    assert names_in(tmp_path, "Rendez-vous le 19 Septembre, un Lundi.") == ("Odile Marchand",)


def test_a_person_may_have_the_name_of_a_month(tmp_path: Path) -> None:
    assert "Avril Lavigne" in names_in(tmp_path, "Puis nous avons reçu Avril Lavigne, le 3 Mars.")


def test_a_long_paragraph_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes before each word was searched from the paragraph's start: 26 s for 40 kB."""
    longest = 0

    class Ends:
        @staticmethod
        def search(text: str) -> object:
            nonlocal longest
            longest = max(longest, len(text))
            return None

    monkeypatch.setattr(names, "_SENTENCE_END", Ends)
    assert "Martigues" in names_in(tmp_path, "Nous avons vu Martigues hier. " * 200)
    assert 0 < longest < 100


def test_the_title_of_a_work_is_one_name(tmp_path: Path) -> None:
    found = names_in(
        tmp_path,
        "Nous jouons un classique, « Les Copains d’abord », et la collecte « Mémoires de poche » "
        "continue. Il m’a dit : « Bon courage à tous ». On appelle ça « la petite ». "
        "Elle a répondu « Nous étions petits », puis « D’accord, on y va ».",
    )
    assert found == ("Odile Marchand", "Les Copains d’abord", "Mémoires de poche")


def test_a_title_between_commas_is_one_name(tmp_path: Path) -> None:
    found = names_in(
        tmp_path,
        "Leur premier album, Vent de terre, paraîtra bientôt. Nous avons joué lundi, Mardi gras, "
        "et à Sète, Lison Maurel, dit-on, y était. Le maire, Paul Arnaud, aussi.",
    )
    assert "Vent de terre" in found
    assert {"Lison Maurel", "Paul Arnaud", "Sète"} < set(found)
    assert not any("gras" in name for name in found)


def test_a_title_in_ordinary_type_that_is_printed_twice_is_one_name(tmp_path: Path) -> None:
    found = names_in(
        tmp_path,
        "Nous montrons La Nuit des tisserandes, un film perdu. Comment avons-nous retrouvé La Nuit "
        "des tisserandes ? À la Région de toute façon, et à la Région de tous les dangers.",
    )
    assert "La Nuit des tisserandes" in found
    assert "La Nuit" not in found
    assert "Région" in found


def test_terms_that_no_dictionary_has_are_looked_for_and_not_told(tmp_path: Path) -> None:
    path = tmp_path / "article.txt"
    path.write_text(
        "3 questions à Odile Marchand\n💬 Que faites-vous ?\n"
        "Les vaches ferrandaises, jusqu’au murderball. Qu’en pensez-vous ?\n",
        encoding="utf-8",
    )
    article = article_from_file(path)
    assert rare_words_from_article(article) == ("ferrandaises", "murderball")
    assert names_from_article(article) == ("Odile Marchand",)


def test_a_compound_of_a_trade_that_comes_back_is_told(tmp_path: Path) -> None:
    found = names_in(
        tmp_path,
        "Le rugby-fauteuil est dur. Vingt-six clubs jouent au rugby-fauteuil, et vingt-six "
        "autres viendront. Qu’en pensez-vous, me dit-on. Et vous, qu’en pensez-vous ?",
    )
    assert found == ("Odile Marchand", "rugby-fauteuil")
