"""The positions of the article's questions on the recording's clock, and the aligned texts."""

from __future__ import annotations

from typing import Literal, NamedTuple

from studio.model.clock import RecordingMs
from studio.model.record import Record

# Below this confidence a person should listen to where a question was put.
SURE_QUESTION = 0.7

Status = Literal["asked", "answered", "absent"]


class Candidate(Record, frozen=True):
    """A place where a question may have been asked, for a person to listen to."""

    start_ms: RecordingMs
    confidence: float


class Question(Record, frozen=True):
    """One question of the article, found or not.

    :param number: its place in the article, from 1.
    :param status: *asked*: the question is heard; *answered*: only its answer is (``start_ms`` is
        then the answer's); *absent*: neither.
    :param start_ms: where the host starts to speak it; None when absent.
    :param answer_start_ms: where the guest starts to answer; None when absent or when no answer is
        heard.
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
    """A paragraph of the article, or its pull quote, where it was said.

    :param exchange: the number of the exchange that it answers; 0 for the introduction and the
        quote.
    :param paragraph: its place in that answer, or in the introduction, from 1; 0 for the quote.
    :param kind: *verbatim*: said word for word, or nearly; *reworded*: said in other words;
        *unheard*: not said.
    :param similarity: 0 to 1; the share of its words that was heard, rare words counting more.
    :param start_ms: where the sentence that it begins with starts; None when unheard.
    :param end_ms: where the sentence that it ends with ends; None when unheard.
    """

    exchange: int
    paragraph: int
    kind: Literal["verbatim", "reworded", "unheard"]
    similarity: float
    start_ms: RecordingMs | None = None
    end_ms: RecordingMs | None = None


class Pair(NamedTuple):
    """Heard words ``first`` to ``last`` (excluded) against printed words ``printed_first`` to
    ``printed_last``; one side may be empty.

    ``similarity`` is that of the sounds, 0 to 1: 0 where a side is empty, 1 where both are the same
    words (``same``). In a file it is a list of these six.
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
    """What was heard and what was printed, all words of both in pairs, in order.

    :param number: of the exchange; of a text that may be said anywhere its paragraph, as
        :class:`Passage` counts.
    :param first: the place of its first heard word in the transcript, from which its pairs count
        theirs.
    :param heard: the words as the transcript had them.
    :param printed: the words as :mod:`studio.alignment.exchange_words` parts them: of the question,
        then of each paragraph of its answer.
    """

    number: int
    first: int
    heard: tuple[str, ...]
    printed: tuple[str, ...]
    pairs: tuple[Pair, ...] = ()

    @property
    def last(self) -> int:
        """The place after its last heard word."""
        return self.first + len(self.heard)

    @property
    def is_whole(self) -> bool:
        """Whether its pairs hold every word of both sides once, in order: a file may be damaged."""
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
    :param pair: how probable it is that article and recording belong together, 0 to 1.
    :param exchanges: article and speech side by side, for each exchange that was found, in the
        order of the questions.
    :param anywhere: the same for the introduction's paragraphs and the pull quote, those that were
        heard; nobody knows beforehand where they are said. The quote comes last.
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
        """Whether the article probably belongs to another recording, judged by the words."""
        return self.pair < MIN_PAIR
