"""Who the voices are: the host is the voice that asks the article's questions; guests answer, by
name where the article names them.
"""

from __future__ import annotations

from collections.abc import Sequence

from studio.alignment.exchange_decoder import Unit
from studio.alignment.questions import find_host
from studio.alignment.term_similarity import Vocabulary, shared_weight, terms_of
from studio.model.article import Article

# Fewer words of a guest's own printed lines than this, and nobody can say which guest speaks.
LEAST_OWN_WORDS = 3


def names_from_voices(
    units: Sequence[Unit], article: Article, *, host: str, guests: Sequence[str]
) -> dict[str, str | None]:
    """The name behind each voice label; None for a voice that cannot be told.

    With one guest, whoever does not ask is the guest. With several, each voice is the guest whose
    printed lines it says.
    """
    labels = sorted({unit.speaker for unit in units if unit.speaker is not None})
    asking = find_host(units, article)
    names: dict[str, str | None] = {label: host if label == asking else None for label in labels}
    others = [label for label in labels if label != asking]
    if len(guests) == 1:
        names.update(dict.fromkeys(others, guests[0]))
        return names
    shares = {
        (label, guest): _own_words(units, article, label, guest)
        for label in others
        for guest in guests
    }
    for label, guest in sorted(shares, key=lambda pair: shares[pair], reverse=True):
        if (
            names[label] is None
            and guest not in names.values()
            and shares[label, guest] >= LEAST_OWN_WORDS
        ):
            names[label] = guest
    return names


def _own_words(units: Sequence[Unit], article: Article, label: str, guest: str) -> float:
    """How much more of this guest's printed lines than of the other guests' this voice says."""
    lines: dict[str | None, list[str]] = {}
    for exchange in article.exchanges:
        for paragraph in exchange.answer:
            lines.setdefault(paragraph.speaker, []).append(paragraph.text)
    texts = {speaker: " ".join(own) for speaker, own in lines.items() if speaker is not None}
    if guest not in texts:
        return 0.0
    vocabulary = Vocabulary(list(texts.values()))
    weights = {
        speaker: {term: vocabulary.weight(term) for term in terms_of(text)}
        for speaker, text in texts.items()
    }
    heard = vocabulary.recognise(
        [term for unit in units if unit.speaker == label for term in terms_of(unit.text)]
    )
    best_other = max(
        (shared_weight(heard, own) for speaker, own in weights.items() if speaker != guest),
        default=0.0,
    )
    return shared_weight(heard, weights[guest]) - best_other
