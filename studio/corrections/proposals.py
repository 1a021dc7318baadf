"""Propose corrections from the article: wordings of the same exchange that sound similar, and names
anywhere in the recording.

Spoken and printed words of one exchange are aligned by minimal phonetic distance; a few spoken
words may be paired with a few printed ones. If both sides differ but sound similar, the article's
wording is proposed. Proposals are accepted or rejected elsewhere: see
:mod:`studio.corrections.corrections`.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from studio.alignment.alignment_tables import exchange_alignments
from studio.alignment.exchange_words import printed_texts
from studio.alignment.nearby import NEAR_WORDS, PrintedPlaces
from studio.corrections.number_corrections import number_proposals
from studio.corrections.proposal import Proposal, ProposalKind
from studio.corrections.spelling import spelling_proposals
from studio.language.dictionary import is_unknown_word
from studio.language.phonemes import sound_similarities, sound_similarity, sounds_of
from studio.language.punctuation import VOWELS, bare, join_elision, parted, split_elision
from studio.language.words import FUNCTION_WORDS, content_words, plain_words
from studio.model.alignment import Alignment, ExchangeAlignment
from studio.model.article import Article
from studio.model.transcript import Transcript, Word

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# The number of blocks on either side that decide whether the article is verbatim here.
NEIGHBOURS = 4
MIN_SIMILARITY = 0.3
MIN_NAME_SIMILARITY = 0.55
# The lower limit where the article has the name near this place and one of the recognised words is
# in no dictionary. A neighbour must agree with the article, or this share of the surrounding text:
# without that condition « tourait » became « en Bruay », and of five such names in 37 interviews
# one was right.
MIN_NEAR_NAME_SIMILARITY = 0.4
MIN_NEAR_AGREEMENT = 0.6
MAX_NAME_WORDS = 5
# The maximum number of names that are searched (the first ones): the article of an hour has about a
# hundred.
MAX_NAMES = 1_000
# The number of pairs of a passage and a name that are compared at once, to limit memory.
PAIRS_AT_ONCE = 2_000_000
# A word of the article is proposed for another word anywhere only if that one was recognised with
# less than this probability or is in no dictionary, both have at least this many letters, and
# their sounds are at least this similar.
UNSURE_ECHO = 0.25
MIN_ECHO_LETTERS = 5
MIN_ECHO_SIMILARITY = 0.6
# The maximum number of proposals for one word, the most probable first: the audio decides.
MAX_ECHOES = 2
# Neighbouring differences are also proposed as one where the article agrees around them: if one
# word was recognised as two, only the whole sounds alike. Limits: pairs, words on either side,
# similarity and agreement; in the interviews of docs/accuracy.md hardly any proposal below them
# was right.
MAX_JOINED_PAIRS = 8
MAX_JOINED_WORDS = 12
MIN_JOINED_SIMILARITY = 0.5
MIN_JOINED_AGREEMENT = 0.5
# Names with fewer phonemes resemble too many words; the function word before them adds one.
MIN_NAME_SOUNDS = 3
# A part of a name with more letters can represent the name: « Soto », not « les ».
MIN_PART_LETTERS = 3
SMALL_WORDS = ("", "à ", "de ", "le ", "la ", "les ", "du ", "au ", "en ", "et ", "chez ")
SMALL_WORDS_VOWEL = ("", "à ", "d'", "l'", "en ", "et ", "chez ")
# Rarer ones, which are not searched, but kept if recognised.
HEARD_SMALL_WORDS = ("les ", "des ", "aux ")
# The recognised function word is kept unless another one makes the whole more similar by more than
# this.
KEPT_SMALL_WORD = 0.1
ELISIONS = frozenset({"l'", "d'", "qu'"})


def propose_corrections(
    transcript: Transcript,
    article: Article,
    alignment: Alignment,
    names: Sequence[str],
    terms: Sequence[str],
) -> tuple[Proposal, ...]:
    """All proposals from the article and French spelling; a proposal never spans two segments.

    :param transcript: without corrections.
    :param names: the names of the article, of the show and of its glossary.
    :param terms: words of the article that no dictionary has.
    """
    words = transcript.words
    firsts = frozenset(itertools.accumulate(len(segment.words) for segment in transcript.segments))
    named = frozenset(
        part for name in names for part in plain_words(name) if part not in FUNCTION_WORDS
    )
    # 1. Passages in both texts: words, joined words and numbers from the table of word pairs.
    proposals: list[Proposal] = []
    tables = exchange_alignments(transcript, article, alignment)
    for table in tables:
        proposals += _wordings(table, named)
        proposals += _joined_wordings(table, named, firsts)
        proposals += number_proposals(words, table.first, table.last, firsts, table.printed)
    # 2. Names and rare terms by their sound, wherever they may have been said; their distance from
    # the spoken position in the article decides below which are kept.
    published = {part for text in printed_texts(article) for part in plain_words(text)}
    opening = [article.title, *article.introduction, *article.guests]
    printed = _Printed(PrintedPlaces(tables), frozenset(plain_words(" ".join(opening))))
    found = [*_names(words, firsts, names, "name"), *_names(words, firsts, terms, "wording")]
    placed = [
        printed.placed(one)
        for one in found
        if one.similarity >= MIN_NAME_SIMILARITY
        or any(map(_is_no_word, words[one.first : one.last]))
    ]
    # A term is a common noun: it is only searched where the article has it.
    sought = [
        one
        for one in placed
        if (one.similarity >= MIN_NAME_SIMILARITY and (one.near or one.kind == "name"))
        or (one.near and (one.anchors or one.agreement >= MIN_NEAR_AGREEMENT))
    ]
    # 3. Proposals without a position in the article: phrases repeated from it, and French spelling.
    echoes, spellings = _echoes(words, article), spelling_proposals(words, published)
    return _distinct(words, [*proposals, *echoes, *sought, *spellings])


@dataclass(frozen=True)
class _Printed:
    """The positions of names in the article: in its exchanges, or before them, which is said before
    the first of them.
    """

    places: PrintedPlaces
    opening: frozenset[str]

    def placed(self, proposal: Proposal) -> Proposal:
        """A name with its context, if the article has it near this position; otherwise without."""
        name = {part for part in plain_words(proposal.text) if part not in FUNCTION_WORDS}
        if proposal.last <= self.places.first:
            return replace(proposal, near=name <= self.opening)
        place = self.places.of(proposal.first, proposal.last)
        if place is None or not name <= place.words_about(NEAR_WORDS):
            return proposal
        if not name <= place.words_about(NEIGHBOURS):
            return replace(proposal, near=True)
        pairs, own = place.table.pairs, place.pairs
        before, after = (
            pairs[max(0, own[0] - NEIGHBOURS) : own[0]],
            pairs[own[-1] + 1 : own[-1] + 1 + NEIGHBOURS],
        )
        around = [*before, *after]
        return replace(
            proposal,
            agreement=sum(pair.same for pair in around) / max(1, len(around)),
            anchors=sum(pair.same for pair in (*before[-1:], *after[:1])),
            near=True,
        )


def _distinct(words: Sequence[Word], proposals: Iterable[Proposal]) -> tuple[Proposal, ...]:
    """Remove duplicates: of proposals with the same result, keep the one with the best context
    agreement; drop those without an effect.
    """
    best: dict[tuple[int, int, str, bool], Proposal] = {}
    for one in proposals:
        heard = " ".join(parted(word.text)[1] for word in words[one.first : one.last])
        if heard == " ".join(parted(text)[1] for text in one.text.replace("’", "'").split()):
            continue
        key = (one.first, one.last, " ".join(plain_words(one.text)), one.kind == "spelling")
        if key not in best or (one.anchors, one.agreement) > (
            best[key].anchors,
            best[key].agreement,
        ):
            best[key] = one
    return tuple(best.values())


def _wordings(table: ExchangeAlignment, named: frozenset[str]) -> list[Proposal]:
    """The article's words where both texts differ but sound similar."""
    return [
        _wording(table, place, place + 1, pair.similarity, named)
        for place, pair in enumerate(table.pairs)
        if not pair.same and pair.similarity >= MIN_SIMILARITY
    ]


def _joined_wordings(
    table: ExchangeAlignment, named: frozenset[str], firsts: frozenset[int]
) -> list[Proposal]:
    """The article's words where adjacent pairs differ but sound similar together.

    :param firsts: indices of the transcript's words that start a segment.
    """
    # Words are never joined across the start of a segment, where the speaker may change.
    runs = [
        (first, last)
        for first, last in _joined_runs(table)
        if not any(
            table.first + place in firsts
            for place in range(table.pairs[first].first + 1, table.pairs[last - 1].last)
        )
    ]
    proposals = []
    for first, last in runs:
        # Whisper often splits one word into two or joins two; then single pairs sound different,
        # and only the run as a whole sounds like the printed words.
        low, high = table.pairs[first], table.pairs[last - 1]
        heard = " ".join(table.heard[low.first : high.last])
        printed = " ".join(table.printed[low.printed_first : high.printed_last])
        similarity = sound_similarity(heard, printed)
        if similarity < MIN_JOINED_SIMILARITY:
            continue
        proposal = _wording(table, first, last, similarity, named)
        if proposal.anchors and proposal.agreement >= MIN_JOINED_AGREEMENT:
            proposals.append(proposal)
    return proposals


def _joined_runs(table: ExchangeAlignment) -> Iterator[tuple[int, int]]:
    """The ranges (exclusive end) of two or more consecutive pairs that all differ, with words on
    both sides.
    """
    for first in range(len(table.pairs)):
        for last in range(first + 1, min(first + MAX_JOINED_PAIRS, len(table.pairs)) + 1):
            low, high = table.pairs[first], table.pairs[last - 1]
            if high.same:
                break
            sizes = high.last - low.first, high.printed_last - low.printed_first
            if last - first > 1 and min(sizes) > 0 and max(sizes) <= MAX_JOINED_WORDS:
                yield first, last


def _wording(
    table: ExchangeAlignment, first: int, last: int, similarity: float, named: frozenset[str]
) -> Proposal:
    """The article's words of the pairs from ``first`` to ``last`` (exclusive).

    :param named: the words of names, plain.
    """
    low, high = table.pairs[first], table.pairs[last - 1]
    after = " ".join(table.printed[low.printed_first : high.printed_last])
    # How verbatim the article is around the change, and directly beside it.
    around = [
        *table.pairs[max(0, first - NEIGHBOURS) : first],
        *table.pairs[last : last + NEIGHBOURS],
    ]
    beside = [*table.pairs[max(0, first - 1) : first], *table.pairs[last : last + 1]]
    is_name = not named.isdisjoint(plain_words(after)) and any(
        one.isupper() or one.isdigit() for one in after
    )
    return Proposal(
        first=table.first + low.first,
        last=table.first + high.last,
        text=after,
        similarity=similarity,
        agreement=sum(other.same for other in around) / max(1, len(around)),
        anchors=sum(other.same for other in beside),
        kind="name" if is_name else "wording",
        near=is_name,
    )


def _echoes(words: Sequence[Word], article: Article) -> list[Proposal]:
    """Words from anywhere in the article that sound like an uncertain or unknown word."""
    printed = " ".join(printed_texts(article)).lower()
    wanted = sorted(
        {
            bare(word)
            for text in printed_texts(article)
            for word in text.split()
            if len(content_words(bare(word))) == 1
        }
    )
    # All words of the article against all doubtful words of the speech, in one array.
    wanted = [word for word in wanted if len(word) >= MIN_ECHO_LETTERS and word.islower()]
    places = [place for place, word in enumerate(words) if _may_be_misheard(word)]
    if not wanted or not places:
        return []
    cores = [bare(words[place].text) for place in places]
    similarities = sound_similarities(cores, wanted)
    proposals = []
    for row, place in enumerate(places):
        if cores[row] in wanted:
            continue
        likely = zip(similarities[row].tolist(), wanted, strict=True)
        before, _, after = split_elision(words[place].text)
        for similarity, echo in sorted(
            (one for one in likely if one[0] >= MIN_ECHO_SIMILARITY), reverse=True
        )[:MAX_ECHOES]:
            text = join_elision(before, echo)
            # « l' » is « le » or « la »: the article decides.
            if before.lower()[-2:] in ("l'", "l’") and text != before + echo:
                text = next((one for one in (f"la {echo}", f"le {echo}") if one in printed), "")
            if text:
                proposals.append(Proposal(place, place + 1, text + after, similarity, 0.0, 0))
    return proposals


def _is_no_word(word: Word) -> bool:
    return any(map(is_unknown_word, plain_words(word.text)))


def _may_be_misheard(word: Word) -> bool:
    core = bare(word.text)
    return (
        len(core) >= MIN_ECHO_LETTERS
        and core.islower()
        and (word.probability < UNSURE_ECHO or is_unknown_word(core))
    )


def _names(
    words: Sequence[Word], firsts: frozenset[int], names: Sequence[str], kind: ProposalKind
) -> list[Proposal]:
    """Passages that sound like a name of the list, in any exchange.

    A function word may have merged with the name (« amartique » for « à Martigues »), so names are
    tried with and without one. Passages overlap: the most similar one may have no other evidence («
    à Beno, on » for « à Banon »). A passage that already contains a name is skipped, unless it is a
    part of a name and the rest sounds similar (« Zéobiers Sentinelles » for « Herbiers Sentinelles
    »).
    """
    names = names[:MAX_NAMES]
    wanted = _wanted(names)
    if not wanted:
        return []
    known = [plain_words(name) for name in names]
    texts = [word.text for word in words]
    # Positions of correctly spelled names: no passage that contains one is replaced.
    settled = [
        any(
            _starts(plain_words(" ".join(texts[place : place + len(name)])), name) for name in known
        )
        for place in range(len(texts))
    ]
    parts = [any(_is_part(plain_words(text), name) for name in known) for text in texts]
    found: list[Proposal] = []
    nearest, at_once = _Nearest(wanted), max(1, PAIRS_AT_ONCE // len(wanted))
    # Every passage of up to MAX_NAME_WORDS words inside one segment is compared with every name by
    # sound, many passages at once in arrays.
    for size in range(1, MAX_NAME_WORDS + 1):
        places = [
            place
            for place in range(len(texts) - size + 1)
            if not any(step in firsts for step in range(place + 1, place + size))
            and not any(settled[place : place + size])
        ]
        for start in range(0, len(places), at_once):
            some = places[start : start + at_once]
            stretches = [" ".join(texts[place : place + size]) for place in some]
            similarities = sound_similarities(stretches, [one.text for one in wanted])
            for place, stretch, row in zip(some, stretches, similarities, strict=True):
                heard = set(plain_words(stretch))
                if any(heard <= {*name, *ELISIONS} for name in known):
                    continue
                similarity, name = nearest.to(stretch, row)
                own = {
                    part
                    for text, is_part in zip(
                        texts[place : place + size], parts[place : place + size], strict=True
                    )
                    if is_part
                    for part in plain_words(text)
                }
                if similarity >= MIN_NEAR_NAME_SIMILARITY and _completes(stretch, name, own):
                    one = Proposal(place, place + size, name, similarity, 0.0, 0, kind, sought=True)
                    found.append(one)
    return found


class _Wanted(NamedTuple):
    """A name with a function word before it, and whether it is searched where that word was not
    recognised.
    """

    small: str
    text: str
    anywhere: bool


def _wanted(names: Sequence[str]) -> list[_Wanted]:
    """The names, each after every function word that may precede it."""
    return [
        _Wanted(small.strip(), f"{small}{name}", small in own)
        for name in names
        if len(sounds_of(name)) >= MIN_NAME_SOUNDS
        for own in (SMALL_WORDS_VOWEL if name[0].lower() in VOWELS else SMALL_WORDS,)
        for small in dict.fromkeys((*own, *HEARD_SMALL_WORDS))
        if plain_words(small) != plain_words(name)[:1]  # « les Les Copains d'abord »
    ]


class _Nearest:
    """Finds the name that is phonetically most similar to recognised words."""

    def __init__(self, wanted: Sequence[_Wanted]) -> None:
        self._wanted = wanted
        self._anywhere = [place for place, one in enumerate(wanted) if one.anywhere]
        self._by_small: dict[str, list[int]] = {}
        for place, one in enumerate(wanted):
            self._by_small.setdefault(one.small, []).append(place)

    def to(self, stretch: str, similarities: NDArray[np.float64]) -> tuple[float, str]:
        """The similarity and the text of that name; of equal ones the alphabetically last.

        :param similarities: phonetic similarity to each of the wanted names.
        """
        kept = self._by_small.get(next(iter(plain_words(stretch)), ""), [])
        _, similarity, text = max(
            best
            for places, bonus in ((kept, KEPT_SMALL_WORD), (self._anywhere, 0.0))
            if (best := self._best(similarities, places, bonus))
        )
        return similarity, text

    def _best(
        self, similarities: NDArray[np.float64], places: Sequence[int], bonus: float
    ) -> tuple[float, float, str] | None:
        if not places:
            return None
        row = similarities[places]
        most = row.max()
        alike = (row == most).nonzero()[0].tolist()
        text = max(self._wanted[places[place]].text for place in alike)
        return float(most) + bonus, float(most), text


def _starts(heard: Sequence[str], name: Sequence[str]) -> bool:
    """Whether these words start with the name's first word and contain all of the name."""
    return bool(heard) and list(heard[: len(name)]) == list(name)


def _is_part(heard: Sequence[str], name: Sequence[str]) -> bool:
    """Whether a word is a part of the name that can represent it."""
    return len(heard) == 1 and heard[0] in name and len(heard[0]) > MIN_PART_LETTERS


def _completes(heard: str, name: str, own: Collection[str]) -> bool:
    """Whether a name keeps the recognised parts of names, and the rest of both sounds similar.

    :param own: the recognised plain words that are parts of names.
    """
    if not own:
        return True
    rests = [
        " ".join(part for part in plain_words(text) if part not in own) for text in (heard, name)
    ]
    return (
        set(own) <= set(plain_words(name))
        and all(rests)
        and sound_similarity(*rests) >= MIN_NAME_SIMILARITY
    )
