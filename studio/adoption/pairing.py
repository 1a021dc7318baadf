"""Match articles and episodes from the evidence: each article to one episode, doubtful pairs to
none.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

from studio.adoption.evidence import PairEvidence
from studio.model.record import Record

# The confidence from which an article is assigned: a wrong one would give chapters the titles of
# questions that were not asked.
SURE = 0.95
# Matches below this are not shown.
POSSIBLE = 0.3


class ArticleMatch(Record, frozen=True):
    """An article with its most likely episode.

    :param slug: empty if none is possible.
    :param confidence: 0 to 1: that it belongs to this episode and to no other.
    """

    file: str
    slug: str
    confidence: float
    reasons: tuple[str, ...]

    @property
    def is_sure(self) -> bool:
        """Whether the article is assigned without confirmation."""
        return bool(self.slug) and self.confidence >= SURE


def pair_up(
    evidence: Mapping[tuple[str, str], PairEvidence], refused: Collection[tuple[str, str]] = ()
) -> list[ArticleMatch]:
    """Match each article to an episode. If two articles match one episode, or one article two
    episodes, none is certain.

    :param refused: pairs that the user rejected.
    """
    odds = {pair: one.log_odds for pair, one in evidence.items() if pair not in refused}
    files = dict.fromkeys(file for file, _ in evidence)
    # All candidates of each side: several articles may match an episode, and vice versa.
    by_slug: dict[str, list[float]] = {}
    by_file: dict[str, dict[str, float]] = {}
    for (file, slug), value in odds.items():
        by_slug.setdefault(slug, []).append(value)
        by_file.setdefault(file, {})[slug] = value
    pairs = []
    for file in files:
        row = by_file.get(file)
        if not row:
            pairs.append(ArticleMatch(file=file, slug="", confidence=0.0, reasons=()))
            continue
        slug = max(row, key=lambda one: row[one])
        best = row[slug]
        # The confidence is the lowest of three: the evidence itself, this episode among those of
        # the article, and this article among those of the episode.
        confidence = min(
            1 / (1 + math.exp(-max(-50.0, min(50.0, best)))),
            _share(best, list(row.values())),
            _share(best, by_slug[slug]),
        )
        possible = confidence >= POSSIBLE
        pairs.append(
            ArticleMatch(
                file=file,
                slug=slug if possible else "",
                confidence=round(confidence, 3),
                reasons=evidence[file, slug].reasons if possible else (),
            )
        )
    return pairs


def _share(best: float, all_odds: list[float]) -> float:
    """The probability of the best one, given that it is one of them."""
    return 1 / sum(math.exp(min(50.0, one - best)) for one in all_odds)
