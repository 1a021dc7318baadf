"""Replace a recording by another one of the same conversation: all of the user's markers move to
the new clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.chapters.recording_chapters import (
    RecordingChapter,
    RecordingChapters,
    chapters_on_programme,
)
from studio.errors import ConflictError, WorkspaceError
from studio.file_access import read_file
from studio.messages.message import joined_messages, message
from studio.model.clock import RecordingMs
from studio.model.episode import ChosenSoundbite, Cut, Episode, Microphone
from studio.model.margin_note import MarginNote, MarginNotes
from studio.model.programme import programme_from_facts
from studio.model.record import Record, bytes_from_record, record_from_toml, replace_fields
from studio.model.sound import RecordingFacts
from studio.progress import Progress, no_progress
from studio.replacement.carried_markers import carried_marker
from studio.replacement.user_markers import (
    file_rewrite,
    require_clock,
    resume_replacement,
    user_chapters,
    user_markers,
)
from studio.sound.fingerprint import (
    GAP,
    MIN_MS,
    SIDE_MS,
    SURE,
    fingerprint_from_file,
    fingerprint_from_samples,
    locate_by_fingerprint,
)
from studio.sound.microphone_preview import numbered
from studio.sound.multitrack import replace_channel
from studio.sound.recording import inspect_recording, read_samples
from studio.sound.synchronisation import TrackOffset
from studio.transcript.margin_note_places import unplaced_note
from studio.workspace.digest import digest_from_file
from studio.workspace.disk import (
    ChangedSinceError,
    copy_file,
    fresh_path,
    remove_leftovers,
    remove_quietly,
)
from studio.workspace.layout import Workspace
from studio.workspace.recording_clock import (
    CarriedMarker,
    FileRewrite,
    RecordingClock,
    RecordingSwitch,
    UserMarker,
    read_clock,
    write_clock,
)
from studio.workspace.run_lock import lock_edit_session, lock_workspace
from studio.workspace.settings import toml_with_recording
from studio.workspace.shared_files import replace_known_file
from studio.workspace.sources import EpisodeSources, ShowSources

# The maximum clock drift between two recordings: crystals differ by 0.01 %, tapes by 1 %.
DRIFT = 0.01
# The additional tolerance between the shifts of a marker's two ends: each is located to a few
# hundredths of a second.
SLACK_MS = 120


# How much of a cut is searched for elsewhere: longer repetitions differ more.
_COMPARED_MS = 12_000


class MovedMarker(Record, frozen=True):
    """A marker and its position in the new recording."""

    before: UserMarker
    after: UserMarker


def replace_recording(
    workspace: Workspace,
    slug: str,
    recording: Path | None = None,
    *,
    keep_markers: bool = False,
    progress: Progress = no_progress,
) -> tuple[MovedMarker, ...]:
    """Replace an episode's recording and move the markers to its clock. Atomic.

    :param recording: the new one; None if it has already replaced the old file.
    :param keep_markers: keep the times of all markers: the user has set them for the new recording.
    :returns: the new position of each marker. Once the new recording is transcribed, a run verifies
        them by the words.
    :raises ConflictError: a marker cannot be located with certainty (the message says which), or
        episode.toml was saved meanwhile. Nothing was changed.
    """
    command = f"studio replace {slug}"
    # What is set on a page that is open would be set on the old recording's clock.
    with (
        lock_workspace(workspace.state, command),
        lock_edit_session(workspace.state, slug, command),
    ):
        sources = _ready_sources(workspace, slug)
        source = recording or sources.recording
        facts = inspect_recording(source, progress)
        _require_channels(sources, source, facts)
        sha256 = digest_from_file(source)
        clock = read_clock(sources)
        if clock is not None and clock.sha256 == sha256:
            if keep_markers and clock.carried:  # the user has confirmed them
                write_clock(sources, replace_fields(clock, carried=()))
                return ()
            raise WorkspaceError(
                source,
                message("is the recording that {slug} has", slug=slug),
                message("Name another one with --recording."),
            )
        markers = user_markers(sources)
        # All markers are located before anything is written: a single uncertain one stops the
        # replacement.
        moved = (
            tuple(MovedMarker(before=marker, after=marker) for marker in markers)
            if keep_markers or not markers
            else _moved(sources, source, facts, markers)
        )
        carried = () if keep_markers else tuple(_carried(sources, moved))
        notes = sources.margin_notes() if keep_markers else _moved_notes(sources, source)
        _switch(sources, source, facts, sha256, moved, carried=carried, notes=notes)
    return moved


def replace_microphone(
    workspace: Workspace,
    slug: str,
    track: Path,
    microphone: str,
    *,
    offset_ms: float | None = None,
    progress: Progress = no_progress,
) -> Microphone:
    """Replace the file of one of several microphones. The recording clock and all markers are
    unchanged. Atomic.

    :param microphone: its number (from 1), its file's name, or its speaker.
    :param offset_ms: start of the file on the recording clock; None: found by correlation with the
        recording.
    :returns: the replaced microphone.
    :raises StudioError: there is no such microphone, the file is not of this interview, or the
        markers belong to another recording; nothing was changed.
    """
    command = f"studio replace {slug}"
    # What is set on a page that is open would be set on the old recording's clock.
    with (
        lock_workspace(workspace.state, command),
        lock_edit_session(workspace.state, slug, command),
    ):
        sources = _ready_sources(workspace, slug)
        require_clock(sources)
        place = _microphone_place(sources, microphone)
        before = inspect_recording(sources.recording, progress)
        _require_channels(sources, sources.recording, before)
        made = fresh_path(sources.files.build / "microphones.flac")
        made.parent.mkdir(parents=True, exist_ok=True)
        try:
            placing = replace_channel(
                sources.recording,
                before,
                place,
                (track, inspect_recording(track, progress)),
                made,
                offset_ms=offset_ms,
                progress=progress,
            )
            # The clock is unchanged, so that every marker keeps its time.
            microphones = _with_microphone(sources.episode.microphones, place, track, placing)
            markers = tuple(
                MovedMarker(before=marker, after=marker) for marker in user_markers(sources)
            )
            _switch(
                sources,
                made,
                inspect_recording(made, progress),
                digest_from_file(made),
                markers,
                carried=(),
                notes=sources.margin_notes(),
                microphones=microphones,
            )
        finally:
            remove_quietly(made)
    return microphones[place]


def _with_microphone(
    microphones: Sequence[Microphone], place: int, file: Path, placing: TrackOffset
) -> tuple[Microphone, ...]:
    """The microphones, one of them from another file, at its offset on the recording clock."""
    one = replace_fields(
        microphones[place],
        file=file.name,
        offset_ms=round(placing.offset_ms),
        drift_ppm=round(placing.drift_ppm, 1),
    )
    return (*microphones[:place], one, *microphones[place + 1 :])


def _ready_sources(workspace: Workspace, slug: str) -> EpisodeSources:
    """The episode, after completing an interrupted replacement."""
    sources = ShowSources(workspace).episode(slug)
    for folder in (sources.files.folder, sources.files.texts):
        remove_leftovers(folder)
    resume_replacement(sources)
    return ShowSources(workspace).episode(slug)


def _microphone_place(sources: EpisodeSources, wanted: str) -> int:
    """The index of the requested microphone.

    :raises WorkspaceError: no microphone matches, or more than one.
    """
    microphones = sources.episode.microphones
    names = numbered([one.file for one in microphones])
    described = [
        {str(number), names[number - 1].casefold(), one.file.casefold(), one.name.casefold()}
        for number, one in enumerate(microphones, 1)
    ]
    found = [place for place, said in enumerate(described) if wanted.strip().casefold() in said]
    if len(found) == 1 and wanted.strip():
        return found[0]
    raise WorkspaceError(
        sources.files.settings,
        message("has no microphone “{wanted}”", wanted=wanted)
        if microphones
        else message("has no microphones: the episode has one recording"),
        message("Say which one is replaced: --microphone {names}.", names=" | ".join(names))
        if microphones
        else message("Leave out --microphone: the recording is replaced."),
    )


def _require_channels(sources: EpisodeSources, path: Path, facts: RecordingFacts) -> None:
    """Require that the recording has a channel for each microphone of the episode.

    :raises WorkspaceError: it does not.
    """
    microphones = sources.episode.microphones
    if not microphones or facts.channels == len(microphones):
        return
    names = " | ".join(one.file for one in microphones)
    raise WorkspaceError(
        path,
        message(
            "has {channels} channels, and the episode has {count} microphones",
            channels=facts.channels,
            count=len(microphones),
        ),
        message("To replace one of them, say which: --microphone {names}.", names=names),
    )


def _carried(sources: EpisodeSources, moved: Iterable[MovedMarker]) -> Iterator[CarriedMarker]:
    for one in moved:
        # The first chapter begins with the episode, whatever is heard there.
        if one.before.kind != "chapter" or one.after.start_ms:
            yield carried_marker(sources, one.before, one.after)


def _moved(
    sources: EpisodeSources, source: Path, facts: RecordingFacts, markers: Sequence[UserMarker]
) -> tuple[MovedMarker, ...]:
    old, new = _old_fingerprint(sources), fingerprint_from_samples(read_samples(source))
    last_ms = sources.facts().duration_ms if sources.files.facts.is_file() else 0
    begins_ms = min((marker.start_ms for marker in markers if marker.kind == "chapter"), default=-1)
    moved = []
    for marker in markers:
        # The first chapter begins with the episode, whatever is heard there.
        is_first = marker.kind == "chapter" and marker.start_ms == begins_ms
        after = (
            replace_fields(marker, start_ms=0)
            if is_first
            else _marker_in(marker, old, new, last_ms, facts.duration_ms)
        )
        if after is not None and not _comes_twice(marker, old, new):
            moved.append(MovedMarker(before=marker, after=after))
    lost = [marker.describe() for marker in markers if marker not in {one.before for one in moved}]
    if lost:
        what = message(
            "does not let these markers be located with certainty: {lost}",
            lost=joined_messages("; ", lost),
        )
        remedy = message(
            "Set their times for the new recording in {settings} (or remove them), then run "
            "the same command with --keep-markers. Nothing was changed.",
            settings=sources.workspace.relative(sources.files.settings),
        )
        raise ConflictError(source, what, remedy)
    return tuple(moved)


def _moved_notes(sources: EpisodeSources, source: Path) -> tuple[MarginNote, ...]:
    """The margin notes on the new clock. They do not block: an uncertain note is located by its
    words once the recording is transcribed.
    """
    notes = sources.margin_notes()
    if not notes:
        return ()
    try:
        old = _old_fingerprint(sources)
    except ConflictError:
        return tuple(map(unplaced_note, notes))
    new = fingerprint_from_samples(read_samples(source))

    def moved(note: MarginNote) -> MarginNote:
        start_ms = _moment_in(note.start_ms, None, old, new, is_end=False)
        if start_ms is None:
            return unplaced_note(note)
        end_ms = start_ms + note.end_ms - note.start_ms
        return replace_fields(note, start_ms=RecordingMs(start_ms), end_ms=RecordingMs(end_ms))

    return tuple(sorted(map(moved, notes), key=lambda note: note.start_ms))


def _old_fingerprint(sources: EpisodeSources) -> NDArray[np.uint8]:
    """The fingerprint of the recording to which the markers belong.

    :raises ConflictError: that recording is gone, and so is its fingerprint.
    """
    clock = read_clock(sources)
    if clock is None or digest_from_file(sources.recording) == clock.sha256:
        return fingerprint_from_samples(read_samples(sources.recording))
    if sources.files.fingerprint.is_file():
        return fingerprint_from_file(sources.files.fingerprint)
    markers = joined_messages("; ", (marker.describe() for marker in user_markers(sources)))
    raise ConflictError(
        sources.recording,
        message(
            "replaced the recording on which you placed markers, and nothing of that recording "
            "is left ({markers})",
            markers=markers,
        ),
        message(
            "Put the old recording back and name the new one with --recording; or set the "
            "markers for the new one, and --keep-markers."
        ),
    )


def _marker_in(
    marker: UserMarker, old: NDArray[np.uint8], new: NDArray[np.uint8], old_ms: int, new_ms: int
) -> UserMarker | None:
    """The marker in the new recording; None if uncertain."""
    start_ms = (
        0
        if marker.kind == "cut" and marker.start_ms == 0
        else _moment_in(marker.start_ms, marker.end_ms, old, new, is_end=False)
    )
    if marker.end_ms is None:
        return None if start_ms is None else replace_fields(marker, start_ms=start_ms)
    reaches_end = marker.kind == "cut" and old_ms and marker.end_ms >= old_ms
    end_ms = (
        new_ms if reaches_end else _moment_in(marker.end_ms, marker.start_ms, old, new, is_end=True)
    )
    if start_ms is None or end_ms is None or not 0 <= start_ms < end_ms <= new_ms:
        return None
    apart_ms = abs((end_ms - start_ms) - (marker.end_ms - marker.start_ms))
    # A cut from the very beginning or to the very end takes with it what there is more of it.
    if not (
        marker.kind == "cut" and (marker.start_ms == 0 or reaches_end)
    ) and apart_ms > SLACK_MS + DRIFT * (marker.end_ms - marker.start_ms):
        return None
    return replace_fields(marker, start_ms=start_ms, end_ms=end_ms)


def _comes_twice(marker: UserMarker, old: NDArray[np.uint8], new: NDArray[np.uint8]) -> bool:
    """Whether a cut passage also occurs elsewhere in the new recording: cutting one of them would
    leave the other.
    """
    if marker.kind != "cut" or marker.end_ms is None or marker.end_ms - marker.start_ms < MIN_MS:
        return False
    inside_ms = min(marker.end_ms - marker.start_ms, _COMPARED_MS)
    found = locate_by_fingerprint(old, marker.start_ms, new, before_ms=0, after_ms=inside_ms)
    return found is not None and found.rival >= SURE and found.score - found.rival < GAP


def _moment_in(
    moment_ms: int,
    other_ms: int | None,
    old: NDArray[np.uint8],
    new: NDArray[np.uint8],
    *,
    is_end: bool,
) -> int | None:
    """The position of a time in the new recording: by the audio around it, else by the audio on the
    marker's side of it.
    """
    inside = 2 * SIDE_MS if other_ms is None else min(2 * SIDE_MS, abs(other_ms - moment_ms))
    sides = [(SIDE_MS, SIDE_MS), (inside, 0) if is_end else (0, inside)]
    for before_ms, after_ms in sides:
        found = locate_by_fingerprint(old, moment_ms, new, before_ms=before_ms, after_ms=after_ms)
        if found is not None and found.is_sure:
            return max(0, found.moment_ms)
    return None


def _switch(
    sources: EpisodeSources,
    source: Path,
    facts: RecordingFacts,
    sha256: str,
    moved: Sequence[MovedMarker],
    *,
    carried: tuple[CarriedMarker, ...],
    notes: tuple[MarginNote, ...],
    microphones: tuple[Microphone, ...] | None = None,
) -> None:
    """Store the new recording under its own name, record the pending changes, then let episode.toml
    refer to it: the atomic step.
    """
    files, old = sources.files, sources.recording
    name = f"recording-{sha256[:8]}{source.suffix.lower()}"
    episode = _episode_with(sources.episode, name, moved)
    if microphones is not None:
        episode = replace_fields(episode, microphones=microphones)
    # Refused before anything changes: cuts outside the new recording, or that leave nothing of it.
    programme_from_facts(
        facts, sound=episode.sound, cuts=episode.cuts, opening_ms=0, where=files.settings
    )
    settings = read_file(files.settings)
    if record_from_toml(settings, Episode, files.settings) != sources.episode:
        raise ChangedSinceError(files.settings)  # saved while the recordings were compared
    content = toml_with_recording(settings, episode, files.settings)
    rewrites = _chapters(
        sources, facts, episode, [one for one in moved if one.before.kind == "chapter"]
    )
    if notes:
        rewrites[sources.workspace.relative(files.margin_notes)] = file_rewrite(
            read_file(files.margin_notes), bytes_from_record(MarginNotes(notes=notes))
        )
    # The recording and the record of pending changes are written before episode.toml refers to it:
    # after a crash, the replacement is resumed.
    if source.resolve() != files.recording(name).resolve():
        copy_file(source, files.recording(name))
    clock = read_clock(sources) or RecordingClock(sha256="")
    switch = RecordingSwitch(recording=name, sha256=sha256, files=rewrites, carried=carried)
    write_clock(sources, replace_fields(clock, switch=switch))
    replace_known_file(files.settings, settings, content)
    resume_replacement(ShowSources(sources.workspace).episode(sources.slug))
    if old != files.recording(name):
        remove_quietly(old)


def _episode_with(episode: Episode, recording: str, moved: Iterable[MovedMarker]) -> Episode:
    places = {
        (str(one.before.kind), one.before.start_ms, one.before.end_ms): one.after for one in moved
    }

    def times(kind: str, marker: Cut | ChosenSoundbite) -> dict[str, RecordingMs]:
        after = places[kind, int(marker.start_ms), int(marker.end_ms)]
        return {"start_ms": RecordingMs(after.start_ms), "end_ms": RecordingMs(after.end_ms or 0)}

    bites = episode.soundbites
    return replace_fields(
        episode,
        recording=recording,
        cuts=tuple(replace_fields(cut, **times("cut", cut)) for cut in episode.cuts),
        soundbites=None
        if bites is None
        else tuple(replace_fields(bite, **times("sound bite", bite)) for bite in bites),
    )


def _chapters(
    sources: EpisodeSources, facts: RecordingFacts, episode: Episode, moved: Sequence[MovedMarker]
) -> dict[str, FileRewrite]:
    """The user's chapters, and the generated ones that they are based on, on the new recording's
    clock.
    """
    own = user_chapters(sources)
    if own is None:
        return {}
    files, workspace = sources.files, sources.workspace
    # The same jingles as before: only the recording and its cuts differ.
    arranged = sources.programme()
    programme = programme_from_facts(
        facts,
        sound=episode.sound,
        cuts=episode.cuts,
        opening_ms=arranged.opening_ms + arranged.opening_overlap_ms,
        closing_ms=arranged.closing_ms + arranged.closing_overlap_ms,
        opening_overlap_ms=arranged.opening_overlap_ms,
        closing_overlap_ms=arranged.closing_overlap_ms,
        where=files.settings,
    )
    to = {one.before.start_ms: one.after.start_ms for one in moved}

    def at(marker: RecordingChapter) -> RecordingChapter:
        return replace_fields(marker, start_ms=RecordingMs(to[marker.start_ms]))

    chapters = chapters_on_programme([at(marker) for marker in own], programme)
    rewrites = {
        workspace.relative(files.chapters): file_rewrite(
            read_file(files.chapters), bytes_from_record(chapters)
        )
    }
    if files.machine_chapters.is_file():
        # Generated chapters that the user left unchanged move with the user's; the others are
        # identified by their question or title.
        machines = tuple(
            at(marker) if marker.start_ms in to else marker for marker in sources.machine_chapters()
        )
        content = bytes_from_record(RecordingChapters(chapters=machines))
        rewrites[workspace.relative(files.machine_chapters)] = file_rewrite(
            read_file(files.machine_chapters), content
        )
    return rewrites
