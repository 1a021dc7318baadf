"""The positions of the article's questions on the recording's clock, and the aligned texts."""

from __future__ import annotations

from typing import Literal, NamedTuple

from studio.model.clock import RecordingMs
from studio.model.record import Record

# Below this confidence, a user should verify the position of a question by listening.
SURE_QUESTION = 0.7

Status = Literal["asked", "answered", "absent"]


class Candidate(Record, frozen=True):
    """A possible position of a question, to be verified by listening."""

    start_ms: RecordingMs
    confidence: float


class Question(Record, frozen=True):
    """One question of the article, found or not.

    :param number: its place in the article, from 1.
    :param status: *asked*: the question is heard; *answered*: only its answer is (``start_ms`` is
        then the answer's); *absent*: neither.
    :param start_ms: start of the question as spoken by the host; None when absent.
    :param answer_start_ms: start of the answer; None when absent or without a spoken answer.
    :param end_ms: where the exchange ends; None when absent.
    :param confidence: 0 to 1; of ten found with 0.9, nine are right.
    """

    number: int
    text: str
    status: Status
    start_ms: RecordingMs | None
    answer_start_ms: RecordingMs | None
    end_ms: RecordingMs | None
    confidence: float
    candidates: tuple[Candidate, ...] = ()


class Passage(Record, frozen=True, rename={"similarity": "closeness"}):
    """The position of a paragraph of the article, or of its pull quote, in the recording.

    :param exchange: the number of the exchange that it answers; 0 for the introduction and the
        quote.
    :param paragraph: its place in that answer, or in the introduction, from 1; 0 for the quote.
    :param kind: *verbatim*: said word for word, or nearly; *reworded*: said in other words;
        *unheard*: not said.
    :param similarity: 0 to 1; the share of its words that were spoken, weighted by rarity.
    :param start_ms: start of its first sentence; None when unheard.
    :param end_ms: end of its last sentence; None when unheard.
    """

    exchange: int
    paragraph: int
    kind: Literal["verbatim", "reworded", "unheard"]
    similarity: float
    start_ms: RecordingMs | None = None
    end_ms: RecordingMs | None = None


class Pair(NamedTuple):
    """Spoken words ``first`` to ``last`` (exclusive), paired with printed words ``printed_first``
    to ``printed_last``; one side may be empty.

    ``similarity`` is phonetic, 0 to 1: 0 where a side is empty, 1 where both are the same
    words (``same``). A file stores it as a list of these six values.
    """

    first: int
    last: int
    printed_first: int
    printed_last: int
    similarity: float
    same: bool

    @property
    def is_unpaired(self) -> bool:
        """Whether only one side has words here."""
        return self.first == self.last or self.printed_first == self.printed_last


class ExchangeAlignment(Record, frozen=True):
    """The spoken and the printed words of an exchange, all of them in pairs, in order.

    :param number: of the exchange; for a text that may be said anywhere, of its paragraph, as in
        :class:`Passage`.
    :param first: index in the transcript of its first spoken word; pairs count from there.
    :param heard: the words of the transcript.
    :param printed: the words as split by :mod:`studio.alignment.exchange_words`: those of the
        question, then of each paragraph of the answer.
    """

    number: int
    first: int
    heard: tuple[str, ...]
    printed: tuple[str, ...]
    pairs: tuple[Pair, ...] = ()

    @property
    def last(self) -> int:
        """The index after its last spoken word."""
        return self.first + len(self.heard)

    @property
    def is_whole(self) -> bool:
        """Whether its pairs contain every word of both sides once, in order: a file may be
        damaged.
        """
        heard = printed = 0
        for pair in self.pairs:
            if (pair.first, pair.printed_first) != (heard, printed):
                return False
            if pair.last < pair.first or pair.printed_last < pair.printed_first:
                return False
            heard, printed = pair.last, pair.printed_last
        return (heard, printed) == (len(self.heard), len(self.printed))


# Below this probability article and recording do not belong together.
MIN_PAIR = 0.5


class Alignment(Record, frozen=True):
    """``transcripts/<slug>/alignment.json``: the questions in the article's order, which may differ
    from that of the recording.

    :param passages: every paragraph of the introduction and of the answers, in the article's order.
    :param quote: the pull quote; None when the article has none.
    :param pair: the probability that article and recording belong together, 0 to 1.
    :param exchanges: the aligned words of each exchange that was found, in the order of the
        questions.
    :param anywhere: the same for those paragraphs of the introduction that were spoken, and last
        for the pull quote; their position in the recording follows no order.
    """

    questions: tuple[Question, ...]
    passages: tuple[Passage, ...] = ()
    quote: Passage | None = None
    schema: int = 1
    pair: float = 1.0
    exchanges: tuple[ExchangeAlignment, ...] = ()
    anywhere: tuple[ExchangeAlignment, ...] = ()

    @property
    def is_mismatched(self) -> bool:
        """Whether, by its words, the article probably belongs to another recording."""
        return self.pair < MIN_PAIR
