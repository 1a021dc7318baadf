"""What somebody should listen to, in order of weight: the few places where the machine is probably wrong, not a red page."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from typing import Literal, NamedTuple

from studio.article.names import names_from_article
from studio.language.dictionary import is_common_word
from studio.language.numbers import number_words
from studio.language.words import content_words, plain_words
from studio.model.article import Article
from studio.model.record import Record, replace_fields
from studio.model.transcript import Correction, Segment, Transcript, Word

Kind = Literal["phantom", "name", "correction", "number", "unknown", "unsure"]

# What one doubt of each kind weighs; a doubt's own certainty moves it within its kind.
WEIGHTS: dict[Kind, float] = {"phantom": 6.0, "name": 5.0, "correction": 4.0, "number": 3.0, "unknown": 2.0, "unsure": 1.0}
# How long a person takes to listen to one and to decide.
SECONDS_EACH: dict[Kind, int] = {"phantom": 8, "name": 5, "correction": 5, "number": 5, "unknown": 7, "unsure": 7}

# Below this probability the engine guessed.
UNSURE = 0.55
# A correction with this score or more is as good as said.
SURE_SCORE = 0.95
# How alike (0 to 100) what was heard and a name must be, letter by letter. What no dictionary knows needs less.
ALIKE_NAME = 84.0
ALIKE_UNKNOWN = 66.0
LONGEST_UNSURE_WORDS = 4
CONTEXT_WORDS = 9

_PHANTOMS = re.compile(r"sous-titr\w* .*(?:réalisé|fait|par)|amara\.org|merci d'avoir regardé|abonnez-vous", re.IGNORECASE)
_LOOP_WORDS = 3
_LOOP_TIMES = 3


class Doubt(Record, frozen=True):
    """A place to listen to.

    :param key: its name, the same as long as the words stand where they stand.
    :param segment: id of the segment; ``word`` is the place of the first word in it, ``count`` how many words.
    :param text: the words as they stand.
    :param heard: what the engine heard first, where that was something else.
    :param proposal: what would stand there instead; empty when nothing is known better.
    :param context: the place in the article that speaks for the proposal; empty for none.
    :param alike: how many other doubts of the kind have the same words.
    """

    key: str
    kind: Kind
    segment: str
    word: int
    count: int
    start_ms: int
    end_ms: int
    text: str
    heard: str
    proposal: str
    context: str
    alike: int
    weight: float
    seconds: int


class _Find(NamedTuple):
    kind: Kind
    first: int
    length: int
    certainty: float
    heard: str = ""
    proposal: str = ""


class DoubtFinder:
    """Finds the doubts of transcripts against one article; segments that it has seen before cost it nothing.

    :param persons: who speaks, as the settings spell them.
    """

    def __init__(self, article: Article, persons: Sequence[str]) -> None:
        self._texts = tuple(_texts(article))
        self._lexicon = _Lexicon(self._texts, tuple(dict.fromkeys([*persons, *names_from_article(article)])))
        self._known: dict[tuple[Segment, tuple[Correction, ...]], tuple[Doubt, ...]] = {}

    def doubts(self, transcript: Transcript) -> tuple[Doubt, ...]:
        """Every doubt, the heaviest first. No word is in two of them; words that a person wrote are in none."""
        corrections: dict[str, list[Correction]] = defaultdict(list)
        for correction in transcript.corrections:
            corrections[correction.segment].append(correction)
        keys = [(segment, tuple(corrections[segment.id])) for segment in transcript.segments]
        self._known = {key: self._known[key] if key in self._known else tuple(self._in_segment(*key)) for key in keys}
        found = [doubt for key in keys for doubt in self._known[key]]
        counts = Counter((doubt.kind, tuple(plain_words(doubt.text))) for doubt in found)
        found.sort(key=lambda doubt: (-doubt.weight, doubt.start_ms))
        return tuple(replace_fields(doubt, alike=counts[doubt.kind, tuple(plain_words(doubt.text))] - 1) for doubt in found)

    def _in_segment(self, segment: Segment, corrections: Sequence[Correction]) -> Iterator[Doubt]:
        corrected = {place for c in corrections for place in range(c.word, c.word + max(1, len(c.text.split())))}
        finds = [
            *_phantoms(segment),
            *(
                _Find("correction", c.word, max(1, len(c.text.split())), 1 - c.score, c.heard, c.heard)
                for c in corrections
                if c.score < SURE_SCORE
            ),
            *self._lexicon.names(segment.words),
            *self._lexicon.numbers(segment.words),
            *self._lexicon.unknown(segment.words),
            *self._lexicon.unsure(segment.words, corrected),
        ]
        taken: set[int] = set()
        for find in finds:
            places = set(range(find.first, find.first + find.length))
            # A correction was listened to: only its own doubt speaks of it.
            if places & taken or (find.kind != "correction" and places & corrected) or find.first + find.length > len(segment.words):
                continue
            taken |= places
            yield _doubt(segment, find, self._texts)


def _doubt(segment: Segment, find: _Find, texts: Sequence[str]) -> Doubt:
    words = segment.words[find.first : find.first + find.length]
    text = " ".join(word.text for word in words)
    speaks_for = text if find.kind == "correction" else find.proposal
    return Doubt(
        key=f"{find.kind}:{words[0].start_ms}:{text}",
        kind=find.kind,
        segment=segment.id,
        word=find.first,
        count=find.length,
        start_ms=words[0].start_ms,
        end_ms=words[-1].end_ms,
        text=text,
        heard=find.heard,
        proposal=find.proposal if find.kind == "correction" else _dressed(words, find.proposal),
        context=_context(speaks_for, texts),
        alike=0,
        weight=round(WEIGHTS[find.kind] + min(0.999, max(0.0, find.certainty)), 3),
        seconds=SECONDS_EACH[find.kind],
    )


def _dressed(words: Sequence[Word], proposal: str) -> str:
    """The proposal with the punctuation around what it replaces, and the elided word before (« d'Aix »)."""
    if not proposal:
        return ""
    lead = re.match(r"^[«“(\[\"]*(?:(?:[cdjlmnst]|qu)['’])?", words[0].text, re.IGNORECASE)
    trail = re.search(r"[»”)\]\".,;:!?…]*$", words[-1].text)
    bare = proposal.strip('«»“”"()[].,;:!?… ')
    return (lead[0] if lead else "") + bare + (trail[0] if trail else "")


def _texts(article: Article) -> Iterator[str]:
    yield article.title
    yield from article.introduction
    for exchange in article.exchanges:
        yield exchange.question
        yield from (paragraph.text for paragraph in exchange.answer)


def _context(wanted: str, texts: Iterable[str]) -> str:
    """The words of the article around the first place where this stands."""
    words = plain_words(wanted)
    if not words:
        return ""
    pattern = re.compile(r"(?<!\w)" + r"[\W_]+".join(re.escape(word.rstrip("'")) for word in words) + r"(?!\w)", re.IGNORECASE)
    for text in texts:
        match = pattern.search(text.replace("’", "'"))
        if match:
            before = text[: match.start()].split(" ")[-CONTEXT_WORDS:]
            after = text[match.end() :].split(" ")[:CONTEXT_WORDS]
            return " ".join(before) + text[match.start() : match.end()] + " ".join(after)
    return ""


def _phantoms(segment: Segment) -> Iterator[_Find]:
    """What Whisper writes where nobody speaks: credits of films, and loops."""
    if segment.words and _PHANTOMS.search(segment.text.replace("’", "'")):
        yield _Find("phantom", 0, len(segment.words), 0.9)
        return
    plain = [" ".join(plain_words(word.text)) for word in segment.words]
    for first in range(len(plain) - _LOOP_WORDS * _LOOP_TIMES + 1):
        pieces = [tuple(plain[at : at + _LOOP_WORDS]) for at in range(first, first + _LOOP_WORDS * _LOOP_TIMES, _LOOP_WORDS)]
        if len(set(pieces)) == 1 and any(pieces[0]):
            yield _Find("phantom", first, _LOOP_WORDS * _LOOP_TIMES, 0.5)
            return


class _Lexicon:
    """What the article knows: names, numbers and words."""

    def __init__(self, texts: Sequence[str], names: Sequence[str]) -> None:
        words = [word.rstrip("'") for text in texts for word in plain_words(text)]
        self._words = frozenset([*words, *(word for name in names for word in plain_words(name))])
        self._content = sorted({word for text in texts for word in content_words(text) if not word.isdigit()})
        self._spelt = " " + " ".join(words) + " "
        self._names = {_joined(name): name for name in names if len(_joined(name)) >= 4}
        self._joined_names = list(self._names)
        self._longest = max((len(name.split()) for name in names), default=0) + 1
        self._nearest: dict[str, tuple[str, float] | None] = {}

    def names(self, words: Sequence[Word]) -> Iterator[_Find]:
        """Words that look like a name of the article and are not it."""
        finds: list[_Find] = []
        for first in range(len(words)):
            for count in range(1, min(self._longest, len(words) - first) + 1):
                stretch = words[first : first + count]
                if all(word.probability == 1.0 for word in stretch):
                    continue
                match = self._name_like(" ".join(_bare(word.text) for word in stretch))
                if match is not None:
                    finds.append(_Find("name", first, count, match[1] / 100, "", match[0]))
        # The likeliest of those that overlap.
        taken: set[int] = set()
        for find in sorted(finds, key=lambda find: (-find.certainty, find.length)):
            places = set(range(find.first, find.first + find.length))
            if not places & taken:
                taken |= places
                yield find

    def _name_like(self, text: str) -> tuple[str, float] | None:
        if text not in self._nearest:
            self._nearest[text] = self._look_up(text)
        return self._nearest[text]

    def _look_up(self, text: str) -> tuple[str, float] | None:
        from rapidfuzz import process

        joined = _joined(text)
        plain = plain_words(text)
        if len(joined) < 4 or not plain:
            return None
        if joined in self._names:
            # Right, but for its capitals or where its words part.
            name = self._names[joined]
            return None if [word.lower() for word in text.split()] == [word.lower() for word in name.split()] else (name, 99.0)
        if all(word.rstrip("'") in self._words for word in plain):
            return None
        known = all(is_common_word(word) for word in plain)
        found = process.extractOne(joined, self._joined_names, scorer=_likeness, score_cutoff=ALIKE_NAME if known else ALIKE_UNKNOWN)
        if found is None:
            return None
        # The name itself with words around it is no doubt.
        parts = range(len(plain))
        if any(_joined(" ".join(plain[first : last + 1])) == found[0] for first in parts for last in parts[first:]):
            return None
        return self._names[found[0]], found[1]

    def numbers(self, words: Sequence[Word]) -> Iterator[_Find]:
        """Numbers in digits that the article does not have."""
        for place, word in enumerate(words):
            digits = re.findall(r"\d+", word.text)
            if digits and word.probability < 1.0 and not all(self._has_number(number) for number in digits):
                yield _Find("number", place, 1, 1 - word.probability)

    def _has_number(self, digits: str) -> bool:
        """Whether the article has it, in digits or in letters."""
        spoken = number_words(int(digits)) if len(digits) < 10 else ()
        return digits in self._words or bool(spoken and f" {' '.join(spoken)} " in self._spelt)

    def unknown(self, words: Sequence[Word]) -> Iterator[_Find]:
        """Words that neither a dictionary nor the article knows."""
        for place, word in enumerate(words):
            if word.probability < 1.0 and any(self._is_unknown(plain) for plain in content_words(word.text)):
                yield _Find("unknown", place, 1, 1 - word.probability, "", self._word_like(_bare(word.text)))

    def unsure(self, words: Sequence[Word], corrected: Set[int]) -> Iterator[_Find]:
        """Runs of words that the engine guessed, that nobody corrected since, and that no name of the article explains."""
        first = None
        for place in range(len(words) + 1):
            guessed = (
                place < len(words) and place not in corrected and words[place].probability < UNSURE and bool(plain_words(words[place].text))
            )
            if guessed and first is None:
                first = place
            elif first is not None and (not guessed or place - first == LONGEST_UNSURE_WORDS):
                stretch = words[first:place]
                if not self._is_name(stretch):
                    yield _Find("unsure", first, place - first, 1 - min(word.probability for word in stretch))
                first = place if guessed else None

    def _is_name(self, words: Sequence[Word]) -> bool:
        """Whether these words are a name, or a part of one, as the article prints it."""
        text = " ".join(_bare(word.text) for word in words)
        return any(f" {text} " in f" {name} " for name in self._names.values())

    def _word_like(self, text: str) -> str:
        """The article's word that looks most like this one; empty when none does."""
        from rapidfuzz import process

        found = process.extractOne(text.lower(), self._content, scorer=_likeness, score_cutoff=ALIKE_UNKNOWN)
        return "" if found is None else str(found[0])

    def _is_unknown(self, plain: str) -> bool:
        return plain.isalpha() and plain not in self._words and not is_common_word(plain)


def _bare(text: str) -> str:
    """The word without punctuation and without what is elided before it."""
    return re.sub(r"^(?:[cdjlmnst]|qu)['’]", "", text.strip('«»“”"()[].,;:!?… '), flags=re.IGNORECASE)


def _joined(text: str) -> str:
    return "".join(plain_words(text)).replace("'", "")


def _likeness(one: str, other: str, *, score_cutoff: float | None = None, **_: object) -> float:
    from rapidfuzz import fuzz

    # Neither half nor twice as long is the same word.
    if not 0.6 <= len(one) / len(other) <= 1.67:
        return 0.0
    return fuzz.ratio(one, other, score_cutoff=score_cutoff)
