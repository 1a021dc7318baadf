"""The user's markers on the clock of a recording, and the identity of that recording: markers must
never be read on another recording's clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from studio.chapters.recording_chapters import RecordingChapter, chapters_on_recording
from studio.errors import ConflictError, StudioError, WorkspaceError
from studio.file_access import read_file
from studio.messages.message import joined_messages, message
from studio.model.record import replace_fields
from studio.web.places import invalid_place_reason
from studio.workspace.build_state import read_build_state
from studio.workspace.digest import Digests, digest_from_bytes, digest_from_file
from studio.workspace.recording_clock import (
    FileRewrite,
    RecordingClock,
    UserMarker,
    read_clock,
    write_clock,
)
from studio.workspace.shared_files import replace_known_file
from studio.workspace.sources import EpisodeSources

# As many words of a marker are shown.
SHOWN_WORDS = 8


def user_markers(sources: EpisodeSources) -> tuple[UserMarker, ...]:
    """Everything that a person put on the recording's clock."""
    return tuple(_markers(sources))


def _markers(sources: EpisodeSources) -> Iterator[UserMarker]:
    for cut in sources.episode.cuts:
        yield UserMarker(
            kind="cut",
            start_ms=cut.start_ms,
            end_ms=cut.end_ms,
            text=_said(sources, cut.start_ms, cut.end_ms),
        )
    for bite in sources.episode.soundbites or ():
        text = bite.title or _said(sources, bite.start_ms, bite.end_ms)
        yield UserMarker(kind="sound bite", start_ms=bite.start_ms, end_ms=bite.end_ms, text=text)
    if (chapters := user_chapters(sources)) is not None:
        for marker in chapters:
            yield UserMarker(kind="chapter", start_ms=marker.start_ms, text=marker.title)


def user_chapters(sources: EpisodeSources) -> tuple[RecordingChapter, ...] | None:
    """A person's chapters on the recording's clock; None where they are the machine's, or none can
    be read.
    """
    record = read_build_state(sources.build_state)[0].stages.get("chapter")
    path = sources.files.chapters
    if not path.is_file() or (
        record and record.outputs.get(sources.workspace.relative(path)) == digest_from_file(path)
    ):
        return None
    with suppress(StudioError):
        return chapters_on_recording(sources.chapters(), sources.programme())
    return None


def _said(sources: EpisodeSources, start_ms: int, end_ms: int) -> str:
    """The first words of a stretch."""
    with suppress(StudioError):
        words = [
            word.text
            for word in sources.transcript().words
            if start_ms <= (word.start_ms + word.end_ms) // 2 < end_ms
        ]
        return " ".join(words[:SHOWN_WORDS]) + ("…" if len(words) > SHOWN_WORDS else "")
    return ""


def resume_replacement(sources: EpisodeSources) -> None:
    """End what a killed replacement had begun, if episode.toml names the new recording already."""
    clock = read_clock(sources)
    if clock is None or clock.switch is None or clock.switch.recording != sources.episode.recording:
        return
    root = sources.workspace.root
    for name, rewrite in clock.switch.files.items():
        if fault := invalid_place_reason(name):
            raise WorkspaceError(
                sources.files.clock,
                message("names a file that {fault}", fault=fault),
                message("Delete it, and run `studio run`."),
            )
        # What a person has changed since is theirs.
        was = read_file(root / name) if (root / name).is_file() else b""
        if digest_from_bytes(was) == rewrite.before:
            replace_known_file(root / name, was, rewrite.content.encode())
    switch = clock.switch
    done = _begun_clock(sources, switch.sha256)
    write_clock(sources, replace_fields(done, carried=switch.carried))


def _begun_clock(sources: EpisodeSources, sha256: str) -> RecordingClock:
    """The clock of a recording that has just come."""
    files = sources.files
    return RecordingClock(
        sha256=sha256,
        guid=sources.episode.guid,
        journal_bytes=files.journal.stat().st_size if files.journal.is_file() else 0,
        former_asr=digest_from_file(files.asr) if files.asr.is_file() else "",
    )


def require_transcript_of_recording(sources: EpisodeSources) -> None:
    """Make sure that what would be marked by the transcript's times is heard there.

    :raises WorkspaceError: the transcript was made of the recording that was there before.
    """
    clock = read_clock(sources)
    stages = read_build_state(sources.build_state)[0].stages
    heard, corrected = stages.get("transcribe"), stages.get("correct")
    if clock is None or not clock.former_asr or heard is None or corrected is None:
        return
    workspace = sources.workspace
    read = corrected.inputs.get(sources.files.asr.name)
    now = Digests(workspace.root, workspace.digests).of(sources.audio_file)
    is_of_this_one = (
        heard.inputs.get("recording") == now
        and heard.outputs.get(workspace.relative(sources.files.asr)) == read
    )
    if read == clock.former_asr and not is_of_this_one:
        raise WorkspaceError(
            sources.slug,
            message("has another recording, and its transcript is still that of the former one"),
            message("`studio run {slug}` transcribes it, then edit.", slug=sources.slug),
        )


def require_clock(sources: EpisodeSources) -> RecordingClock:
    """The clock of the recording that is there.

    :raises ConflictError: people's markers are on the clock of another recording.
    """
    resume_replacement(sources)
    now = digest_from_file(sources.recording)
    clock = read_clock(sources)
    markers = user_markers(sources) if clock is not None and clock.sha256 != now else ()
    if markers:
        described = joined_messages("; ", (marker.describe() for marker in markers))
        what = message(
            "is not the recording on which you placed markers; they would be in other places "
            "now ({told})",
            told=described,
        )
        remedy = message(
            "`studio replace {slug}` moves them to the same words; nothing is built or published "
            "before that.",
            slug=sources.slug,
        )
        raise ConflictError(sources.recording, what, remedy)
    if clock is not None and clock.sha256 == now:
        return replace_fields(clock, guid=sources.episode.guid, switch=None)
    if clock is None:
        return RecordingClock(sha256=now, guid=sources.episode.guid)
    return _begun_clock(sources, now)


def file_rewrite(path_content: bytes, content: bytes) -> FileRewrite:
    """A file that is to be rewritten."""
    return FileRewrite(before=digest_from_bytes(path_content), content=content.decode())
