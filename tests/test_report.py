"""Both texts of an episode on one page: what is said in them, what differs, what to check; and
nobody's text is run.
"""

from __future__ import annotations

import wave
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from support.aligned import aligned
from support.interviews import (
    INTERVIEWS,
    article_of,
    said_transcript,
    truth_of,
    with_exchanges,
)
from support.judges import ask_axe, ask_html_validate, ask_w3c, title_in_chromium
from support.small_show import SLUG, copied

from studio.article.names import names_from_article
from studio.cli import main
from studio.model.article import Article, Exchange, Paragraph
from studio.model.clock import Programme, RecordingMs, Span
from studio.model.episode import Episode
from studio.model.record import bytes_from_record, replace_fields
from studio.model.transcript import Correction, Suggestion
from studio.model.turns import sentences_of
from studio.report.compare import TextComparison, compare_texts, heard_transcript
from studio.report.page import Report, report_page
from studio.workspace.layout import Workspace
from studio.workspace.sources import ShowSources

HOSTILE = (
    "</title></script><script>alert(1)</script><img src=x onerror=alert(1)>\"' ]]> & {{ 7*7 "
    "}} {% endblock %}"
)


def compared(
    interview: str, change: Callable[[Article], Article] = lambda article: article
) -> TextComparison:
    """A changed article against what was really said."""
    article, transcript = (
        change(article_of(interview)),
        said_transcript(truth_of(interview)["utterances"]),
    )
    return compare_texts(
        article, transcript, aligned(transcript, article), names_from_article(article)
    )


def rewritten(old: str, new: str) -> Callable[[Article], Article]:
    """The article with something else in its answers."""

    def change(article: Article) -> Article:
        def exchanges(before: tuple[Exchange, ...]) -> Iterator[Exchange]:
            for exchange in before:
                answer = tuple(
                    replace_fields(one, text=one.text.replace(old, new)) for one in exchange.answer
                )
                yield replace_fields(exchange, answer=answer)

        changed = with_exchanges(article, exchanges)
        assert changed != article, old
        return changed

    return change


# --- how much of each is in the other


@pytest.mark.parametrize("interview", INTERVIEWS)
def test_true_articles_differ_in_no_name_number_or_negation(interview: str) -> None:
    assert compared(interview).differences == ()


def test_an_article_that_has_everything_is_the_equivalent_of_the_sound() -> None:
    comparison = compared("002-stephane-soto")
    assert (comparison.equivalent, comparison.coverage.verbatim, comparison.coverage.printed) == (
        "full",
        1.0,
        1.0,
    )
    assert comparison.unprinted == ()


@pytest.mark.parametrize(
    ("interview", "left_out"),
    [("atelier", "formation technique"), ("radio", "tunnel"), ("table", "premiers inscrits")],
)
def test_an_exchange_that_was_left_out_is_found_and_the_article_is_no_equivalent(
    interview: str, left_out: str
) -> None:
    comparison = compared(interview)
    unprinted = " ".join(one.text for stretch in comparison.unprinted for one in stretch.said)
    assert left_out in unprinted
    assert comparison.equivalent == "partial"
    assert 0.7 < comparison.coverage.printed < 0.95
    assert comparison.coverage.reworded > 0.8


def test_shares_add_up_and_every_paragraph_is_there() -> None:
    for interview in INTERVIEWS:
        article, comparison = article_of(interview), compared(interview)
        cover = comparison.coverage
        assert cover.verbatim + cover.reworded + cover.unheard == pytest.approx(1, abs=0.002)
        places = [(one.exchange, one.paragraph) for one in comparison.paragraphs]
        assert places == [
            (e.number, number) for e in article.exchanges for number in range(len(e.answer) + 1)
        ]


def test_a_sentence_that_was_never_said_is_marked_and_its_paragraph_is_still_heard() -> None:
    invented = "Nous avons aussi ouvert un bureau à Tokyo avec douze salariés."
    comparison = compared(
        "002-stephane-soto",
        rewritten("Nous étions loin des Gafam.", f"Nous étions loin des Gafam. {invented}"),
    )
    unheard = [
        sentence.text
        for one in comparison.paragraphs
        for sentence in one.sentences
        if sentence.kind == "unheard"
    ]
    assert unheard == [invented]
    assert 0.01 < comparison.coverage.unheard < 0.04
    assert {(one.kind, one.item) for one in comparison.differences} == {
        ("name", "Tokyo"),
        ("number", "douze"),
    }


def test_another_article_is_not_heard_at_all() -> None:
    comparison = compared("002-stephane-soto", lambda _: article_of("radio"))
    assert comparison.coverage.unheard == 1.0
    assert comparison.coverage.printed < 0.3
    assert comparison.equivalent == "partial"
    assert comparison.differences == ()


def test_what_was_cut_out_was_not_said_in_the_episode() -> None:
    transcript = said_transcript(truth_of("atelier")["utterances"])
    kept = Programme(
        kept=(
            Span(start_ms=RecordingMs(0), end_ms=RecordingMs(69_000)),
            Span(start_ms=RecordingMs(78_500), end_ms=RecordingMs(122_000)),
        )
    )
    heard = heard_transcript(transcript, kept)
    article = article_of("atelier")
    comparison = compare_texts(
        article, heard, aligned(transcript, article), names_from_article(article)
    )
    assert "formation technique" not in " ".join(
        one.text for stretch in comparison.unprinted for one in stretch.said
    )
    assert [one.kind for one in comparison.paragraphs if one.exchange == 3] == [
        "unheard",
        "unheard",
    ]


# --- what differs


@pytest.mark.parametrize(
    ("old", "new", "kind", "item", "said"),
    [
        ("Stéphane Paoli", "Jacques Durand", "name", "Jacques Durand", "Stéphane Paoli"),
        ("Stéphane Paoli", "Stéphane Paolini", "name", "Stéphane Paolini", "Stéphane Paoli"),
        ("en 2015", "en 2014", "number", "2014", "2015"),
        ("En 13 ans", "En 15 ans", "number", "15", "13 ans"),
        ("fin 2003", "fin 2013", "number", "2013", "2003"),
        ("cinq semaines", "six semaines", "number", "six", "cinq"),
        (
            "Nous avons été très heureux",
            "Nous n’avons jamais été très heureux",
            "negation",
            "jamais",
            "Nous avons été",
        ),
        (
            "Je reste très attaché",
            "Je ne reste plus très attaché",
            "negation",
            "plus",
            "reste très attaché",
        ),
        ("ne baisse pas les bras", "baisse les bras", "negation", "pas", "ne baisse pas"),
    ],
)
def test_each_lie_of_the_article_is_told_with_what_was_said(
    old: str, new: str, kind: str, item: str, said: str
) -> None:
    (difference,) = compared("002-stephane-soto", rewritten(old, new)).differences
    assert (difference.kind, difference.item) == (kind, item)
    assert said in difference.said
    assert difference.start_ms < difference.end_ms


def test_the_same_number_written_otherwise_is_no_difference() -> None:
    for old, new in (
        ("cinq semaines", "5 semaines"),
        ("En 13 ans", "En treize ans"),
        ("en 2015", "en deux mille quinze"),
    ):
        assert compared("002-stephane-soto", rewritten(old, new)).differences == ()


WORDS = st.sampled_from(
    (
        "lycée samedi voisins Martigues 2016 40 ne pas de la quarante on et poste jamais lune ! …"
    ).split()
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(WORDS, max_size=30).map(" ".join),
    st.lists(
        st.tuples(st.sampled_from("IG"), st.lists(WORDS, min_size=1, max_size=12)), max_size=8
    ),
)
def test_any_two_texts_can_be_compared(text: str, said: list[tuple[str, list[str]]]) -> None:
    article = Article(
        title="x",
        exchanges=(Exchange(number=1, question="Martigues ?", answer=(Paragraph(text=text),)),),
    )
    lines = [
        {"speaker": who, "start": 5.0 * at, "end": 5.0 * at + 4, "text": " ".join(words)}
        for at, (who, words) in enumerate(said)
    ]
    transcript = said_transcript(lines)
    comparison = compare_texts(article, transcript, aligned(transcript, article), ["Martigues"])
    assert 0 <= comparison.coverage.printed <= 1
    stretches = [moment for one in comparison.unprinted for moment in (one.start_ms, one.end_ms)]
    assert stretches == sorted(stretches)
    assert all(one.start_ms <= one.end_ms for one in comparison.differences)


def test_sentences_lose_no_word() -> None:
    text = "Que fait-on ? Rien ! M. Paoli, dit-il, est là. « Oui. » Et après…"
    assert sentences_of(text) == (
        "Que fait-on ?",
        "Rien !",
        "M. Paoli, dit-il, est là.",
        "« Oui. »",
        "Et après…",
    )
    assert sentences_of("") == ()


# --- the page


def report_of(
    interview: str, change: Callable[[Article], Article] = lambda article: article
) -> Report:
    article, transcript = (
        change(article_of(interview)),
        said_transcript(truth_of(interview)["utterances"]),
    )
    first = transcript.segments[4]
    corrections = (
        Correction(
            segment=first.id,
            word=0,
            heard="alor",
            text=first.words[0].text,
            reason="wording",
            score=0.94,
        ),
        Correction(
            segment=first.id,
            word=1,
            heard="eux",
            text=first.words[1].text,
            reason="name",
            score=0.75,
        ),
    )
    return Report(
        show_title="3 questions à…",
        language="fr",
        episode=Episode(
            number=2,
            guid="g",
            title="Stéphane Soto, les débuts",
            guests=("Stéphane Soto",),
            recording="recording.flac",
            published=datetime(2026, 12, 1, 8, tzinfo=UTC),
            notice="Voix de synthèse.",
        ),
        article=article,
        transcript=replace_fields(transcript, corrections=corrections),
        alignment=aligned(transcript, article),
        programme=Programme(
            kept=(Span(start_ms=RecordingMs(0), end_ms=RecordingMs(216_000)),), opening_ms=3000
        ),
        names=names_from_article(article),
        audio="002.mp3",
        transcript_note="Transcription automatique, non relue.",
    )


def plain(tag: Tag | BeautifulSoup | None) -> str:
    assert tag is not None
    return " ".join(tag.get_text(" ").split())


LYING = report_of("002-stephane-soto", rewritten("En 13 ans", "En 15 ans"))
PAGE = BeautifulSoup(report_page(LYING), "lxml")


def test_the_page_is_french_has_both_texts_whole_and_tells_the_figures() -> None:
    assert PAGE.html is not None
    assert PAGE.html["lang"] == "fr"
    published = " ".join(plain(one) for one in PAGE.select(".published"))
    for exchange in LYING.article.exchanges:
        for paragraph in exchange.answer:
            for word in paragraph.text.replace("'", "’").split():
                assert word in published
    assert "Presque" in plain(PAGE.select_one(".equivalence"))
    assert plain(PAGE.select_one(".figures")).startswith("de l’article, mot pour mot 100 %")
    assert "1er décembre 2026" in plain(PAGE.header)
    assert len(PAGE.select("figure rect")) > 20


def test_every_time_plays_the_episode_on_its_own_clock() -> None:
    links = PAGE.select("a.hear")
    assert len(links) > 15
    for link in links:
        assert link["href"] == f"002.mp3#t={link['data-start']},{link['data-end']}"
    # The answer starts at 12.717 s of the recording; the opening lasts 3 s.
    assert PAGE.select(".said .hear")[1]["data-start"] == "15.717"


def test_doubts_and_corrections_are_listed() -> None:
    doubts = [plain(row) for row in PAGE.select("#verifier ~ table tbody tr")]
    assert any(
        row.startswith("Nombre différent") and "En 15 ans" in row and "En 13 ans" in row
        for row in doubts
    )
    # The gravest first.
    number = next(place for place, row in enumerate(doubts) if row.startswith("Nombre"))
    wording = next(place for place, row in enumerate(doubts) if row.startswith("Mots différents"))
    assert number < wording
    changes = [plain(row) for row in PAGE.select("#corrections ~ table tbody tr")]
    assert [row.partition(" ")[0] for row in changes] == ["eux", "alor"]
    assert "75 %" in changes[0]
    assert "nom" in changes[0]


def test_nobodys_text_is_run() -> None:
    article = Article(
        title=HOSTILE,
        quote=HOSTILE,
        exchanges=(
            Exchange(
                number=1, question=HOSTILE, answer=(Paragraph(text=HOSTILE, speaker=HOSTILE),)
            ),
        ),
    )
    transcript = said_transcript(
        [
            {"speaker": "I", "start": 0, "end": 4, "text": HOSTILE},
            {"speaker": HOSTILE, "start": 5, "end": 9, "text": HOSTILE},
        ]
    )
    correction = Correction(
        segment="s0001", word=0, heard=HOSTILE, text=HOSTILE, reason=HOSTILE, score=0.5
    )
    hostile = replace_fields(
        LYING,
        show_title=HOSTILE,
        article=article,
        transcript=replace_fields(transcript, corrections=(correction,)),
        alignment=aligned(transcript, article),
        episode=replace_fields(LYING.episode, title=HOSTILE, notice=HOSTILE, guests=(HOSTILE,)),
        audio="a b'\"><script>.mp3",
        transcript_note=HOSTILE,
    )
    soup = BeautifulSoup(report_page(hostile), "lxml")
    assert len(soup.select("script")) == 1
    assert not soup.select("[onerror], img")
    assert "{{ 7*7 }}" in plain(soup.select_one(".lede"))


def test_the_page_loads_nothing_from_elsewhere_and_is_always_the_same() -> None:
    text = report_page(LYING)
    assert "http" not in text
    assert not PAGE.select("link, img, script[src]")
    assert report_page(LYING) == text


# --- the command


@pytest.fixture
def show(built_show: Workspace, tmp_path: Path) -> Workspace:
    return copied(built_show, tmp_path / "émission")


def studio_says(workspace: Workspace, *words: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, ["-C", str(workspace.root), *words])
    assert result.exit_code == code, result.output
    return result.output


def test_the_command_writes_a_page_beside_the_sound(show: Workspace) -> None:
    told = studio_says(show, "report", SLUG)
    path = show.episode(SLUG).report
    assert str(path) in told
    soup = BeautifulSoup(path.read_text(encoding="utf-8"), "lxml")
    assert (path.parent / str(soup.select("audio")[0]["src"])).is_file()
    assert "Question introuvable" in plain(soup.select_one("#verifier ~ table"))
    assert "La lune est un satellite naturel" in " ".join(
        plain(mark) for mark in soup.select("mark")
    )
    pictures = soup.select("#le-son ~ figure")
    assert [str(picture.select_one("title").string)[:4] for picture in pictures] == [  # type: ignore[union-attr]
        "Qui ",
        "Soni",
        "Brui",
    ]
    assert "pour une cible de −19,0 LUFS" in plain(pictures[1].select_one("figcaption"))
    assert studio_says(show, "status").count("fresh") > 0


def test_what_was_not_sure_enough_is_told_after_an_edit_as_well(show: Workspace) -> None:
    files = show.episode(SLUG)
    transcript = ShowSources(show).episode(SLUG).transcript()
    segment = transcript.segments[-1]
    word = replace_fields(segment.words[-1], text="vialtate", probability=0.1)
    segment = replace_fields(segment, words=(*segment.words[:-1], word))
    transcript = replace_fields(transcript, segments=(*transcript.segments[:-1], segment))
    machine = replace_fields(
        transcript,
        suggestions=(
            Suggestion(
                start_ms=word.start_ms,
                end_ms=word.end_ms,
                heard=word.text,
                text="Vialatte",
                score=0.5,
            ),
        ),
    )
    files.machine_transcript.write_bytes(bytes_from_record(machine))
    files.transcript.write_bytes(bytes_from_record(replace_fields(transcript, suggestions=())))
    studio_says(show, "report", SLUG)
    soup = BeautifulSoup(files.report.read_text(encoding="utf-8"), "lxml")
    assert "Vialatte" in plain(soup.select_one("#verifier ~ table"))


def test_without_an_episode_it_says_what_to_do(show: Workspace) -> None:
    show.episode(SLUG).mp3.unlink()
    assert f" run {SLUG}`" in studio_says(show, "report", SLUG, code=1)
    assert not show.episode(SLUG).report.exists()
    assert "is not an episode" in studio_says(show, "report", "404", code=1)


# --- judges


def write_page(folder: Path, report: Report = LYING) -> Path:
    path = folder / "report.html"
    path.write_text(report_page(report), encoding="utf-8")
    return path


@pytest.mark.judge
def test_the_html_is_valid(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    pages = [write_page(tmp_path), write_page(tmp_path / "other", report_of("table"))]
    assert ask_w3c(*pages) == ""
    assert ask_html_validate(pages, tmp_path) == ""


@pytest.mark.judge
def test_the_html_is_valid_with_pictures_of_the_sound(show: Workspace, tmp_path: Path) -> None:
    studio_says(show, "report", SLUG)
    path = show.episode(SLUG).report
    assert ask_w3c(path) == ""
    assert ask_html_validate([path], tmp_path) == ""


@pytest.mark.judge
@pytest.mark.parametrize(
    "options",
    [
        ["--window-size=1280,1000"],
        ["--window-size=400,900", "--blink-settings=preferredColorScheme=0"],
    ],
)
def test_axe_finds_no_barrier_wide_and_light_narrow_and_dark(
    tmp_path: Path, options: list[str]
) -> None:
    passed, barriers = ask_axe(write_page(tmp_path), tmp_path, *options)
    assert passed > 15
    assert barriers == []


@pytest.mark.judge
def test_in_a_browser_a_click_plays_from_a_file(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "sound.wav"), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(2 * 8000 * 60))
    page = write_page(tmp_path, replace_fields(LYING, audio="sound.wav"))
    probe = """
        addEventListener("load", () => {
          const audio = document.querySelector("audio");
          const link = document.querySelectorAll(".said .hear")[1];
          link.click();
          document.title = JSON.stringify([audio.currentTime, link.getAttribute("aria-current"), location.pathname.endsWith(".html")]);
        });"""
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("</body>", f"<script>{probe}</script></body>"), encoding="utf-8")
    assert title_in_chromium(page.as_uri(), tmp_path) == [15.717, "true", True]
