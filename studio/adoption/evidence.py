"""Evidence that an article and an episode are the same conversation, as log-odds.

The weights are set by hand and evaluated with ``bench/catalogue.py adopt``: each kind of evidence
except a link alone is below the threshold (:data:`studio.adoption.pairing.SURE`), two that agree
exceed it.
"""

from __future__ import annotations

import datetime
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from rapidfuzz.fuzz import partial_ratio, token_set_ratio

from studio.language.words import content_words, plain_words
from studio.messages.message import message
from studio.model.record import Record

# The prior: one article in a hundred belongs to an episode.
PRIOR = -4.6
_LINK = 12.0
# A guest's full name in title, notes or persons: guests return, so a name alone is not enough.
_NAMES = 6.0
_NAMES_SAID = 4.0
# Names are misrecognised (« Père Injouvenel » for « Perrine Jouvenel »). In ten interviews
# transcribed with base, partly recognised names of the guest had a similarity (rapidfuzz, 0 to 1)
# of 0.82 to 0.93, names of other interviews' guests of 0.79 at most. Shorter names match any text.
_NAME_ALIKE, _NAME_LETTERS = 0.75, 10
_NUMBER_SAME, _NUMBER_DIFFERS = 3.0, -4.0
_TITLE = 5.0
# Below this, the similarity of two titles is no evidence (rapidfuzz, 0 to 1).
_TITLE_ALIKE = 0.6
_DATE_NEAR, _DATE_FAR = 2.5, -2.0
_NEAR_DAYS, _FAR_DAYS = 4, 90
# Log-odds for each 0.1 by which the speech is more similar to this article than to the others.
_SAID_A_TENTH = 4.0
_SAID_MOST = 8.0
# And for each 0.1 above the next best. For ten interviews of which base transcribed two minutes,
# among 21 articles: 0 to 0.7 for their own one, over 0.13 for eight of them; without it, 0.06 at
# most. Of eleven more, eight were then certain and correct.
_SAID_NEXT_TENTH = 4.0
# The maximum share of the distinct words of two minutes that occur in another conversation's
# article (20 interviews of many professions with each other's articles: 0.21, median 0.08); in its
# own, 0.15 or more, usually over 0.3.
_SAID_ELSEWHERE = 0.22
# With fewer other articles, the usual similarity is unknown, and being more similar is no evidence.
_FEWEST_OTHERS = 5
# Fewer words are no evidence.
_FEWEST_SAID = 30
# The minimum share of an article's words in another copy of it, which may include surrounding text
# of the page; two articles on one guest share less than half.
_COPIED = 0.8


class ArticleFacts(Record, frozen=True):
    """The facts of an article. ``file`` is its path; ``date`` is that of its page, if any.

    :param words: its content words with their counts.
    """

    file: str
    title: str
    guests: tuple[str, ...]
    words: dict[str, int]
    number: int | None = None
    link: str = ""
    date: datetime.datetime | None = None


class EpisodeFacts(Record, frozen=True):
    """The facts of an episode without an article.

    :param about: title, notes and persons as one text.
    :param said: spoken content words with their counts; None before transcription.
    :param said_text: the normalised transcript, for names.
    """

    slug: str
    title: str
    about: str
    published: datetime.datetime
    number: int | None = None
    link: str = ""
    said: dict[str, int] | None = None
    said_text: str = ""


class PairEvidence(Record, frozen=True):
    """The log-odds of one pair and their sources, the strongest first."""

    log_odds: float
    reasons: tuple[str, ...]


def counted_words(text: str) -> dict[str, int]:
    """The content words of a text with their counts."""
    return dict(Counter(content_words(text)))


def folded(text: str) -> str:
    """A text normalised for searching names: plain words separated by single spaces."""
    return f" {' '.join(plain_words(text))} "


def find_copies(articles: Sequence[ArticleFacts]) -> dict[str, str]:
    """The files that are copies of an earlier article (a Word file and its page), each with that
    article's file.
    """
    alike: dict[tuple[str, ...], list[ArticleFacts]] = {}
    copies = {}
    for one in articles:
        key = tuple(sorted(map(folded, one.guests or (one.title,))))
        first = next((other for other in alike.get(key, ()) if _is_copy(one, other)), None)
        if first is None:
            alike.setdefault(key, []).append(one)
        else:
            copies[one.file] = first.file
    return copies


def _is_copy(one: ArticleFacts, other: ArticleFacts) -> bool:
    fewest = min(sum(one.words.values()), sum(other.words.values()))
    if fewest < _FEWEST_SAID:
        return one.words == other.words
    both = Counter(one.words) & Counter(other.words)
    return both.total() >= _COPIED * fewest


def weigh_pairs(
    articles: Sequence[ArticleFacts], episodes: Sequence[EpisodeFacts]
) -> dict[tuple[str, str], PairEvidence]:
    """The evidence of every article with every episode, by file and slug."""
    rarity = _rarity(articles)
    about = {one.slug: folded(f"{one.title} {one.about}") for one in episodes}
    found = {}
    for episode in episodes:
        nearness = {one.file: _nearness(one, episode, rarity) for one in articles}
        for article in articles:
            others = [near for file, near in nearness.items() if file != article.file]
            found[article.file, episode.slug] = _weigh(
                article, episode, about[episode.slug], nearness[article.file], others
            )
    return found


def _weigh(
    article: ArticleFacts,
    episode: EpisodeFacts,
    about: str,
    near: float | None,
    others: Sequence[float | None],
) -> PairEvidence:
    # Weights are natural log-odds of independent pieces of evidence (naive Bayes), added to the
    # prior; each has a reason for display.
    parts: list[tuple[float, str]] = []
    if article.link and _bare(article.link) == _bare(episode.link):
        parts.append((_LINK, message("link")))
    if article.guests:
        named = sum(folded(name) in about for name in article.guests) / len(article.guests)
        spoken = sum(_name_heard(name, episode.said_text) for name in article.guests)
        if named:
            parts.append((_NAMES * named, message("names")))
        elif spoken:
            parts.append((_NAMES_SAID * spoken / len(article.guests), message("names said")))
    if article.number is not None and episode.number is not None:
        same = article.number == episode.number
        parts.append((_NUMBER_SAME if same else _NUMBER_DIFFERS, message("number")))
    alike = _title_similarity(article.title, episode.title)
    if alike > _TITLE_ALIKE:
        parts.append((_TITLE * (alike - _TITLE_ALIKE) / (1 - _TITLE_ALIKE), message("title")))
    if article.date is not None:
        days = abs(article.date - episode.published) / datetime.timedelta(days=1)
        if days <= _NEAR_DAYS:
            parts.append((_DATE_NEAR, message("date")))
        elif days > _FAR_DAYS:
            parts.append((_DATE_FAR, message("date")))
    if near is not None:
        # How much more similar this episode's speech is to the article than that of the others.
        known = [one for one in others if one is not None]
        usual = sum(known) / len(known) if known else 0.0
        score = (near - usual) * 10 * _SAID_A_TENTH
        if known:
            # Some articles are similar to anything: the next best shows how much is chance.
            score = min(score, (near - max(known)) * 10 * _SAID_NEXT_TENTH)
        if len(known) < _FEWEST_OTHERS:
            # A guest who was interviewed twice has the same name in the other interview's article.
            score = min(
                score, (_share_said(article, episode) - _SAID_ELSEWHERE) * 10 * _SAID_A_TENTH
            )
        parts.append((max(-_SAID_MOST, min(_SAID_MOST, score)), message("the words spoken")))
    parts.sort(key=lambda part: -abs(part[0]))
    return PairEvidence(
        log_odds=PRIOR + sum(weight for weight, _ in parts),
        reasons=tuple(
            name if weight > 0 else message("not {reason}", reason=name) for weight, name in parts
        ),
    )


def _name_heard(name: str, said_text: str) -> float:
    """The confidence that a name is spoken, perhaps misrecognised: 0 to 1."""
    if folded(name) in said_text:
        return 1.0
    letters = folded(name).replace(" ", "")
    if len(letters) < _NAME_LETTERS:
        return 0.0
    alike = float(partial_ratio(letters, said_text.replace(" ", ""))) / 100
    return max(0.0, (alike - _NAME_ALIKE) / (1 - _NAME_ALIKE))


def _title_similarity(article: str, episode: str) -> float:
    return float(token_set_ratio(folded(article), folded(episode))) / 100


def _rarity(articles: Sequence[ArticleFacts]) -> dict[str, float]:
    """The weight of a word: larger for words that are rarer among the articles."""
    counts = Counter(word for article in articles for word in article.words)
    return {word: math.log((1 + len(articles)) / count) for word, count in counts.items()}


def _nearness(
    article: ArticleFacts, episode: EpisodeFacts, rarity: Mapping[str, float]
) -> float | None:
    """The share of the speech, weighted by rarity, that is also in the article: 0 to 1."""
    if episode.said is None or sum(episode.said.values()) < _FEWEST_SAID:
        return None
    # A word that is in no article is no evidence.
    total = sum(rarity.get(word, 0.0) for word in episode.said)
    shared = sum(rarity.get(word, 0.0) for word in episode.said if word in article.words)
    return shared / total if total else 0.0


def _share_said(article: ArticleFacts, episode: EpisodeFacts) -> float:
    """The share of the distinct spoken words that are in the article: 0 to 1."""
    said = episode.said or {}
    return sum(word in article.words for word in said) / len(said) if said else 0.0


def _bare(url: str) -> str:
    return re.sub(r"^https?://(?:www\.)?|[?#].*$|/+$", "", url.strip().lower())
