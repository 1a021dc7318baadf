"""Every change that Studio made is shown with its reason, its old text and its score, and can be
taken back, and that too.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from support.edit_session import (
    SLUG,
    asked,
    files_of,
    make_episode,
    served,
    sources_of,
    transcript_on_disk,
    way_in,
)
from support.judges import need

from studio.doubts.finder import DoubtFinder
from studio.editor.edit_session import EditSession
from studio.editor.edits import Decide, SetWords, Undo
from studio.model.record import bytes_from_record, replace_fields
from studio.model.transcript import Correction, Transcript
from studio.workspace.layout import Workspace


def with_corrections(workspace: Workspace) -> tuple[Correction, ...]:
    """Two words of the transcript that Studio put there, one surely, one less so."""
    transcript = transcript_on_disk(workspace)
    first, second = transcript.segments[2], transcript.segments[5]
    corrections = (
        Correction(
            segment=first.id,
            word=1,
            heard="heard one",
            text=first.words[1].text,
            reason="name",
            score=0.97,
        ),
        Correction(
            segment=second.id,
            word=0,
            heard="autre",
            text=" ".join(word.text for word in second.words[:2]),
            reason="wording",
            score=0.74,
        ),
    )
    files_of(workspace).transcript.write_bytes(
        bytes_from_record(replace_fields(transcript, corrections=corrections))
    )
    return corrections


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_episode(tmp_path / "ici")


@pytest.fixture
def corrected(workspace: Workspace) -> tuple[Correction, ...]:
    return with_corrections(workspace)


@pytest.fixture
def page(workspace: Workspace, corrected: tuple[Correction, ...]) -> Iterator[Page]:
    assert corrected
    with served(workspace) as (address, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=need("chromium"), args=["--no-sandbox", "--mute-audio"]
        )
        page = browser.new_page(locale="fr-FR")
        page.goto(way_in(address))
        page.wait_for_selector("html[data-ready]")
        yield page
        browser.close()


def text_of(transcript: Transcript) -> str:
    return " ".join(segment.text for segment in transcript.segments)


def written(page: Page, workspace: Workspace, corrections: int) -> Transcript:
    """What the disk has, as soon as it has so many corrections."""
    for _ in range(400):
        transcript = transcript_on_disk(workspace)
        if len(transcript.corrections) == corrections:
            return transcript
        page.wait_for_timeout(25)
    raise AssertionError(SLUG)


@pytest.mark.judge
def test_a_correction_is_shown_and_taken_back_and_that_is_undone(
    page: Page, workspace: Workspace, corrected: tuple[Correction, ...]
) -> None:
    before = transcript_on_disk(workspace)
    page.locator("#corrections-panel summary").click()
    rows = page.locator("#corrections li")
    expect(rows).to_have_count(2)
    # The less sure one first, with what was heard, what stands, why, and how surely.
    unsure, sure = corrected[1], corrected[0]
    for place, one, why in (
        (0, unsure, "tournure de l’article, 74 %"),
        (1, sure, "nom de l’article, 97 %"),
    ):
        expect(rows.nth(place).locator("del")).to_have_text(one.heard)
        expect(rows.nth(place).locator("ins")).to_have_text(one.text)
        expect(rows.nth(place)).to_contain_text(why)
    rows.nth(1).get_by_role("button", name="Rétablir").click()
    expect(rows).to_have_count(1)
    said = written(page, workspace, 1)
    assert "heard one" in text_of(said)
    assert [one.heard for one in said.corrections] == [unsure.heard]
    page.locator("button[data-action=undo]").first.click()
    expect(rows).to_have_count(2)
    assert written(page, workspace, 2) == before


@pytest.mark.parametrize("outcome", ["kept", "mended"])
def test_who_decides_between_two_versions_ends_the_conflict(
    workspace: Workspace, outcome: str
) -> None:
    transcript = transcript_on_disk(workspace)
    segment = transcript.segments[3]
    mine = " ".join(word.text for word in segment.words[1:3])
    conflict = Correction(
        segment=segment.id, word=1, heard="la nouvelle", text=mine, reason="conflict", score=0.5
    )
    files_of(workspace).transcript.write_bytes(
        bytes_from_record(replace_fields(transcript, corrections=(conflict,)))
    )
    session = EditSession(sources_of(workspace))
    finder = DoubtFinder(session.sources.article, ["Claire Fontanel"])
    (doubt,) = [one for one in finder.doubts(session.transcript()) if one.kind == "conflict"]
    assert (doubt.text, doubt.proposal) == (mine, "la nouvelle")
    decision = Decide(key=doubt.key, outcome="kept" if outcome == "kept" else "mended")
    words = SetWords(segment=segment.id, first=1, was=mine, text="la nouvelle")
    session.apply(asked(decision) if outcome == "kept" else asked(words, decision))
    now = transcript_on_disk(workspace)
    assert now.corrections == ()
    assert ("la nouvelle" in text_of(now)) == (outcome == "mended")
    session.apply(asked(Undo(), since=session.revision))
    assert transcript_on_disk(workspace).corrections == (conflict,)
