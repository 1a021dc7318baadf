"""The user's markers and the identity of the recording to which they belong: markers must never be
applied to another recording's clock.
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

# The number of a marker's words that are displayed.
SHOWN_WORDS = 8


def user_markers(sources: EpisodeSources) -> tuple[UserMarker, ...]:
    """All markers of the user on the recording clock."""
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
    """The user's chapters on the recording clock; None if they are unedited or unreadable."""
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
    """The first words of a span."""
    with suppress(StudioError):
        words = [
            word.text
            for word in sources.transcript().words
            if start_ms <= (word.start_ms + word.end_ms) // 2 < end_ms
        ]
        return " ".join(words[:SHOWN_WORDS]) + ("…" if len(words) > SHOWN_WORDS else "")
    return ""


def resume_replacement(sources: EpisodeSources) -> None:
    """Complete an interrupted replacement if episode.toml already refers to the new recording."""
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
        # Settings that the user has changed since are kept.
        was = read_file(root / name) if (root / name).is_file() else b""
        if digest_from_bytes(was) == rewrite.before:
            replace_known_file(root / name, was, rewrite.content.encode())
    switch = clock.switch
    done = _begun_clock(sources, switch.sha256)
    write_clock(sources, replace_fields(done, carried=switch.carried))


def _begun_clock(sources: EpisodeSources, sha256: str) -> RecordingClock:
    """The clock record of a new recording."""
    files = sources.files
    return RecordingClock(
        sha256=sha256,
        guid=sources.episode.guid,
        journal_bytes=files.journal.stat().st_size if files.journal.is_file() else 0,
        former_asr=digest_from_file(files.asr) if files.asr.is_file() else "",
    )


def require_transcript_of_recording(sources: EpisodeSources) -> None:
    """Require that the transcript was made from the current recording, before its times are used
    for markers.

    :raises WorkspaceError: the transcript was made from the former recording.
    """
    clock = read_clock(sources)
    stages = read_build_state(sources.build_state)[0].stages
    transcribed, corrected = stages.get("transcribe"), stages.get("correct")
    if clock is None or not clock.former_asr or transcribed is None or corrected is None:
        return
    workspace = sources.workspace
    read = corrected.inputs.get(sources.files.asr.name)
    now = Digests(workspace.root, workspace.digests).of(sources.audio_file)
    is_of_this_one = (
        transcribed.inputs.get("recording") == now
        and transcribed.outputs.get(workspace.relative(sources.files.asr)) == read
    )
    if read == clock.former_asr and not is_of_this_one:
        raise WorkspaceError(
            sources.slug,
            message("has another recording, and its transcript is still that of the former one"),
            message("`studio run {slug}` transcribes it, then edit.", slug=sources.slug),
        )


def require_clock(sources: EpisodeSources) -> RecordingClock:
    """The clock record of the current recording.

    :raises ConflictError: the user's markers belong to another recording.
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
    """Prepare the rewrite of a file."""
    return FileRewrite(before=digest_from_bytes(path_content), content=content.decode())
