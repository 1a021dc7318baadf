"""Passages made of lines of text, as tests/scripts/vectors.mjs makes them, too."""

from __future__ import annotations

from collections.abc import Sequence

from studio.model.clock import RecordingMs
from studio.model.transcript import Segment, Word


def segments_of_lines(lines: Sequence[str]) -> tuple[Segment, ...]:
    """One a line: the words of each 10 ms apart, from its own second on. « » stand at their
    words.
    """
    return tuple(
        Segment(
            id=f"s{number:04}",
            speaker=None,
            start_ms=RecordingMs(1000 * number),
            end_ms=RecordingMs(1000 * number + 900),
            words=tuple(
                Word(
                    text=text,
                    start_ms=RecordingMs(1000 * number + 10 * place),
                    end_ms=RecordingMs(1000 * number + 10 * place + 9),
                    probability=1.0,
                )
                for place, text in enumerate(line.replace("« ", "«").replace(" »", "»").split())
            ),
        )
        for number, line in enumerate(lines, 1)
    )
