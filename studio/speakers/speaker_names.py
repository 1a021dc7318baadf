"""Name the speakers: the host is the voice that asks the article's questions; guests answer, with a
name where it can be inferred.

An unidentified voice keeps its number (« Voix 2 »): a wrong name is worse than none.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

from studio.alignment.questions import answering_seconds, find_host
from studio.alignment.sentence_features import SentenceUnit
from studio.alignment.term_similarity import Vocabulary, lemmas_of, shared_weight
from studio.language.words import plain_words
from studio.messages.message import message
from studio.messages.translations import in_language
from studio.model.article import Article

# Minimum number of a guest's printed words for identification.
MIN_OWN_WORDS = 3.0
# The weight, in printed words, of a voice's self-introduction or answer to a greeting by name.
INTRODUCES_ITSELF = 6.0
IS_ADDRESSED = 3.0
_INTRODUCTIONS = ("je m' appelle", "je suis", "moi c' est", "c' est", "moi")


def unnamed(number: int, language: str) -> str:
    """The name of an unidentified voice in the transcript, numbered from 1."""
    return in_language(message("Voice {number}", number=number), language)


def names_from_voices(
    units: Sequence[SentenceUnit],
    article: Article,
    *,
    host: str,
    guests: Sequence[str],
    language: str,
) -> dict[str, str]:
    """The name behind each voice label, in order of first appearance.

    If none of the article is spoken, article and recording do not belong together, and no voice is
    named.

    :param language: language of « Voice 2 » for an unidentified voice.
    """
    labels = list(dict.fromkeys(unit.speaker for unit in units if unit.speaker is not None))
    names = {label: unnamed(number, language) for number, label in enumerate(labels, 1)}
    asking = find_host(units, article)
    if asking is None:
        return names
    answering = answering_seconds(units, article, asking)
    if not any(answering.values()):
        return names
    # One guest: the other voice that speaks the article's answers longest. Several: compare the
    # paragraphs attributed to each.
    names[asking] = host
    others = [label for label in labels if label != asking]
    if len(guests) == 1:
        most = max(others, key=lambda label: answering.get(label, 0.0), default=None)
        if most is not None:
            names[most] = guests[0]
        return names
    return {**names, **_several(units, article, others, guests)}


def resolved_names(
    names: Mapping[str, str],
    known: Mapping[str, str],
    hinted: Mapping[str, str],
    *,
    people: Sequence[str],
    language: str,
) -> dict[str, str]:
    """The names of voices if some are known: these are fixed and used once; hints name the
    remaining voices, with unused names.
    """
    settled = {label: known.get(label, name) for label, name in names.items()}
    for number, (label, name) in enumerate(names.items(), 1):
        if label not in known and name in known.values():
            settled[label] = unnamed(number, language)
        hint = hinted.get(label)
        if settled[label] not in people and label not in known and hint:
            settled[label] = settled[label] if hint in settled.values() else hint
    left = [label for label, name in settled.items() if name not in people and label not in known]
    missing = [person for person in people if person and person not in settled.values()]
    if known and len(left) == len(missing) == 1:
        settled[left[0]] = missing[0]
    return settled


def _several(
    units: Sequence[SentenceUnit], article: Article, labels: Sequence[str], guests: Sequence[str]
) -> dict[str, str]:
    """Each guest's voice if it can be identified; the last guest gets the last remaining voice."""
    names: dict[str, str] = {}
    fits = {
        (label, guest): _own_words(units, article, label, guest)
        + _named(units, label, guest, guests)
        for label in labels
        for guest in guests
    }
    # Greedy: the best fit of a voice and a guest first; each is used once.
    for label, guest in sorted(fits, key=lambda pair: fits[pair], reverse=True):
        if (
            label not in names
            and guest not in names.values()
            and fits[label, guest] >= MIN_OWN_WORDS
        ):
            names[label] = guest
    # By elimination, only when some fit was found.
    left = [label for label in labels if label not in names]
    missing = [guest for guest in guests if guest not in names.values()]
    if names and len(left) == len(missing) == 1:
        names[left[0]] = missing[0]
    return names


def _named(units: Sequence[SentenceUnit], label: str, guest: str, guests: Sequence[str]) -> float:
    """How often a voice gives this as its name, or answers after being addressed by it."""
    own = _name_words(guest)
    others = {word for other in guests if other != guest for word in _name_words(other)} - own
    score = 0.0
    for before, unit in itertools.pairwise((None, *units)):
        if unit is None or unit.speaker != label:
            continue
        words = plain_words(unit.text)
        text = " ".join(words)
        if own & set(words) and any(
            text.startswith(opening) or f" {opening} " in text for opening in _INTRODUCTIONS
        ):
            score += INTRODUCES_ITSELF
        previous = (
            set() if before is None or before.speaker == label else set(plain_words(before.text))
        )
        if own & previous and not others & previous:
            score += IS_ADDRESSED
    return score


def _name_words(name: str) -> set[str]:
    return {word for word in plain_words(name) if len(word) > 2}


def _own_words(units: Sequence[SentenceUnit], article: Article, label: str, guest: str) -> float:
    """How many more of this guest's printed words than of the other guests' this voice says."""
    lines: dict[str | None, list[str]] = {}
    for exchange in article.exchanges:
        for paragraph in exchange.answer:
            lines.setdefault(paragraph.speaker, []).append(paragraph.text)
    texts = {speaker: " ".join(own) for speaker, own in lines.items() if speaker is not None}
    if guest not in texts:
        return 0.0
    vocabulary = Vocabulary(list(texts.values()))
    weights = {
        speaker: {term: vocabulary.weight(term) for term in lemmas_of(text)}
        for speaker, text in texts.items()
    }
    recognised = vocabulary.recognise(
        [term for unit in units if unit.speaker == label for term in lemmas_of(unit.text)]
    )
    # Against the best of the other guests: shared vocabulary cancels out.
    best_other = max(
        (shared_weight(recognised, own) for speaker, own in weights.items() if speaker != guest),
        default=0.0,
    )
    return shared_weight(recognised, weights[guest]) - best_other
