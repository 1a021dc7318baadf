"""The text as one manuscript: what is selected over sentences, turns and the whole episode is typed
over, deleted, cut, copied, pasted and given a voice, and comes back as it was.
"""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from support.edit_session import GUEST, HOST, make_episode, served, transcript_on_disk, way_in
from support.editor_page import eventually, written
from support.editor_typing import SLOW, chromium_fixture, drag, opened, settled  # noqa: F401 - a fixture
from support.manuscript_page import (
    count_of,
    expect_caret,
    put_caret,
    select,
    selected_passages,
    text_of,
)

from studio.model.transcript import Segment
from studio.workspace.layout import Workspace

pytestmark = pytest.mark.judge


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_episode(tmp_path / "ici")


def on_disk(workspace: Workspace) -> tuple[Segment, ...]:
    return transcript_on_disk(workspace).segments


def drawn_as_saved(page: Page, workspace: Workspace) -> None:
    """What is drawn is what the file has, passage by passage."""
    page.keyboard.press("Escape")
    page.wait_for_timeout(500)
    settled(page)
    assert [text_of(page, place).split() for place in range(count_of(page))] == [
        segment.text.split() for segment in on_disk(workspace)
    ]


def undo(page: Page, times: int = 1) -> None:
    for _ in range(times):
        page.keyboard.press("Control+z")
        settled(page)


def first_turns(workspace: Workspace) -> tuple[int, int]:
    """The last passage of the first turn and the first one of the fourth."""
    speakers = [segment.speaker for segment in on_disk(workspace)]
    ends = [place for place in range(1, len(speakers)) if speakers[place] != speakers[place - 1]]
    return ends[0] - 1, ends[2]


def test_typing_over_three_turns_leaves_what_stood_around_them(
    chromium: Browser,
    workspace: Workspace,
) -> None:
    before = on_disk(workspace)
    first, last = first_turns(workspace)
    with served(workspace) as (address, _), opened(chromium, address) as page:
        drag(page, (first, 3), (last, 4))
        assert selected_passages(page) == last - first + 1
        page.keyboard.type("xyz ")
        settled(page)
        after = on_disk(workspace)
        assert len(after) == len(before) - (last - first)
        head, tail = before[first].text[:3], before[last].text[5:]
        assert after[first].text == f"{head}xyz {tail}".strip()
        assert after[:first] == before[:first]
        assert after[first + 1 :] == before[last + 1 :]
        assert after[first].words[-1] == before[last].words[-1]
        expect_caret(page, first)
        undo(page)
        undo(page)
        while page.locator("button[data-action=undo]").is_enabled():
            undo(page)
        assert on_disk(workspace) == before
        drawn_as_saved(page, workspace)


def test_who_speaks_stays_who_spoke_when_the_middle_of_two_turns_goes(
    chromium: Browser,
    workspace: Workspace,
) -> None:
    before = on_disk(workspace)
    first, _ = first_turns(workspace)
    with served(workspace) as (address, _), opened(chromium, address) as page:
        select(page, first - 1, 0, first + 2, 0)
        page.keyboard.press("Delete")
        settled(page)
        kept = [*before[: first - 1], *before[first + 2 :]]
        assert list(on_disk(workspace)) == kept
        undo(page)
        assert on_disk(workspace) == before
        drawn_as_saved(page, workspace)


def test_everything_is_selected_deleted_and_given_back(
    chromium: Browser,
    workspace: Workspace,
) -> None:
    before = on_disk(workspace)
    with served(workspace) as (address, process), opened(chromium, address) as page:
        put_caret(page, 4, 1)
        page.keyboard.press("Control+a")
        assert selected_passages(page) == len(before)
        page.keyboard.press("Delete")
        settled(page)
        assert len(on_disk(workspace)) == 1  # where somebody may go on to type
        undo(page)
        assert on_disk(workspace) == before
        page.keyboard.press("Control+a")
        page.keyboard.press("Backspace")
        settled(page)
        process.send_signal(signal.SIGKILL)
        process.wait()
    with served(workspace) as (address, _), opened(chromium, address) as page:
        undo(page)
        assert on_disk(workspace) == before
        drawn_as_saved(page, workspace)


def clipboard(page: Page, kind: str, text: str = "") -> dict[str, str]:
    return dict(
        page.evaluate(
            """([kind, texts]) => {
              const data = new DataTransfer();
              for (const [type, text] of Object.entries(texts)) data.setData(type, text);
              document.activeElement.dispatchEvent(
                new ClipboardEvent(kind, { clipboardData: data, bubbles: true, cancelable: true }));
              return Object.fromEntries(data.types.map((type) => [type, data.getData(type)]));
            }""",
            [kind, {"text/plain": text} if text else {}],
        )
    )


def test_what_is_cut_out_over_turns_is_pasted_elsewhere(
    chromium: Browser,
    workspace: Workspace,
) -> None:
    before = on_disk(workspace)
    first, _ = first_turns(workspace)
    with served(workspace) as (address, _), opened(chromium, address) as page:
        select(page, first, 0, first + 1)
        data = clipboard(page, "cut")
        assert data["text/plain"] == (
            f"{HOST} : {before[first].text}\n{GUEST} : {before[first + 1].text}"
        )
        settled(page)
        put_caret(page, 0, 0)
        settled(page)
        assert list(on_disk(workspace)) == [*before[:first], *before[first + 2 :]]
        clipboard(page, "paste", "Un\n  deux\t")
        settled(page)
        assert on_disk(workspace)[0].text == f"Un deux {before[0].text}"
        while page.locator("button[data-action=undo]").is_enabled():
            undo(page)
        assert on_disk(workspace) == before
        drawn_as_saved(page, workspace)


def test_selected_words_get_a_voice_and_a_turn_is_taken_over(
    chromium: Browser,
    workspace: Workspace,
) -> None:
    before = on_disk(workspace)
    words = before[2].text.split()
    with served(workspace) as (address, _), opened(chromium, address) as page:
        start = len(" ".join(words[:1])) + 1
        select(page, 2, start, 2, start + len(" ".join(words[1:3])))
        page.keyboard.press("Alt+s")
        settled(page)
        after = on_disk(workspace)
        assert [(one.speaker, one.text) for one in after[2:5]] == [
            (HOST, words[0]),
            (GUEST, " ".join(words[1:3])),
            (HOST, " ".join(words[3:])),
        ]
        assert [word for one in after for word in one.words] == [
            word for one in before for word in one.words
        ]
        undo(page)
        assert on_disk(workspace) == before
        put_caret(page, 2, start + 1)
        page.keyboard.press("Alt+Enter")
        settled(page)
        after = on_disk(workspace)
        first, _ = first_turns(workspace)
        assert (after[2].text, after[2].speaker) == (words[0], HOST)
        assert {one.speaker for one in after[3 : first + 2]} == {GUEST}
        put_caret(page, 3, 0)
        page.keyboard.press("Alt+Shift+Backspace")
        settled(page)
        assert {one.speaker for one in on_disk(workspace)[: first + 1]} == {HOST}
        undo(page, 2)
        assert on_disk(workspace) == before
        page.locator(".speaker").first.click()
        page.keyboard.type("Anne Noël")
        page.keyboard.press("Enter")
        settled(page)
        speakers = [one.speaker for one in on_disk(workspace)]
        number = first_turns(workspace)[0] + 1
        assert speakers[:number] == ["Anne Noël"] * number
        assert HOST in speakers


def test_a_passage_that_is_being_split_is_typed_in_while_the_server_dies(
    chromium: Browser,
    workspace: Workspace,
) -> None:
    with served(workspace) as (address, process), opened(chromium, address) as page:
        page.wait_for_selector("html[data-ready]")
        put_caret(page, 2, len("Aujourd'hui, je suis"))
        process.send_signal(signal.SIGKILL)
        process.wait()
        page.keyboard.press("Enter")
        page.wait_for_timeout(600)  # the split is on its way
        page.keyboard.type("Et voici, ")
        expect(page.locator("#saved")).to_contain_text("ne répond pas")
        eventually(
            page, "() => Object.values(localStorage).some((one) => one.includes('Et voici'))"
        )
        with served(workspace) as (again, _):
            assert again == address
            other = page.context.new_page()
            page.close()
            other.goto(way_in(again))
            other.wait_for_selector("html[data-open]")
            expect(other.locator("#saved")).to_contain_text("Enregistré", timeout=60_000)
            written(other)
            segments = on_disk(workspace)
            assert segments[2].text == "Aujourd'hui, je suis"
            assert segments[3].text.startswith("Et voici, amartique dans")


def test_typing_goes_on_while_the_passage_is_cut_for_a_voice(
    chromium: Browser,
    workspace: Workspace,
) -> None:
    before = on_disk(workspace)
    words = before[2].text.split()
    with served(workspace) as (address, _), opened(chromium, address) as page:
        page.evaluate(SLOW, 900)
        put_caret(page, 2, len(words[0]) + 1)
        page.keyboard.press("Alt+Enter")
        page.keyboard.type("moi ", delay=40)
        settled(page)
        page.keyboard.type("aussi ", delay=40)  # the caret is where it was
        settled(page)
        after = on_disk(workspace)
        assert (after[2].text, after[2].speaker) == (words[0], HOST)
        assert (after[3].text, after[3].speaker) == (f"moi aussi {' '.join(words[1:])}", GUEST)
        assert after[3].words[2:] == before[2].words[1:]
        while page.locator("button[data-action=undo]").is_enabled():
            undo(page)
        assert on_disk(workspace) == before
        drawn_as_saved(page, workspace)
