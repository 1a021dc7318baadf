"""Whatever `studio new` takes, `studio run` builds, `studio check` finds without an error, and
`studio publish` brings to where listeners are: of articles that nobody thought of.
"""

from __future__ import annotations

import html
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from support import fake_engine
from support.fake_engine import Line
from support.made_sounds import speechlike, write_wav
from support.small_show import make_show

from studio.alignment import passages
from studio.alignment.term_similarity import lemmas_of
from studio.cli import main

LENGTH_S = 16.0
# Each example is a whole run. More of them: `pytest --hypothesis-seed`.
EXAMPLES = 4


class Case(NamedTuple):
    """An article, what else is said to `studio new`, and what is heard."""

    article: str
    suffix: str
    options: tuple[str, ...]
    heard: tuple[str, ...]


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound")
    sound = speechlike(LENGTH_S, rate_hz=16_000, seed=3)
    return write_wav(folder / "son.wav", sound, rate_hz=16_000)


anything = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=40)
sentences = st.one_of(
    st.sampled_from(
        [
            "Nous avons ouvert en 2003, avec 1 200 € & deux <b>amis</b>.",
            "C’est « tout » ; rien d’autre…",
            "Voir [le site](https://exemple.test/a?b=1&c=2) ou *rien*.",
            "e\u0301te\u0301, 💬, \u202egauche\u202c, 50 %, \\, _ et `code`.",
            "Un mot " * 60,
            "Est-ce que ça valait le coup ?",
            "Nous étions **sept**, [b]très[/b] <strong>seuls</strong>.",
        ]
    ),
    anything,
)
names = st.sampled_from(
    ["Zoé Œuvrard", "Jean-Pierre de La Tour", "李 明", "Anne O’Neil & fils", "A", "Xavier " * 20]
)
titles = st.one_of(
    st.builds("3 questions à {}".format, names),
    st.builds(
        "Épisode {} – 3 questions à {} : « {} »".format, st.integers(1, 9999), names, anything
    ),
    st.builds(
        "Saison {}\n\nÉpisode {}\n\n3 questions à…\n\n{}".format,
        *[st.integers(0, 70_000)] * 2,
        names,
    ),
    st.builds("{}, {} : « {} »".format, names, names, anything),
    st.builds("{}, saunière en Camargue".format, names),
    st.builds("3 questions à… #{} – {}".format, st.integers(0, 99), names),
    st.builds("Saison {} | 3 questions à {}".format, st.integers(0, 99), names),
    st.builds("Zoom sur {} et {}".format, names, names),
    st.sampled_from(["Bande-annonce", "Bonus : les coulisses", "Sans titre", "Zoé Œuvrard"]),
    anything,
)
# What stands around an interview, above it and under it.
surroundings = st.sampled_from(
    [
        "Chapô : Elle est d’ici.",
        "Publié le 3 mai 2026 par Anne Lefèvre",
        "(Photo DR)",
        "Statut : Publié\n\nDate : 3 mai 2026",
        "Propos recueillis par Anne Lefèvre",
        "Anne Lefèvre",
        "https://exemple.test/",
        "#mer #voile",
        "À propos de l’auteur\n\nElle écrit.",
        "* Une note.",
        "Pour en savoir plus",
        "P.-S.",
        "Anne Lefèvre en bref",
        "Tél. : 04 91 00 00 00",
        "💬 Merci Zoé !",
        "-- \nAnne Lefèvre",
        "Vous aimerez aussi",
        "Elle a tout repris. Propos recueillis par Anne Lefèvre.",
        "Elle a tout repris. Comment fait-on du sel quand le climat change ?",
    ]
)
questions = st.builds("{} ?".format, st.one_of(st.just("Comment avez-vous commencé"), anything))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    suffix = draw(st.sampled_from([".txt", ".md", ".html"]))
    marks = ["💬 ", "Q : ", "", "1. ", "– ", "[00:12] Medinsoft : ", "Medinsoft › ", "<strong>"]
    mark = draw(st.sampled_from(marks))
    before = "## " if suffix == ".md" else ""
    parts = [f"{'# ' if suffix == '.md' else ''}{draw(titles)}"]
    parts += draw(st.lists(st.one_of(sentences, surroundings), max_size=2))
    asked = draw(st.lists(questions, max_size=3))
    for question in asked:
        parts += [f"{before}{mark}{question}", *draw(st.lists(sentences, min_size=1, max_size=2))]
    parts += draw(st.lists(surroundings, max_size=2))
    options = draw(
        st.sampled_from(
            [
                ("--guest", "Zoé Œuvrard"),
                ("--guest", "Zoé Œuvrard", "--guest", "Anne & Cie", "--number", "7"),
                ("--guest", "Zoé", "--type", "bonus"),
                ("--type", "trailer"),
                (),
            ]
        )
    )
    heard = draw(
        st.lists(st.sampled_from(["Bonjour à tous.", "Voilà, merci.", *asked]), max_size=4)
    )
    text = "\n\n".join(parts) + "\n"
    if suffix == ".html":
        text = "".join(f"<p>{html.escape(part)}</p>" for part in text.split("\n\n"))
    return Case(text, suffix, options, tuple(heard))


@pytest.mark.parametrize("terms", [lemmas_of, passages._terms])
def test_digits_that_make_no_number_are_words(terms: Callable[[str], list[str]]) -> None:
    assert {"¹", "②"} <= set(terms("¹ voir la note ② 12"))


def lines_of(heard: tuple[str, ...]) -> Iterator[Line]:
    """The sentences one after the other, from the first second on."""
    each_ms = 14_000 // max(1, len(heard))
    for number, text in enumerate(heard):
        if text.split():
            yield None, 1000 + number * each_ms, 1000 + (number + 1) * each_ms - 200, text


@pytest.mark.slow
@given(case=cases())
@example(case=Case("Bande-annonce\n", ".txt", ("--type", "trailer"), ()))
@example(
    case=Case("# 3 questions à Zoé Œuvrard\n\n## Où ?\n\nIci.\n", ".md", (), ("Bonjour à tous.",))
)
@settings(
    max_examples=EXAMPLES,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_what_new_takes_can_be_published(case: Case, recording: Path) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        with pytest.MonkeyPatch.context() as patch:
            fake_engine.install(patch, lambda: tuple(lines_of(case.heard)))
            take_all_the_way(case, recording, folder)
    finally:
        shutil.rmtree(folder)


def take_all_the_way(case: Case, recording: Path, folder: Path) -> None:
    show = make_show(folder / "show", extra='[publish]\ndestination = "../public"\n')
    article = folder / f"article{case.suffix}"
    article.write_text(case.article, encoding="utf-8")

    def studio(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(main, ["-C", str(show.root), *words], catch_exceptions=False)
        return result.exit_code, result.output

    date = ("--published", "2026-01-15T06:00:00+01:00")
    files = ("--article", str(article), "--recording", str(recording))
    code, told = studio("new", *files, *case.options, *date)
    if code:
        assert "→" in told, told
        assert show.slugs() == ()
        return
    for words in (("run",), ("check",), ("publish",)):
        code, told = studio(*words)
        assert code == 0, (words, told)
    assert (folder / "public" / "feed.xml").is_file()
