"""Another recording, and what the editor keeps on the former one's clock: edits that only its
journal has, its earlier versions, its page.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from numpy.typing import NDArray
from support.edit_session import asked
from support.made_sounds import write_wav
from support.small_show import SLUG, build_show
from support.spoken import INTERVIEW, transcript_from_lines
from support.two_recordings import MORE_MS, RATE_HZ, ahead, better, old_sound, people
from support.two_recordings import sources as sources_of

from studio.cli import main
from studio.editor.edit_session import EditSession
from studio.editor.edits import Restore, SetCuts
from studio.errors import BusyError, ConflictError, WorkspaceError
from studio.model.clock import RecordingMs
from studio.model.episode import Cut
from studio.model.transcript import Transcript
from studio.replacement.carried_markers import require_words
from studio.replacement.replacement import replace_recording
from studio.replacement.user_markers import require_transcript_of_recording
from studio.workspace.build_state import StageRecord, read_build_state, write_build_state
from studio.workspace.digest import digest_from_file
from studio.workspace.layout import Workspace
from studio.workspace.recording_clock import RecordingClock, read_clock, write_clock
from studio.workspace.run_lock import lock_edit_session

HIDDEN = Cut(start_ms=RecordingMs(34_000), end_ms=RecordingMs(38_000), reason="à taire")


pytestmark = [pytest.mark.usefixtures("without_an_ear"), pytest.mark.slow]


@pytest.fixture
def show(marked_show: Workspace, tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path / "show")
    shutil.copytree(marked_show.root, workspace.root)
    return workspace


def studio(show: Workspace, *words: str) -> Result:
    return CliRunner().invoke(main, ["-C", str(show.root), *words], catch_exceptions=False)


def cut(session: EditSession, *cuts: Cut) -> None:
    before = session.documents().cuts
    session.apply(asked(SetCuts(was=before, cuts=(*before, *cuts)), since=session.revision))


def cuts_of(show: Workspace) -> list[int]:
    return [one.start_ms for one in sources_of(show).episode.cuts]


def test_a_cut_that_only_the_journal_has_moves_too(
    show: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The editor was killed before it came to episode.toml; the passage must not be heard."""
    session = EditSession(sources_of(show))
    with monkeypatch.context() as patch:
        patch.setattr("studio.editor.episode_files.EditedFiles.write", lambda *_: None)
        cut(session, HIDDEN)
    assert cuts_of(show) == [20_000]
    new = better(tmp_path, ahead(), old_sound())
    done = studio(show, "replace", SLUG, "--recording", str(new))
    assert done.exit_code == 0, done.output
    build_show(show)
    for start, wanted in zip(cuts_of(show), (20_000, 34_000), strict=True):
        assert abs(start - wanted - MORE_MS) <= 40
    assert not any(
        span.start_ms < HIDDEN.start_ms + MORE_MS + 2_000 < span.end_ms
        for span in sources_of(show).programme().kept
    )


def test_nothing_is_replaced_or_renamed_while_the_page_is_open(
    show: Workspace, tmp_path: Path
) -> None:
    new, before = better(tmp_path, ahead(), old_sound()), people(show)
    with lock_edit_session(show.state, SLUG, f"studio edit {SLUG}"):
        with pytest.raises(BusyError, match=f"studio edit {SLUG}"):
            replace_recording(show, SLUG, new)
        assert studio(show, "rename", SLUG, "003-autre").exit_code != 0
        assert show.slugs() == (SLUG,)
    assert people(show) == before
    assert studio(show, "rename", SLUG, "003-autre").exit_code == 0


def test_versions_of_the_former_recording_are_not_brought_back(
    show: Workspace, tmp_path: Path
) -> None:
    session = EditSession(sources_of(show))
    cut(session, HIDDEN)
    former = session.revision
    assert session.versions()
    assert not session.clock.is_later
    assert (
        studio(
            show, "replace", SLUG, "--recording", str(better(tmp_path, ahead(), old_sound()))
        ).exit_code
        == 0
    )
    build_show(show)
    session = EditSession(sources_of(show))
    assert session.clock.is_later
    assert session.clock.sha256 == digest_from_file(sources_of(show).recording)
    assert all(version.revision > former for version in session.versions())
    for revision in range(1, former + 1):
        with pytest.raises(WorkspaceError, match="recording that was there before"):
            session.apply(asked(Restore(revision=revision), since=session.revision))
        with pytest.raises(WorkspaceError, match="recording that was there before"):
            session.compare(revision)
    moved = cuts_of(show)
    cut(session, Cut(start_ms=RecordingMs(2_000), end_ms=RecordingMs(3_000), reason="toux"))
    session.apply(asked(Restore(revision=session.revision - 1), since=session.revision))
    assert cuts_of(show) == moved


def heard(show: Workspace, recording: str, content: bytes) -> StageRecord:
    """What a run notes that heard this."""
    sources = sources_of(show)
    sources.files.asr.write_bytes(content)
    outputs: dict[str, str | None] = {
        show.relative(sources.files.asr): digest_from_file(sources.files.asr)
    }
    return record({"recording": recording}, outputs)


def record(inputs: dict[str, str | None], outputs: dict[str, str | None]) -> StageRecord:
    return StageRecord(version=1, inputs=inputs, parameters={}, origins={}, outputs=outputs)


def test_a_page_with_the_former_recordings_transcript_is_not_opened(
    show: Workspace, tmp_path: Path
) -> None:
    """A cut that is made by its words would leave what it was to take out."""
    sources = sources_of(show)

    def note(transcribed: StageRecord, corrected: str) -> None:
        built = read_build_state(sources.build_state)[0]
        built.stages["transcribe"] = transcribed
        built.stages["correct"] = record({"asr.json": corrected}, {})
        write_build_state(sources.build_state, built)

    former = heard(show, digest_from_file(sources.recording), b"former")
    note(former, digest_from_file(sources.files.asr))
    require_transcript_of_recording(sources_of(show))
    old = digest_from_file(sources.files.asr)
    replace_recording(show, SLUG, better(tmp_path, ahead(), old_sound()))
    with pytest.raises(WorkspaceError, match="transcript is still that of the former"):
        require_transcript_of_recording(sources_of(show))
    refused = studio(show, "edit", SLUG, "--no-browser")
    assert "transcript is still that of the former" in refused.output
    # Heard, and killed before it was corrected.
    now = digest_from_file(sources_of(show).recording)
    note(heard(show, now, b"later"), old)
    with pytest.raises(WorkspaceError, match="transcript is still that of the former"):
        require_transcript_of_recording(sources_of(show))
    note(heard(show, now, b"later"), digest_from_file(sources.files.asr))
    require_transcript_of_recording(sources_of(show))
    # Another file with the same sound: what was heard is the same.
    note(heard(show, now, b"former"), old)
    require_transcript_of_recording(sources_of(show))


def test_a_recording_that_was_overwritten_begins_a_clock_too(
    show: Workspace, tmp_path: Path
) -> None:
    files = show.episode(SLUG)
    session = EditSession(sources_of(show))
    cut(session, HIDDEN)
    cuts = session.documents().cuts
    session.apply(asked(SetCuts(was=cuts, cuts=()), since=session.revision))
    text = files.settings.read_text(encoding="utf-8")
    files.settings.write_text(text.partition("[[soundbites]]")[0], encoding="utf-8")
    files.chapters.unlink()
    build_show(show)
    shutil.copy(better(tmp_path, ahead(), old_sound()), sources_of(show).recording)
    build_show(show)
    clock = read_clock(sources_of(show))
    assert clock is not None
    assert clock.journal_bytes == files.journal.stat().st_size
    session = EditSession(sources_of(show))
    assert {version.kind for version in session.versions()} <= {"outside"}
    build_show(show)
    assert read_clock(sources_of(show)) == clock


def test_a_clock_of_an_earlier_studio_hides_no_version(show: Workspace) -> None:
    session = EditSession(sources_of(show))
    cut(session, HIDDEN)
    clock = read_clock(sources_of(show))
    assert clock is not None
    write_clock(sources_of(show), RecordingClock(sha256=clock.sha256))
    assert len(EditSession(sources_of(show)).versions()) == len(session.versions())


# --- other recordings of the same


def stretched(sound: NDArray[np.float64], factor: float) -> NDArray[np.float64]:
    """The same at another speed."""
    places = np.arange(int(len(sound) * factor)) / factor
    return np.interp(places, np.arange(len(sound)), sound)


@pytest.mark.parametrize("factor", [1.001, 0.999], ids=["slower", "faster"])
def test_a_clock_that_runs_a_thousandth_off_moves_every_mark(
    show: Workspace, tmp_path: Path, factor: float
) -> None:
    replace_recording(
        show, SLUG, better(tmp_path, np.concatenate([ahead(), stretched(old_sound(), factor)]))
    )
    episode = sources_of(show).episode
    bites = episode.soundbites or ()
    found = [episode.cuts[0].start_ms, episode.cuts[0].end_ms, bites[0].start_ms, bites[0].end_ms]
    for moment, wanted in zip(found, (20_000, 23_000, 30_000, 46_000), strict=True):
        assert abs(moment - MORE_MS - wanted * factor) <= 60


def test_another_sample_rate_and_less_sound_elsewhere_move_every_mark(
    show: Workspace, tmp_path: Path
) -> None:
    """Five seconds of the beginning are missing, and two between the cut and the bite."""
    old = old_sound()
    less = np.concatenate([old[5 * RATE_HZ : 25 * RATE_HZ], old[27 * RATE_HZ :]])
    at_44_khz = np.interp(
        np.arange(int(len(less) * 44_100 / RATE_HZ)) * RATE_HZ / 44_100, np.arange(len(less)), less
    )
    path = tmp_path / "less.wav"
    write_wav(path, (at_44_khz / np.abs(at_44_khz).max() * 0.5)[:, None], rate_hz=44_100)
    replace_recording(show, SLUG, path)
    episode = sources_of(show).episode
    bites = episode.soundbites or ()
    found = [episode.cuts[0].start_ms, episode.cuts[0].end_ms, bites[0].start_ms, bites[0].end_ms]
    for moment, wanted in zip(found, (15_000, 18_000, 23_000, 39_000), strict=True):
        assert abs(moment - wanted) <= 40


def test_a_withdrawn_passage_that_is_said_again_is_shown(show: Workspace, tmp_path: Path) -> None:
    """It was recorded twice: taking out one of both would leave the other."""
    old, before = old_sound(), people(show)
    said = old[int(19.5 * RATE_HZ) : int(23.5 * RATE_HZ)]
    new = better(tmp_path, old, said, old[45 * RATE_HZ :])
    done = studio(show, "replace", SLUG, "--recording", str(new))
    assert done.exit_code != 0, done.output
    assert "0:20" in done.output
    assert people(show) == before


def test_a_withdrawn_passage_that_is_said_again_in_other_sound_stops_the_run(
    show: Workspace, tmp_path: Path
) -> None:
    """Its words tell, once the new recording is transcribed."""

    def said(*again: tuple[int, str]) -> Transcript:
        lines = [(who, start + MORE_MS, end + MORE_MS, text) for who, start, end, text in INTERVIEW]
        lines += [(lines[0][0], start, start + 4_000, text) for start, text in again]
        return transcript_from_lines(sorted(lines, key=lambda line: line[1]))

    sources = sources_of(show)
    withdrawn = sources.episode.cuts[0]
    words = " ".join(
        word.text
        for word in sources.transcript().words
        if withdrawn.start_ms <= (word.start_ms + word.end_ms) // 2 < withdrawn.end_ms
    )
    replace_recording(show, SLUG, better(tmp_path, ahead(), old_sound()))
    require_words(sources_of(show), said())
    require_words(sources_of(show), said((80_000, "Il est dix heures, et nous y sommes tous.")))
    with pytest.raises(ConflictError, match=r"cut 0:26[^;]*is said once more"):
        require_words(sources_of(show), said((80_000, f"Alors {words} je reprends.")))
    # Who takes that out as well is done.
    settings = sources_of(show).files.settings
    text = settings.read_text(encoding="utf-8")
    settings.write_text(f"{text}\n[[cuts]]\nstart_ms = 79500\nend_ms = 85000\n", encoding="utf-8")
    require_words(sources_of(show), said((80_000, f"Alors {words} je reprends.")))
