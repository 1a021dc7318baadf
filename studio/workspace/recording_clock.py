"""The recording to whose clock an episode's texts and markers belong, with the carried markers."""

from __future__ import annotations

from typing import Literal

from studio.file_access import read_file
from studio.messages.message import message
from studio.model.record import Record, bytes_from_record, record_from_bytes, stored_as
from studio.text.typography import stamp_from_ms
from studio.workspace.build_state import read_build_state
from studio.workspace.disk import write_file
from studio.workspace.sources import EpisodeSources


class UserMarker(Record, frozen=True):
    """A cut, a sound bite or a chapter placed by the user; a chapter has no end."""

    kind: Literal["cut", "sound bite", "chapter"]
    start_ms: int
    end_ms: int | None = None
    text: str = ""

    def describe(self) -> str:
        """A description of the marker."""
        kinds = {
            "cut": message("cut"),
            "sound bite": message("sound bite"),
            "chapter": message("chapter"),
        }
        end = "" if self.end_ms is None else f"–{stamp_from_ms(self.end_ms)}"
        values = {"kind": kinds[self.kind], "time": f"{stamp_from_ms(self.start_ms)}{end}"}
        if not self.text:
            return message("{kind} {time}", **values)
        return message("{kind} {time} « {text} »", **values, text=self.text)


class CarriedMarker(Record, frozen=True):
    """A marker that was moved to another recording by its audio, and the words that must be spoken
    there.

    :param head: the first words.
    :param tail: the last words; empty for a chapter.
    :param elsewhere: for cuts: how often the first words occur elsewhere in the former recording,
        outside cuts.
    """

    head: tuple[str, ...]
    tail: tuple[str, ...]
    marker: UserMarker = stored_as("mark")
    elsewhere: int = 0


class FileRewrite(Record, frozen=True):
    """A file that changes with the recording: its SHA-256 before, and its new content."""

    before: str
    content: str


class RecordingSwitch(Record, frozen=True):
    """A pending replacement of the recording: effective as soon as episode.toml refers to it.

    :param recording: its unique name in the episode's folder.
    :param files: users' files that are converted to its clock, by path in the workspace.
    :param carried: the markers on its clock, to be verified once it is transcribed.
    """

    recording: str
    sha256: str
    files: dict[str, FileRewrite]
    carried: tuple[CarriedMarker, ...] = ()


class RecordingClock(Record, frozen=True):
    """``transcripts/<slug>/recording.json``: the recording to whose clock the episode's texts and
    markers belong.

    :param guid: the episode's guid, to identify its texts if its folder was moved.
    :param carried: the markers that were carried over from another recording by audio.
    :param journal_bytes: length of the editor's journal when this recording was introduced: earlier
        entries belong to another clock.
    :param former_asr: SHA-256 of the asr.json at that time: a transcript made from it belongs to
        another clock.
    """

    sha256: str
    switch: RecordingSwitch | None = None
    guid: str = ""
    schema: int = 1
    carried: tuple[CarriedMarker, ...] = ()
    journal_bytes: int = 0
    former_asr: str = stored_as("former_hearing", "")

    @property
    def is_later(self) -> bool:
        """Whether it replaced another recording."""
        return bool(self.journal_bytes or self.former_asr)


def read_clock(sources: EpisodeSources) -> RecordingClock | None:
    """The recording to whose clock the markers belong; None if unknown.

    :raises WorkspaceError: the note is damaged.
    """
    path = sources.files.clock
    if path.is_file():
        return record_from_bytes(read_file(path), RecordingClock, path)
    # A workspace of an earlier version: the recording that was inspected last.
    record = read_build_state(sources.build_state)[0].stages.get("inspect")
    sha256 = record.inputs.get("recording") if record else None
    return RecordingClock(sha256=sha256) if sha256 else None


def write_clock(sources: EpisodeSources, clock: RecordingClock) -> None:
    """Store the recording to whose clock the markers belong."""
    write_file(sources.files.clock, bytes_from_record(clock))
