"""Select the proposals that correct the transcript. The recording decides; the article and French
spelling only propose.

Three steps. Proposals that :mod:`studio.corrections.safeguards` forbids are never accepted. The
others are weighed by a logistic rule: phonetic similarity, agreement of the context with the
article, the engine's confidence, whether the transcribed word exists. The remaining ones are scored
with the recording: the model gives the probability of both wordings given the audio
(:mod:`studio.corrections.acoustic_evidence`), and a second rule decides.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from studio.corrections.acoustic_evidence import (
    AcousticGain,
    PromptedGain,
    Score,
    acoustic_gains_of,
    prompted_gains_of,
    with_heard_punctuation,
)
from studio.corrections.correction_weights import (
    ACOUSTIC_WEIGHTS,
    MAX_GAIN,
    MIN_AUDIO_SCORE,
    MIN_BORNE,
    MIN_HEARD_SOUND,
    MIN_LONG_PROMPTED,
    MIN_LONG_UNPROMPTED,
    MIN_PROMPTED,
    MIN_PROMPTED_SIMILARITY,
    MIN_SCORE,
    MIN_SOUND,
    MIN_SUGGESTED,
    MIN_UNPROMPTED,
    SURE_SCORE,
    TEXT_ONLY_WEIGHTS,
)
from studio.corrections.proposal import Proposal
from studio.corrections.safeguards import (
    LONG_NAME_SOUNDS,
    NOTHING_KNOWN,
    PROMPT_OBJECTIONS,
    SAME_SIMILARITY,
    UNLESS_HEARD,
    KnownSpellings,
    contains_all_words,
    name_sounds,
    veto_reason,
)
from studio.language.dictionary import is_unknown_word
from studio.language.phonemes import sound_similarity, sounds_of
from studio.language.punctuation import ENDS
from studio.language.words import FUNCTION_WORDS, content_words, plain_words
from studio.model.clock import RecordingMs
from studio.model.record import replace_fields
from studio.model.transcript import Correction, Segment, Suggestion, Transcript, Word

Features = dict[str, float]
# More phonemes add no evidence.
MAX_SOUNDS = 20
# The largest bonus for a name confirmed by the prompted model: small enough that it only ranks such
# names.
PROMPTED_SHARE = 0.01


@dataclass(frozen=True)
class WeighedProposal:
    """A proposal, its probability (0 to 1), and the veto against it (empty: none).

    :param prompted: whether the recording confirms it when the model has the name in its prompt.
    """

    proposal: Proposal
    features: Features
    score: float
    veto: str
    prompted: bool = False


def weigh_proposals(
    transcript: Transcript,
    proposals: Iterable[Proposal],
    known: KnownSpellings = NOTHING_KNOWN,
    score: Score | None = None,
) -> tuple[WeighedProposal, ...]:
    """Weigh each proposal, ignoring adjacent words that it already contains.

    :param known: spellings that are always correct.
    :param score: scores with the recording; without it, only proposals that are certain without
        audio are accepted.
    """
    words = transcript.words
    # Three steps of rising cost: a rule on text and sounds for all proposals; the model's score of
    # both wordings in the recording for those worth it; a second score with the name in the prompt
    # for names that the model may not know.
    weighed = [_weigh(words, _sparing(words, proposal), known) for proposal in proposals]
    if score is None:
        return tuple(weighed)
    asked = [place for place, one in enumerate(weighed) if is_worth_scoring(one)]
    gains = dict(
        zip(
            asked,
            acoustic_gains_of(transcript, [weighed[place].proposal for place in asked], score),
            strict=True,
        )
    )
    weighed = [_scored(one, gains.get(place)) for place, one in enumerate(weighed)]
    weighed += [bare for one in weighed for bare in _without_small_word(words, one, known)]
    asked = [place for place, one in enumerate(weighed) if is_worth_prompting(one)]
    prompted = prompted_gains_of(transcript, [weighed[place].proposal for place in asked], score)
    for place, gain in zip(asked, prompted, strict=True):
        weighed[place] = _prompted(weighed[place], gain)
    return tuple(weighed)


def _without_small_word(
    words: Sequence[Word], weighed: WeighedProposal, known: KnownSpellings
) -> Iterator[WeighedProposal]:
    """A name without a function word that was not recognised before it either: with one it may be
    phonetically more similar (« Piguette s'aborder » like « à Huguette Sabourdin »).
    """
    proposal = weighed.proposal
    small, _, name = proposal.text.partition(" ")
    if is_worth_prompting(weighed) and name and small in FUNCTION_WORDS:
        heard = " ".join(word.text for word in words[proposal.first : proposal.last])
        if plain_words(small)[0] not in plain_words(heard):
            similarity = sound_similarity(heard, name)
            bare = replace(proposal, text=name, similarity=similarity)
            yield _scored(_weigh(words, bare, known), None)


def is_worth_scoring(weighed: WeighedProposal) -> bool:
    """Whether to score it with the recording: there is no other veto, and it is not hopeless."""
    return can_be_confirmed_by_audio(weighed) and weighed.score >= MIN_AUDIO_SCORE


def can_be_confirmed_by_audio(weighed: WeighedProposal) -> bool:
    """Whether only objections remain that the recording can overrule."""
    return weighed.veto in {"", UNLESS_HEARD}


def is_worth_prompting(weighed: WeighedProposal) -> bool:
    """Whether to score it again with the name in the model's prompt: it is printed near there and
    not certain enough yet, because of small words beside it or because the model does not know it.
    """
    return (
        weighed.proposal.kind == "name"
        and weighed.proposal.near
        and weighed.proposal.similarity >= MIN_PROMPTED_SIMILARITY
        and weighed.veto in {"", *PROMPT_OBJECTIONS}
        and (bool(weighed.veto) or weighed.score < MIN_SCORE)
        and probability_of(weighed.features, TEXT_ONLY_WEIGHTS) >= MIN_AUDIO_SCORE
    )


def is_confirmed(weighed: WeighedProposal, gain: AcousticGain) -> bool:
    """Whether no objection remains after scoring with the recording."""
    return not weighed.veto or (weighed.veto == UNLESS_HEARD and gain.sound >= MIN_HEARD_SOUND)


def _sparing(words: Sequence[Word], proposal: Proposal) -> Proposal:
    """The proposal reduced to the words that differ, if it contains recognised ones.

    « à l'école du Port » becomes « à l'École du Port », and loses nothing.
    """
    written = plain_words(proposal.text)
    for size in range(1, proposal.last - proposal.first):
        for first in range(proposal.first, proposal.last - size + 1):
            if plain_words(" ".join(word.text for word in words[first : first + size])) == written:
                return replace(proposal, first=first, last=first + size, similarity=1.0)
    return proposal


def _weigh(words: Sequence[Word], proposal: Proposal, known: KnownSpellings) -> WeighedProposal:
    features = features_of(words, proposal)
    if proposal.kind == "spelling":
        return WeighedProposal(
            proposal, features, proposal.similarity, ""
        )  # both have the same pronunciation
    return WeighedProposal(
        proposal,
        features,
        probability_of(features, TEXT_ONLY_WEIGHTS),
        veto_reason(words, proposal, known),
    )


def _scored(weighed: WeighedProposal, gain: AcousticGain | None) -> WeighedProposal:
    # Without the audio, a proposal may be suggested, but never accepted by its text alone.
    if gain is None:
        return replace(weighed, score=min(weighed.score, MIN_AUDIO_SCORE))
    features = weighed.features | gain_features(gain)
    # The language model prefers common wordings: evidence of the audio against one takes
    # precedence.
    contradicted = gain.sound < MIN_SOUND and gain.sound - gain.language < MIN_BORNE
    return replace(
        weighed,
        features=features,
        score=0.0 if contradicted else probability_of(features, ACOUSTIC_WEIGHTS),
        veto="" if is_confirmed(weighed, gain) else weighed.veto,
    )


def _prompted(weighed: WeighedProposal, gain: PromptedGain) -> WeighedProposal:
    """The score of a name confirmed by the prompted model: below all others, in order of
    certainty.
    """
    is_long = name_sounds(weighed.proposal) >= LONG_NAME_SOUNDS
    least_prompted = MIN_LONG_PROMPTED if is_long else MIN_PROMPTED
    if gain.prompted < least_prompted or gain.unprompted < (
        MIN_LONG_UNPROMPTED if is_long else MIN_UNPROMPTED
    ):
        return weighed
    score = MIN_SCORE + PROMPTED_SHARE * _bounded(gain.prompted) / MAX_GAIN
    return replace(weighed, score=max(weighed.score, score), veto="", prompted=True)


def gain_features(gain: AcousticGain) -> Features:
    """The features from the audio scores, each within ±``MAX_GAIN``."""
    return {
        "sound": _bounded(gain.sound),
        "language": _bounded(gain.language),
        "borne": _bounded(gain.sound - gain.language),
    }


def _bounded(value: float) -> float:
    return min(max(value, -MAX_GAIN), MAX_GAIN)


def features_of(words: Sequence[Word], proposal: Proposal) -> Features:
    """The rule's features; ``gain`` is added where the audio was scored."""
    heard = words[proposal.first : proposal.last]
    before, after = plain_words(" ".join(word.text for word in heard)), plain_words(proposal.text)
    # Only changed words count: removed and added ones.
    going = [
        word for word in heard if not contains_all_words(plain_words(word.text), after)
    ] or list(heard)
    coming = [part for part in after if part not in before]
    # The names are those of the fitted weights in correction_weights.py.
    return {
        "similarity": proposal.similarity,
        "agreement": proposal.agreement,
        "anchors": float(proposal.anchors),
        "invented": float(
            any(is_unknown_word(part) for word in going for part in plain_words(word.text))
        ),
        "name": float(proposal.kind == "name"),
        "near": float(proposal.near),
        "number": float(proposal.kind == "number"),
        "sounds": _shared_sounds(proposal),
        "spelling": float(proposal.kind == "spelling"),
        "small": float(all(part in FUNCTION_WORDS for part in coming)),
        "words": float(abs(len(before) - len(after))),
    }


def _shared_sounds(proposal: Proposal) -> float:
    """The number of shared phonemes in tens: long wordings are rarely similar by chance, short ones
    often.
    """
    sounds = min(len(sounds_of(proposal.text)), MAX_SOUNDS)
    return sounds / 10 * max(0.0, 2 * proposal.similarity - 1)


def probability_of(features: Features, weights: Features) -> float:
    """The logistic rule: ``weights`` has the bias as ``""``."""
    return 1 / (
        1
        + math.exp(
            -weights[""] - sum(weights.get(name, 0.0) * value for name, value in features.items())
        )
    )


def correct_transcript(
    transcript: Transcript,
    proposals: Iterable[Proposal],
    known: KnownSpellings = NOTHING_KNOWN,
    score: Score | None = None,
) -> Transcript:
    """Apply the accepted proposals, each recorded as a :class:`Correction`; of overlapping ones,
    the most certain is chosen.

    A correction never spans two segments. New words share the time of the old ones by length.
    Proposals that were not certain enough are stored as suggestions for the editor.

    :param known: spellings that are always correct.
    :param score: scores with the recording; see :func:`weigh_proposals`.
    """
    words = transcript.words
    # Greedy by score. A whole name may still replace a part of it that was accepted before, because
    # the part always has the higher score.
    taken: list[WeighedProposal] = []
    used: set[int] = set()
    least = SURE_SCORE if score is None else MIN_SCORE
    ranked = sorted(
        weigh_proposals(transcript, proposals, known, score),
        key=lambda one: (one.score, one.proposal.last - one.proposal.first),
        reverse=True,
    )
    for weighed in ranked:
        places = _places(weighed)
        # Without the audio's score the threshold is higher and only kinds that are reliable without
        # audio are accepted.
        convinces = (
            weighed.score >= least
            and not weighed.veto
            and (score is not None or _is_sure_unheard(weighed.proposal))
        )
        shorter = [one for one in taken if places & _places(one)]
        if convinces and all(_is_part_of(one, weighed) for one in shorter):
            taken = [*(one for one in taken if one not in shorter), weighed]
            used |= places
    # Proposals that lost against a better one or the threshold become suggestions in the editor.
    suggested = [] if score is None else list(_suggestions(words, ranked, used))
    return replace_fields(_with(transcript, taken), suggestions=tuple(suggested))


def _places(weighed: WeighedProposal) -> set[int]:
    return set(range(weighed.proposal.first, weighed.proposal.last))


def _is_part_of(part: WeighedProposal, whole: WeighedProposal) -> bool:
    """Whether one is a part of a whole name that was searched by its sounds, or that the prompted
    model confirms: « Moulin » of « Moulin de la Reine ».
    """
    return (
        (whole.prompted or whole.proposal.sought)
        and _places(part) < _places(whole)
        and len(content_words(part.proposal.text)) < len(content_words(whole.proposal.text))
        and contains_all_words(plain_words(part.proposal.text), plain_words(whole.proposal.text))
    )


def _suggestions(
    words: Sequence[Word], ranked: Sequence[WeighedProposal], used: set[int]
) -> Iterator[Suggestion]:
    """Proposals that the audio supports, but not enough; the most probable of overlapping ones, in
    order of score.
    """
    # Greedy by score: one suggestion per passage, and none where a correction was made.
    left = set(used)
    for one in ranked:
        places = _places(one)
        if one.veto or one.score < MIN_SUGGESTED or places & left or "sound" not in one.features:
            continue
        left |= places
        old = words[one.proposal.first : one.proposal.last]
        yield Suggestion(
            start_ms=old[0].start_ms,
            end_ms=old[-1].end_ms,
            heard=" ".join(word.text for word in old),
            text=" ".join(with_heard_punctuation(one.proposal.text, old)),
            score=round(one.score, 3),
        )


def _is_sure_unheard(proposal: Proposal) -> bool:
    """Whether a proposal may be accepted without the recording: same pronunciation, or a kind that
    has already compared sounds.
    """
    return proposal.similarity >= SAME_SIMILARITY or proposal.kind in {"number", "spelling"}


def _with(transcript: Transcript, taken: Sequence[WeighedProposal]) -> Transcript:
    # Proposals count words over the whole transcript, corrections within their segment.
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
    segment: Segment, taken: Sequence[WeighedProposal], offset: int
) -> tuple[Segment, list[Correction]]:
    words: list[Word] = []
    corrections = []
    place = 0
    for weighed in taken:
        first, last = weighed.proposal.first - offset, weighed.proposal.last - offset
        words += segment.words[place:first]
        # The article's words get the capitals and punctuation of the transcribed sentence.
        old = segment.words[first:last]
        texts = with_heard_punctuation(weighed.proposal.text, old)
        before = segment.words[first - 1].text if first else ""
        if old[0].text[0].isupper() and (not before or before[-1] in ENDS):
            texts[0] = texts[0][0].upper() + texts[0][1:]
        # A proposal that only differs in punctuation equals the old words: no correction is
        # recorded.
        place = last
        if texts == [word.text for word in old]:
            words += old
            continue
        new = _timed(texts, old)
        # `word` counts in the new segment, which may have more or fewer words than the old one.
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


def _timed(texts: Sequence[str], old: Sequence[Word]) -> list[Word]:
    """Distribute the new words over the time of the old ones by length; keep the old times if the
    count is the same.
    """
    probability = min(word.probability for word in old)
    if len(texts) == len(old):
        return [replace_fields(word, text=text) for word, text in zip(old, texts, strict=True)]
    start, end = old[0].start_ms, old[-1].end_ms
    # With another number of words, inner boundaries are unknown; the length in letters is the best
    # estimate.
    letters = [max(1, sum(letter.isalnum() for letter in text)) for text in texts]
    edges = [
        RecordingMs(start + (end - start) * sum(letters[:place]) // sum(letters))
        for place in range(len(texts) + 1)
    ]
    return [
        Word(text=text, start_ms=edges[place], end_ms=edges[place + 1], probability=probability)
        for place, text in enumerate(texts)
    ]
