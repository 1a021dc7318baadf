"""A proposed change to transcribed words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# ``name``: a name, or words that hold one; ``number``: a number of the article where none was
# heard; ``spelling``: the same sounds as French writes them; ``wording``: any other words of the
# article.
ProposalKind = Literal["name", "number", "spelling", "wording"]


@dataclass(frozen=True)
class Proposal:
    """Other words for heard words ``first`` to ``last`` (excluded).

    :param similarity: of the sounds, 0 to 1.
    :param agreement: the share of their neighbouring words that is the same in the article, 0 to 1.
    :param anchors: how many of the two direct neighbours are the same in both texts, 0 to 2.
    :param near: whether it is a name that the article has about there, not only somewhere.
    :param sought: whether it is a name that was looked for in all that was said, by its sounds.
    """

    first: int
    last: int
    text: str
    similarity: float
    agreement: float
    anchors: int
    kind: ProposalKind = "wording"
    near: bool = False
    sought: bool = False
