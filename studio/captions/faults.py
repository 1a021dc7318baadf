"""Errors in a caption file, by the rules of the strictest app."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from studio.messages.message import message


class Fault(NamedTuple):
    """One breach of a rule of docs/rules.md.

    :param place: the position in the file; empty for the whole file.
    """

    rule: str
    place: str
    what: str


def blocks_of(lines: list[str], first: int) -> Iterator[tuple[int, list[str]]]:
    """The blocks between blank lines, each with the number of its first line."""
    block: list[str] = []
    for number, line in enumerate([*lines, ""], start=first):
        if line:
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []


def moments(timing: re.Match[str]) -> tuple[int, int]:
    """Start and end in milliseconds."""
    parts = [int(part or 0) for part in timing.groups()]
    start_ms, end_ms = (
        ((hour * 60 + minute) * 60 + second) * 1000 + millisecond
        for hour, minute, second, millisecond in (parts[:4], parts[4:])
    )
    return start_ms, end_ms


def check_times(rule: str, place: str, times: tuple[int, int], previous_ms: int) -> Iterator[Fault]:
    """Check times: a cue ends after it starts, and does not start before the preceding one."""
    start_ms, end_ms = times
    if start_ms >= end_ms:
        yield Fault(rule, place, message("it ends before it starts"))
    if start_ms < previous_ms:
        yield Fault(rule, place, message("it starts before the one above it"))
