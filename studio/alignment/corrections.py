"""Which proposals are taken into the transcript. What was heard decides; the article, and French
spelling, only propose.

A wording is taken when it sounds like what was heard *and* there is reason to doubt what was heard
(the engine was unsure, or wrote a word that does not exist) *and* the neighbourhood agrees. These
reasons are weighed by a logistic rule; a few things are never changed, whatever the weight: a
number heard clearly, a negation, and a right word that the article merely inflects otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from studio.alignment.proposal import Proposal
from studio.language.dictionary import is_common_word, lemma_of
from studio.language.numbers import number_words
from studio.language.sounds import sound_similarity, sounds_of
from studio.language.words import FUNCTION_WORDS, plain_words
from studio.model.clock import RecordingMs
from studio.model.record import replace_fields
from studio.model.transcript import Correction, Segment, Transcript, Word

# Weights of the logistic rule, fitted once on the proposals for the four interviews that ship with
# the tests; bench/corrections.py counts what comes of them.
BIAS = -3.6
SIMILARITY = 6.1
AGREEMENT = 4.2
ANCHORS = 1.0
INVENTED = 1.6
SURE = -4.0
NAME = 0.5

LEAST_SCORE = 0.72
# Above this the engine is sure of a word.
SURE_PROBABILITY = 0.6
# In a passage that the article paraphrases, a real word heard clearly is right whatever the article
# has.
VERBATIM_AGREEMENT = 0.45
# From this likeness on, two wordings can hardly be told apart by ear.
SAME_SOUND = 0.9
# What was heard without a digit becomes a number only when it sounds like this one.
LEAST_NUMBER_SIMILARITY = 0.75
# A name where the engine was sure of something else must sound nearly the same; each of its words
# must sound a little like what was heard.
LEAST_NAME_SIMILARITY = 0.7
LEAST_PART_SIMILARITY = 0.5
# So many sounds make a name of their own.
LEAST_SHARED_SOUNDS = 4
# Below this the engine only guessed; where the passage is the article's, its word is the better
# guess.
LOST_PROBABILITY = 0.25
NEGATIONS = frozenset(
    {"n'", "ne", "pas", "jamais", "rien", "aucun", "aucune", "non", "sans", "ni", "plus"}
)


@dataclass(frozen=True)
class Weighed:
    """A proposal, how sure it is (0 to 1), and what speaks against it even so (empty: nothing)."""

    proposal: Proposal
    score: float
    objection: str


def weigh_proposals(words: Sequence[Word], proposals: Iterable[Proposal]) -> tuple[Weighed, ...]:
    """How much speaks for each proposal, which spares the words beside it that were heard for
    themselves.
    """
    spared = (_sparing(words, proposal) for proposal in proposals)
    return tuple(_weigh(words[proposal.first : proposal.last], proposal) for proposal in spared)


def _sparing(words: Sequence[Word], proposal: Proposal) -> Proposal:
    """The proposal against those heard words alone that are its own already, where there are such:
    what stands beside them was heard, too.

    « à l'école du Port » becomes « à l'École du Port », and loses nothing.
    """
    written = plain_words(proposal.text)
    for size in range(1, proposal.last - proposal.first):
        for first in range(proposal.first, proposal.last - size + 1):
            if plain_words(" ".join(word.text for word in words[first : first + size])) == written:
                return replace(proposal, first=first, last=first + size, similarity=1.0)
    return proposal


def _weigh(heard: Sequence[Word], proposal: Proposal) -> Weighed:
    if proposal.kind == "spelling":
        return Weighed(
            proposal, proposal.similarity, ""
        )  # nothing speaks against it: both are said alike
    before = plain_words(" ".join(word.text for word in heard))
    after = plain_words(proposal.text)
    surest = min(word.probability for word in heard)
    invented = any(_is_invented(word) for word in before)
    weight = (
        BIAS
        + SIMILARITY * proposal.similarity
        + AGREEMENT * proposal.agreement
        + ANCHORS * proposal.anchors
        + INVENTED * invented
        + SURE * surest
        + NAME * (proposal.kind == "name")
    )
    return Weighed(
        proposal, 1 / (1 + math.exp(-weight)), _objection(before, after, surest, invented, proposal)
    )


def _is_invented(word: str) -> bool:
    bare = word.rstrip("'")
    return len(bare) > 2 and not bare.isdigit() and not is_common_word(bare)


def _objection(
    before: Sequence[str], after: Sequence[str], surest: float, invented: bool, proposal: Proposal
) -> str:
    if "".join(before) == "".join(after):
        return ""  # the same letters, set otherwise: « start-up » for « startup »
    if _spoken(before) == _spoken(after):
        return ""  # the same number, written otherwise
    if any(word.isdigit() for word in before):
        return "number"  # digits that were heard are never turned into others
    if proposal.kind == "number":
        return (
            "negation" if _negations(before) != _negations(after) else ""
        )  # asked already: see studio.alignment.number_corrections
    if any(word.isdigit() for word in after) and proposal.similarity < LEAST_NUMBER_SIMILARITY:
        return "number"
    if (
        proposal.kind == "name"
        and surest >= SURE_PROBABILITY
        and proposal.similarity < LEAST_NAME_SIMILARITY
    ):
        return "name"
    lost = (
        surest < LOST_PROBABILITY and proposal.anchors and proposal.agreement >= VERBATIM_AGREEMENT
    )
    if proposal.kind == "name" and not lost and not _alike_word_by_word(before, after):
        return "name"
    if proposal.kind == "name" and any(
        _is_another_name(*pair) for pair in zip(before, after, strict=False)
    ):
        return "name"
    if _negations(before) != _negations(after):
        return "negation"
    held = proposal.anchors == 2 and proposal.similarity >= SAME_SOUND
    if (
        not invented
        and proposal.kind != "name"
        and proposal.agreement < VERBATIM_AGREEMENT
        and not held
    ):
        return "paraphrase"
    if proposal.anchors < 2 and any(_inflects(word, other) for word in before for other in after):
        return "inflection"
    return ""


def _negations(words: Sequence[str]) -> set[str]:
    return set(words) & NEGATIONS


def _alike_word_by_word(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether each word of a name sounds like the heard word in its place; a first name that fits
    does not carry another surname.
    """
    return len(before) != len(after) or all(
        sound_similarity(*pair) >= LEAST_PART_SIMILARITY for pair in zip(before, after, strict=True)
    )


def _is_another_name(heard: str, written: str) -> bool:
    """Whether what was heard is no word and sounds to its end like the beginning of the name: «
    Paoli » is not « Paolini » cut short.

    Whisper was told the longer name, and did not hear it out.
    """
    short, long = sounds_of(heard), sounds_of(written)
    return (
        _is_invented(heard)
        and len(short) >= LEAST_SHARED_SOUNDS
        and long.startswith(short)
        and len(long) - len(short) >= 2
    )


def _inflects(word: str, other: str) -> bool:
    return (
        word != other and not {word, other} & FUNCTION_WORDS and lemma_of(word) == lemma_of(other)
    )


def _spoken(words: Sequence[str]) -> list[str]:
    """The words with their numbers spelled out."""
    return [
        part
        for word in words
        for part in (number_words(int(word)) if word.isdigit() and len(word) < 10 else (word,))
    ]


def correct_transcript(transcript: Transcript, proposals: Iterable[Proposal]) -> Transcript:
    """The transcript with the proposals that convince, each recorded as a :class:`Correction`; none
    overlap, the surest win.

    A correction never reaches across two segments. New words share the time of the old ones by
    their letters.
    """
    words = transcript.words
    taken: list[Weighed] = []
    used: set[int] = set()
    ranked = sorted(
        weigh_proposals(words, proposals),
        key=lambda one: (one.score, one.proposal.last - one.proposal.first),
        reverse=True,
    )
    for weighed in ranked:
        places = set(range(weighed.proposal.first, weighed.proposal.last))
        if weighed.score >= LEAST_SCORE and not weighed.objection and not places & used:
            taken.append(weighed)
            used |= places
    segments: list[Segment] = []
    corrections: list[Correction] = []
    offset = 0
    for segment in transcript.segments:
        count = len(segment.words)
        own = sorted(
            (
                one
                for one in taken
                if offset <= one.proposal.first and one.proposal.last <= offset + count
            ),
            key=lambda one: one.proposal.first,
        )
        rebuilt, changes = _rebuilt(segment, own, offset)
        segments.append(rebuilt)
        corrections += changes
        offset += count
    return replace_fields(transcript, segments=tuple(segments), corrections=tuple(corrections))


def _rebuilt(
    segment: Segment, taken: Sequence[Weighed], offset: int
) -> tuple[Segment, list[Correction]]:
    words: list[Word] = []
    corrections = []
    place = 0
    for weighed in taken:
        first, last = weighed.proposal.first - offset, weighed.proposal.last - offset
        words += segment.words[place:first]
        old = segment.words[first:last]
        texts = _with_edges(weighed.proposal.text, old)
        place = last
        if texts == [word.text for word in old]:
            words += old
            continue
        new = _timed(texts, old)
        corrections.append(
            Correction(
                segment=segment.id,
                word=len(words),
                heard=" ".join(word.text for word in old),
                text=" ".join(word.text for word in new),
                reason=weighed.proposal.kind,
                score=round(weighed.score, 3),
            )
        )
        words += new
    words += segment.words[place:]
    return replace_fields(segment, words=tuple(words)), corrections


def _with_edges(text: str, old: Sequence[Word]) -> list[str]:
    """The article's words with the punctuation that was heard after the old ones: the article's own
    belongs to its own sentence.
    """
    marks = ".,;:!?…"
    texts = text.replace("’", "'").split()
    tail = old[-1].text[len(old[-1].text.rstrip(marks)) :]
    texts[-1] = texts[-1].rstrip(marks) + tail
    return texts


def _timed(texts: Sequence[str], old: Sequence[Word]) -> list[Word]:
    """As many new words as needed in the time of the old ones, shared by letters; the old times
    where the count is the same.
    """
    probability = min(word.probability for word in old)
    if len(texts) == len(old):
        return [replace_fields(word, text=text) for word, text in zip(old, texts, strict=True)]
    start, end = old[0].start_ms, old[-1].end_ms
    letters = [max(1, sum(letter.isalnum() for letter in text)) for text in texts]
    edges = [
        RecordingMs(start + (end - start) * sum(letters[:place]) // sum(letters))
        for place in range(len(texts) + 1)
    ]
    return [
        Word(text=text, start_ms=edges[place], end_ms=edges[place + 1], probability=probability)
        for place, text in enumerate(texts)
    ]
