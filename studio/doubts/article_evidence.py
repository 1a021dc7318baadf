"""The article as a witness: for each word of the transcript, whether the article has it there, or
has something else.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from studio.alignment.diff import Block, diff_blocks
from studio.language.sounds import sound_similarity
from studio.language.words import plain_words
from studio.model.alignment import Alignment
from studio.model.article import Article, Exchange
from studio.model.transcript import Word

# So many words on either side tell whether the article is verbatim there.
NEIGHBOURS = 5
# More words than this between two that both texts have are a part of the article that was not said
# there.
LONGEST_MISSING = 4
# More words than this are too many to be put in place of a few.
LONGEST_WORDING = 8
# Words on both sides that are each this alike stand one against one.
LEAST_PAIRED = 0.5
# So many words on either side are shown with a wording.
CONTEXT_WORDS = 5
_QUOTES = '()[]«»“”"'


@dataclass(frozen=True)
class Evidence:
    """What the article says of one word.

    :param relation: *same*: it has the word; *other*: it has other words there; *extra*: it has
        nothing there.
    :param agreement: share of the words around that both texts have, 0 to 1.
    :param likeness: how alike the two wordings sound, 0 to 1; 1 where they are the same.
    :param missing: the same share, where the article has a few words more right before or after
        this one; else 0.
    """

    relation: Literal["same", "other", "extra"]
    agreement: float
    similarity: float
    missing: float = 0.0


class Wording(NamedTuple):
    """The article's words, as it prints them, against words ``first`` to ``last`` (excluded) of the
    transcript; ``around`` has their neighbours as well.
    """

    first: int
    last: int
    text: str
    around: str


class ArticleEvidence:
    """Transcript and article side by side, exchange by exchange.

    ``testimonies`` has one for each word, None outside of every exchange that was found.

    :param words: of the whole transcript.
    :param alignment: of this article; its times say where its exchanges are.
    """

    def __init__(self, words: Sequence[Word], article: Article, alignment: Alignment) -> None:
        self.testimonies: list[Evidence | None] = [None] * len(words)
        self._courts: list[_ExchangeDiff] = []
        starts = [word.start_ms for word in words]
        exchanges = {exchange.number: exchange for exchange in article.exchanges}
        for question in alignment.questions:
            if (
                question.number not in exchanges
                or question.start_ms is None
                or question.end_ms is None
            ):
                continue
            first, last = (
                bisect.bisect_left(starts, question.start_ms),
                bisect.bisect_left(starts, question.end_ms),
            )
            if first < last:
                court = _ExchangeDiff(
                    [word.text for word in words[first:last]], first, exchanges[question.number]
                )
                self._courts.append(court)
                self.testimonies[first:last] = court.testimonies()

    def wording(self, first: int, last: int) -> Wording | None:
        """The article's words against words ``first`` to ``last`` (excluded) of the transcript,
        where both can be told apart.

        :returns: against a few words more where a wording cannot be cut; None where the article has
            nothing, or nothing else, or too much there.
        """
        for court in self._courts:
            if court.first <= first and last <= court.last:
                return court.wording(first, last)
        return None


class _ExchangeDiff:
    """One exchange."""

    def __init__(self, texts: Sequence[str], first: int, exchange: Exchange) -> None:
        self.first, self.last = first, first + len(texts)
        self._texts = texts
        printed = " ".join([exchange.question, *(paragraph.text for paragraph in exchange.answer)])
        self._written = [word.strip(_QUOTES) for word in printed.split()]
        self._heard, self._heard_owner = _plain(texts)
        self._plain, self._plain_owner = _plain(self._written)
        self._blocks = [
            part for block in diff_blocks(self._heard, self._plain) for part in self._paired(block)
        ]
        self._same = [False] * len(self._heard)
        for block in self._blocks:
            if block.alike:
                self._same[block.first : block.last] = [True] * (block.last - block.first)

    def testimonies(self) -> list[Evidence | None]:
        """One for each word of the exchange."""
        found: list[Evidence | None] = [None] * len(self._texts)
        missing: dict[int, float] = {}
        for block in self._blocks:
            if block.alike:
                for place in range(block.first, block.last):
                    owner = self._heard_owner[place]
                    if found[owner] is None:
                        found[owner] = Evidence("same", self._agreement(place, place + 1), 1.0)
                continue
            agreement = self._agreement(block.first, block.last)
            if block.first == block.last:
                if block.other_last - block.other_first <= LONGEST_MISSING:
                    for place in (block.first - 1, block.first):
                        if 0 <= place < len(self._heard):
                            owner = self._heard_owner[place]
                            missing[owner] = max(agreement, missing.get(owner, 0.0))
                continue
            told = " ".join(self._plain[block.other_first : block.other_last])
            similarity = (
                sound_similarity(" ".join(self._heard[block.first : block.last]), told)
                if told
                else 0.0
            )
            for place in range(block.first, block.last):
                found[self._heard_owner[place]] = Evidence(
                    "other" if told else "extra", agreement, similarity
                )
        return [
            one
            if one is None
            else Evidence(one.relation, one.agreement, one.similarity, missing.get(place, 0.0))
            for place, one in enumerate(found)
        ]

    def _paired(self, block: Block) -> Iterator[Block]:
        """Word against word, where as many words on both sides sound alike one by one; else the
        block whole.
        """
        count = block.last - block.first
        if block.alike or count < 2 or count != block.other_last - block.other_first:
            yield block
            return
        pairs = [
            Block(
                False,
                block.first + step,
                block.first + step + 1,
                block.other_first + step,
                block.other_first + step + 1,
            )
            for step in range(count)
        ]
        paired = all(
            sound_similarity(self._heard[pair.first], self._plain[pair.other_first]) >= LEAST_PAIRED
            for pair in pairs
        )
        yield from pairs if paired else [block]

    def _agreement(self, first: int, last: int) -> float:
        around = [
            *self._same[max(0, first - NEIGHBOURS) : first],
            *self._same[last : last + NEIGHBOURS],
        ]
        return sum(around) / max(1, len(around))

    def wording(self, first: int, last: int) -> Wording | None:
        """See :meth:`Witness.wording`."""
        wanted_first = bisect.bisect_left(self._heard_owner, first - self.first)
        wanted_last = bisect.bisect_left(self._heard_owner, last - self.first)
        # To whole blocks, and to whole words on both sides, until nothing more is cut.
        while True:
            told_first, heard_first = self._opposite(wanted_first, first=True)
            told_last, heard_last = self._opposite(wanted_last, first=False)
            while (
                0 < heard_first < len(self._heard)
                and self._heard_owner[heard_first - 1] == self._heard_owner[heard_first]
            ):
                heard_first -= 1
            while (
                0 < heard_last < len(self._heard)
                and self._heard_owner[heard_last - 1] == self._heard_owner[heard_last]
            ):
                heard_last += 1
            if (heard_first, heard_last) == (wanted_first, wanted_last):
                break
            wanted_first, wanted_last = heard_first, heard_last
        if not heard_last - heard_first > 0 or not 0 < told_last - told_first <= LONGEST_WORDING:
            return None
        cut = any(
            0 < edge < len(self._plain) and self._plain_owner[edge - 1] == self._plain_owner[edge]
            for edge in (told_first, told_last)
        )
        told = self._plain[told_first:told_last]
        if (
            cut
            or heard_last - heard_first > LONGEST_WORDING
            or told == self._heard[heard_first:heard_last]
        ):
            return None
        from_word, to_word = self._plain_owner[told_first], self._plain_owner[told_last - 1] + 1
        return Wording(
            first=self.first + self._heard_owner[heard_first],
            last=self.first + self._heard_owner[heard_last - 1] + 1,
            text=" ".join(self._written[from_word:to_word]),
            around=" ".join(
                self._written[max(0, from_word - CONTEXT_WORDS) : to_word + CONTEXT_WORDS]
            ),
        )

    def _opposite(self, place: int, *, first: bool) -> tuple[int, int]:
        """Where an edge of a heard stretch is in the article, and the edge itself, moved out of a
        wording that it would cut.

        Words that only the article has, right at the edge, belong to the stretch.
        """
        touching = [block for block in self._blocks if block.first <= place <= block.last]
        alike = [block for block in touching if block.alike]
        if alike:
            block = alike[0 if first else -1]
            return block.other_first + place - block.first, place
        if first:
            block = next((block for block in touching if block.first == place), touching[0])
            return block.other_first, block.first
        block = next((block for block in touching if block.last == place), touching[-1])
        return block.other_last, block.last


def _plain(texts: Sequence[str]) -> tuple[list[str], list[int]]:
    """The plain words of texts, each with the place of its text."""
    plain = [(part, place) for place, text in enumerate(texts) for part in plain_words(text)]
    return [part for part, _ in plain], [place for _, place in plain]
