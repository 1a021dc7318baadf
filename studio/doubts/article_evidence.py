"""Compare each word of a transcript with the article: confirmed or different."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from studio.language.phonemes import sound_similarity
from studio.language.words import plain_words
from studio.model.alignment import ExchangeAlignment, Pair

# The number of words on either side that decide whether the article is verbatim there.
NEIGHBOURS = 5
# More words than this between two common ones are a part of the article that was not said there.
MAX_MISSING = 4
# More words than this are not proposed as a replacement.
MAX_WORDING = 8
# The number of context words shown on either side of a wording.
CONTEXT_WORDS = 5


@dataclass(frozen=True)
class ArticleSupport:
    """The evidence of the article on one word.

    :param relation: *same*: it has the word; *other*: it has other words; *extra*: it has nothing.
    :param agreement: share of common words in the context, 0 to 1.
    :param similarity: phonetic similarity of both wordings, 0 to 1; 1 if they are the same.
    :param missing: ``agreement`` if the article has a few additional words right before or after
        this one; else 0.
    """

    relation: Literal["same", "other", "extra"]
    agreement: float
    similarity: float
    missing: float = 0.0


class ArticleWording(NamedTuple):
    """The article's printed words, aligned with words ``first`` to ``last`` (exclusive) of the
    transcript.

    ``around`` includes their context; ``similarity`` is phonetic, 0 to 1; ``agreement`` is the
    share of common words in the context.
    """

    first: int
    last: int
    text: str
    around: str
    similarity: float
    agreement: float


class ArticleEvidence:
    """Transcript and article, aligned exchange by exchange.

    ``evidence`` has an item for each word, None outside of all exchanges that were found.

    :param tables: the exchanges that were found
        (:func:`studio.alignment.alignment_tables.exchange_alignments`).
    :param count: number of words of the whole transcript.
    """

    def __init__(self, tables: Sequence[ExchangeAlignment], count: int) -> None:
        self.evidence: list[ArticleSupport | None] = [None] * count
        self._exchanges = [_ExchangeDiff(table) for table in tables]
        for exchange in self._exchanges:
            self.evidence[exchange.table.first : exchange.table.last] = exchange.evidence()

    def wording(self, first: int, last: int) -> ArticleWording | None:
        """The article's words for words ``first`` to ``last`` (exclusive) of the transcript, if
        they can be paired.

        :returns: a wording for a few more words if it cannot be split; None if the article has
            nothing, the same, or too much there.
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
        """The evidence for each word of the exchange."""
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
        # Words that only the article has, directly at an edge, belong to the passage.
        own = [
            one
            for one in self._blocks
            if (one.first < last and first < one.last) or one.first == one.last in (first, last)
        ]
        # The requested words may split a block of differing words; a wording is only complete with
        # the whole block.
        if not own:
            return None
        first, last = own[0].first, own[-1].last
        words_printed = list(self.table.printed[own[0].printed_first : own[-1].printed_last])
        # Words already beside the passage are not inserted twice.
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
        # Nothing is proposed if only one side has words (insertions and omissions are not
        # misrecognised words), if the passage is too long, or if both only differ in case and
        # punctuation.
        spoken = " ".join(self.table.heard[first:last])
        text = " ".join(words_printed)
        if (
            not (first < last and words_printed)
            or max(len(words_printed), last - first) > MAX_WORDING
            or plain_words(text) == plain_words(spoken)
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
            similarity=sound_similarity(spoken, text),
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
        spoken, printed = (
            " ".join(table.heard[first:last]),
            " ".join(table.printed[printed_first:printed_last]),
        )
        yield Pair(
            first,
            last,
            printed_first,
            printed_last,
            sound_similarity(spoken, printed) if spoken and printed else 0.0,
            same=False,
        )
