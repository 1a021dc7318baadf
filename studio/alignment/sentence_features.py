"""Features of each sentence for each exchange of the article, for the conversation model.

Words are compared with their frequency in French: a rare word of the article's answer is strong
evidence, a common one weak. The log-likelihood ratio of a word is that of a mixture: a part of the
words comes from the article's text, the rest from general French (the usual language model of
spoken document retrieval, Miller et al. 1999).
"""

from __future__ import annotations

import functools
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from studio.alignment.term_similarity import lemmas_of, number_terms
from studio.language.dictionary import french_frequency
from studio.language.words import QUESTION_WORDS, plain_words
from studio.model.article import Article
from studio.model.clock import RecordingMs

# The share of the spoken words that comes from the article: half if it is printed nearly as spoken
# and recognised well, hardly any if it is a paraphrase of a bad line. The most likely of these is
# used for each recording: a fixed one penalises an exchange for every misrecognised word.
PRINTED_PARTS = (0.04, 0.07, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5)
# Outside of all exchanges a third of that is about the article's subject: measured on the
# interviews whose every word is known.
SUBJECT_SHARE = 1 / 3
# A word with the same beginning (« financer », « financièrement ») is weaker evidence than the same
# word.
FAMILY_PART = 0.3
FAMILY_LETTERS = 5
# Maximum log-likelihood ratio (natural) of a single word.
MAX_FOR_A_WORD = 4.0
# Two words of five letters or more with this similarity (0 to 100) are one word, misrecognised or
# inflected.
ALIKE = 84.0

# Requests: « racontez-nous ».
REQUESTS = frozenset(
    (
        "racontez raconte parlez parle dites dis expliquez explique décrivez décris "
        "présentez présente présenter rappelez rappelle"
    ).split()
)
# « Et la nuit, qu'est-ce que ça change ? »: a question in any position. « N'est-ce pas » asks for
# assent, « c'est ce que » is a statement.
_ASKING = re.compile(r"(?<!\bn['’])\best-ce\b", re.IGNORECASE)
# Remarks to each other or about the line, without a subject.
COURTESY = frozenset(
    "allô attendez bienvenue bonjour bonsoir bravo coupe coupé coupées entend entends "
    "entendez entendre excusez excuse merci "
    "pardon parenthèse perdu reprend reprends reprenons reparti retrouve retrouvons "
    "revoir salut".split()
)
# Openings of a programme for listeners, before the first question.
OPENING = frozenset(
    "accueillons auditeurs auditrices direct émission épisode invité invitée invités "
    "micro podcast présente reçois recevoir "
    "rencontrer retrouver saison semaine studio".split()
)
# Announcements of a question.
ANNOUNCEMENT = frozenset(
    "question questions commencer commence commençons sujet finir terminer maintenant "
    "passons venons parlons première deuxième dernière "
    "dernier premier chose justement revenons reviens".split()
)
FIRST_PERSON = frozenset("j' je m' me moi mon ma mes nous notre nos".split())
SECOND_PERSON = frozenset("vous votre vos tu te t' toi ton ta tes".split())


@dataclass(frozen=True)
class SentenceUnit:
    """One sentence or clause for the alignment. ``speaker`` is any label of a voice or a person,
    None if unknown; ``words_ms`` has the start of each of its words, if known.
    """

    start_ms: RecordingMs
    end_ms: RecordingMs
    text: str
    speaker: str | None
    words_ms: tuple[RecordingMs, ...] = ()

    @property
    def seconds(self) -> float:
        """Its duration."""
        return (self.end_ms - self.start_ms) / 1000


def is_question(text: str) -> bool:
    """Whether an utterance has the form of a question, or asks to tell."""
    return "?" in text or has_question_form(text)


def has_question_form(text: str) -> bool:
    """Whether words ask a question, with any punctuation after them, or make a request."""
    words = plain_words(text)
    return (
        any(word in QUESTION_WORDS for word in (*words[:4], *words[-3:]))
        or not REQUESTS.isdisjoint(words)
        or _ASKING.search(text) is not None
    )


class ArticleTerms:
    """The article's texts as distributions of terms: each exchange's question and answer, and the
    whole article.
    """

    def __init__(self, article: Article) -> None:
        asked = [lemmas_of(exchange.question) for exchange in article.exchanges]
        answered = [
            lemmas_of(" ".join(paragraph.text for paragraph in exchange.answer))
            for exchange in article.exchanges
        ]
        self.questions = [
            _Text([*question, *question, *question, *answer], question)
            for question, answer in zip(asked, answered, strict=True)
        ]
        self.answers = [
            _Text([*answer, *question], answer)
            for question, answer in zip(asked, answered, strict=True)
        ]
        rest = lemmas_of(" ".join((*article.introduction, article.title)))
        self.subject = _Text([term for terms in (*asked, *answered, rest) for term in terms], ())
        self._long = sorted(term for term in self.subject.counts if len(term) >= 5)
        self._known: dict[str, str] = {}

    def recognise(self, terms: Iterable[str]) -> list[str]:
        """The spoken terms; those similar to a term of the article are replaced by it."""
        return [self._recognise(term) for term in terms]

    def _recognise(self, term: str) -> str:
        if term not in self._known:
            found = None
            # Short terms have too many neighbours at an edit distance of one.
            if term not in self.subject.counts and len(term) >= 5:
                found = process.extractOne(term, self._long, scorer=fuzz.ratio, score_cutoff=ALIKE)
            self._known[term] = found[0] if found else term
        return self._known[term]


class _Text:
    """The frequency of each term, and of each prefix of one, in a text."""

    def __init__(self, terms: Sequence[str], own: Sequence[str]) -> None:
        self.counts = Counter(terms)
        self.own = frozenset(own)
        self._families = Counter(family for term in terms if (family := _family(term)))
        self._size = max(1, len(terms))

    def ratio(self, term: str, part: float) -> float:
        """The log-likelihood ratio of a term: speech about this text versus general French."""
        # A mixture: with probability ``part`` the term comes from this text, else from general
        # French. Another form of a long word counts in part.
        share = float(self.counts[term])
        if not share and (family := _family(term)):
            share = FAMILY_PART * self._families[family]
        return min(
            MAX_FOR_A_WORD, math.log(1 - part + part * share / self._size / french_frequency(term))
        )

    def total(self, terms: Iterable[str], numbers: Iterable[Sequence[str]], part: float) -> float:
        """The sum of the terms' ratios. Of a number that is not complete in the text, only one word
        counts: « 99 788 » is neither « 9 » nor « 78 ».
        """
        ratios = {term: self.ratio(term, part) for term in terms}
        for number in numbers:
            # Of an incomplete number only the weakest word counts.
            own = [term for term in number if ratios.get(term, 0.0) > 0]
            if len(own) < len(number):
                for term in sorted(own, key=lambda term: ratios[term])[:-1]:
                    ratios[term] = 0.0
        return sum(ratios.values())


@functools.lru_cache(maxsize=50_000)
def _family(term: str) -> str:
    """The prefix of a long word, without accents; empty for a short one."""
    if len(term) <= FAMILY_LETTERS or not term.isalpha():
        return ""
    return "".join(
        letter for letter in unicodedata.normalize("NFD", term) if not unicodedata.combining(letter)
    )[:FAMILY_LETTERS]


@dataclass(frozen=True)
class WordEvidence:
    """The evidence of the words of every unit; rows are units, columns exchanges.

    ``own`` only counts the words of the printed question itself, ``own_total`` is the maximum of
    ``own`` if all of them occur.
    """

    question: NDArray[np.float64]
    own: NDArray[np.float64]
    answer: NDArray[np.float64]
    subject: NDArray[np.float64]
    own_total: tuple[float, ...]


def word_evidence(units: Sequence[SentenceUnit], texts: ArticleTerms) -> WordEvidence:
    """The summed log-likelihood ratios of the content words of each unit, each word counted once in
    a unit.
    """
    count = len(texts.questions)
    heard = [tuple(dict.fromkeys(texts.recognise(lemmas_of(unit.text)))) for unit in units]
    part = printed_part(heard, texts)
    question = np.zeros((len(units), count))
    own = np.zeros((len(units), count))
    answer = np.zeros((len(units), count))
    subject = np.zeros(len(units))
    for row, terms in enumerate(heard):
        numbers = number_terms(units[row].text)
        subject[row] = texts.subject.total(terms, numbers, SUBJECT_SHARE * part)
        for column in range(count):
            asked = texts.questions[column]
            own[row, column] = sum(
                max(0.0, asked.ratio(term, part)) for term in terms if term in asked.own
            )
            question[row, column] = asked.total(terms, numbers, part)
            answer[row, column] = texts.answers[column].total(terms, numbers, part)
    total = tuple(
        sum(max(0.0, asked.ratio(term, part)) for term in asked.own) for asked in texts.questions
    )
    return WordEvidence(question, own, answer, subject, total)


def printed_part(heard: Iterable[Iterable[str]], texts: ArticleTerms) -> float:
    """The share of the spoken terms that comes from the article: the most likely of
    ``PRINTED_PARTS``.
    """
    terms = [term for own in heard for term in own]
    return max(
        PRINTED_PARTS, key=lambda part: sum(texts.subject.ratio(term, part) for term in terms)
    )
