"""The data type of a doubt: a passage to listen to, or something that the article has and the
recording has not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Literal

from studio.model.clock import RecordingMs, Span
from studio.model.record import Record
from studio.text.number_parsing import whole_number

# Words of the transcript that are probably wrong:
# - *conflict*: a person and a later transcription had something else there;
# - *hallucination*: what Whisper writes where there is no speech;
# - *name*, *number*, *negation*: the article has another one there;
# - *correction*: Studio changed what was heard, and is not sure of it;
# - *missing*: words that the article has between two that both have, or speech without words;
# - *wording*: the article has other words between words that both have;
# - *unknown*: a word that no dictionary knows, nor the article;
# - *grammar*: small words that do not go together;
# - *unsure*: the engine was not sure;
# - *voice*: it is not sure who speaks;
# - *remark*: a guest asks for a change there, in the answer to a proof; without words where it has
#   no place.
# What the article has and the recording has not (these have no words of the transcript):
# - *absent*: a question that was not found;
# - *uncertain*: one that was not found surely, or of which only the answer was;
# - *unheard*: printed sentences that were not said;
# - *quote*: the pull quote was not found.
DoubtKind = Literal[
    "conflict", "hallucination", "name", "number", "negation", "correction", "missing", "wording",
    "unknown", "grammar", "unsure", "voice", "remark",
    "absent", "uncertain", "unheard", "quote",
]  # fmt: skip

# How long a person takes to listen to one and to decide.
SECONDS_EACH: dict[DoubtKind, int] = {
    "conflict": 8, "hallucination": 8, "name": 5, "number": 5, "negation": 5, "correction": 5,
    "missing": 7, "wording": 6, "unknown": 7,
    "grammar": 6, "unsure": 7, "voice": 5, "remark": 30,
    "absent": 20, "uncertain": 10, "unheard": 15, "quote": 15,
}  # fmt: skip


# A wrong name, number or negation changes the meaning, where another wrong word only reads badly:
# it is listed before one that is more probable by this factor. With 1.5 a third of the first ten
# doubts of an interview are of these kinds, with 1 a sixth, and as many are right; with 2 fewer
# are.
GRAVE_KINDS = frozenset({"conflict", "remark", "name", "number", "negation"})
GRAVE_HARM = 1.5


class Doubt(Record, frozen=True):
    """One doubt.

    :param key: its identity, the same as long as the words and their place do not change.
    :param weight: the probability, 0 to 1, that something is wrong there.
    :param segment: id of the segment; ``word`` is the place of the first word in it, ``count`` how
        many words. Empty, 0 and 0 where it is not about words of the transcript.
    :param text: the words in the transcript.
    :param heard: what the engine heard, where that was something else.
    :param proposal: the replacement, with its punctuation; empty when there is none.
    :param candidates: everything that may have been said instead, the likeliest first, the proposal
        among it.
    :param context: what the article has there; empty for nothing.
    :param note: who asks for which change; empty for none.
    :param places: where to listen, the likeliest first; may be empty.
    :param alike: how many other doubts of the kind have the same words.
    :param seconds: how long listening and deciding take.
    """

    key: str
    kind: DoubtKind
    weight: float
    text: str
    start_ms: RecordingMs
    end_ms: RecordingMs
    segment: str = ""
    word: int = 0
    count: int = 0
    heard: str = ""
    proposal: str = ""
    candidates: tuple[str, ...] = ()
    context: str = ""
    note: str = ""
    places: tuple[Span, ...] = ()
    alike: int = 0
    seconds: int = 0

    @property
    def urgency(self) -> float:
        """The sort key of lists: the probability times how harmful the error would be."""
        return self.weight * (GRAVE_HARM if self.kind in GRAVE_KINDS else 1.0)


def sorted_doubts(doubts: Iterable[Doubt]) -> list[Doubt]:
    """The order in which every list of doubts is shown: the most urgent first, of two as urgent the
    earlier in the recording.
    """
    return sorted(doubts, key=lambda doubt: (-doubt.urgency, doubt.start_ms))


# Two doubts about some of the same words start no further apart.
_SAME_PLACE_MS = 8_000


def is_settled(doubt: Doubt, keys: Collection[str]) -> bool:
    """Whether a person has decided about this doubt, or about one that held all of its words.

    A doubt can lose words when its neighbours were corrected.

    :param keys: of the doubts that were decided.
    """
    if doubt.key in keys:
        return True
    if doubt.kind in {"remark", "voice"}:
        return False
    for key in keys:
        start, _, text = key.partition(":")
        start_ms = whole_number(start)
        near = start_ms is not None and 0 <= doubt.start_ms - start_ms <= _SAME_PLACE_MS
        if near and doubt.text and f" {doubt.text} " in f" {text} ":
            return True
    return False
