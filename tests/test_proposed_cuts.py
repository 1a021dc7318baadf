"""What may be cut is proposed, heard, and taken by a person only."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page, expect
from support.edit_session import make_episode, sources_of
from support.editor_typing import (
    chromium_fixture,  # noqa: F401 - a fixture
    page_fixture,  # noqa: F401 - a fixture
    settled,
    workspace_fixture,  # noqa: F401 - a fixture
)
from support.spoken import transcript_from_lines

from studio.editor import proxy_job
from studio.editor.cached_samples import CachedSamples
from studio.editor.proposed_cuts import KEPT_PAUSE_MS, proposed_cuts, repeats
from studio.editor.proposed_cuts_job import ProposedCutsJob
from studio.editor.proxy_job import ProxyJob
from studio.model.clock import RecordingMs, Span
from studio.model.record import replace_fields
from studio.model.transcript import Word
from studio.speech.fillers import filler_slots
from studio.workspace.layout import Workspace

RATE_HZ = 16_000


def words_from(text: str) -> list[Word]:
    """One word every 300 ms, 250 ms long."""
    return [
        Word(
            text=word,
            start_ms=RecordingMs(place * 300),
            end_ms=RecordingMs(place * 300 + 250),
            probability=0.9,
        )
        for place, word in enumerate(text.split())
    ]


@pytest.mark.parametrize(
    ("said", "cut"),
    [
        ("je l'ai écrit, euh, je l'ai écrit pour mon grand-père", ["je l'ai écrit,"]),
        ("et le le morceau", ["le"]),
        ("qui est, qui est la variété", ["qui est,"]),
        ("c'est de, de la vigne", ["de,"]),
        # What is meant so.
        ("nous nous voyons et vous vous taisez", []),
        ("jamais, jamais je ne l'ai dit", []),
        ("c'est très très bien, non non", []),
        ("au jour le jour", []),
        ("en 20 20 ans", []),
        ("Il chante. Il chante encore", []),
        ("petit à petit on avance", []),
    ],
)
def test_what_is_begun_and_said_again_is_proposed_once(said: str, cut: list[str]) -> None:
    words = words_from(said)
    found = list(repeats(words))
    assert [one.text for one in found] == cut
    for one in found:
        # What is left begins where it is said again.
        assert any(one.end_ms == word.start_ms for word in words)


def voice(length_ms: int, level: float = 0.2) -> NDArray[np.float64]:
    """A vowel: harmonics of 120 Hz."""
    moment, number = np.arange(length_ms * 16) / RATE_HZ, np.arange(1, 12)[:, None]
    waves = np.sin(2 * np.pi * 120 * number * moment) / number
    sound: NDArray[np.float64] = level * waves.sum(axis=0)
    return sound


def recorded(*parts: tuple[str, int]) -> NDArray[np.int16]:
    """A room with speech, coughs or says nothing, so many ms each."""
    chance = np.random.default_rng(1)
    levels = {"noise": 0.15, "breath": 0.008, "room": 0.002, "voice": 0.002}
    made = [
        chance.normal(0, levels[what], length_ms * 16)
        + (voice(length_ms) if what == "voice" else 0)
        for what, length_ms in parts
    ]
    return (np.clip(np.concatenate(made), -1, 1) * 32_767).astype(np.int16)


def test_a_long_pause_and_a_cough_are_proposed_and_nothing_else() -> None:
    transcript = transcript_from_lines(
        [
            ("Ada", 0, 1000, "Bonjour à tous"),
            ("Ada", 4000, 5000, "voici la suite"),
            ("Ada", 6200, 7000, "et la fin"),
            ("Ada", 8000, 9000, "sans doute aucun"),
            ("Ada", 9800, 10_800, "voilà tout ceci"),
        ]
    )
    samples = recorded(
        ("voice", 1000),
        ("room", 3000),  # a long pause
        ("voice", 1000),
        ("room", 400),
        ("noise", 300),  # a cough
        ("room", 500),
        ("voice", 800),
        ("room", 300),
        ("voice", 400),  # a word that the transcript has not: never a noise
        ("room", 300),
        ("voice", 1000),
        ("room", 200),
        ("breath", 400),
        ("room", 200),
        ("voice", 1000),
    )
    pause, cough = proposed_cuts(transcript, samples, [])
    assert (pause.kind, cough.kind) == ("pause", "noise")
    assert abs(pause.start_ms - (1000 + KEPT_PAUSE_MS)) <= 30
    assert abs(pause.end_ms - (4000 - KEPT_PAUSE_MS)) <= 30
    assert abs(cough.start_ms - 5400) <= 30
    assert abs(cough.end_ms - 5700) <= 30
    # Under music nothing tells a pause.
    music = 6000 * np.sin(np.arange(len(samples)) / 9)
    loud = (samples // 2 + music).astype(np.int16)
    assert proposed_cuts(transcript, loud, []) == []


def test_hesitations_are_those_that_are_written_and_those_that_are_heard() -> None:
    transcript = transcript_from_lines([("Ada", 0, 4000, "Donc euh six sondes, heu... voilà")])
    samples = recorded(("voice", 4000), ("room", 100))
    (euh, heu), heard = (
        [transcript.words[place] for place in (1, 4)],
        Span(start_ms=RecordingMs(1500), end_ms=RecordingMs(1700)),
    )
    found = proposed_cuts(transcript, samples, [heard])
    assert [(cut.kind, cut.start_ms, cut.end_ms) for cut in found] == [
        ("filler", euh.start_ms, euh.end_ms),
        ("filler", 1500, 1700),
        ("filler", heu.start_ms, heu.end_ms),
    ]


def test_there_is_room_for_a_hesitation_where_a_pause_a_mark_or_a_word_like_it_is() -> None:
    said = words_from("Les petits eux, ils vont par eux. Ah non")
    said[-2:] = [replace_fields(word, probability=0.2) for word in said[-2:]]
    rooms = {(room.first, room.last): room.is_alike for room in filler_slots(said)}
    assert rooms == {
        (0, 0): False,
        (2, 3): True,  # « eux, »
        (3, 3): False,
        (7, 7): False,  # not « par eux. », not « Ah »
        (8, 9): False,  # « non », hardly believed
    }
    had = [room.is_alike for room in filler_slots(words_from("on a eu les restes"))]
    assert True not in had
    apart = [said[0], replace_fields(said[1], start_ms=RecordingMs(900))]
    assert (1, 1) in {(room.first, room.last) for room in filler_slots(apart)}


FOUND = """{"state": "done", "share": 1, "what": "", "remedy": "", "cuts": [
  {"kind": "filler", "start_ms": 2000, "end_ms": 2300, "text": "euh"},
  {"kind": "pause", "start_ms": 9000, "end_ms": 11000, "text": ""}]}"""


@pytest.mark.judge
@pytest.mark.parametrize(
    ("fault", "told"),
    [(OSError(28, "No space left on device"), "disk"), (KeyError("mot"), "keyerror")],
)
def test_whatever_ends_a_job_in_the_background_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception, told: str
) -> None:
    def fails(*_: object) -> object:
        raise fault

    sources = sources_of(make_episode(tmp_path))
    search = ProposedCutsJob(sources, CachedSamples(sources))
    monkeypatch.setattr(CachedSamples, "all", fails)
    monkeypatch.setattr(proxy_job, "playable_recording", fails)
    search.start(sources.transcript())
    copy = ProxyJob(sources)
    copy.sound()
    for _ in range(600):
        if search.search().state != "listening" and copy._sound.state != "making":
            break
        time.sleep(0.1)
    for ended in (search.search(), copy._sound):
        assert (ended.state, told in ended.what.lower(), bool(ended.remedy)) == (
            "failed",
            True,
            True,
        )
        assert "mot" not in ended.what


@pytest.mark.judge
def test_each_is_heard_taken_and_given_back_with_one_key(page: Page, workspace: Workspace) -> None:
    page.route("**/api/proposed_cuts", lambda route: route.fulfill(body=FOUND))
    page.locator("#transcript").focus()
    page.keyboard.press("h")
    lines = page.locator("#proposed-cuts li")
    expect(lines).to_have_count(2)
    expect(lines.first).to_have_attribute("aria-current", "true")
    assert sources_of(workspace).episode.cuts == ()  # nothing unasked
    page.keyboard.press("F2")
    settled(page)
    (cut,) = sources_of(workspace).episode.cuts
    assert (cut.start_ms, cut.end_ms, cut.reason) == (2000, 2300, "hésitation")
    page.keyboard.press("h")
    page.keyboard.press("F2")
    settled(page)
    assert [cut.start_ms for cut in sources_of(workspace).episode.cuts] == [2000, 9000]
    expect(lines.nth(1).locator("[aria-pressed]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("F2")
    settled(page)
    assert [cut.start_ms for cut in sources_of(workspace).episode.cuts] == [2000]
