"""A proposed change to transcribed words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# ``name``: a name, or words that contain one; ``number``: a number of the article where none was
# recognised; ``spelling``: the same sounds in correct spelling; ``wording``: any other words of the
# article.
ProposalKind = Literal["name", "number", "spelling", "wording"]


@dataclass(frozen=True)
class Proposal:
    """A replacement for transcribed words ``first`` to ``last`` (exclusive).

    :param similarity: phonetic similarity, 0 to 1.
    :param agreement: share of context words that are the same in the article, 0 to 1.
    :param anchors: number of direct neighbours that are the same in both texts, 0 to 2.
    :param near: whether it is a name that the article has near this position.
    :param sought: whether it is a name that was searched in the whole transcript by its sounds.
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
