"""Match articles and episodes from the evidence: each article to one episode, doubtful pairs to
none.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

from studio.adoption.evidence import PairEvidence
from studio.model.record import Record

# From here on an article is assigned: a false one would name chapters after questions that were not
# asked.
SURE = 0.95
# Matches below this are not shown.
POSSIBLE = 0.3


class ArticleMatch(Record, frozen=True):
    """An article with the episode that it is nearest to.

    :param slug: empty where none is possible.
    :param confidence: 0 to 1: that it is this episode's, and none of the others'.
    """

    file: str
    slug: str
    confidence: float
    reasons: tuple[str, ...]

    @property
    def is_sure(self) -> bool:
        """Whether the article is given to the episode unasked."""
        return bool(self.slug) and self.confidence >= SURE


def pair_up(
    evidence: Mapping[tuple[str, str], PairEvidence], refused: Collection[tuple[str, str]] = ()
) -> list[ArticleMatch]:
    """Each article with its episode. Of two articles that want one episode, or two episodes that
    one article fits, none is sure.

    :param refused: pairs that a person ruled out.
    """
    odds = {pair: one.log_odds for pair, one in evidence.items() if pair not in refused}
    files = dict.fromkeys(file for file, _ in evidence)
    # Every candidate of each side: an episode may be wanted by several articles, and the reverse.
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
        # Only as sure as the weakest of three: the evidence itself, this episode among those of the
        # article, and this article among those of the episode.
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
    """The probability of the best one, if it must be one of them."""
    return 1 / sum(math.exp(min(50.0, one - best)) for one in all_odds)
