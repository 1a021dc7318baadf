"""An editor at the page: a real Chromium, real keys, a real server that can be killed."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from support.edit_session import (
    HOST,
    SLUG,
    copy_episode,
    files_of,
    make_episode,
    served,
    sources_of,
    transcript_on_disk,
    way_in,
)
from support.editor_page import eventually, written
from support.editor_typing import chromium_fixture, settled  # noqa: F401 - a fixture
from support.judges import NODE, missing
from support.made_sounds import convert
from support.manuscript_page import (
    box_of,
    count_of,
    expect_caret,
    expect_text,
    put_caret,
    select,
    text_of,
)
from support.servers import free_port
from support.spoken import transcript_from_lines

from studio.editor.edit_session import EditSession
from studio.editor.edits import Request, SetCuts, Undo
from studio.model.clock import RecordingMs
from studio.model.episode import Cut
from studio.model.record import bytes_from_record, replace_fields
from studio.model.transcript import Word
from studio.workspace.disk import write_file
from studio.workspace.layout import Workspace
from studio.workspace.run_lock import lock_workspace
from studio.workspace.sources import ShowSources

pytestmark = pytest.mark.judge
HOSTILE = (
    "</p><script>document.title='hacked'</script><img src=x "
    "onerror=document.title='hacked'>\"'&amp;{{7*7}}"
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_episode(tmp_path / "ici")


@contextlib.contextmanager
def opened(chromium: Browser, address: str) -> Iterator[Page]:
    """The page, ready. What it complains about is an error."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="fr-FR")
    complaints: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: (
            complaints.append(message.text)
            if message.type == "error" and "Failed to load" not in message.text
            else None
        ),
    )
    page.goto(way_in(address))
    page.wait_for_selector("html[data-ready]")
    try:
        yield page
        assert complaints == []
    finally:
        context.close()


@pytest.fixture
def page(chromium: Browser, workspace: Workspace) -> Iterator[Page]:
    with served(workspace) as (address, _), opened(chromium, address) as page:
        yield page


@pytest.fixture
def shared(chromium: Browser, server: str) -> Iterator[Page]:
    """A page of an episode that nobody changes."""
    with opened(chromium, server) as page:
        yield page


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(make_episode(tmp_path_factory.mktemp("commun") / "ici")) as (address, _):
        yield address


def saved(page: Page, revision: int) -> None:
    """The page says that the journal has it; soon the files have it too."""
    expect(page.locator("#saved")).to_have_text(
        re.compile(rf"^Enregistré \({revision}\)"), use_inner_text=True
    )
    written(page)


def cut_off(page: Page) -> None:
    """From now on the page hears of nobody else's edits."""
    page.route("**/api/changes/*", lambda route: route.abort())
    expect(page.locator("#saved")).to_contain_text("Studio ne répond pas")


# --- the guided pass


def doubts_of(page: Page) -> list[dict[str, Any]]:
    return list(page.evaluate("async () => (await (await fetch('api/doubts')).json()).doubts"))


def go_to(page: Page, words: str) -> None:
    """Through the doubts to the one about these words."""
    for _ in doubts_of(page):
        page.keyboard.press("n")
        if words in page.locator("#doubt-text").inner_text():
            return
    raise AssertionError(words)


def test_an_editor_finishes_the_episode_by_keyboard_alone(page: Page, workspace: Workspace) -> None:
    doubts = doubts_of(page)
    assert len(doubts) > 15
    expect(page.locator("#pass-left")).to_contain_text(f"{len(doubts)} à écouter")
    page.keyboard.press("n")
    expect(page.locator("#doubt-text")).to_have_text(doubts[0]["text"])
    expect(page.locator("#play")).to_have_attribute("aria-pressed", "true")  # it is heard at once
    typed = False
    for _ in range(3 * len(doubts)):
        left = page.locator("#pass-left").inner_text()
        if "plus de doute" in left:
            break
        if "amartique" in page.locator("#doubt-text").inner_text():
            expect(page.locator("#doubt-context")).to_contain_text("lycée de Martigues")
            page.keyboard.press("r")
        elif not typed and page.locator("#type").is_enabled():
            page.keyboard.press("t")
            expect(page.locator("#typed")).to_be_focused()
            page.keyboard.type("C'était Méjean,")
            page.keyboard.press("Enter")
            typed = True
        else:
            page.keyboard.press("g")
        expect(page.locator("#pass-left")).not_to_have_text(left)
        if page.locator("#doubt").is_hidden():
            page.keyboard.press("n")
    expect(page.locator("#pass-left")).to_contain_text("Il n’y a plus de doute")
    expect(page.locator("#saved")).to_contain_text("Enregistré")
    written(page)
    text = " ".join(segment.text for segment in transcript_on_disk(workspace).segments)
    assert "amartique" not in text
    assert "je suis Martigues dans" in text
    assert "C'était Méjean," in text
    page.reload()
    page.wait_for_selector("html[data-ready]")
    expect(page.locator("#pass-left")).to_contain_text("Il n’y a plus de doute")


def test_one_answer_for_every_place_with_the_same_words(
    chromium: Browser, workspace: Workspace
) -> None:
    files = files_of(workspace)
    transcript = transcript_on_disk(workspace)
    word = replace_fields(transcript.segments[2].words[3], text="amartique,")
    other = replace_fields(
        transcript.segments[6],
        words=(
            *transcript.segments[6].words,
            replace_fields(
                word,
                start_ms=transcript.segments[6].end_ms,
                end_ms=transcript.segments[6].end_ms + 5,
            ),
        ),
    )
    write_file(
        files.transcript,
        bytes_from_record(
            replace_fields(
                transcript, segments=(*transcript.segments[:6], other, *transcript.segments[7:])
            )
        ),
    )
    with served(workspace) as (address, _), opened(chromium, address) as page:
        go_to(page, "amartique")
        expect(page.locator("#everywhere")).to_be_enabled()
        page.keyboard.press("e")
        saved(page, 2)
    assert "amartique" not in (
        text := " ".join(segment.text for segment in transcript_on_disk(workspace).segments)
    )
    assert text.count("Martigues,") == 1


def test_one_key_teaches_a_name_to_the_whole_show(page: Page, workspace: Workspace) -> None:
    go_to(page, "amartique")
    left = page.locator("#pass-left").text_content() or ""
    page.keyboard.press("o")
    expect(page.locator("#pass-left")).not_to_have_text(left)
    expect(page.locator("#pass-told")).to_contain_text(
        "« Martigues » (« amartique ») est dans le glossaire de l’émission."
    )
    saved(page, 2)
    assert [(one.name, one.wrong) for one in workspace.load_glossary().names] == [
        ("Martigues", ("amartique",))
    ]
    assert "amartique" not in " ".join(
        segment.text for segment in transcript_on_disk(workspace).segments
    )
    page.keyboard.press("Control+z")
    expect(page.locator("#pass-told")).to_contain_text("n’est plus dans le glossaire")
    saved(page, 3)
    assert workspace.load_glossary().names == ()
    expect(page.locator("#pass-left")).to_have_text(left)
    go_to(page, "amartique")
    page.keyboard.press("t")
    page.keyboard.type("Marthigues")
    page.keyboard.press("Alt+o")  # a name that nobody proposed, from inside the field
    saved(page, 4)
    assert [one.name for one in workspace.load_glossary().names] == ["Marthigues"]


# --- typing


def test_typing_in_the_middle_of_a_word_pasting_and_undo(page: Page, workspace: Workspace) -> None:
    before = transcript_on_disk(workspace)
    put_caret(page, 2, len("Aujourd'hui, je suis a"))
    page.keyboard.insert_text(" M")
    saved(page, 2)
    assert (
        transcript_on_disk(workspace).segments[2].text
        == "Aujourd'hui, je suis a Mmartique dans une ancienne poste"
    )
    page.keyboard.press("Delete")
    page.evaluate(
        "() => { const data = new DataTransfer(); data.setData('text/plain', "
        "'ar\\n<b>tigues</b> et\\t');"
        " document.activeElement.dispatchEvent(new ClipboardEvent('paste', { "
        "clipboardData: data, bubbles: true, cancelable: true })); }"
    )
    expect_text(
        page, 2, "Aujourd'hui, je suis a Mar <b>tigues</b> et artique dans une ancienne poste"
    )
    expect(page.locator("#saved")).to_contain_text("Enregistré")
    eventually(
        page,
        "async () => (await (await "
        "fetch('api/state')).json()).segments[2].words.some((word) => "
        "word.text.includes('tigues'))",
    )
    written(page)
    after = transcript_on_disk(workspace)
    assert (after.segments[:2], after.segments[3:]) == (before.segments[:2], before.segments[3:])
    assert after.segments[2].words[0] == before.segments[2].words[0]
    assert after.segments[2].words[-4:] == before.segments[2].words[-4:]
    for _ in range(8):
        page.keyboard.press("Control+z")
    expect_text(page, 2, before.segments[2].text)
    expect(page.locator("button[data-action=undo]")).to_be_disabled()
    written(page)
    assert transcript_on_disk(workspace) == before


def test_enter_splits_and_backspace_joins(page: Page, workspace: Workspace) -> None:
    before = transcript_on_disk(workspace)
    put_caret(page, 2, len("Aujourd'hui, je suis"))
    page.keyboard.press("Enter")
    expect_text(page, 3, "amartique dans une ancienne poste")
    expect_caret(page, 3)
    page.keyboard.press("Backspace")
    expect_text(page, 2, before.segments[2].text)
    eventually(
        page,
        "async () => (await (await fetch('api/state')).json()).segments.length == "
        f"{len(before.segments)}",
    )
    written(page)
    assert transcript_on_disk(workspace) == before
    page.keyboard.type("X")
    eventually(
        page,
        "async () => (await (await fetch('api/state')).json()).segments[2].words.some((word) => "
        "word.text.includes('X'))",
    )
    written(page)
    assert "suis Xamartique" in transcript_on_disk(workspace).segments[2].text


def test_a_voice_is_changed_by_key_and_by_name_everywhere(page: Page, workspace: Workspace) -> None:
    put_caret(page, 0, 0)
    page.keyboard.press("Alt+s")
    expect(page.locator(".speaker").nth(0)).to_have_text("Claire Fontanel")
    saved(page, 2)
    page.locator(".speaker").nth(1).click()
    page.keyboard.type("Anne Noël")
    page.locator("#speaker-everywhere").check()
    page.keyboard.press("Enter")
    expect(page.locator(".speaker").nth(1)).to_have_text("Anne Noël")
    saved(page, 3)
    speakers = [segment.speaker for segment in transcript_on_disk(workspace).segments]
    assert speakers[0] == "Claire Fontanel"
    assert HOST not in speakers


def test_a_word_that_is_clicked_is_heard_and_lit(page: Page, workspace: Workspace) -> None:
    word = transcript_on_disk(workspace).segments[4].words[2]
    at = len(" ".join(text_of(page, 4).split()[:2])) + 2
    box = box_of(page, 4, at)
    page.mouse.click(box["x"], box["y"])
    page.wait_for_function(
        "(start) => document.querySelector('audio').currentTime * 1000 >= start", arg=word.start_ms
    )
    assert (
        page.evaluate("document.querySelector('audio').currentTime * 1000") < word.start_ms + 3000
    )
    page.wait_for_function("() => CSS.highlights.get('said').size === 1")
    page.keyboard.type("a")  # the sound waits while somebody types
    page.wait_for_function("() => document.querySelector('audio').paused")


def test_a_boundary_is_moved_by_ear_with_keys(page: Page, workspace: Workspace) -> None:
    def words_of_third() -> tuple[Word, ...]:
        return transcript_on_disk(workspace).segments[2].words

    def until_kept(is_kept: Callable[[], bool]) -> None:
        for _ in range(400):
            if is_kept():
                return
            page.wait_for_timeout(25)
        raise AssertionError(words_of_third())

    before = words_of_third()
    put_caret(page, 2, len("Aujourd'hui, je su"))
    page.keyboard.press("Alt+b")
    expect(page.locator("#edge")).to_be_focused()
    expect(page.locator("#edge-words")).to_contain_text("Aujourd'hui, je | suis amartique")
    expect(page.locator("#play")).to_have_attribute("aria-pressed", "true")
    page.wait_for_function(  # it is heard again and again
        "(ms) => { const heard = (window.heard ??= []); const now = "
        "document.querySelector('audio').currentTime * 1000;"
        " if (heard.at(-1) !== now) heard.push(now); return heard.some((one, at) => at "
        "&& one < heard[at - 1]) && now < ms + 900; }",
        arg=before[2].start_ms,
    )
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#edge")).to_have_attribute(
        "aria-valuetext", re.compile("« suis » commence à")
    )
    # A slow browser may send the presses one by one: what is there at the end counts.
    until_kept(lambda: words_of_third()[2].start_ms == before[2].start_ms + 60)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Escape")
    until_kept(lambda: words_of_third()[3].start_ms == before[3].start_ms - 20)
    expect_caret(page, 2)
    expect(page.locator("#boundary")).to_be_hidden()
    for _ in range(4):
        if words_of_third() != before:
            page.keyboard.press("Control+z")
            settled(page)
    assert words_of_third() == before


def test_a_boundary_is_dragged_on_the_waveform(page: Page, workspace: Workspace) -> None:
    before = transcript_on_disk(workspace).segments[0].words
    page.locator("#zoom").select_option("15")
    box = page.locator("#wave").bounding_box()
    assert box is not None

    def at(ms: int) -> float:
        assert box is not None
        return box["x"] + ms / 15_000 * box["width"]

    page.mouse.move(at(before[1].start_ms), box["y"] + 50)
    expect(page.locator("#wave")).to_have_css("cursor", "ew-resize")
    page.mouse.down()
    expect(page.locator("#boundary")).to_be_visible()
    page.mouse.move(at(before[1].start_ms + 100), box["y"] + 50, steps=4)
    page.mouse.up()
    saved(page, 2)
    moved = transcript_on_disk(workspace).segments[0].words[1].start_ms - before[1].start_ms
    assert 80 <= moved <= 120
    page.keyboard.press("Escape")
    expect(page.locator("#boundary")).to_be_hidden()
    page.mouse.click(at(9_000), box["y"] + 50)  # elsewhere a click is a moment to hear
    page.wait_for_function("() => Math.abs(document.querySelector('audio').currentTime - 9) < 0.2")


def test_find_shows_what_it_will_replace(page: Page, workspace: Workspace) -> None:
    before = (
        " ".join(segment.text for segment in transcript_on_disk(workspace).segments)
        .lower()
        .count("claire fontanel")
    )
    page.keyboard.press("f")
    page.keyboard.type("claire fontanel")
    expect(page.locator("#find-list li")).to_have_count(before)
    page.keyboard.press("Tab")
    page.keyboard.type("Clara Fontana")
    expect(page.locator("#find-list ins").first).to_have_text("Clara Fontana")
    page.locator("#find-list input").last.uncheck()
    expect(page.locator("#find-count")).to_contain_text(f"{before} fois, {before - 1} à remplacer")
    page.locator("#replace-text").press("Enter")
    expect(page.locator("#find-count")).to_contain_text(
        re.compile(rf"{before - 1} endroits? remplacés?\. 1 fois")
    )
    saved(page, 2)
    text = " ".join(segment.text for segment in transcript_on_disk(workspace).segments)
    assert text.count("Clara Fontana") == before - 1
    assert text.lower().count("claire fontanel") == 1


def test_find_and_replace_over_all_episodes(chromium: Browser, workspace: Workspace) -> None:
    free, busy = (copy_episode(workspace, slug) for slug in ("102-libre", "103-occupe"))
    with lock_workspace(workspace.state / "editor" / busy.slug, f"studio edit {busy.slug}"):
        theirs = busy.transcript.read_bytes()
        with served(workspace) as (address, _), opened(chromium, address) as page:
            page.keyboard.press("f")
            page.keyboard.type("amartique")
            page.locator("#find-everywhere").check()
            expect(page.locator("#find-list li")).to_have_count(3)
            expect(page.locator("#find-list .trouble")).to_contain_text(
                "est en cours d’édition ailleurs"
            )
            expect(page.locator("#find-count")).to_contain_text("3 fois, 2 à remplacer")
            page.locator("#replace-text").fill("à Martigues")
            page.locator("#replace-text").press("Enter")
            expect(page.locator("#find-count")).to_contain_text("2 endroits remplacés. 1 fois")
            saved(page, 2)
        assert busy.transcript.read_bytes() == theirs
    assert "à Martigues" in transcript_on_disk(workspace).segments[2].text
    there = EditSession(ShowSources(workspace).episode(free.slug))
    assert "à Martigues" in there.transcript().segments[2].text
    there.apply(Request(client="x", id="x", since=there.revision, edits=(Undo(),)))
    assert "amartique" in there.transcript().segments[2].text


def test_who_types_without_a_pause_is_saved_all_the_same(page: Page) -> None:
    sent: list[str] = []
    page.on(
        "request",
        lambda request: (
            sent.append(str(request.post_data)) if request.url.endswith("/api/edits") else None
        ),
    )
    put_caret(page, 0, 0)
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now() + 60_000"))
    for letter in "abcde":
        page.keyboard.type(letter)
        page.clock.run_for(90)  # the page's own time, whatever the machine's
    assert len(sent) == 1
    assert '"text":"abcd' in sent[0]


def test_a_recording_that_browsers_do_not_play_is_heard(
    chromium: Browser, workspace: Workspace
) -> None:
    files = files_of(workspace)
    convert(files.folder / "recording.opus", files.folder / "prise.aiff")
    settings = files.settings.read_text(encoding="utf-8")
    files.settings.write_text(settings.replace("recording.opus", "prise.aiff"), encoding="utf-8")
    with served(workspace) as (address, _), opened(chromium, address) as page:
        page.wait_for_function(
            "() => document.querySelector('audio').readyState >= 2", timeout=60_000
        )
        expect(page.locator("#sound-told")).to_be_hidden()
        page.locator(".time").nth(4).click()
        start = int(page.locator(".time").nth(4).get_attribute("data-start") or 0)
        assert start in {segment.start_ms for segment in transcript_on_disk(workspace).segments}
        page.wait_for_function(
            "(ms) => document.querySelector('audio').currentTime * 1000 > ms + 100", arg=start
        )
        assert abs(page.evaluate("document.querySelector('audio').duration") - 179.3) < 0.1


# --- chapters, cuts, versions


def test_chapters_are_moved_renamed_added_and_removed(page: Page, workspace: Workspace) -> None:
    page.locator("#chapters-panel summary").click()
    titles = page.locator("#chapters input")
    count = titles.count()
    titles.nth(1).fill("Un titre qui est vraiment beaucoup trop long pour une application")
    expect(page.locator("#chapters .count").nth(1)).to_contain_text("trop long")
    titles.nth(1).fill("La naissance de l’atelier")
    titles.nth(1).press("Tab")
    saved(page, 2)
    page.evaluate("document.querySelector('audio').currentTime = 60")
    page.locator("#transcript").focus()
    page.keyboard.press("c")
    expect(titles).to_have_count(count + 1)
    saved(page, 3)
    assert [chapter.title for chapter in sources_of(workspace).chapters().chapters][1:3] == [
        "La naissance de l’atelier",
        "Nouveau chapitre",
    ]
    page.get_by_role("button", name="Retirer « Nouveau chapitre »").click()
    saved(page, 4)
    assert len(sources_of(workspace).chapters().chapters) == count


def test_a_selection_is_cut_and_given_back(page: Page, workspace: Workspace) -> None:
    segment = transcript_on_disk(workspace).segments[3]
    select(page, 3, 0, 3)
    page.keyboard.press("Alt+x")
    saved(page, 2)
    (cut,) = sources_of(workspace).episode.cuts
    assert (cut.start_ms, cut.end_ms) == (segment.words[0].start_ms, segment.words[-1].end_ms)
    page.wait_for_function("() => CSS.highlights.get('left-out').size === 1")
    page.get_by_role("button", name="Écouter le raccord").click()
    page.wait_for_function(
        "(end) => document.querySelector('audio').currentTime * 1000 > end", arg=cut.end_ms
    )
    page.get_by_role("button", name="dans l’épisode").click()
    saved(page, 3)
    assert sources_of(workspace).episode.cuts == ()


def test_a_cut_whose_begin_was_typed_is_heard_and_given_back_as_it_is_now(
    page: Page, workspace: Workspace
) -> None:
    put_caret(page, 2, 0)
    page.keyboard.press("Control+Shift+ArrowRight")
    page.keyboard.press("Alt+x")
    saved(page, 2)
    field = page.locator("#cuts .moment").first
    field.fill("0:03,500")
    field.press("Enter")
    saved(page, 3)
    # The field has the focus still.
    (cut,) = sources_of(workspace).episode.cuts
    assert cut.start_ms == 3_500
    # Cuts are skipped; what this one leaves out is heard all the same, to its end.
    expect(page.locator("#skip-cuts")).to_be_checked()
    page.evaluate(
        "() => { window.heard = []; setInterval(() => { const {paused, currentTime} ="
        " document.querySelector('audio'); if (!paused) window.heard.push(currentTime); }, 10) }"
    )
    page.get_by_role("button", name=re.compile("^Écouter 0:03 – ")).press("Enter")
    middle_s = (cut.start_ms + cut.end_ms) / 2000
    eventually(page, f"() => heard.some((moment) => Math.abs(moment - {middle_s}) < 1)")
    eventually(page, "() => document.querySelector('audio').paused")
    ended = page.evaluate("document.querySelector('audio').currentTime")
    assert ended == pytest.approx(cut.end_ms / 1000, abs=1)
    field.fill("0:04,500")
    field.press("Enter")
    saved(page, 4)
    page.get_by_role("button", name=re.compile("^Rétablir 0:04 – ")).click()
    saved(page, 5)
    assert sources_of(workspace).episode.cuts == ()


def test_an_earlier_version_is_compared_and_restored(page: Page, workspace: Workspace) -> None:
    before = transcript_on_disk(workspace)
    put_caret(page, 0, 0)
    page.keyboard.insert_text("Eh ! ")
    saved(page, 2)
    page.keyboard.press("Alt+v")
    expect(page.locator("#version-list li").first).to_contain_text("Eh!")
    page.locator("#version-author").fill("Claire")
    page.locator("#version-list button").last.click()
    expect(page.locator("#version-diff ins")).to_contain_text("Eh!")
    page.get_by_role("button", name="Rétablir cette version").click()
    saved(page, 3)
    assert transcript_on_disk(workspace) == before
    page.keyboard.press("Alt+v")
    expect(page.locator("#version-list li").first).to_contain_text("version rétablie, Claire")


# --- nothing is lost


def test_the_server_is_killed_while_somebody_types(chromium: Browser, workspace: Workspace) -> None:
    with contextlib.ExitStack() as stack:
        address, process = stack.enter_context(served(workspace))
        page = stack.enter_context(opened(chromium, address))
        put_caret(page, 0, 0)
        page.keyboard.insert_text("Avant. ")
        saved(page, 2)
        process.send_signal(signal.SIGKILL)
        process.wait()
        page.keyboard.type("Pendant. ")
        expect(page.locator("#saved")).to_contain_text("Studio ne répond pas")
        page.keyboard.type("Encore. ")
        again, _ = stack.enter_context(served(workspace))
        assert again == address
        expect(page.locator("#saved")).to_contain_text("Studio a redémarré")
        page.context.new_page().goto(way_in(again))  # as the browser does that Studio opens
        expect(page.locator("#saved")).to_contain_text("Enregistré")
        eventually(
            page,
            "async () => (await (await "
            "fetch('api/state')).json()).segments[0].words[2]?.text === 'Encore.'",
        )
        written(page)
        assert (
            transcript_on_disk(workspace)
            .segments[0]
            .text.startswith("Avant. Pendant. Encore. Bonjour")
        )


def test_a_server_that_sleeps_longer_than_the_page_waits_does_everything_once(
    chromium: Browser, workspace: Workspace
) -> None:
    with served(workspace) as (address, process), opened(chromium, address) as page:
        put_caret(page, 0, 0)
        page.clock.install()
        process.send_signal(signal.SIGSTOP)
        try:
            page.keyboard.type("Avant. ")
            expect(page.locator("#saved")).to_contain_text("Enregistrement…")
            page.clock.fast_forward(9_000)  # the page's own time
            expect(page.locator("#saved")).to_contain_text("Studio ne répond pas")
            page.keyboard.type("Pendant. ")
        finally:
            process.send_signal(signal.SIGCONT)
        page.clock.fast_forward(2_000)
        expect(page.locator("#saved")).to_contain_text("Enregistré")
        eventually(
            page,
            "async () => (await (await "
            "fetch('api/state')).json()).segments[0].words[1]?.text === 'Pendant.'",
        )
        written(page)
        assert transcript_on_disk(workspace).segments[0].text.startswith("Avant. Pendant. Bonjour")


@pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux limits what another process may write"
)
def test_a_full_disk_is_told_and_nothing_that_was_typed_is_lost(
    chromium: Browser, workspace: Workspace
) -> None:
    import resource

    with served(workspace) as (address, process), opened(chromium, address) as page:
        put_caret(page, 0, 0)
        size = files_of(workspace).journal.stat().st_size
        unlimited = resource.prlimit(
            process.pid, resource.RLIMIT_FSIZE, (size + 10, resource.RLIM_INFINITY)
        )
        page.keyboard.type("Plein. ")
        expect(page.locator("#saved")).to_contain_text("edits.jsonl : le fichier serait plus gros")
        eventually(
            page, "() => Object.values(localStorage).some((value) => value.includes('Plein.'))"
        )
        page.keyboard.type("Toujours. ")
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, unlimited)
        expect(page.locator("#saved")).to_contain_text("Enregistré")
        eventually(
            page,
            "async () => (await (await "
            "fetch('api/state')).json()).segments[0].words[1]?.text === 'Toujours.'",
        )
        written(page)
        assert transcript_on_disk(workspace).segments[0].text.startswith("Plein. Toujours. Bonjour")


def test_two_people_on_one_file_are_both_shown(page: Page, workspace: Workspace) -> None:
    theirs = transcript_on_disk(workspace)
    segment = replace_fields(
        theirs.segments[0],
        words=(
            replace_fields(theirs.segments[0].words[0], text="Salut"),
            *theirs.segments[0].words[1:],
        ),
    )
    cut_off(page)
    put_caret(page, 0, 0)
    write_file(
        files_of(workspace).transcript,
        bytes_from_record(replace_fields(theirs, segments=(segment, *theirs.segments[1:]))),
    )
    page.keyboard.insert_text("Oui, ")
    expect(page.locator("#conflict")).to_be_visible()
    page.unroute("**/api/changes/*")
    expect(page.locator("#conflict-theirs")).to_contain_text("Salut")
    expect(page.locator("#conflict-mine")).to_have_value(f"Oui, {theirs.segments[0].text}")
    page.get_by_role("button", name="Garder l’autre").click()
    expect_text(page, 0, "Salut", part=True)
    assert transcript_on_disk(workspace).segments[0] == segment


def test_a_closed_tab_brings_back_what_the_dead_server_did_not_take(
    chromium: Browser, workspace: Workspace
) -> None:
    with contextlib.ExitStack() as stack:
        address, process = stack.enter_context(served(workspace))
        context = chromium.new_context()
        stack.callback(context.close)
        page = context.new_page()
        page.goto(way_in(address))
        page.wait_for_selector("html[data-ready]")
        process.send_signal(signal.SIGKILL)
        process.wait()
        put_caret(page, 0, 0)
        page.keyboard.type("Perdu ? ")
        expect(page.locator("#saved")).to_contain_text("Studio ne répond pas")
        page.keyboard.type("Non. ")  # while what was typed before is still on its way
        eventually(
            page, "() => Object.values(localStorage).some((value) => value.includes('Non.'))"
        )
        page.close()
        stack.enter_context(served(workspace))
        page = context.new_page()
        page.goto(way_in(address))
        page.wait_for_selector("html[data-ready]")
        expect_text(page, 0, "Perdu? Non. Bonjour", part=True)
        written(page)
        assert transcript_on_disk(workspace).segments[0].text.startswith("Perdu? Non. Bonjour")


def test_two_tabs_on_one_passage_show_both_texts(chromium: Browser, workspace: Workspace) -> None:
    with (
        served(workspace) as (address, _),
        opened(chromium, address) as one,
        opened(chromium, address) as other,
    ):
        text = text_of(one, 0)
        put_caret(other, 0, 0)

        # The other one types before it has heard of the first one's text.
        cut_off(other)
        put_caret(one, 0, 0)
        one.keyboard.insert_text("Elle : ")
        saved(one, 2)
        other.keyboard.insert_text("Lui, ")
        expect(other.locator("#conflict")).to_be_visible()
        other.unroute("**/api/changes/*")
        expect(other.locator("#conflict-theirs")).to_contain_text("Elle: Bonjour")
        expect(other.locator("#conflict-mine")).to_have_value(f"Lui, {text}")
        assert transcript_on_disk(workspace).segments[0].text == f"Elle: {text}"
        other.locator("#conflict-mine").fill(f"Eux : {text}")
        other.get_by_role("button", name="Écrire la vôtre").click()
        saved(other, 3)
        expect_text(one, 0, f"Eux: {text}")


def test_two_tabs_on_one_chapter_choose_place_by_place(
    chromium: Browser, workspace: Workspace
) -> None:
    with (
        served(workspace) as (address, _),
        opened(chromium, address) as one,
        opened(chromium, address) as other,
    ):
        for page in (one, other):
            page.locator("#chapters-panel summary").click()
        cut_off(other)
        for place, title in ((1, "À elle"), (2, "Rien qu’à elle")):
            one.locator("#chapters input").nth(place).fill(title)
            one.locator("#chapters input").nth(place).press("Tab")
        saved(one, 3)
        other.locator("#chapters input").nth(1).fill("À lui")
        other.locator("#chapters input").nth(1).press("Tab")
        expect(other.locator("#clashes")).to_be_visible()
        other.unroute("**/api/changes/*")
        expect(other.locator("#clash-list .quoted")).to_contain_text(["À elle", "À lui"])
        other.get_by_role("radio", name="La vôtre").check()
        other.get_by_role("button", name="Garder ces choix").click()
        saved(other, 4)
        titles = [chapter.title for chapter in sources_of(workspace).chapters().chapters]
        assert titles[1:3] == ["À lui", "Rien qu’à elle"]


def kept_in_journal(workspace: Workspace, text: str) -> None:
    """Within a second of the last key it is on the disk."""
    for _ in range(100):
        if text in files_of(workspace).journal.read_text(encoding="utf-8"):
            return
        time.sleep(0.02)
    raise AssertionError(text)


def test_all_that_is_typed_is_in_the_journal_and_comes_back_at_another_port(
    chromium: Browser, workspace: Workspace
) -> None:
    """Nothing is sent by Enter, nothing is left: the server is killed, and a browser that knows
    nothing opens the next one.
    """
    cut = Cut(start_ms=RecordingMs(12_000), end_ms=RecordingMs(15_000))
    EditSession(sources_of(workspace)).apply(
        Request(client="x", id="x", since=0, edits=(SetCuts(was=(), cuts=(cut,)),))
    )
    with served(workspace) as (address, process), opened(chromium, address) as page:
        for panel in ("chapters", "cuts"):
            page.locator(f"#{panel}-panel summary").click()
        page.locator("#chapters input").nth(1).click()
        page.keyboard.type("Un titre ")
        kept_in_journal(workspace, "Un titre ")
        page.locator("#cuts input").first.click()
        page.keyboard.type("une toux")
        kept_in_journal(workspace, "une toux")
        page.locator("#transcript").focus()
        page.keyboard.press("f")
        page.keyboard.type("amartique")
        page.keyboard.press("Tab")
        page.keyboard.type("Martigues ?")
        kept_in_journal(workspace, "Martigues ?")
        page.keyboard.press("Escape")
        select(page, 3, 0, 3)
        page.keyboard.press("Delete")
        kept_in_journal(workspace, '"place":"passage:')
        page.locator("#transcript").focus()
        page.keyboard.press("n")
        while page.locator("#type").is_disabled():
            page.keyboard.press("n")
        page.keyboard.press("t")
        page.keyboard.type("C’était Mé")
        kept_in_journal(workspace, "C’était Mé")
        process.send_signal(signal.SIGKILL)
        process.wait()
    with (
        served(workspace, "--port", str(free_port())) as (other, _),
        opened(chromium, other) as page,
    ):
        assert other != address
        assert "Un titre " in page.locator("#chapters input").nth(1).input_value()
        assert page.locator("#cuts input").first.input_value() == "une toux"
        page.keyboard.press("f")
        expect(page.locator("#find-text")).to_have_value("amartique")
        expect(page.locator("#replace-text")).to_have_value("Martigues ?")
        page.keyboard.press("Escape")
        page.keyboard.press("n")
        while page.locator("#typed").input_value() != "C’était Mé":
            page.keyboard.press("n")
        expect(page.locator("#typed")).to_be_visible()


def test_a_word_of_the_interview_is_offered_once_it_is_begun_and_written_with_one_key(
    shared: Page,
) -> None:
    field, offer = shared.locator("#typed"), shared.locator("#typed-completion")
    shared.keyboard.press("n")
    for _ in range(60):
        if shared.locator("#type").is_enabled():
            break
        shared.keyboard.press("n")
    shared.keyboard.press("t")
    expect(field).to_be_focused()
    shared.keyboard.press("Control+a")
    shared.keyboard.type("à mart")
    expect(offer).to_have_text("Tab Martigues")
    expect(field).to_have_value("à mart")  # nothing is written unasked
    shared.keyboard.press("Tab")
    expect(field).to_have_value("à Martigues")
    expect(field).to_be_focused()
    # In front of other words, too.
    shared.keyboard.press("Home")
    shared.keyboard.type("mart")
    expect(offer).to_be_hidden()  # « martà » is one word
    shared.keyboard.type(" ")
    shared.keyboard.press("ArrowLeft")
    expect(offer).to_have_text("Tab Martigues")
    shared.keyboard.press("Tab")
    expect(field).to_have_value("Martigues à Martigues")
    # Once a word is taken, the text that has it continues, until something else is typed.
    shared.keyboard.press("Control+a")
    shared.keyboard.type("L’anci")
    shared.keyboard.press("Tab")
    expect(offer).to_have_text("Tab poste")
    shared.keyboard.press("Tab")
    expect(field).to_have_value("L’ancienne poste")
    expect(offer).to_be_hidden()  # the sentence pauses
    shared.keyboard.press("Escape")


def test_words_of_the_answer_are_chosen_without_their_marks(shared: Page) -> None:
    field = shared.locator("#typed")
    shared.keyboard.press("n")
    while len(shared.locator("#doubt-text").inner_text().split()) < 2:
        shared.keyboard.press("n")
    shared.keyboard.press("t")
    chosen = "field => field.value.slice(field.selectionStart, field.selectionEnd)"
    assert len(field.evaluate(chosen).split()) == 1  # the word that is likeliest to be wrong
    field.evaluate("field => { field.value = 'Et là, « l’été », bon.'; field.select(); }")
    for key, word in (
        ("ArrowDown", "Et"),
        ("ArrowDown", "là"),
        ("Shift+ArrowDown", "là, « l’été"),
        ("ArrowDown", "bon"),
        ("ArrowDown", "bon"),
        ("ArrowUp", "l’été"),
        ("Shift+ArrowUp", "là, « l’été"),
        ("Control+a", "Et là, « l’été », bon."),
        ("ArrowUp", "bon"),
    ):
        shared.keyboard.press(key)
        assert field.evaluate(chosen) == word, key
    shared.keyboard.type("voilà")
    expect(field).to_have_value("Et là, « l’été », voilà.")
    shared.keyboard.press("Escape")


def test_what_an_earlier_port_could_not_take_is_collected_at_another_one(
    chromium: Browser, workspace: Workspace
) -> None:
    with contextlib.ExitStack() as stack:
        address, process = stack.enter_context(served(workspace))
        context = chromium.new_context()
        stack.callback(context.close)
        page = context.new_page()
        page.goto(way_in(address))
        page.wait_for_selector("html[data-ready]")
        process.send_signal(signal.SIGKILL)
        process.wait()
        put_caret(page, 0, 0)
        page.keyboard.type("Perdu ? ")
        expect(page.locator("#saved")).to_contain_text("Studio ne répond pas")
        page.close()
        other, _ = stack.enter_context(served(workspace, "--port", str(free_port())))
        assert other != address
        page = context.new_page()
        page.goto(way_in(other))
        page.wait_for_selector("html[data-open]")
        expect_text(page, 0, "Perdu? Bonjour", part=True)


def test_a_conflict_in_which_nobody_chose_comes_back(
    chromium: Browser, workspace: Workspace
) -> None:
    with served(workspace) as (address, _):
        with opened(chromium, address) as one, opened(chromium, address) as other:
            cut_off(other)
            select(one, 0, 0, 0)
            one.keyboard.press("Delete")
            put_caret(one, 1, 0)  # the passage that was left empty is taken away
            saved(one, 2)
            put_caret(other, 0, 0)
            other.keyboard.insert_text("Lui, ")
            expect(other.locator("#conflict")).to_be_visible()
            other.locator("#conflict-mine").fill("Lui, rien qu’à lui")
            kept_in_journal(workspace, "Lui, rien qu’à lui")
        with opened(chromium, address) as page:
            expect(page.locator("#conflict-mine")).to_have_value("Lui, rien qu’à lui")
            page.get_by_role("button", name="Écrire la vôtre").click()
            expect_text(page, 0, "Lui, rien qu’à lui")
            written(page)
        assert transcript_on_disk(workspace).segments[0].text == "Lui, rien qu’à lui"


# --- scale, safety, access


def test_three_hours_can_be_opened_and_typed_in(chromium: Browser, workspace: Workspace) -> None:
    words = "alors nous avons commencé avec quelques ordinateurs dans un grenier et puis".split()
    lines = [
        (
            ("A", "B")[n // 3 % 2],
            n * 5400,
            n * 5400 + 5200,
            " ".join(words[(n + k) % len(words)] for k in range(15)),
        )
        for n in range(2000)
    ]
    long = transcript_from_lines(lines)
    files = files_of(workspace)
    write_file(files.transcript, bytes_from_record(long))
    write_file(
        files.facts,
        bytes_from_record(
            replace_fields(
                sources_of(workspace).facts(), duration_ms=10_800_000, sound_end_ms=10_799_000
            )
        ),
    )
    with served(workspace) as (address, _), opened(chromium, address) as page:
        asked = page.evaluate(
            "performance.getEntriesByType('resource').map((entry) => "
            "entry.name).filter((name) => name.endsWith('state'))"
        )
        assert len(asked) == 1  # what was asked for before any script ran is what the script reads
        assert count_of(page) == 2000
        put_caret(page, 1000, 0)
        page.keyboard.insert_text("Oui. ")
        saved(page, 2)
        assert transcript_on_disk(workspace).segments[1000].text.startswith("Oui. ")
        assert len(transcript_on_disk(workspace).words) == 30_001


def test_nobodys_text_is_run(chromium: Browser, workspace: Workspace) -> None:
    files = files_of(workspace)
    transcript = transcript_on_disk(workspace)
    segment = transcript.segments[0]
    hostile = replace_fields(
        segment,
        speaker=HOSTILE,
        words=tuple(replace_fields(word, text=HOSTILE.replace(" ", "")) for word in segment.words),
    )
    write_file(
        files.transcript,
        bytes_from_record(replace_fields(transcript, segments=(hostile, *transcript.segments[1:]))),
    )
    files.article.write_text(
        files.article.read_text(encoding="utf-8").replace(
            "Martigues",
            "Martigues <script>document.title='hacked'</script> <img src=x "
            "onerror=document.title='hacked'>",
        ),
        encoding="utf-8",
    )
    settings = files.settings.read_text(encoding="utf-8")
    files.settings.write_text(
        settings.replace("Claire Fontanel, l’atelier", HOSTILE.replace('"', '\\"')),
        encoding="utf-8",
    )
    with served(workspace) as (address, _), opened(chromium, address) as page:
        for panel in ("chapters", "cuts", "article"):
            page.locator(f"#{panel}-panel summary").click()
        page.keyboard.press("n")
        page.keyboard.press("f")
        page.keyboard.type("<script>")
        page.keyboard.press("Escape")
        page.locator(".speaker").nth(0).click()
        page.keyboard.press("Escape")
        page.keyboard.press("v")
        page.locator("#version-list button").first.click()
        assert "hacked" not in page.title().replace("='hacked'", "")
        assert page.locator("main script, main img, dialog script, dialog img").count() == 0
        assert HOSTILE.replace(" ", "") in text_of(page, 0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_barrier(page: Page, scheme: str) -> None:
    axe = NODE / "node_modules" / "axe-core" / "axe.min.js"
    if not axe.is_file():
        missing("npm's axe-core")
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]

    def leave(*keys: str) -> None:
        for key in ("Escape", *keys):
            page.keyboard.press(key)

    def open_panels() -> None:
        for panel in ("chapters", "cuts", "article"):
            page.locator(f"#{panel}-panel summary").click()
        page.locator("#transcript").focus()

    steps: dict[str, Callable[[], object]] = {
        "opened": lambda: None,
        "run": lambda: page.evaluate(
            "for (const part of ['bar', 'next']) document.getElementById(`run-${part}`).hidden "
            "= false"
        ),
        "panels": open_panels,
        "doubt": lambda: page.keyboard.press("n"),
        "typing": lambda: page.keyboard.press("t"),
        "help": lambda: leave("?"),
        "find": lambda: leave("f"),
        "versions": lambda: leave("v"),
        "speaker": leave,
        "boundary": lambda: leave("b"),
        "conflict": lambda: page.evaluate("document.getElementById('conflict').showModal()"),
        "clashes": lambda: page.evaluate(
            "document.getElementById('conflict').close(); "
            "document.getElementById('clashes').showModal()"
        ),
        "closed": lambda: page.evaluate("document.getElementById('clashes').close()"),
        "narrow": lambda: page.set_viewport_size({"width": 380, "height": 800}),
    }
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    # The page's own policy lets nobody add a script to it; the debugger is nobody.
    for name, step in steps.items():
        step()
        page.evaluate(
            "scrollTo(0, 0)"
        )  # what lies half under the player can be scrolled from there
        page.evaluate(axe.read_text(encoding="utf-8"))
        found = page.evaluate(
            "async (rules) => (await axe.run(document, { runOnly: rules })).violations", rules
        )
        assert [
            (name, one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found
        ] == []


# Where the signs of the table lie: the key's place, and whether it takes Shift. Letters lie where
# they lie on both.
KEYBOARDS: dict[str, dict[str, tuple[str, bool]]] = {
    "AZERTY": {
        "?": ("KeyM", True),
        "+": ("Equal", True),
        "-": ("Digit6", False),
        "z": ("KeyW", False),
        "y": ("KeyY", False),
    },
    "QWERTY": {
        "?": ("Slash", True),
        "+": ("Equal", True),
        "-": ("Minus", False),
        "z": ("KeyZ", False),
        "y": ("KeyY", False),
    },
}


@pytest.mark.parametrize("keyboard", KEYBOARDS)
@pytest.mark.parametrize("system", ["windows", "mac"])
def test_each_key_does_one_thing_on_every_keyboard(
    shared: Page, keyboard: str, system: str
) -> None:
    table = json.loads(
        (Path(__file__).parent.parent / "studio/editor/static/keys.json").read_text(
            encoding="utf-8"
        )
    )
    for place in ("keys", "text"):
        for row in table:
            for combination in row[place]:
                *held, key = (
                    combination.split("+")
                    if combination[-1] != "+"
                    else [*combination[:-1].split("+")[:-1], "+"]
                )
                code, shift = KEYBOARDS[keyboard].get(
                    key, (f"Key{key.upper()}" if len(key) == 1 else key, False)
                )
                control = "Ctrl" in held
                event = {
                    # A Mac's Option writes another sign with most keys.
                    "key": "ƒ"
                    if system == "mac" and "Alt" in held and key.isalpha() and len(key) == 1
                    else key,
                    "code": code,
                    "altKey": "Alt" in held,
                    "ctrlKey": control and system == "windows",
                    "metaKey": control and system == "mac",
                    "shiftKey": shift or "Shift" in held,
                }
                found = shared.evaluate(
                    "async ([event, table, place]) => { const { matches } = await "
                    "import(`${location.href.split('#')[0]}keys.js`);"
                    " return table.filter((row) => row[place].some((one) => matches(one, "
                    "event))).map((row) => row.action); }",
                    [event, table, place],
                )
                assert found == [row["action"]], (keyboard, system, combination)


def test_at_twice_the_size_nothing_is_lost_or_off_the_page(shared: Page) -> None:
    shared.set_viewport_size({"width": 640, "height": 900})
    shared.evaluate("document.documentElement.style.fontSize = '200%'")
    for panel in ("chapters", "cuts", "article"):
        shared.evaluate("(id) => { document.getElementById(id).open = true; }", f"{panel}-panel")
    shared.locator("#transcript").focus()

    def lost() -> list[str]:
        """What sticks out of the page or of a box that hides it."""
        return list(
            shared.evaluate(
                """() => [...document.querySelectorAll('body *')].filter((element) => {
                  if (!element.checkVisibility({ contentVisibilityAuto: true }) || element.closest('.skip, option, datalist')) return false;
                  const box = element.getBoundingClientRect();
                  const hides = getComputedStyle(element).overflowX !== 'visible' && !element.matches('input, select, audio');
                  return box.right > innerWidth + 1 || box.left < -1 || (hides && element.scrollWidth > element.clientWidth + 1);
                }).map((element) => element.outerHTML.slice(0, 80))"""
            )
        )

    assert shared.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    assert lost() == []
    for key in ("n", "t", "Escape", "b", "Escape", "?", "Escape", "f", "Escape", "v", "Escape"):
        shared.keyboard.press(key)
        assert shared.evaluate("document.scrollingElement.scrollWidth <= innerWidth"), key
        assert lost() == [], key


def test_a_telephone_shows_no_keys_on_its_buttons(shared: Page) -> None:
    shown = shared.locator("button kbd:visible")
    assert shown.count()
    session = shared.context.new_cdp_session(shared)
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    try:
        assert not shown.count()
    finally:
        session.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
    assert shown.count()


def test_whoever_has_the_focus_is_seen_to_have_it(shared: Page) -> None:
    shared.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    shared.keyboard.press("n")
    met = set()
    shared.evaluate("getSelection().collapse(document.body, 0)")
    for start in ("", "transcript", "pass"):
        shared.evaluate("(start) => document.getElementById(start)?.focus()", start)
        for _ in range(24):
            shared.keyboard.press("Tab")
            name, visible, line, width, shown, label = shared.evaluate(
                """() => {
                  const one = document.activeElement;
                  const style = getComputedStyle(one);
                  const label = one.getAttribute('aria-label') || one.innerText || one.labels?.[0]?.innerText || '';
                  return [one.tagName + (one.id || one.className), one.matches(':focus-visible'), style.outlineStyle,
                    parseFloat(style.outlineWidth), one.checkVisibility(), label.trim()];
                }"""
            )
            if name == "BODY":
                break
            met.add(name)
            assert (visible, line, width >= 2, shown) == (True, "solid", True, True), name
            assert label, name
    assert {
        "Askip",
        "BUTTONplay",
        "INPUTseek",
        "DIVmanuscript",
        "BUTTONspeaker",
        "BUTTONtype",
        "SUMMARY",
    } <= met


def test_single_keys_can_be_turned_off_and_help_shows_all(page: Page) -> None:
    page.keyboard.press("?")
    table = json.loads(
        (Path(__file__).parent.parent / "studio/editor/static/keys.json").read_text(
            encoding="utf-8"
        )
    )
    expect(page.locator("#keys tr")).to_have_count(len(table))
    expect(page.locator("#keys")).to_contain_text("Reprendre la proposition")
    page.locator("#single-keys").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.locator("#doubt")).to_be_hidden()
    page.keyboard.press("Alt+n")
    expect(page.locator("#doubt")).to_be_visible()
    assert SLUG


def test_one_language_at_a_time_and_the_switch_loses_nothing(
    page: Page, workspace: Workspace
) -> None:
    page.locator("#cuts-panel summary").click()
    page.locator("#manuscript").click(position={"x": 300, "y": 60})
    page.keyboard.type("Zut ")
    page.evaluate("document.querySelector('audio').currentTime = 60")
    page.get_by_role("button", name="English", exact=True).click()
    page.wait_for_selector("html[lang=en][data-ready]")

    expect(page.locator("#saved")).to_contain_text("Saved (")
    expect(page.locator("#manuscript")).to_contain_text("Zut ")
    expect(page.locator("#cuts-panel")).to_have_attribute("open", "")
    assert page.evaluate("document.querySelector('audio').currentTime") > 50
    shown = page.locator("body").inner_text().replace(page.locator("#manuscript").inner_text(), "")
    assert not re.search(r"Annuler|Rétablir|Coupes|Vitesse|Lire", shown)
    labels = page.locator("[aria-label]").evaluate_all("all => all.map((one) => one.ariaLabel)")
    assert not [one for one in labels if re.search(r"Écouter|Lecteur|voix", one)]
    page.get_by_role("button", name="Français", exact=True).click()
    page.wait_for_selector("html[lang=fr][data-ready]")
    expect(page.locator("#saved")).to_contain_text("Enregistré (")
    expect(page.locator("#manuscript")).to_contain_text("Zut ")
    written(page)
    assert "Zut" in " ".join(one.text for one in transcript_on_disk(workspace).segments)


def test_a_key_or_pedal_of_ones_own_is_kept_in_the_browser(
    page: Page, workspace: Workspace
) -> None:
    before = transcript_on_disk(workspace)
    playing = "!document.querySelector('audio').paused"
    page.keyboard.press("?")
    button = page.get_by_label("Votre touche pour « Lire, arrêter »")
    button.click()
    page.keyboard.press("F9")
    expect(button).to_have_text("F9")
    page.get_by_label("Votre touche pour « Doute suivant »").click()
    page.keyboard.press("w")
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()
    page.reload()
    page.wait_for_selector("html[data-ready]")
    put_caret(page, 2, 0)
    page.keyboard.press("F9")  # a pedal works while one types
    page.wait_for_function(playing)
    page.keyboard.press("F9")
    page.wait_for_function(f"!({playing})")
    page.keyboard.press("w")  # a sign is written there
    expect_text(page, 2, f"w{before.segments[2].text}")
    page.keyboard.press("Escape")
    page.keyboard.press("w")
    expect(page.locator("#doubt")).to_be_visible()
    page.keyboard.press("?")
    button.click()
    page.keyboard.press("Delete")
    expect(button).to_have_text("+")
    page.keyboard.press("Escape")
    written(page)
