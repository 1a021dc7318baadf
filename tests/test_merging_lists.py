"""Two versions of a list of chapters or cuts: nobody's change is lost, and only what both changed
asks for a decision.
"""

from __future__ import annotations

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from studio.text.list_merge import ItemForm, MergeConflict, MergedItems, merge_items


@dataclasses.dataclass(frozen=True)
class Item:
    start: int
    title: str
    question: int | None


FORM = ItemForm[Item](
    fields=("start", "title", "question"),
    order="start",
    keys=("question", "start", "title"),
    replace=dataclasses.replace,
)


def item(start: int, title: str, question: int | None = None) -> Item:
    return Item(start, title, question)


BASE = [item(0, "Ouverture"), item(10, "Un", 1), item(20, "Deux", 2)]


def merged(mine: list[Item], theirs: list[Item]) -> MergedItems[Item]:
    return merge_items(FORM, BASE, mine, theirs)


def test_who_renames_and_who_moves_the_same_chapter_both_have_it() -> None:
    mine = [BASE[0], item(10, "Un, mieux", 1), BASE[2]]
    theirs = [BASE[0], item(12, "Un", 1), item(25, "Deux", 2), item(40, "Trois", 3)]
    assert merged(mine, theirs) == MergedItems(
        (BASE[0], item(12, "Un, mieux", 1), item(25, "Deux", 2), item(40, "Trois", 3)), ()
    )


def test_only_the_chapter_that_both_changed_is_a_clash() -> None:
    mine = [BASE[0], item(10, "Une chose", 1), item(22, "Deux", 2)]
    theirs = [BASE[0], item(10, "Autre chose", 1)]
    found = merged(mine, theirs)
    assert found.items == (BASE[0],)
    assert found.clashes == (
        MergeConflict(BASE[1], mine[1], theirs[1]),
        MergeConflict(BASE[2], mine[2], None),
    )


def test_what_both_add_at_one_moment_is_one_or_a_clash() -> None:
    new = item(30, "Nouveau")
    assert merged([*BASE, new], [*BASE, new]).items == (*BASE, new)
    assert merged([*BASE, new], [*BASE, item(30, "Autre")]).clashes == (
        MergeConflict(None, new, item(30, "Autre")),
    )
    assert merged([*BASE, new], [*BASE, item(31, "Autre")]).items == (*BASE, new, item(31, "Autre"))


items = st.lists(
    st.builds(item, st.integers(0, 8), st.sampled_from("abc"), st.sampled_from([None, None, 1, 2])),
    max_size=5,
    unique_by=lambda one: one.start,
).map(lambda found: sorted(found, key=lambda one: one.start))


@given(items, items, items)
def test_nothing_is_lost_and_nobody_is_preferred(
    base: list[Item], mine: list[Item], theirs: list[Item]
) -> None:
    def merge(one: list[Item], other: list[Item]) -> MergedItems[Item]:
        return merge_items(FORM, base, one, other)

    assert (
        merge(mine, base) == merge(base, mine) == merge(mine, mine) == MergedItems(tuple(mine), ())
    )
    one, other = merge(mine, theirs), merge(theirs, mine)
    assert sorted(map(str, one.items)) == sorted(map(str, other.items))
    assert len({each.start for each in one.items}) == len(one.items)

    def told_of(clashes: tuple[MergeConflict[Item], ...], *, turned: bool) -> list[str]:
        # Of two that met at one moment nobody can always tell whose is whose.
        sides = [
            (clash.theirs, clash.mine) if turned else (clash.mine, clash.theirs)
            for clash in clashes
        ]
        return sorted(
            str((clash.base, *(sorted(map(str, pair)) if clash.base is None else pair)))
            for clash, pair in zip(clashes, sides, strict=True)
        )

    assert told_of(one.clashes, turned=False) == told_of(other.clashes, turned=True)
    told = [*one.items, *(side for clash in one.clashes for side in (clash.mine, clash.theirs))]
    for version in (mine, theirs):
        for field in ("title", "start"):
            # Whatever is new to the base is there, though perhaps in one chapter with what the
            # other one changed, or in a clash.
            new = {getattr(one, field) for one in version} - {getattr(one, field) for one in base}
            assert new <= {getattr(side, field) for side in told if side is not None}
