"""What is beside the text on the editor's page: notes to colleagues, captions as they will be
published, a lane for each microphone.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from support.edit_session import (
    files_of,
    served,
    sources_of,
    transcript_on_disk,
)
from support.editor_page import eventually, written
from support.editor_typing import (
    chromium_fixture,  # noqa: F401 - a fixture
    opened,
    page_fixture,  # noqa: F401 - a fixture
    workspace_fixture,  # noqa: F401 - a fixture
)
from support.made_sounds import convert
from support.manuscript_page import expect_caret, expect_text, put_caret, select

from studio.captions.cues import cues_from_transcript
from studio.captions.vtt import SHAPE
from studio.editor.documents import programme_of
from studio.editor.edit_session import EditSession
from studio.model.record import bytes_from_record, replace_fields
from studio.workspace.disk import write_file
from studio.workspace.layout import Workspace

pytestmark = pytest.mark.judge
HOSTILE = "</p><script>document.title='hacked'</script><img src=x onerror=alert(1)>{{7*7}}"


# --- notes


def test_a_note_is_written_answered_and_resolved(page: Page, workspace: Workspace) -> None:
    words = transcript_on_disk(workspace).segments[2].words
    put_caret(page, 2, 1)
    page.keyboard.press("Alt+y")
    expect(page.locator("#notes textarea")).to_be_focused()
    page.keyboard.type("Est-ce bien ce mot ?")
    page.keyboard.press("Enter")
    expect(page.locator("#notes .note-text")).to_have_text("Est-ce bien ce mot ?")
    expect_caret(page, 2)  # whoever wrote it goes on where they were
    expect(page.locator("#notes-count")).to_have_text("(1)")
    page.locator("#author").fill("Anne")
    page.get_by_label(re.compile("Répondre à la note")).fill("Oui, vérifié.")
    page.keyboard.press("Enter")
    expect(page.locator("#notes .answer")).to_have_text("Oui, vérifié.")
    expect(page.locator("#notes .note-author").last).to_contain_text("Anne, ")
    written(page)
    (note,) = sources_of(workspace).margin_notes()
    assert (note.words, note.text, note.start_ms) == (
        words[0].text,
        "Est-ce bien ce mot ?",
        words[0].start_ms,
    )
    page.get_by_label(re.compile("Réglée : la note")).click()
    expect(page.locator("#notes li")).to_have_count(0)
    expect(page.locator("#notes-count")).to_have_text("")
    page.locator("#notes-resolved").check()
    page.get_by_label(re.compile("Rouvrir la note")).click()
    expect(page.locator("#notes-count")).to_have_text("(1)")
    page.get_by_label(re.compile("Modifier la note")).click()
    page.keyboard.press("Control+a")
    page.keyboard.type(HOSTILE)
    page.keyboard.press("Enter")
    expect(page.locator("#notes .note-text").first).to_have_text(HOSTILE)
    assert "hacked" not in page.title()
    written(page)


def test_a_note_about_a_selection_is_lit_and_follows_its_words(
    page: Page, workspace: Workspace
) -> None:
    select(page, 2, 0, 3, 4)
    page.keyboard.press("Alt+y")
    page.keyboard.type("À couper ?")
    page.keyboard.press("Enter")
    expect(page.locator("#notes .note-text")).to_have_text("À couper ?")
    lit = "[...CSS.highlights.get('note')].map(String).join('|')"
    eventually(page, f"{lit}.split('|').length === 2")
    before = transcript_on_disk(workspace).segments[2].text
    put_caret(page, 2, 0)
    page.keyboard.type("Oui, ")
    expect_text(page, 2, f"Oui, {before}")
    written(page)
    eventually(page, f"{lit}.includes('{before.split()[-1]}')")
    # The caret in these words marks the note in the list.
    put_caret(page, 2, len("Oui, ") + 2)
    expect(page.locator("#notes li[aria-current]")).to_have_count(1)
    put_caret(page, 6, 0)
    expect(page.locator("#notes li[aria-current]")).to_have_count(0)


def test_what_is_typed_in_a_note_survives_its_page(chromium: Browser, workspace: Workspace) -> None:
    with served(workspace) as (address, process), opened(chromium, address) as page:
        put_caret(page, 4, 0)
        page.keyboard.press("Alt+y")
        page.keyboard.type("Demander à Luc")
        eventually(
            page,
            "async () => (await (await fetch('api/state')).json()).drafts"
            ".some(({ text }) => text === 'Demander à Luc')",
        )
        process.kill()
    with served(workspace) as (address, _), opened(chromium, address) as page:
        field = page.locator("#notes textarea")
        expect(field).to_have_value("Demander à Luc")
        field.focus()
        page.keyboard.press("End")
        page.keyboard.type(" demain")
        page.locator("h1").click()  # who leaves it with text in it has written the note
        expect(page.locator("#notes .note-text")).to_have_text("Demander à Luc demain")
        # The field's own timer takes its text back.
        eventually(page, "async () => !(await (await fetch('api/state')).json()).drafts.length")
        written(page)
    (note,) = sources_of(workspace).margin_notes()
    assert note.text == "Demander à Luc demain"
    assert EditSession(sources_of(workspace)).documents().drafts == ()


def test_typing_in_a_note_goes_on_while_another_one_comes(
    chromium: Browser, workspace: Workspace
) -> None:
    with (
        served(workspace) as (address, _),
        opened(chromium, address) as one,
        opened(chromium, address) as other,
    ):
        put_caret(one, 2, 0)
        one.keyboard.press("Alt+y")
        one.keyboard.type("Première ")
        put_caret(other, 4, 0)
        other.keyboard.press("Alt+y")
        other.keyboard.type("D’une autre fenêtre")
        other.keyboard.press("Enter")
        expect(one.locator("#notes .note-text")).to_have_text("D’une autre fenêtre")
        one.keyboard.type("note")
        one.keyboard.press("Enter")
        expect(one.locator("#notes .note-text").first).to_have_text("Première note")
        written(one)
    assert [note.text for note in sources_of(workspace).margin_notes()] == [
        "Première note",
        "D’une autre fenêtre",
    ]


# --- captions


def test_captions_are_shown_as_they_will_be_published(page: Page, workspace: Workspace) -> None:
    put_caret(page, 2, 0)
    page.keyboard.press("F4")
    expect(page.locator("#captions-button")).to_have_attribute("aria-pressed", "true")
    shown = page.locator("#captions-shown [aria-current] .caption-line")
    expect(shown.first).to_be_visible()

    def published(wanted: str) -> list[str]:
        """The lines of the cue that has this word."""
        session = EditSession(sources_of(workspace))
        programme = programme_of(session.documents(), session.sources)
        cues = cues_from_transcript(session.transcript(), programme, SHAPE)
        return next(list(cue.lines) for cue in cues if any(wanted in line for line in cue.lines))

    expect(shown).to_have_text(published("Aujourd’hui"))
    page.keyboard.type("anticonstitutionnellement et tout à fait inutilement, ")
    page.keyboard.type("sans la moindre nécessité apparente pour qui que ce soit ici, " * 2)
    page.keyboard.type("finalement, ")
    eventually(
        page,
        "async () => JSON.stringify(await (await fetch('api/state')).json())"
        ".includes('finalement')",
    )
    written(page)
    put_caret(page, 2, 1)
    # Thirty words in the time of one: a caption comes as early or late as it must to be read.
    typed = page.locator("#captions-shown .cue", has_text="anticonstitutionnellement")
    expect(typed.locator(".caption-line")).to_have_text(published("anticonstitutionnellement"))
    expect(page.locator("#captions-shown .fault").first).to_contain_text("trop rapide")
    page.keyboard.press("F4")
    expect(page.locator("#captions-preview")).to_be_hidden()


# --- microphones


@pytest.fixture
def two_microphones(workspace: Workspace) -> Workspace:
    """The episode as if it had two microphones: the same sound, softer in the second one."""
    files = files_of(workspace)
    source = files.folder / "recording.opus"
    files.build.mkdir(exist_ok=True)
    convert(source, files.mix, "-ac", "1")
    convert(source, files.folder / "recording.flac", "-filter_complex",
            "[0]aformat=channel_layouts=mono,pan=stereo|c0=c0|c1=0.25*c0")  # fmt: skip
    source.unlink()
    text = files.settings.read_text(encoding="utf-8").replace(".opus", ".flac")
    for name in ("Camille", "Claire Fontanel"):
        text += f'\n[[microphones]]\nfile = "{name}.wav"\nname = "{name}"\n'
    files.settings.write_text(text, encoding="utf-8")
    facts = sources_of(workspace).facts()
    write_file(files.facts, bytes_from_record(replace_fields(facts, channels=1, layout="mono")))
    return workspace


def test_each_microphone_has_a_lane_and_can_be_heard_alone(
    chromium: Browser, two_microphones: Workspace
) -> None:
    with served(two_microphones) as (address, _), opened(chromium, address) as page:
        page.wait_for_selector("html[data-ready]")
        expect(page.locator("#lanes .lane-name")).to_have_text(["Camille", "Claire Fontanel"])
        loud = page.evaluate(
            """async () => { const { loudness } = await import(new URL('lanes.js', location.href));
              return [loudness(0, 0, 500), loudness(1, 0, 500)]; }"""
        )
        assert loud[1] == pytest.approx(loud[0] / 4, abs=0.02)
        # Measured where it goes out: how loud, and from which moment on.
        page.evaluate(
            """() => { const make = AudioContext.prototype.createGain;
              window.gains = [];
              AudioContext.prototype.createGain = function () {
                const gain = make.call(this); gains.push(gain); return gain; }; }"""
        )
        start = transcript_on_disk(two_microphones).segments[2].start_ms
        page.evaluate(f"document.querySelector('audio').currentTime = {start / 1000}")
        page.keyboard.press("k")
        page.wait_for_function("() => !document.querySelector('audio').paused")
        page.keyboard.press("F8")
        expect(page.get_by_label("N’entendre que le micro de Camille")).to_have_attribute(
            "aria-pressed", "true"
        )
        page.wait_for_function(
            "() => document.querySelector('audio').src.endsWith('/microphones') "
            f"&& document.querySelector('audio').currentTime > {start / 1000 + 0.3}"
        )
        assert page.evaluate("gains.map(({ gain }) => gain.value)") == [0, 1, 0]
        # The words continue being lit with what is heard.
        eventually(page, "[...CSS.highlights.get('said')].length === 1")
        page.keyboard.press("F8")
        assert page.evaluate("gains.map(({ gain }) => gain.value)") == [0, 0, 1]
        page.keyboard.press("F8")
        assert page.evaluate("gains.map(({ gain }) => gain.value)") == [1, 0, 0]
        page.keyboard.press("F9")
        assert page.evaluate("gains.map(({ gain }) => gain.value)") == [0, 0, 1]
        page.get_by_label("Couper le micro de Camille").click()
        page.wait_for_function("() => document.querySelector('audio').src.endsWith('/sound')")
        assert page.evaluate("gains.map(({ gain }) => gain.value)")[0] == 1
        page.wait_for_function(
            f"() => document.querySelector('audio').currentTime > {start / 1000 + 0.3}"
        )


def test_one_recording_has_no_lanes(page: Page) -> None:
    page.wait_for_selector("html[data-ready]")
    expect(page.locator("#lanes")).to_be_hidden()
    assert page.evaluate("async () => (await fetch('api/lanes')).status") == 404
    assert page.evaluate("async () => (await fetch('microphones')).status") == 404
