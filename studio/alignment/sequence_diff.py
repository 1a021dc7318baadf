"""Align two sequences: the parts that are equal in both, and the parts that differ."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple

from rapidfuzz.distance import Indel


class Block(NamedTuple):
    """Places ``first`` to ``last`` (excluded) of one sequence against ``other_first`` to
    ``other_last`` of the other.

    Where they are not ``alike``, one of both may be empty.
    """

    alike: bool
    first: int
    last: int
    other_first: int
    other_last: int


def diff_blocks(one: Sequence[Hashable], other: Sequence[Hashable]) -> Iterator[Block]:
    """The blocks in order, never two of a kind in a row; together they are both sequences, whole.

    As much as possible is alike (longest common subsequence).
    """
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
