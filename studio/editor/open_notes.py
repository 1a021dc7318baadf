"""Unresolved margin notes, for commands."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from studio.errors import StudioError
from studio.messages.message import message
from studio.model.clock import RecordingMs
from studio.model.record import Record
from studio.text.typography import stamp_from_ms
from studio.workspace.sources import EpisodeSources


class OpenNote(Record, frozen=True):
    """A note of an episode, for scripts.

    :param note: its id.
    :param start_ms: time of its words in the recording.
    :param answers: how many there are.
    """

    episode: str
    note: str
    start_ms: RecordingMs
    words: str
    text: str
    author: str
    at: str
    answers: int


def open_notes(episodes: Iterable[EpisodeSources]) -> tuple[OpenNote, ...]:
    """The open notes of some episodes. A damaged file is reported when the page is opened."""
    found: list[OpenNote] = []
    for sources in episodes:
        with suppress(StudioError):
            found += [
                OpenNote(
                    episode=sources.slug,
                    note=note.id,
                    start_ms=note.start_ms,
                    words=note.words,
                    text=note.answers[-1].text if note.answers else note.text,
                    author=note.answers[-1].author if note.answers else note.author,
                    at=note.answers[-1].at if note.answers else note.at,
                    answers=len(note.answers),
                )
                for note in sources.margin_notes()
                if not note.is_resolved
            ]
    return tuple(found)


def described_note(note: OpenNote) -> str:
    """« 002  note at 1:02 of the recording, on “l’huile”: … (Anne) »."""
    sentence = message(
        "{slug}  open note at {time} of the recording, on “{words}”: {text}",
        slug=note.episode,
        time=stamp_from_ms(note.start_ms),
        words=note.words,
        text=" ".join(note.text.split()),
    )
    return (
        message("{told} ({author})", told=sentence, author=note.author) if note.author else sentence
    )
