"""Two sequences are cut into what both have and what differs, also where one is endless."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.transcript import sequence_diff
from studio.transcript.sequence_diff import diff_blocks

WORDS = st.lists(st.sampled_from("abcdxyz"), max_size=30)


@given(WORDS, WORDS)
def test_only_what_both_have_is_compared_where_both_are_long(
    one: list[str], other: list[str]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sequence_diff, "_MANY_PAIRS", -1)
        found = list(diff_blocks(one, other))
    plain = list(diff_blocks(one, other))
    assert sum(block.last - block.first for block in found if block.alike) == sum(
        block.last - block.first for block in plain if block.alike
    )
    place = other_place = 0
    for before, block in zip([None, *found], found, strict=False):
        assert (block.first, block.other_first) == (place, other_place)
        assert before is None or before.alike != block.alike
        assert (block.last, block.other_last) != (place, other_place)
        if block.alike:
            assert one[place : block.last] == other[other_place : block.other_last]
        place, other_place = block.last, block.other_last
    assert (place, other_place) == (len(one), len(other))
