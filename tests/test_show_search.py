"""Find and replace over the show's other episodes: each one's journal has it, and who cannot be
written is told and left alone.
"""

from __future__ import annotations

from pathlib import Path
from unittest.mock import Mock

import pytest
from support.edit_session import SLUG, asked, copy_episode, files_of, make_episode, sources_of

from studio.editor import text_search
from studio.editor.edit_session import EditConflictError, EditSession
from studio.editor.edits import ReplaceSpots, Spot, Undo
from studio.editor.show_search import (
    EpisodeHits,
    EpisodeReplacement,
    ReplacementRequest,
    ShowSearch,
)
from studio.editor.text_search import FindOptions, find_text
from studio.model.clock import RecordingMs
from studio.model.transcript import Segment, Transcript, Word
from studio.workspace.build_state import BuildState, StageRecord, write_build_state
from studio.workspace.digest import digest_from_bytes
from studio.workspace.layout import EpisodeFiles, Workspace
from studio.workspace.run_lock import lock_workspace
from studio.workspace.sources import ShowSources


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = make_episode(tmp_path / "ici")
    copy_episode(workspace, "102-deux")
    copy_episode(workspace, "103-trois")
    return workspace


@pytest.fixture
def elsewhere(workspace: Workspace) -> ShowSearch:
    return ShowSearch(workspace, SLUG)


def transcript_of(workspace: Workspace, slug: str) -> Transcript:
    return ShowSources(workspace).episode(slug).transcript()


def all_of(found: EpisodeHits) -> EpisodeReplacement:
    return EpisodeReplacement(
        slug=found.slug,
        spots=tuple(spot for hit in found.hits for spot in hit.spots),
    )


def test_every_other_episode_tells_its_places_with_what_stands_around_them(
    elsewhere: ShowSearch,
) -> None:
    two, three = elsewhere.find("AMARTIQUE", FindOptions(exact=False))
    assert (two.slug, three.slug) == ("102-deux", "103-trois")
    (hit,) = two.hits
    assert (hit.before.strip(), hit.was, hit.after.strip()) == (
        "Aujourd'hui, je suis",
        "amartique",
        "dans une ancienne poste",
    )
    assert elsewhere.find("AMARTIQUE", FindOptions(exact=True)) == ()
    assert elsewhere.find("martique", FindOptions(exact=False)) == ()
    assert elsewhere.find("  ", FindOptions(exact=False)) == ()


def test_what_is_ticked_is_replaced_and_each_episode_can_undo_it(
    workspace: Workspace, elsewhere: ShowSearch
) -> None:
    before = transcript_of(workspace, "102-deux")
    two, three = elsewhere.find("bonjour", FindOptions(exact=False))
    assert len(two.hits) > 1
    some = EpisodeReplacement(slug=two.slug, spots=all_of(two).spots[:1])
    assert [
        outcome.count
        for outcome in elsewhere.replace(
            ReplacementRequest(text="Bonsoir", episodes=(some, all_of(three)))
        )
    ] == [1, len(three.hits)]
    said = transcript_of(workspace, "102-deux")
    assert said.segments[0].text == before.segments[0].text.replace("Bonjour", "Bonsoir")
    assert [word for word in said.words if word.text != "Bonsoir"] == [
        word for word in before.words if word != before.words[two.hits[0].spots[0].first]
    ]
    assert "onjour" not in " ".join(
        segment.text for segment in transcript_of(workspace, "103-trois").segments
    )
    session = EditSession(ShowSources(workspace).episode("102-deux"))
    assert session.versions()[0].client == f"from {SLUG}"
    session.apply(asked(Undo(), since=session.revision))
    assert transcript_of(workspace, "102-deux") == before
    assert (
        elsewhere.find("bonjour", FindOptions(exact=False))[0].count == two.count
    )  # what was read is read again once it changed


def test_an_episode_that_somebody_edits_is_named_and_left_alone(
    workspace: Workspace, elsewhere: ShowSearch
) -> None:
    before = workspace.episode("102-deux").transcript.read_bytes()
    with lock_workspace(workspace.state / "editor" / "102-deux", "studio edit 102-deux"):
        two, three = elsewhere.find("amartique", FindOptions(exact=False))
        assert (two.reason, three.reason) == ("busy", "")
        assert "studio edit 102-deux" in two.detail
        outcomes = elsewhere.replace(
            ReplacementRequest(text="Martigues", episodes=(all_of(two), all_of(three)))
        )
    assert [(outcome.reason, outcome.count) for outcome in outcomes] == [("busy", 0), ("", 1)]
    assert workspace.episode("102-deux").transcript.read_bytes() == before


def put_in_conflict(workspace: Workspace, files: EpisodeFiles) -> None:
    """On record as the machine's with another content, and from other sources."""
    record = StageRecord(
        version=1,
        inputs={"recording": "other"},
        parameters={},
        origins={},
        outputs={workspace.relative(files.transcript): digest_from_bytes(b"the machine's")},
    )
    write_build_state(files.build_state, BuildState(stages={"correct": record}, intents={}))


def test_an_episode_with_an_open_conflict_is_named_and_left_alone(
    workspace: Workspace, elsewhere: ShowSearch
) -> None:
    files = workspace.episode("102-deux")
    put_in_conflict(workspace, files)
    before = files.transcript.read_bytes()
    two, three = elsewhere.find("amartique", FindOptions(exact=False))
    assert (two.reason, three.reason) == ("conflict", "")
    assert [
        outcome.reason
        for outcome in elsewhere.replace(
            ReplacementRequest(text="Martigues", episodes=(all_of(two),))
        )
    ] == ["conflict"]
    assert files.transcript.read_bytes() == before


def test_an_episode_that_changed_since_the_preview_or_is_damaged_is_left_alone(
    workspace: Workspace, elsewhere: ShowSearch
) -> None:
    two, three = elsewhere.find("amartique", FindOptions(exact=False))
    path = workspace.episode("102-deux").transcript
    path.write_text(
        path.read_text(encoding="utf-8").replace("amartique", "Martigue"), encoding="utf-8"
    )
    damaged = workspace.episode("103-trois").transcript
    damaged.write_text("{", encoding="utf-8")
    assert [
        outcome.reason
        for outcome in elsewhere.replace(
            ReplacementRequest(text="x", episodes=(all_of(two), all_of(three)))
        )
    ] == ["trouble"] * 2
    assert "Martigue" in path.read_text(encoding="utf-8")
    assert damaged.read_text(encoding="utf-8") == "{"
    (found,) = elsewhere.find("amartique", FindOptions(exact=False))
    assert (found.slug, found.reason) == ("103-trois", "trouble")
    assert (
        elsewhere.replace(
            ReplacementRequest(
                text="x",
                episodes=(
                    EpisodeReplacement(slug="../evil", spots=()),
                    EpisodeReplacement(slug=SLUG, spots=()),
                ),
            )
        )
        == ()
    )


def test_chosen_places_of_this_episode_are_one_step(workspace: Workspace) -> None:
    session = EditSession(sources_of(workspace))
    session.apply(
        asked(
            ReplaceSpots(
                spots=(
                    Spot(segment="s0003", first=3, was="amartique"),
                    Spot(segment="s0003", first=0, was="Aujourd'hui,"),
                ),
                text="Hier",
            ),
            since=1,
        )
    )
    assert session.transcript().segments[2].text == "Hier, je suis Hier dans une ancienne poste"
    with pytest.raises(EditConflictError):
        session.apply(
            asked(
                ReplaceSpots(spots=(Spot(segment="s0003", first=3, was="amartique"),), text="x"),
                since=1,
            )
        )
    session.apply(asked(Undo(), since=1))
    assert "amartique" in session.transcript().segments[2].text
    assert files_of(workspace).journal.is_file()


def test_a_word_that_is_said_often_is_taken_apart_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A show has millions of words: only where something is found, each sign is looked at."""
    segment = Segment(
        id="s0001",
        speaker="A",
        start_ms=RecordingMs(0),
        end_ms=RecordingMs(9),
        words=tuple(
            Word(text=text, start_ms=RecordingMs(0), end_ms=RecordingMs(9), probability=1.0)
            for text in ["Été", "comme", "hiver,"] * 1000
        ),
    )
    folded = Mock(wraps=text_search._folded)
    monkeypatch.setattr(text_search, "_folded", folded)
    text_search._compared.cache_clear()
    assert find_text([segment], "printemps", FindOptions()) == []
    assert folded.call_count < 50
    assert len(find_text([segment], "hiver comme", FindOptions())) == 0
    assert len(find_text([segment], "hiver ete", FindOptions())) == 999
