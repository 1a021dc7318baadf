"""What is said while another person speaks, heard from each speaker's own microphone."""

from __future__ import annotations

from studio.model.clock import RecordingMs, Span
from studio.model.record import Record
from studio.model.transcript import Word


class OwnPassage(Record, frozen=True):
    """What one microphone was heard to say, the others left out.

    :param microphone: counted from 0.
    :param together: the stretch in which another person speaks, too: its words are wanted.
    :param start_ms: where the sound that was read begins; ``end_ms``: where it ends.
    :param words: ascending, without overlap; none where nothing was believed.
    """

    microphone: int
    together: Span
    start_ms: RecordingMs
    end_ms: RecordingMs
    words: tuple[Word, ...]


class Overlaps(Record, frozen=True):
    """``build/overlaps.json``: where two people speak at once for longer than some words.

    :param together: those stretches, ascending, without overlap.
    :param passages: what each microphone says around them, ascending.
    """

    together: tuple[Span, ...]
    passages: tuple[OwnPassage, ...]
    schema: int = 1
