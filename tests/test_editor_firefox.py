"""The editor's text in Firefox, with its own keys, mouse and drawing: what is typed, split, joined,
selected over turns and taken back is what the file has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.edit_session import make_episode, served, sources_of, transcript_on_disk, way_in
from support.editor_typing import SLOW
from support.firefox import Firefox, started
from support.judges import need

from studio.workspace.layout import Workspace

pytestmark = pytest.mark.judge

FRENCH = "Il a dit « oui » et (2018 ?) et : « non ! » ; puis 30 % de plus. "
# So long an answer of the server takes on its way, both ways together.
LATENCY_MS = 250


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_episode(tmp_path / "ici")


@pytest.fixture
def page(workspace: Workspace, tmp_path: Path) -> Iterator[Firefox]:
    firefox = need("firefox-esr")
    with served(workspace) as (address, _), started(firefox, tmp_path / "firefox") as page:
        page.goto(way_in(address))
        page.wait_for("document.documentElement?.dataset.ready === 'true'")
        yield page


def shown(page: Firefox) -> list[str]:
    """The paragraphs of the page."""
    found = page.evaluate("[...document.querySelectorAll('.words')].map((one) => one.textContent)")
    return [str(text) for text in found]


_PLACE = """const place = (text) => {
  const [node] = [...document.querySelectorAll('.words')]
    .map((one) => one.firstChild).filter((one) => one.data?.includes(text));
  return [node, node.data.indexOf(text)];
};"""


def put_caret(page: Firefox, text: str) -> None:
    """Before these letters."""
    page.evaluate(
        f"""(text) => {{ {_PLACE} const [node, at] = place(text);
          document.querySelector('.manuscript').focus(); getSelection().collapse(node, at); }}""",
        text,
    )
    page.wait_for_timeout(100)


def point_of(page: Firefox, text: str) -> tuple[float, float]:
    """Where the first one of these letters is drawn: its left edge."""
    code = f"""(text) => {{ {_PLACE} const [node, at] = place(text);
      const range = document.createRange(); range.setStart(node, at); range.setEnd(node, at + 1);
      const box = range.getBoundingClientRect(); return [box.left, box.top + box.height / 2]; }}"""
    x, y = page.evaluate(code, text)
    return float(x), float(y)


def settled(page: Firefox) -> None:
    page.wait_for("document.querySelector('#saved').textContent.startsWith('Enregistré')")
    page.wait_for_timeout(600)
    page.wait_for("document.querySelector('#saved').textContent.startsWith('Enregistré')")
    page.wait_for("fetch('api/changes/0').then((one) => one.json()).then((one) => one.written)")
    assert not page.evaluate("document.querySelector('#conflict').open")


def without_spaces(text: str) -> str:
    return re.sub(r"\s", "", text)


def on_disk(workspace: Workspace) -> list[str]:
    return [segment.text for segment in transcript_on_disk(workspace).segments]


@pytest.mark.parametrize(("key_ms", "latency_ms"), [(40, LATENCY_MS), (180, 0), (180, LATENCY_MS)])
def test_french_punctuation_is_typed_as_it_is_written(
    page: Firefox, workspace: Workspace, key_ms: int, latency_ms: int
) -> None:
    before = shown(page)[0]
    page.evaluate(SLOW, latency_ms)
    put_caret(page, "je suis")
    page.keyboard.type(FRENCH, delay=key_ms)
    wanted = before.replace("je suis", f"{FRENCH}je suis")
    assert shown(page)[0] == wanted
    settled(page)
    assert shown(page)[0] == wanted
    assert without_spaces(on_disk(workspace)[2]).startswith(
        without_spaces(f"Aujourd'hui, {FRENCH}je suis")
    )


def test_letters_around_enter_a_join_and_undo_stand_where_they_were_typed(
    page: Firefox, workspace: Workspace
) -> None:
    before = transcript_on_disk(workspace)
    page.evaluate(SLOW, LATENCY_MS)
    put_caret(page, "amartique")
    page.keyboard.press("Backspace")
    page.keyboard.type(" là", delay=40)
    page.keyboard.press("Enter")
    page.keyboard.type("Et voici, ", delay=40)
    settled(page)
    assert on_disk(workspace)[2:4] == [
        "Aujourd'hui, je suis là",
        "Et voici, amartique dans une ancienne poste",
    ]
    put_caret(page, "Et voici")
    page.keyboard.press("Backspace")
    page.keyboard.type("oui, ", delay=40)
    settled(page)
    assert on_disk(workspace)[2].startswith("Aujourd'hui, je suis là oui, Et voici, amartique")
    while page.evaluate("!document.querySelector('button[data-action=undo]').disabled"):
        page.keyboard.press("Control+z")
        settled(page)
    assert transcript_on_disk(workspace) == before


def test_a_drag_over_turns_is_cut_typed_over_deleted_and_given_back(
    page: Firefox, workspace: Workspace
) -> None:
    before = transcript_on_disk(workspace)
    start, end = point_of(page, "bruits autour"), point_of(page, "enue chez nous")
    steps = [start, (start[0] + 40, start[1]), *((end[0] - x, end[1]) for x in (60, 30, 0))]
    page.mouse.drag(steps)
    page.keyboard.press("Alt+x")
    settled(page)
    (cut,) = sources_of(workspace).episode.cuts
    words = before.words
    (first,) = (word for word in words if word.text == "bruits")
    last = next(word for word in before.segments[8].words if word.text == "bienvenue")
    assert (cut.start_ms, cut.end_ms) == (first.start_ms, last.end_ms)
    page.keyboard.type("xyz", delay=60)
    settled(page)
    found = " ".join(on_disk(workspace))
    assert "et il y a des xyz" in found
    assert "enue chez nous." in found
    assert "Fontanel, bonjour." not in found
    assert any("et il y a des xyz" in text for text in shown(page))
    while page.evaluate("!document.querySelector('button[data-action=undo]').disabled"):
        page.keyboard.press("Control+z")
        settled(page)
    assert transcript_on_disk(workspace) == before


def test_shift_and_arrows_reach_over_turns(page: Firefox, workspace: Workspace) -> None:
    before = on_disk(workspace)
    put_caret(page, "bonjour.")
    for _ in range(2):
        page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+Home")
    chosen = page.evaluate("String(getSelection())")
    assert "bonjour." in chosen
    page.keyboard.press("Delete")
    settled(page)
    after = on_disk(workspace)
    assert len(after) < len(before)
    assert after[:5] == before[:5]
    assert after[-20:] == before[-20:]
    page.keyboard.press("Control+z")
    settled(page)
    assert on_disk(workspace) == before


def test_what_is_composed_is_not_disturbed(page: Firefox, workspace: Workspace) -> None:
    """A dead key or an input method: the server's answer comes in the middle of it."""
    page.evaluate(SLOW, LATENCY_MS)
    put_caret(page, "Aujourd'hui, je suis")
    page.keyboard.type("« a » ")
    page.compose("^", "^", "ê", written="ê")
    page.keyboard.type("tre ")
    settled(page)
    assert "« a » être Aujourd'hui" in shown(page)[0]
    assert on_disk(workspace)[2].startswith("«a» être Aujourd'hui")


def test_what_is_composed_over_passages_takes_their_place(
    page: Firefox, workspace: Workspace
) -> None:
    before = on_disk(workspace)
    page.evaluate(SLOW, LATENCY_MS)
    page.mouse.drag([point_of(page, "amartique"), point_of(page, "bruits")])
    page.compose("e", "é", written="été ")
    settled(page)
    assert on_disk(workspace)[2] == "Aujourd'hui, je suis été bruits autour de nous."
    page.keyboard.press("Control+z")
    settled(page)
    while page.evaluate("!document.querySelector('button[data-action=undo]').disabled"):
        page.keyboard.press("Control+z")
        settled(page)
    assert on_disk(workspace) == before


def test_what_is_copied_here_and_elsewhere_is_pasted_as_words(
    page: Firefox, workspace: Workspace
) -> None:
    page.evaluate(SLOW, LATENCY_MS)
    # Over turns: the names of who speaks are for others, and stay out of what is pasted here.
    page.mouse.drag([point_of(page, "bonjour."), point_of(page, "bienvenue chez")])
    page.keyboard.press("Control+c")
    put_caret(page, "amartique")
    page.keyboard.press("Control+v")
    settled(page)
    assert on_disk(workspace)[2].startswith("Aujourd'hui, je suis bonjour. Bonjour,")
    # Lines of another program are words here.
    page.evaluate(
        """(text) => {
          const field = document.body.appendChild(document.createElement('textarea'));
          field.value = text;
          field.select();
        }""",
        "deux\nlignes\u00a0! ",
    )
    page.keyboard.press("Control+c")
    page.evaluate("document.body.lastElementChild.remove()")
    put_caret(page, "amartique")
    page.keyboard.press("Control+v")
    settled(page)
    assert "Bonjour,deux lignes! amartique" in on_disk(workspace)[2]
