"""Align two sequences: the parts that are equal in both, and the parts that differ."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple

from rapidfuzz.distance import Indel

# The library uses one bit for each pair of elements; comparing two three-hour transcripts takes 90
# MB.
_MANY_PAIRS = 1_500_000_000


class Block(NamedTuple):
    """Indices ``first`` to ``last`` (exclusive) of one sequence, aligned with ``other_first`` to
    ``other_last`` of the other.

    If they are not ``alike``, either may be empty.
    """

    alike: bool
    first: int
    last: int
    other_first: int
    other_last: int


def diff_blocks(one: Sequence[Hashable], other: Sequence[Hashable]) -> Iterator[Block]:
    """The blocks in order, of alternating kinds; together they cover both sequences.

    Based on the longest common subsequence.
    """
    if len(one) * len(other) > _MANY_PAIRS:
        yield from _blocks_of_common(one, other)
        return
    block: Block | None = None
    for code in Indel.opcodes(one, other):
        alike = code.tag == "equal"
        if block is not None and block.alike == alike:
            block = block._replace(last=code.src_end, other_last=code.dest_end)
            continue
        if block is not None:
            yield block
        block = Block(alike, code.src_start, code.src_end, code.dest_start, code.dest_end)
    if block is not None:
        yield block


def _blocks_of_common(one: Sequence[Hashable], other: Sequence[Hashable]) -> Iterator[Block]:
    """The same, comparing only the elements that both have: others cannot be equal."""
    common = set(one) & set(other)
    places = [place for place, element in enumerate(one) if element in common]
    other_places = [place for place, element in enumerate(other) if element in common]
    pairs = [
        (places[block.src_start + step], other_places[block.dest_start + step])
        for block in Indel.opcodes(
            [one[place] for place in places], [other[place] for place in other_places]
        )
        if block.tag == "equal"
        for step in range(block.src_end - block.src_start)
    ]
    alike = Block(True, 0, 0, 0, 0)
    for first, other_first in pairs:
        if (first, other_first) != (alike.last, alike.other_last):
            yield from _with_gap(alike, first, other_first)
            alike = Block(True, first, first, other_first, other_first)
        alike = alike._replace(last=first + 1, other_last=other_first + 1)
    yield from _with_gap(alike, len(one), len(other))


def _with_gap(alike: Block, first: int, other_first: int) -> Iterator[Block]:
    """The equal block and the difference after it, up to two indices, without empty ones."""
    if alike.first < alike.last:
        yield alike
    if (alike.last, alike.other_last) != (first, other_first):
        yield Block(False, alike.last, first, alike.other_last, other_first)
