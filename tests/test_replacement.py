"""Another recording: everything that people put on the old one's clock goes to where the same is
heard, or nothing is done.
"""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from support.small_show import DEAF_STAGES, SLUG, Kill, build_show, killing
from support.spoken import INTERVIEW, transcript_from_lines
from support.two_recordings import (
    MORE_MS,
    RATE_HZ,
    ahead,
    better,
    is_moved,
    old_sound,
    people,
    sources,
    speech,
)

from studio.cli import main
from studio.errors import ConflictError, WorkspaceError
from studio.model.transcript import Transcript
from studio.pipeline.runner import Choice, run_stages
from studio.replacement import replacement
from studio.replacement.carried_markers import require_words
from studio.replacement.replacement import replace_recording
from studio.replacement.user_markers import user_markers
from studio.sound.fingerprint import (
    SIDE_MS,
    bytes_from_fingerprint,
    fingerprint_from_file,
    fingerprint_from_samples,
    locate_by_fingerprint,
)
from studio.workspace import disk, shared_files
from studio.workspace.layout import Workspace
from studio.workspace.recording_clock import RecordingClock, read_clock

pytestmark = [pytest.mark.usefixtures("without_an_ear"), pytest.mark.slow]


@pytest.fixture
def show(marked_show: Workspace, tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path / "show")
    shutil.copytree(marked_show.root, workspace.root)
    return workspace


def studio(show: Workspace, *words: str) -> Result:
    return CliRunner().invoke(main, ["-C", str(show.root), *words], catch_exceptions=False)


# --- the outline


def test_moments_are_found_in_another_recording_of_the_same(tmp_path: Path) -> None:
    old = fingerprint_from_samples(old_sound().astype(np.float32))
    path = better(tmp_path, ahead(), old_sound())
    from studio.sound.recording import read_samples

    new = fingerprint_from_samples(read_samples(path))
    for moment_ms in range(3_000, 48_000, 4_000):
        found = locate_by_fingerprint(old, moment_ms, new, before_ms=SIDE_MS, after_ms=SIDE_MS)
        assert found is not None
        assert found.is_sure
        assert abs(found.moment_ms - moment_ms - MORE_MS) <= 40
    other = fingerprint_from_samples(speech(60.0, 5).astype(np.float32))
    assert not any(
        (found := locate_by_fingerprint(old, moment_ms, other, before_ms=SIDE_MS, after_ms=SIDE_MS))
        and found.is_sure
        for moment_ms in range(3_000, 48_000, 4_000)
    )
    (tmp_path / "outline").write_bytes(bytes_from_fingerprint(old))
    assert np.array_equal(fingerprint_from_file(tmp_path / "outline"), old)


# --- the command


def test_where_each_mark_went_is_told_in_one_language(show: Workspace, tmp_path: Path) -> None:
    new = better(tmp_path, ahead(), old_sound())
    told = CliRunner().invoke(
        main, ["--lang", "fr", "-C", str(show.root), "replace", SLUG, "--recording", str(new)]
    )
    assert "coupe 0:20–0:23" in told.output
    assert "→ coupe 0:2" in told.output


def test_marks_go_to_where_the_same_is_heard(show: Workspace, tmp_path: Path) -> None:
    assert {marker.kind for marker in user_markers(sources(show))} == {
        "cut",
        "sound bite",
        "chapter",
    }
    result = studio(
        show, "replace", SLUG, "--recording", str(better(tmp_path, ahead(), old_sound()))
    )
    assert result.exit_code == 0, result.output
    assert "cut 0:20–0:23" in result.output
    assert "→ cut 0:2" in result.output
    assert is_moved(show)
    text = show.episode(SLUG).settings.read_text(encoding="utf-8")
    assert 'reason = "retiré" # par mail' in text
    assert [path.name for path in show.episode(SLUG).folder.glob("recording*")] == [
        sources(show).episode.recording
    ]
    build_show(show)
    assert is_moved(show)
    assert not any(span.start_ms < 27_500 < span.end_ms for span in sources(show).programme().kept)
    assert "À moi" in {chapter.title for chapter in sources(show).chapters().chapters}
    assert "is the recording that" in studio(show, "replace", SLUG).output


@pytest.mark.parametrize("during", ["_moved", "_chapters"])
def test_settings_that_somebody_saves_meanwhile_are_theirs(
    show: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, during: str
) -> None:
    """Two recordings are compared, and one is copied, for as long as they are long."""
    path, before = show.episode(SLUG).settings, sources(show).recording
    saved = path.read_text(encoding="utf-8").replace("[[cuts]]", "# le mien\n[[cuts]]", 1)
    saved += '\n[[cuts]]\nstart_ms = 30000\nend_ms = 31000\nreason = "encore"\n'
    step = getattr(replacement, during)

    def save_meanwhile(*words: object) -> object:
        path.write_text(saved, encoding="utf-8")
        return step(*words)

    monkeypatch.setattr(replacement, during, save_meanwhile)
    result = studio(
        show, "replace", SLUG, "--recording", str(better(tmp_path, ahead(), old_sound()))
    )
    assert "episode.toml: was changed by another program" in result.output
    assert path.read_text(encoding="utf-8") == saved
    assert sources(show).recording == before
    assert before.is_file()


def test_a_recording_that_was_only_overwritten_stops_the_run_until_its_marks_are_moved(
    show: Workspace, tmp_path: Path
) -> None:
    """The passage that was withdrawn must not be heard again, whatever a person does."""
    recording = sources(show).recording
    shutil.copy(better(tmp_path, ahead(), old_sound()), recording)
    for _ in range(2):
        done = run_stages(show, DEAF_STAGES, Choice(), lambda _: None, command="test")
        (failure,) = done.failures
        assert "cut 0:20–0:23" in failure.what
        assert f"studio replace {SLUG}" in failure.remedy
    assert (
        "has changed since it was built" in studio(show, "publish").output
        or "does not say where" in studio(show, "publish").output
    )
    assert studio(show, "replace", SLUG).exit_code == 0
    assert is_moved(show)
    build_show(show)
    assert not any(span.start_ms < 27_500 < span.end_ms for span in sources(show).programme().kept)


def test_without_notes_of_an_earlier_studio_the_run_stops_as_well(
    show: Workspace, tmp_path: Path
) -> None:
    show.episode(SLUG).clock.unlink()
    show.episode(SLUG).fingerprint.unlink()
    shutil.copy(better(tmp_path, ahead(), old_sound()), sources(show).recording)
    (failure,) = run_stages(show, DEAF_STAGES, Choice(), lambda _: None, command="test").failures
    assert "cut 0:20–0:23" in failure.what
    with pytest.raises(ConflictError, match="nothing of that recording is left"):
        replace_recording(show, SLUG)
    assert studio(show, "replace", SLUG, "--keep-markers").exit_code == 0
    assert [cut.start_ms for cut in sources(show).episode.cuts] == [20_000]
    build_show(show)


def test_what_cannot_be_told_with_certainty_changes_nothing(
    show: Workspace, tmp_path: Path
) -> None:
    old = old_sound()
    passage = slice(14 * RATE_HZ, 29 * RATE_HZ)
    before = people(show)
    for number, parts in enumerate(
        (
            (speech(60.0, 5),),  # another conversation
            (old, old[passage]),  # the passage comes twice
            (old[: 21 * RATE_HZ], old[22 * RATE_HZ :]),  # something of it was cut out already
        )
    ):
        new = better(tmp_path, *parts, name=f"{number}.flac")
        with pytest.raises(ConflictError, match=r"cut 0:20–0:23[\s\S]*--keep-markers"):
            replace_recording(show, SLUG, new)
        assert people(show) == before
    with pytest.raises(WorkspaceError, match="is the recording"):
        replace_recording(show, SLUG, sources(show).recording)


def test_killed_anywhere_and_repeated_it_comes_to_the_same(
    show: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = better(tmp_path, ahead(), old_sound())
    whole = Workspace(tmp_path / "whole")
    shutil.copytree(show.root, whole.root)
    replace_recording(whole, SLUG, new)
    for step in itertools.count():
        killed = Workspace(tmp_path / f"killed {step}")
        shutil.copytree(show.root, killed.root)
        counted = killing(step)
        with monkeypatch.context() as patch:
            for name in ("copy_file", "remove_quietly", "write_clock", "resume_replacement"):
                patch.setattr(replacement, name, counted(getattr(replacement, name)))
            patch.setattr("studio.workspace.recording_clock.write_file", counted(disk.write_file))
            replace = counted(shared_files.replace_known_file)
            patch.setattr(replacement, "replace_known_file", replace)
            patch.setattr("studio.replacement.user_markers.replace_known_file", replace)
            try:
                replace_recording(killed, SLUG, new)
            except Kill:
                pass
            else:
                break
        try:
            replace_recording(killed, SLUG, new)
        except WorkspaceError as error:
            assert "is the recording that" in str(error)  # it was done
        assert is_moved(killed), step
        files = people(killed)
        files.pop("recording.wav", None)  # the old one, which nothing names
        assert files == {
            name: content for name, content in people(whole).items() if name != "recording.wav"
        }, step
    assert step > 5


def said(*, later_ms: int) -> Transcript:
    """The interview as another recording has it."""
    return transcript_from_lines(
        [(who, start + later_ms, end + later_ms, text) for who, start, end, text in INTERVIEW]
    )


def test_marks_that_were_moved_by_sound_are_proved_by_words(
    show: Workspace, tmp_path: Path
) -> None:
    replace_recording(show, SLUG, better(tmp_path, ahead(), old_sound()))
    kinds = [
        one.marker.kind for one in (read_clock(sources(show)) or RecordingClock(sha256="")).carried
    ]
    assert {"cut", "sound bite", "chapter"} == set(kinds)
    require_words(sources(show), said(later_ms=MORE_MS))
    require_words(sources(show), said(later_ms=MORE_MS + 400))
    with pytest.raises(ConflictError, match=r"cut 0:26[^;]*« [\s\S]*sound bite 0:36") as caught:
        require_words(sources(show), said(later_ms=0))
    # A run keeps what is still to be proved.
    build_show(show)
    with pytest.raises(ConflictError, match="cut 0:26"):
        require_words(sources(show), said(later_ms=0))
    # What it says to do ends it.
    assert "--keep-markers" in caught.value.remedy
    assert studio(show, "replace", SLUG, "--keep-markers").exit_code == 0
    require_words(sources(show), said(later_ms=0))
    assert is_moved(show)
    build_show(show)
    require_words(sources(show), said(later_ms=0))


def test_what_a_person_moved_since_needs_no_proof(show: Workspace, tmp_path: Path) -> None:
    replace_recording(show, SLUG, better(tmp_path, ahead(), old_sound()))
    path = show.episode(SLUG).settings
    text = path.read_text(encoding="utf-8")
    episode = sources(show).episode
    starts_ms = [cut.start_ms for cut in episode.cuts]
    for start_ms in (*starts_ms, *(bite.start_ms for bite in episode.soundbites or ())):
        text = text.replace(f"start_ms = {start_ms}", f"start_ms = {start_ms + 1}")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConflictError) as caught:
        require_words(sources(show), said(later_ms=0))
    assert "chapter" in str(caught.value)
    assert "cut" not in str(caught.value)
