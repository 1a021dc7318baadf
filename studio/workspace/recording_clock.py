"""On which recording's clock an episode's texts and markers are: the note of it, and the markers
that it holds.
"""

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
    """A cut, a sound bite or a chapter that a person placed; a chapter has no end."""

    kind: Literal["cut", "sound bite", "chapter"]
    start_ms: int
    end_ms: int | None = None
    text: str = ""

    def describe(self) -> str:
        """The marker for people."""
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
    """A marker that was moved to another recording by its sound, and the words that must be heard
    there.

    :param head: the first ones.
    :param tail: the last ones; a chapter has no end.
    :param elsewhere: how often the first ones were heard at other places of the former recording,
        which are not cut out; of cuts alone.
    """

    head: tuple[str, ...]
    tail: tuple[str, ...]
    marker: UserMarker = stored_as("mark")
    elsewhere: int = 0


class FileRewrite(Record, frozen=True):
    """A file that changes with the recording: its SHA-256 before, and what it holds then."""

    before: str
    content: str


class RecordingSwitch(Record, frozen=True):
    """Another recording that is about to take the place of the one that is: done as soon as
    episode.toml names it.

    :param recording: its name in the episode's folder, which no other recording ever has.
    :param files: files of people that are moved to its clock, by their path in the workspace.
    :param carried: the markers on its clock, to be proved once it is transcribed.
    """

    recording: str
    sha256: str
    files: dict[str, FileRewrite]
    carried: tuple[CarriedMarker, ...] = ()


class RecordingClock(Record, frozen=True):
    """``transcripts/<slug>/recording.json``: on which recording's clock the episode's texts and
    markers are.

    :param guid: the episode's, to recognise its texts when its folder was moved.
    :param carried: the markers that came from another recording's clock by their sound.
    :param journal_bytes: how long the editor's journal was when this recording came: what it has
        until there is on another clock.
    :param former_asr: SHA-256 of the asr.json that was there then: a transcript that was made
        of it is on another clock.
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
        """Whether another recording was there before."""
        return bool(self.journal_bytes or self.former_asr)


def read_clock(sources: EpisodeSources) -> RecordingClock | None:
    """On which recording's clock the markers are; None where that is unknown.

    :raises WorkspaceError: the note is damaged.
    """
    path = sources.files.clock
    if path.is_file():
        return record_from_bytes(read_file(path), RecordingClock, path)
    # A workspace of an earlier Studio: what was inspected last.
    record = read_build_state(sources.build_state)[0].stages.get("inspect")
    sha256 = record.inputs.get("recording") if record else None
    return RecordingClock(sha256=sha256) if sha256 else None


def write_clock(sources: EpisodeSources, clock: RecordingClock) -> None:
    """Note on which recording's clock the markers are."""
    write_file(sources.files.clock, bytes_from_record(clock))
