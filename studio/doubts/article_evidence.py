"""Compare each word of a transcript with the article: confirmed, or different there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from studio.language.phonemes import sound_similarity
from studio.language.words import plain_words
from studio.model.alignment import ExchangeAlignment, Pair

# The number of words on either side that decide whether the article is verbatim there.
NEIGHBOURS = 5
# More words than this between two that both texts have are a part of the article that was not said
# there.
MAX_MISSING = 4
# More words than this are too many to be put in place of a few.
MAX_WORDING = 8
# The number of words on either side that are shown with a wording.
CONTEXT_WORDS = 5


@dataclass(frozen=True)
class ArticleSupport:
    """What the article says of one word.

    :param relation: *same*: it has the word; *other*: it has other words there; *extra*: it has
        nothing there.
    :param agreement: share of the words around that both texts have, 0 to 1.
    :param similarity: how alike the two wordings sound, 0 to 1; 1 where they are the same.
    :param missing: the same share, where the article has a few words more right before or after
        this one; else 0.
    """

    relation: Literal["same", "other", "extra"]
    agreement: float
    similarity: float
    missing: float = 0.0


class ArticleWording(NamedTuple):
    """The article's words, as it prints them, against words ``first`` to ``last`` (excluded) of the
    transcript.

    ``around`` has their neighbours as well; ``similarity`` is that of the sounds, 0 to 1,
    ``agreement`` the share of words around that both texts have.
    """

    first: int
    last: int
    text: str
    around: str
    similarity: float
    agreement: float


class ArticleEvidence:
    """Transcript and article side by side, exchange by exchange.

    ``evidence`` has one for each word, None outside of every exchange that was found.

    :param tables: the exchanges that were found
        (:func:`studio.alignment.alignment_tables.exchange_alignments`).
    :param count: of the words of the whole transcript.
    """

    def __init__(self, tables: Sequence[ExchangeAlignment], count: int) -> None:
        self.evidence: list[ArticleSupport | None] = [None] * count
        self._exchanges = [_ExchangeDiff(table) for table in tables]
        for exchange in self._exchanges:
            self.evidence[exchange.table.first : exchange.table.last] = exchange.evidence()

    def wording(self, first: int, last: int) -> ArticleWording | None:
        """The article's words for words ``first`` to ``last`` (excluded) of the transcript, where
        they can be paired.

        :returns: against a few words more where a wording cannot be cut; None where the article has
            nothing, or nothing else, or too much there.
        """
        for exchange in self._exchanges:
            if exchange.table.first <= first and last <= exchange.table.last:
                return exchange.wording(first, last)
        return None


class _ExchangeDiff:
    """One exchange."""

    def __init__(self, table: ExchangeAlignment) -> None:
        self.table = table
        self._blocks = list(_blocks(table))
        self._same = [False] * len(table.heard)
        for block in self._blocks:
            self._same[block.first : block.last] = [block.same] * (block.last - block.first)

    def evidence(self) -> Iterator[ArticleSupport]:
        """One for each word of the exchange."""
        lacking: dict[int, float] = {}
        for block in self._blocks:
            if (
                block.first == block.last
                and block.printed_last - block.printed_first <= MAX_MISSING
            ):
                for place in (block.first - 1, block.first):
                    lacking[place] = max(
                        self._agreement(block.first, block.last), lacking.get(place, 0.0)
                    )
        for block in self._blocks:
            printed = block.printed_last > block.printed_first
            relation: Literal["same", "other", "extra"] = (
                "same" if block.same else "other" if printed else "extra"
            )
            agreement = self._agreement(block.first, block.last)
            for place in range(block.first, block.last):
                yield ArticleSupport(relation, agreement, block.similarity, lacking.get(place, 0.0))

    def _agreement(self, first: int, last: int) -> float:
        around = [
            *self._same[max(0, first - NEIGHBOURS) : first],
            *self._same[last : last + NEIGHBOURS],
        ]
        return sum(around) / max(1, len(around))

    def wording(self, first: int, last: int) -> ArticleWording | None:
        """See :meth:`ArticleEvidence.wording`."""
        first, last = first - self.table.first, last - self.table.first
        # What only the article has, right at an edge, belongs to the stretch.
        own = [
            one
            for one in self._blocks
            if (one.first < last and first < one.last) or one.first == one.last in (first, last)
        ]
        # The words that were asked for may cut a block of differing words in two; a wording is
        # only complete with the whole block.
        if not own:
            return None
        first, last = own[0].first, own[-1].last
        words_printed = list(self.table.printed[own[0].printed_first : own[-1].printed_last])
        # Words already beside the stretch are not inserted twice.
        while (
            words_printed
            and first
            and plain_words(words_printed[0]) == plain_words(self.table.heard[first - 1])
        ):
            del words_printed[0]
        while (
            words_printed
            and last < len(self.table.heard)
            and plain_words(words_printed[-1]) == plain_words(self.table.heard[last])
        ):
            del words_printed[-1]
        # Nothing is proposed where only one side has words (an insertion or omission is no
        # misheard word), where the stretch is too long to be read as one answer, or where both
        # differ in case and marks alone.
        heard = " ".join(self.table.heard[first:last])
        text = " ".join(words_printed)
        if (
            not (first < last and words_printed)
            or max(len(words_printed), last - first) > MAX_WORDING
            or plain_words(text) == plain_words(heard)
        ):
            return None
        # The context shows the printed sentence, so it starts from the untrimmed block.
        from_word, to_word = own[0].printed_first, own[-1].printed_last
        return ArticleWording(
            first=self.table.first + first,
            last=self.table.first + last,
            text=text,
            around=" ".join(
                self.table.printed[max(0, from_word - CONTEXT_WORDS) : to_word + CONTEXT_WORDS]
            ),
            similarity=sound_similarity(heard, text),
            agreement=self._agreement(first, last),
        )


def _blocks(table: ExchangeAlignment) -> Iterator[Pair]:
    """The table's pairs; adjacent words that the other side lacks form one block."""
    lone: list[Pair] = []
    for pair in table.pairs:
        if pair.first < pair.last and pair.printed_first < pair.printed_last:
            yield from _joined(lone, table)
            lone = []
            yield pair
        else:
            lone.append(pair)
    yield from _joined(lone, table)


def _joined(lone: Sequence[Pair], table: ExchangeAlignment) -> Iterator[Pair]:
    if lone:
        first, last, printed_first, printed_last = (
            lone[0].first,
            lone[-1].last,
            lone[0].printed_first,
            lone[-1].printed_last,
        )
        heard, printed = (
            " ".join(table.heard[first:last]),
            " ".join(table.printed[printed_first:printed_last]),
        )
        yield Pair(
            first,
            last,
            printed_first,
            printed_last,
            sound_similarity(heard, printed) if heard and printed else 0.0,
            same=False,
        )
