"""A preview of several microphones' recordings: offset, speaker, bleed, and mix gain of each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from studio.model.microphones import Microphones
from studio.model.record import Record
from studio.model.sound import RecordingFacts
from studio.progress import Progress, no_progress
from studio.sound.automix import microphones_from
from studio.sound.crosstalk import are_microphones, find_crosstalk, read_frame_powers
from studio.sound.multitrack import join_tracks
from studio.sound.synchronisation import TrackOffset, synchronise_tracks
from studio.temporary_folder import temporary_folder


class MicrophonePreview(Record, frozen=True):
    """The microphones of one conversation.

    :param files: the name of each one's file (several pieces joined); for channels of one file, its
        name.
    :param placings: the position of each (or its first piece) on the clock of the first one.
    :param duration_ms: from the first start to the last end.
    """

    files: tuple[str, ...]
    placings: tuple[TrackOffset, ...]
    found: Microphones
    duration_ms: int


def preview_microphones(
    recordings: Sequence[tuple[Path, RecordingFacts]],
    *,
    offsets_ms: Sequence[float] = (),
    progress: Progress = no_progress,
) -> MicrophonePreview | None:
    """Analyse the files of one conversation, or the channels of one file; None if the channels of
    one file are not separate microphones.

    :param offsets_ms: start of each file after the first on the first one's clock; empty: found by
        correlation.
    :raises RecordingError: a recording shares nothing with the others.
    """
    # One file: its channels are already on one clock.
    if len(recordings) == 1:
        path, facts = recordings[0]
        if facts.layout not in {"split", "many"} or len(facts.tracks) > 1:
            return None
        frames = read_frame_powers(path, facts.channels, progress)
        crosstalk = find_crosstalk(frames.powers)
        if not are_microphones(crosstalk):
            return None
        files = (path.name,) * facts.channels
        placings = (TrackOffset(offset_ms=0.0),) * facts.channels
        return MicrophonePreview(
            files=files,
            placings=placings,
            found=microphones_from(crosstalk, numbered(files), frames),
            duration_ms=facts.duration_ms,
        )
    # Several files: find their offsets, join them, and measure the joined file like the one above.
    placings = synchronise_tracks(
        [(path, facts.mix) for path, facts in recordings], offsets_ms=offsets_ms, progress=progress
    )
    with temporary_folder() as folder:
        joined = folder / "joined.flac"
        channels = join_tracks(recordings, joined, placings)
        frames = read_frame_powers(joined, len(channels), progress)
    crosstalk = find_crosstalk(frames.powers)
    files = files_of_channels([path for path, _ in recordings], channels)
    # The conversation lasts until the last of the files ends.
    ends = [
        placing.moment_ms(facts.duration_ms)
        for (_, facts), placing in zip(recordings, placings, strict=True)
    ]
    return MicrophonePreview(
        files=files,
        placings=tuple(placings[pieces[0]] for pieces in channels),
        found=microphones_from(crosstalk, numbered(files), frames),
        duration_ms=round(max(ends)),
    )


def files_of_channels(paths: Sequence[Path], channels: Sequence[Sequence[int]]) -> tuple[str, ...]:
    """The name of each channel's file (several pieces joined)."""
    return tuple(" + ".join(paths[place].name for place in pieces) for pieces in channels)


def numbered(files: Sequence[str]) -> list[str]:
    """The name of each microphone: its file, with the channel if a file has several."""
    return [
        file if files.count(file) == 1 else f"{file} ({number})"
        for number, file in enumerate(files, 1)
    ]
