"""Real keys at the speed of people, against a server that takes its time: nothing of it is changed
under the caret, lost, or in conflict with itself.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from support.edit_session import served, sources_of, transcript_on_disk
from support.editor_typing import (
    SLOW,
    chromium_fixture,  # noqa: F401 - a fixture
    drag,
    opened,
    page_fixture,  # noqa: F401 - a fixture
    settled,
    workspace_fixture,  # noqa: F401 - a fixture
)
from support.manuscript_page import (
    box_of,
    count_of,
    expect_caret,
    expect_text,
    put_caret,
    select,
    selected_passages,
    text_of,
)

from studio.workspace.layout import Workspace

pytestmark = pytest.mark.judge

# What a page waits for when the disk is busy, both ways together.
LATENCY_MS = 250


FRENCH = "Il a dit « oui » et (2018 ?) et : « non ! » ; puis 30 % de plus. "


@pytest.mark.parametrize(("key_ms", "latency_ms"), [(40, 0), (180, LATENCY_MS), (300, 0)])
def test_french_punctuation_is_typed_as_it_is_written(
    page: Page, workspace: Workspace, key_ms: int, latency_ms: int
) -> None:
    before = text_of(page, 2)
    put_caret(page, 2, len("Aujourd'hui, "))
    page.evaluate(SLOW, latency_ms)
    page.keyboard.type(FRENCH, delay=key_ms)
    wanted = before.replace("Aujourd'hui, ", f"Aujourd'hui, {FRENCH}")
    assert text_of(page, 2) == wanted
    settled(page)
    assert text_of(page, 2) == wanted  # whatever the server answered
    saved = transcript_on_disk(workspace).segments[2].text
    assert saved.replace(" ", "") == wanted.replace(" ", "")
    page.keyboard.press("Escape")
    expect_text(page, 2, saved)


@pytest.mark.parametrize(("key_ms", "latency_ms"), [(0, LATENCY_MS), (15, 0), (50, LATENCY_MS)])
def test_letters_right_after_enter_begin_the_new_passage(
    page: Page, workspace: Workspace, key_ms: int, latency_ms: int
) -> None:
    count = count_of(page)
    put_caret(page, 2, len("Aujourd'hui, je suis"))
    page.evaluate(SLOW, latency_ms)
    page.keyboard.type(" là", delay=key_ms)
    page.keyboard.press("Enter")
    page.keyboard.type("Et voici, ", delay=key_ms)
    expect_caret(page, 3)
    settled(page)
    assert count_of(page) == count + 1
    segments = transcript_on_disk(workspace).segments
    assert segments[2].text == "Aujourd'hui, je suis là"
    assert segments[3].text == "Et voici, amartique dans une ancienne poste"
    assert text_of(page, 3).split() == segments[3].text.split()
    expect_caret(page, 3)
    # Taken back in steps, nothing is left of it.
    for _ in range(12):
        page.keyboard.press("Control+z")
    settled(page)
    assert transcript_on_disk(workspace).segments[2].text.startswith("Aujourd'hui, je suis amart")


@pytest.mark.parametrize("latency_ms", [0, LATENCY_MS])
def test_letters_right_after_a_join_stand_at_the_joint(
    page: Page, workspace: Workspace, latency_ms: int
) -> None:
    count = count_of(page)
    first, second = text_of(page, 2), text_of(page, 3)
    put_caret(page, 3, 0)
    page.evaluate(SLOW, latency_ms)
    page.keyboard.press("Backspace")
    page.keyboard.type("alors ", delay=20)
    settled(page)
    assert count_of(page) == count - 1
    assert transcript_on_disk(workspace).segments[2].text == f"{first} alors {second}"
    expect_caret(page, 2)


HELD = """() => {
  const ask = window.fetch;
  window.held = new Promise((held) => {
    window.fetch = async (path, ...more) => {
      const answer = await ask(path, ...more);
      if (String(path).includes("changes/")) await new Promise((go) => held(go));
      return answer;
    };
  }).then((go) => { window.fetch = ask; window.letGo = go; });
}"""


@pytest.mark.parametrize("is_asked_before", [True, False])
def test_answers_that_cross_on_their_way_are_taken_in_once(
    page: Page, workspace: Workspace, *, is_asked_before: bool
) -> None:
    """What others did is asked for every other second, and its answer comes after that of a save
    that was asked for later; or, of an older server state, after one that knows more.
    """
    count = count_of(page)
    put_caret(page, 2, len("Aujourd'hui, je suis"))
    if is_asked_before:
        page.evaluate(HELD)
        page.evaluate("async () => { await window.held; }")
    else:
        # The answer to the save waits; the one to what was asked after it comes first.
        page.evaluate(HELD.replace("changes/", "edits"))
    page.keyboard.press("Enter")
    page.keyboard.type("Et ")
    if is_asked_before:
        settled(page)
    else:
        page.evaluate("async () => { await window.held; }")
        page.evaluate(
            "async () => { const { catchUp } = await import(new URL('store.js', location.href));"
            " await catchUp(); }"
        )
    page.evaluate("() => window.letGo()")
    settled(page)
    page.keyboard.type("voici, ")
    settled(page)
    assert count_of(page) == count + 1
    segments = transcript_on_disk(workspace).segments
    assert len(segments) == count + 1
    assert segments[3].text == "Et voici, amartique dans une ancienne poste"
    assert text_of(page, 3).split() == segments[3].text.split()


SLOWEST_MS = 900


@pytest.mark.parametrize(
    ("start", "end"),
    [
        # From within a passage to within another one; from before its first letter; all of them.
        ((2, 6), (4, 5)),
        ((2, 0), (4, 5)),
        ((2, 0), (3, None)),
        ((1, 3), (2, 40)),
    ],
)
@pytest.mark.parametrize("key_ms", [0, 50])
def test_who_gives_the_rest_to_another_voice_and_types_over_it_is_in_no_conflict(
    page: Page,
    workspace: Workspace,
    *,
    start: tuple[int, int],
    end: tuple[int, int | None],
    key_ms: int,
) -> None:
    texts = [segment.text for segment in transcript_on_disk(workspace).segments]
    put_caret(page, 2, len("Aujourd'hui, je suis "))
    page.evaluate(SLOW, SLOWEST_MS)
    page.keyboard.press("Alt+Enter")
    page.wait_for_timeout(key_ms)
    select(page, *start, *end)
    page.keyboard.type("Bref, ", delay=key_ms)
    settled(page)
    left = " ".join([*texts[: start[0]], texts[start[0]][: start[1]]])
    rest = [] if end[1] is None else [texts[end[0]][end[1] :]]
    wanted = " ".join([left, "Bref,", *rest, *texts[end[0] + 1 :]])
    segments = transcript_on_disk(workspace).segments
    assert "".join(segment.text for segment in segments).replace(" ", "") == wanted.replace(" ", "")


@pytest.mark.parametrize("key_ms", [0, 50])
@pytest.mark.parametrize("key", ["Enter", "Backspace", "Delete"])
def test_letters_after_enter_or_a_join_are_kept_however_slow_the_disk_is(
    page: Page, workspace: Workspace, key: str, key_ms: int
) -> None:
    texts = [segment.text for segment in transcript_on_disk(workspace).segments]
    place, at = {
        "Enter": (2, len("Aujourd'hui, je suis")),
        "Backspace": (3, 0),
        "Delete": (2, len(texts[2])),
    }[key]
    put_caret(page, place, at)
    page.evaluate(SLOW, SLOWEST_MS)
    page.keyboard.press(key)
    page.wait_for_timeout(key_ms)
    page.keyboard.type("et voici ", delay=key_ms)
    settled(page)
    whole = " ".join(texts)
    border = len(" ".join([*texts[:place], texts[place][:at]]))
    segments = transcript_on_disk(workspace).segments
    assert " ".join(segment.text for segment in segments).replace(" ", "") == (
        f"{whole[:border]}et voici {whole[border:]}".replace(" ", "")
    )
    assert len(segments) == len(texts) + (1 if key == "Enter" else -1)


def test_enter_and_backspace_in_one_breath_leave_everything_as_it_was(
    page: Page, workspace: Workspace
) -> None:
    before = [segment.text for segment in transcript_on_disk(workspace).segments]
    page.evaluate(SLOW, LATENCY_MS)
    put_caret(page, 2, len("Aujourd'hui, je suis"))
    page.keyboard.press("Enter")
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")  # at the start of a passage: nothing to split
    page.keyboard.press("Backspace")
    settled(page)
    assert [segment.text for segment in transcript_on_disk(workspace).segments] == before


def test_a_passage_is_split_where_french_spaces_stand_before_it(
    page: Page, workspace: Workspace
) -> None:
    put_caret(page, 2, 0)
    page.keyboard.type("Vraiment ? « Oui » ! ", delay=40)
    page.keyboard.press("Enter")
    settled(page)
    segments = transcript_on_disk(workspace).segments
    assert segments[2].text == "Vraiment? «Oui»!"
    assert segments[3].text.startswith("Aujourd'hui, je suis")


def test_what_is_composed_is_not_disturbed(page: Page, workspace: Workspace) -> None:
    """A dead key or an input method: the server's answer comes in the middle of it."""
    put_caret(page, 2, 0)
    page.evaluate(SLOW, LATENCY_MS)
    page.keyboard.type("« a » ")
    devtools = page.context.new_cdp_session(page)
    for shown in ("^", "^", "ê"):
        devtools.send(
            "Input.imeSetComposition",
            {"text": shown, "selectionStart": len(shown), "selectionEnd": len(shown)},
        )
        page.wait_for_timeout(200)
    devtools.send("Input.insertText", {"text": "ê"})
    page.keyboard.type("tre ")
    settled(page)
    assert text_of(page, 2).startswith("« a » être Aujourd'hui")
    assert transcript_on_disk(workspace).segments[2].text.startswith("«a» être Aujourd'hui")


def test_undo_takes_back_words_and_shows_where(page: Page, workspace: Workspace) -> None:
    before = text_of(page, 2)
    put_caret(page, 2, len(before))
    page.keyboard.type(" bonjour monde", delay=220)  # each letter is saved by itself
    settled(page)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.keyboard.press("Control+z")
    expect_text(page, 2, f"{before} bonjour")
    assert page.evaluate("CSS.highlights.get('changed').size") == 1
    page.wait_for_timeout(100)
    assert 0 < box_of(page, 2, -1)["y"] < 900
    page.keyboard.press("Control+z")
    expect_text(page, 2, before)
    page.keyboard.press("Control+y")
    expect_text(page, 2, f"{before} bonjour")
    settled(page)


def test_a_page_with_unsent_text_opens_on_a_disk_that_takes_nothing(
    page: Page, workspace: Workspace
) -> None:
    refusal = '{"where": "/volume", "what": "is on a disk that is read-only", "remedy": ""}'
    page.route("**/api/edits", lambda route: route.fulfill(status=507, body=refusal))
    put_caret(page, 2, 0)
    page.keyboard.type("Gardé ")
    expect(page.locator("#saved")).to_contain_text(
        "Non enregistré (/volume : is on a disk that is read-only). Tout est gardé"
    )
    page.reload()
    page.wait_for_selector("html[data-open]")
    expect(page.locator("#saved")).to_contain_text(
        "Non enregistré (/volume : is on a disk that is read-only). Tout est gardé"
    )
    expect(page.locator("#saved")).to_be_in_viewport()
    page.locator(".words").nth(10).click()
    page.keyboard.press("n")  # everything but saving can be used
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(page.locator("#saved")).to_be_in_viewport()
    page.unroute("**/api/edits")
    settled(page)
    assert transcript_on_disk(workspace).segments[2].text.startswith("Gardé Aujourd'hui")


def test_somebody_else_changes_the_passage_and_the_caret_stays_at_its_letters(
    chromium: Browser, workspace: Workspace
) -> None:
    with (
        served(workspace) as (address, _),
        opened(chromium, address) as mine,
        opened(chromium, address) as other,
    ):
        put_caret(mine, 2, len("Aujourd'hui, je suis"))
        put_caret(other, 2, 0)
        other.keyboard.type("Alors")
        expect_text(mine, 2, "AlorsAujourd'hui,", part=True)
        other.keyboard.type(" ")  # a space alone, where the words of both are the same letters
        expect_text(mine, 2, "Alors Aujourd'hui", part=True)
        mine.keyboard.type(" bien")
        settled(mine)
        assert (
            transcript_on_disk(workspace)
            .segments[2]
            .text.startswith("Alors Aujourd'hui, je suis bien amartique")
        )


# --- a selection over several passages


def test_a_drag_over_three_passages_is_copied_cut_joined_typed_and_given_back(
    page: Page, workspace: Workspace
) -> None:
    segments = transcript_on_disk(workspace).segments
    drag(page, (2, 0), (4, -1))
    copied = page.evaluate(
        """() => {
          const data = new DataTransfer();
          document.activeElement.dispatchEvent(
            new ClipboardEvent('copy', { clipboardData: data, bubbles: true, cancelable: true }));
          return data.getData('text/plain');
        }"""
    )
    for segment in segments[2:5]:
        assert segment.text in copied
    drag(page, (2, 2), (4, -3))  # inside of words: they are cut whole
    page.keyboard.press("Alt+x")
    settled(page)
    (cut,) = sources_of(workspace).episode.cuts
    assert (cut.start_ms, cut.end_ms) == (
        segments[2].words[0].start_ms,
        segments[4].words[-1].end_ms,
    )
    # What is cut beside it is the same cut; a space that is selected takes no word with it.
    select(page, 5, 0, 5, text_of(page, 5).index(" ") + 1)
    page.keyboard.press("Alt+x")
    settled(page)
    (cut,) = sources_of(workspace).episode.cuts
    assert cut.end_ms == segments[5].words[0].end_ms
    field = page.locator("#cuts .moment").first
    field.fill("0:00,500")
    field.press("Enter")
    settled(page)
    (cut,) = sources_of(workspace).episode.cuts
    assert cut.start_ms == 500
    field.fill("demain")
    field.press("Enter")
    expect(field).to_have_attribute("aria-invalid", "true")


def test_shift_and_arrows_reach_over_passages_and_delete_takes_all_of_it(
    page: Page, workspace: Workspace
) -> None:
    before = transcript_on_disk(workspace).segments
    put_caret(page, 2, len(text_of(page, 2)) - len("poste"))
    for _ in range(3):
        page.keyboard.press("Control+Shift+ArrowRight")
    assert selected_passages(page) == 2
    page.keyboard.press("Delete")
    settled(page)
    after = transcript_on_disk(workspace).segments
    assert after[2].text == before[2].text.rpartition(" ")[0]
    assert after[3].text.split() == before[3].text.split()[2:]
    page.keyboard.press("Control+z")
    settled(page)
    assert transcript_on_disk(workspace).segments == before
