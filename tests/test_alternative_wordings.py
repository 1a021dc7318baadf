"""A passage is heard again for itself: what else may have been said there is offered, and taken by
a person only.
"""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect, sync_playwright
from support.edit_session import PARTS, make_episode, served, sources_of, transcript_on_disk, way_in
from support.editor_page import eventually, written
from support.judges import need
from support.manuscript_page import box_of
from support.spoken import transcript_from_lines

from studio.alignment.nearby import NEAR_WORDS, PrintedPlaces
from studio.alignment.word_pairs import pairs_of
from studio.editor import alternative_wordings
from studio.editor.alternative_wordings import (
    BEFORE_MS,
    AlternativeWordings,
    PassageRequest,
    window_around,
)
from studio.editor.cached_samples import CachedSamples
from studio.errors import ConflictError, StudioError
from studio.model.alignment import ExchangeAlignment
from studio.model.clock import RecordingMs
from studio.model.record import record_from_bytes
from studio.model.transcript import Transcript
from studio.speech.alternatives import (
    MAX_ALTERNATIVES,
    MAX_HOMOPHONES,
    PassageToDecode,
    distinct_wordings,
    homophone_wordings,
    wording_in,
)

TRANSCRIPT = record_from_bytes(
    (PARTS / "transcript.json").read_bytes(), Transcript, "transcript.json"
)


def asked_about(transcript: Transcript, text: str) -> PassageRequest:
    """A question about words that stand once in the transcript."""
    wanted = text.split()
    for segment in transcript.segments:
        texts = [word.text for word in segment.words]
        for first in range(len(texts)):
            if texts[first : first + len(wanted)] == wanted:
                return PassageRequest(segment=segment.id, first=first, was=text)
    raise AssertionError(text)


@pytest.mark.parametrize(
    ("heard", "wording"),
    [
        ("Aujourd'hui, je suis à Martigues dans une ancienne poste", "à Martigues"),
        # Heard as it stands, or not at all.
        ("Aujourd'hui, je suis amartique dans une ancienne poste", ""),
        ("Aujourd'hui, je suis dans une ancienne poste", ""),
        # A text that begins and ends elsewhere.
        ("bienvenue. Aujourd'hui, je suis Amar, tique dans une ancienne poste et", "Amar, tique"),
        ("je suis allé à Martigues dans une", "allé à Martigues"),
    ],
)
def test_what_stands_in_the_place_of_the_passage_is_cut_out(heard: str, wording: str) -> None:
    passage = PassageToDecode(
        before=("Aujourd'hui,", "je", "suis"),
        words=("amartique",),
        after=("dans", "une", "ancienne", "poste"),
    )
    assert wording_in(passage, heard.split()) == wording


def test_the_article_tells_its_words_about_there_in_its_spelling() -> None:
    printed = "Tout change quand le mildiou menace les vignes de l’Étoile".split()
    heard = "Tout change quand le milieu menace les vignes de l'étoile".split()
    filler = [f"mot{place}" for place in range(200)]
    table = ExchangeAlignment(
        number=1,
        first=3,
        heard=(*heard, *filler),
        printed=(*printed, *filler),
        pairs=pairs_of((*heard, *filler), (*printed, *filler)),
    )
    place = PrintedPlaces([table]).of(7, 8)
    assert place
    found = place.terms_about(NEAR_WORDS)
    assert {"mildiou", "menace", "vignes", "Étoile", "mot3"} <= set(found)
    assert {"les", "le", "mot190"}.isdisjoint(found)
    assert PrintedPlaces([table]).of(0, 1) is None
    assert PrintedPlaces([]).of(7, 8) is None


def test_the_marks_at_its_end_stay() -> None:
    passage = PassageToDecode(before=("Le",), words=("millieu,",), after=("arrive",))
    assert wording_in(passage, "Le mildiou. Arrive".split()) == "mildiou,"


def test_a_window_has_the_words_around_and_no_word_in_part() -> None:
    window, passage = window_around(TRANSCRIPT, asked_about(TRANSCRIPT, "amartique"))
    assert passage.words == ("amartique",)
    assert passage.before[-3:] == ("Aujourd'hui,", "je", "suis")
    assert passage.after[:4] == ("dans", "une", "ancienne", "poste")
    words = {word.start_ms: word for word in TRANSCRIPT.words}
    (own,) = (word for word in TRANSCRIPT.words if word.text == "amartique")
    count = len(passage.before)
    inside = [one for one in words.values() if one.start_ms < own.start_ms][-count:]
    assert [one.text for one in inside] == list(passage.before)
    assert own.start_ms - inside[0].start_ms <= BEFORE_MS
    assert window.start_ms <= inside[0].start_ms
    assert window.end_ms - window.start_ms <= 30_000


def test_speech_without_words_beside_them_is_heard_too() -> None:
    transcript = transcript_from_lines(
        [("Anne", 0, 2_000, "Bonjour Paul."), ("Paul", 40_000, 42_000, "Bonjour Anne.")]
    )
    asked = PassageRequest(
        segment=transcript.segments[0].id,
        first=1,
        was="Paul.",
        start_ms=RecordingMs(5_000),
        end_ms=RecordingMs(90_000),
    )
    window, passage = window_around(transcript, asked)
    assert window.start_ms == 0
    assert 24_000 <= window.end_ms <= 30_000  # what Whisper takes at once
    assert (passage.before, passage.words, passage.after) == (("Bonjour",), ("Paul.",), ())


def test_a_window_is_never_longer_than_whisper_takes() -> None:
    lines = [("Anne", at, at + 900, f"mot{at}") for at in range(0, 120_000, 1_000)]
    transcript = transcript_from_lines(lines)
    for start_ms, end_ms in ((0, 120_000), (-(10**12), 10**12), (59_000, 90_000), (None, None)):
        asked = PassageRequest(
            segment=transcript.segments[60].id,
            first=0,
            was="mot60000",
            start_ms=None if start_ms is None else RecordingMs(start_ms),
            end_ms=None if end_ms is None else RecordingMs(end_ms),
        )
        window, passage = window_around(transcript, asked)
        assert 0 <= window.start_ms <= 60_000
        assert window.end_ms >= 60_900
        assert window.end_ms - window.start_ms <= 29_000
        assert passage.words == ("mot60000",)


def test_words_of_half_a_minute_are_too_many() -> None:
    transcript = transcript_from_lines([("Anne", 0, 40_000, "un deux trois quatre")])
    asked = PassageRequest(segment=transcript.segments[0].id, first=0, was="un deux trois quatre")
    with pytest.raises(StudioError, match="too long"):
        window_around(transcript, asked)


def test_three_choices_are_three_wordings() -> None:
    ranked = [
        (-1.0, "Je lui dis ferme"),
        (-2.0, "Je lui dis, ferme"),
        (-2.5, "tu lui dis, ferme."),
        (-3.0, "repart moi à"),
        (-4.0, "repart-moi à"),
        (-5.0, "Je lui dis fermez"),
    ]
    found = distinct_wordings(ranked, ("Tu", "lui", "dis", "ferme"))
    assert [text for _, text in found] == ["Je lui dis ferme", "repart moi à", "Je lui dis fermez"]


def test_words_that_changed_meanwhile_are_not_heard_again() -> None:
    asked = PassageRequest(segment="s0003", first=3, was="à Martigues")
    with pytest.raises(ConflictError):
        window_around(TRANSCRIPT, asked)
    with pytest.raises(ConflictError):
        window_around(TRANSCRIPT, PassageRequest(segment="gone", first=0, was="à"))


def prepared(hearing: AlternativeWordings) -> None:
    """Wait until what a first doubt has loaded is there."""
    hearing.prepare()
    for thread in threading.enumerate():
        if thread.name == "other wordings":
            thread.join()


def test_a_model_that_is_not_there_is_not_fetched_for_whoever_looks_at_doubts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUDIO_MODELS", str(tmp_path / "models"))
    fetched: list[str] = []
    monkeypatch.setattr(alternative_wordings, "fetch_model", fetched.append)
    sources = sources_of(make_episode(tmp_path / "ici"))
    samples = CachedSamples(sources)
    decoded: list[bool] = []
    monkeypatch.setattr(samples, "all", lambda: decoded.append(True))
    prepared(AlternativeWordings(sources, samples))
    assert (fetched, decoded) == ([], [])


@pytest.mark.whisper
def test_the_first_question_waits_for_no_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = sources_of(make_episode(tmp_path / "ici"))
    hearing = AlternativeWordings(sources, CachedSamples(sources))
    prepared(hearing)
    monkeypatch.delattr(alternative_wordings, "scoring_engine")
    found = hearing.alternatives(TRANSCRIPT, asked_about(TRANSCRIPT, "amartique"))
    assert any("Martigue" in one.text for one in found), found


@pytest.mark.parametrize(
    ("words", "wording"),
    [
        ("on est assez fière.", "on est assez fiers."),
        ("content et au", "contents et au"),
        ("Apprenti,", "Apprentie,"),
        ("qu'ils changent.", "qu'il changent."),
    ],
)
def test_words_that_sound_the_same_are_offered_too(words: str, wording: str) -> None:
    found = homophone_wordings(words.split())
    assert wording in found
    assert words not in found
    assert len(found) <= MAX_HOMOPHONES


@pytest.mark.parametrize("word", ["SNCF", "14", "IDF,", "McDonald"])
def test_what_is_no_ordinary_word_has_no_homophone(word: str) -> None:
    assert homophone_wordings([word]) == []


@pytest.mark.whisper
def test_whisper_finds_the_right_word(tmp_path: Path) -> None:
    sources = sources_of(make_episode(tmp_path / "ici"))
    hearing = AlternativeWordings(sources, CachedSamples(sources))
    found = hearing.alternatives(TRANSCRIPT, asked_about(TRANSCRIPT, "amartique"))
    assert any("Martigue" in one.text for one in found), found
    assert len(found) <= MAX_ALTERNATIVES
    assert [one.gain for one in found] == sorted((one.gain for one in found), reverse=True)


@pytest.mark.whisper
@pytest.mark.judge
def test_an_editor_has_a_doubt_heard_again_and_takes_what_was_said(tmp_path: Path) -> None:
    workspace = make_episode(tmp_path / "ici")
    with served(workspace) as (address, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=need("chromium"), args=["--no-sandbox", "--mute-audio"]
        )
        page = browser.new_page()
        page.goto(way_in(address))
        page.wait_for_selector("html[data-ready]")
        for _ in range(60):
            page.keyboard.press("n")
            if "amartique" in page.locator("#doubt-text").inner_text():
                break
        page.keyboard.press("d")
        offered = page.locator("#alternatives-found button", has_text="Martigue")
        expect(offered.first).to_be_visible(timeout=120_000)
        before = transcript_on_disk(workspace)
        assert before == TRANSCRIPT  # nothing is taken unasked
        offered.first.click()
        expect(offered).to_have_count(0)  # the next doubt is heard meanwhile
        page.wait_for_function(
            """async () => {
              const now = await (await fetch('api/changes/0')).json();
              return now.written && JSON.stringify(now).includes("Martigue");
            }"""
        )
        text = transcript_on_disk(workspace).segments[2].text
        assert "Martigue" in text
        assert text.startswith("Aujourd'hui, je suis")
        browser.close()


@pytest.mark.judge
def test_whoever_asked_once_finds_the_next_doubts_heard_already(tmp_path: Path) -> None:
    workspace = make_episode(tmp_path / "ici")
    with served(workspace) as (address, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=need("chromium"), args=["--no-sandbox", "--mute-audio"]
        )
        page = browser.new_page()
        page.goto(way_in(address))
        page.wait_for_selector("html[data-ready]")
        asked: list[str] = []

        def answer(route: Route) -> None:
            asked.append(str(json.loads(route.request.post_data or "{}")["was"]))
            told = {"alternatives": [{"text": f"autrement {len(asked)}", "gain": 1.0}]}
            route.fulfill(body=json.dumps(told))

        page.route("**/api/alternatives", answer)
        page.locator("#pass-filter").select_option("kind:unsure")
        assert asked == []  # nobody has asked
        page.keyboard.press("Escape")
        page.locator("#transcript").focus()
        page.keyboard.press("d")
        offered = page.locator("#alternatives-found button")
        expect(offered).to_be_focused()
        page.keyboard.press("n")
        expect(offered).to_have_text("1 autrement 2 plus probable")
        expect(offered).not_to_be_focused()  # a key of whoever listens does not choose
        page.keyboard.press("d")
        expect(offered).to_be_focused()
        assert len(asked) == 2
        assert transcript_on_disk(workspace) == TRANSCRIPT
        # It can be changed, too: in the field it stands after what is written.
        page.keyboard.press("t")
        was = page.locator("#typed").input_value()
        page.keyboard.press("PageDown")
        expect(page.locator("#typed")).to_have_value("autrement 2")
        page.keyboard.press("PageUp")
        expect(page.locator("#typed")).to_have_value(was)
        page.keyboard.press("Escape")
        page.locator("#pass").focus()
        page.keyboard.press("9")  # no wording has that number, and no voice
        expect(offered).to_be_visible()
        page.keyboard.press("1")
        written(page)
        assert "autrement 2" in " ".join(one.text for one in transcript_on_disk(workspace).segments)


@pytest.mark.judge
def test_words_of_the_text_are_heard_again_and_answered_like_a_doubt(tmp_path: Path) -> None:
    workspace = make_episode(tmp_path / "ici")
    first = TRANSCRIPT.segments[0].words[0].text
    with served(workspace) as (address, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=need("chromium"), args=["--no-sandbox", "--mute-audio"]
        )
        page = browser.new_page()
        page.goto(way_in(address))
        page.wait_for_selector("html[data-ready]")
        asked: list[dict[str, object]] = []

        def answer(route: Route) -> None:
            asked.append(json.loads(route.request.post_data or "{}"))
            route.fulfill(body=json.dumps({"alternatives": [{"text": "Autrement", "gain": 1.0}]}))

        page.route("**/api/alternatives", answer)
        box = box_of(page, 0, 1)
        page.mouse.click(box["left"] + 1, box["y"])
        page.keyboard.press("Alt+d")
        offered = page.locator("#alternatives-found button")
        expect(offered).to_be_focused()
        assert [(one["segment"], one["first"], one["was"]) for one in asked] == [
            (TRANSCRIPT.segments[0].id, 0, first)
        ]
        page.keyboard.press("1")
        written(page)
        texts = transcript_on_disk(workspace)
        assert texts.segments[0].words[0].text == "Autrement"
        assert texts.segments[0].words[1:] == TRANSCRIPT.segments[0].words[1:]
        # Writing goes on at the word, and no doubt was answered.
        expect(page.locator("#doubt")).to_be_hidden()
        page.keyboard.type("Oui ")
        eventually(
            page,
            "async () => (await (await fetch('api/state')).json())"
            ".segments[0].words[0].text === 'Oui'",
        )
        written(page)
        assert transcript_on_disk(workspace).segments[0].text.startswith("Oui Autrement")
        assert page.evaluate("async () => (await (await fetch('api/doubts')).json()).settled") == 0
        # What is typed in the field goes everywhere, too, or nowhere.
        box = box_of(page, 0, 5)
        page.mouse.dblclick(box["left"] + 1, box["y"])
        page.locator("button[data-action=transcribeSelected]").click()
        expect(page.locator("#doubt-text")).to_have_text("Autrement")
        page.keyboard.press("t")
        page.keyboard.press("Control+a")
        page.keyboard.type("Voilà")
        page.keyboard.press("Escape")
        page.locator("#pass").focus()
        page.keyboard.press("g")
        expect(page.locator("#doubt")).to_be_hidden()
        written(page)
        assert transcript_on_disk(workspace).segments[0].text.startswith("Oui Autrement")
        browser.close()
