"""The data type of a doubt: a passage to listen to, or a part of the article that the recording
lacks.
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

# The estimated time for listening and deciding, in seconds.
SECONDS_EACH: dict[DoubtKind, int] = {
    "conflict": 8, "hallucination": 8, "name": 5, "number": 5, "negation": 5, "correction": 5,
    "missing": 7, "wording": 6, "unknown": 7,
    "grammar": 6, "unsure": 7, "voice": 5, "remark": 30,
    "absent": 20, "uncertain": 10, "unheard": 15, "quote": 15,
}  # fmt: skip


# A wrong name, number or negation changes the meaning, where another wrong word only reads badly:
# it is listed before one that is more probable by up to this factor. With 1.5 a third of the first
# ten doubts of an interview are of these kinds, with 1 a sixth, with the same precision; with 2 the
# precision is lower.
GRAVE_KINDS = frozenset({"conflict", "remark", "name", "number", "negation"})
GRAVE_HARM = 1.5


class Doubt(Record, frozen=True):
    """One doubt.

    :param key: its identity, unchanged as long as the words and their position are.
    :param weight: the probability of an error, 0 to 1.
    :param segment: id of the segment; ``word``: index of the first word in it; ``count``: number of
        words. Empty, 0 and 0 if it does not concern words of the transcript.
    :param text: the words in the transcript.
    :param heard: the engine's words, if different.
    :param proposal: the replacement, with its punctuation; may be empty.
    :param candidates: all alternatives, the most probable first, including the proposal.
    :param context: the article's text there; may be empty.
    :param note: the requested change and who requests it; may be empty.
    :param places: spans to listen to, the most probable first; may be empty.
    :param alike: number of other doubts of this kind with the same words.
    :param seconds: time for listening and deciding.
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
    """The order of all lists of doubts: the most urgent first, ties by time."""
    return sorted(doubts, key=lambda doubt: (-doubt.urgency, doubt.start_ms))


# The maximum distance between the starts of two doubts that share words.
_SAME_PLACE_MS = 8_000


def is_settled(doubt: Doubt, keys: Collection[str]) -> bool:
    """Whether the user has decided on this doubt, or on one that contained all of its words.

    A doubt can lose words when its neighbours are corrected.

    :param keys: keys of the decided doubts.
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
