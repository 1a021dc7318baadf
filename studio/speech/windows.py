"""Whisper listens to thirty seconds at a time: stretches of speech packed into windows that it can
take, cut only where nobody speaks.
"""

from __future__ import annotations

from collections.abc import Sequence

from studio.model.clock import Span

# What Whisper takes at once.
LONGEST_MS = 30_000
# A longer pause may hold music or laughter, in which Whisper hears words that nobody said.
LONGEST_PAUSE_MS = 2_000


def windows_from_voice(voice: Sequence[Span]) -> tuple[Span, ...]:
    """Pack neighbouring stretches into windows of at most ``LONGEST_MS``, ascending, each as full
    as it can be.

    :param voice: ascending stretches of speech without overlap, none longer than a window.
    """
    windows: list[Span] = []
    for stretch in voice:
        if (
            windows
            and stretch.end_ms - windows[-1].start_ms <= LONGEST_MS
            and stretch.start_ms - windows[-1].end_ms <= LONGEST_PAUSE_MS
        ):
            windows[-1] = Span(start_ms=windows[-1].start_ms, end_ms=stretch.end_ms)
        else:
            windows.append(stretch)
    return tuple(windows)
