"""Features of each sentence for each exchange of the article: numbers that the conversation model
weighs.

Words are compared with their frequency in French: a rare word that the article's answer has is
strong evidence, a common one weak. The log-likelihood ratio of a word is that of a mixture: a part
of the words comes from the article's text, the rest from anywhere (the usual language model of
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

# The part of what is heard that the article has: half of it where it is printed nearly as it was
# said and heard well, hardly any where it is a paraphrase of a bad line. The likeliest of these is
# taken for each recording: a fixed one holds every misheard word against its exchange.
PRINTED_PARTS = (0.04, 0.07, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5)
# Outside of all exchanges a third of that is about the article's subject: measured on the
# interviews whose every word is known.
SUBJECT_SHARE = 1 / 3
# A word with the same beginning (« financer », « financièrement ») is weaker evidence than the same
# word.
FAMILY_PART = 0.3
FAMILY_LETTERS = 5
# No single word decides: natural logarithm.
MAX_FOR_A_WORD = 4.0
# Two words of five letters or more that are this alike (0 to 100) are one word, misheard or bent.
ALIKE = 84.0

# Requests: « racontez-nous ».
REQUESTS = frozenset(
    (
        "racontez raconte parlez parle dites dis expliquez explique décrivez décris "
        "présentez présente présenter rappelez rappelle"
    ).split()
)
# « Et la nuit, qu'est-ce que ça change ? »: it asks in any position. « N'est-ce pas » asks for
# assent, « c'est ce que » is a statement.
_ASKING = re.compile(r"(?<!\bn['’])\best-ce\b", re.IGNORECASE)
# What people say to each other or to the line, not about anything.
COURTESY = frozenset(
    "allô attendez bienvenue bonjour bonsoir bravo coupe coupé coupées entend entends "
    "entendez entendre excusez excuse merci "
    "pardon parenthèse perdu reprend reprends reprenons reparti retrouve retrouvons "
    "revoir salut".split()
)
# What opens a programme for those who listen, before anybody is asked anything.
OPENING = frozenset(
    "accueillons auditeurs auditrices direct émission épisode invité invitée invités "
    "micro podcast présente reçois recevoir "
    "rencontrer retrouver saison semaine studio".split()
)
# What announces a question.
ANNOUNCEMENT = frozenset(
    "question questions commencer commence commençons sujet finir terminer maintenant "
    "passons venons parlons première deuxième dernière "
    "dernier premier chose justement revenons reviens".split()
)
FIRST_PERSON = frozenset("j' je m' me moi mon ma mes nous notre nos".split())
SECOND_PERSON = frozenset("vous votre vos tu te t' toi ton ta tes".split())


@dataclass(frozen=True)
class SentenceUnit:
    """One sentence or clause, as the alignment sees it. ``speaker`` is any label of a voice or a
    person, None when unknown; ``words_ms`` is where each of its words starts, where that is known.
    """

    start_ms: RecordingMs
    end_ms: RecordingMs
    text: str
    speaker: str | None
    words_ms: tuple[RecordingMs, ...] = ()

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return (self.end_ms - self.start_ms) / 1000


def is_question(text: str) -> bool:
    """Whether an utterance has the form of a question, or asks to tell."""
    return "?" in text or has_question_form(text)


def has_question_form(text: str) -> bool:
    """Whether words put a question, with any mark after them, or make a request."""
    words = plain_words(text)
    return (
        any(word in QUESTION_WORDS for word in (*words[:4], *words[-3:]))
        or not REQUESTS.isdisjoint(words)
        or _ASKING.search(text) is not None
    )


class ArticleTerms:
    """The article's texts as distributions of terms: each exchange's question and answer, and all
    of the article.
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
        """The terms heard, those that are nearly a term of the article as that term."""
        return [self._recognise(term) for term in terms]

    def _recognise(self, term: str) -> str:
        if term not in self._known:
            found = None
            # Short terms have too many neighbours at one letter.
            if term not in self.subject.counts and len(term) >= 5:
                found = process.extractOne(term, self._long, scorer=fuzz.ratio, score_cutoff=ALIKE)
            self._known[term] = found[0] if found else term
        return self._known[term]


class _Text:
    """How often a text has each term, and each beginning of one."""

    def __init__(self, terms: Sequence[str], own: Sequence[str]) -> None:
        self.counts = Counter(terms)
        self.own = frozenset(own)
        self._families = Counter(family for term in terms if (family := _family(term)))
        self._size = max(1, len(terms))

    def ratio(self, term: str, part: float) -> float:
        """The logarithm of how much likelier a term is where this text is spoken about than
        anywhere.
        """
        # A mixture: with probability ``part`` the term comes from this text, else from French at
        # large. Another form of a long word counts in part.
        share = float(self.counts[term])
        if not share and (family := _family(term)):
            share = FAMILY_PART * self._families[family]
        return min(
            MAX_FOR_A_WORD, math.log(1 - part + part * share / self._size / french_frequency(term))
        )

    def total(self, terms: Iterable[str], numbers: Iterable[Sequence[str]], part: float) -> float:
        """The sum of the terms' ratios. Of a number that the text does not have whole, one word
        counts: « 99 788 » is neither « 9 » nor « 78 ».
        """
        ratios = {term: self.ratio(term, part) for term in terms}
        for number in numbers:
            # All but the weakest word of a number that is here in part count nothing.
            own = [term for term in number if ratios.get(term, 0.0) > 0]
            if len(own) < len(number):
                for term in sorted(own, key=lambda term: ratios[term])[:-1]:
                    ratios[term] = 0.0
        return sum(ratios.values())


@functools.lru_cache(maxsize=50_000)
def _family(term: str) -> str:
    """The beginning of a long word, without accents; nothing for a short one."""
    if len(term) <= FAMILY_LETTERS or not term.isalpha():
        return ""
    return "".join(
        letter for letter in unicodedata.normalize("NFD", term) if not unicodedata.combining(letter)
    )[:FAMILY_LETTERS]


@dataclass(frozen=True)
class WordEvidence:
    """What the words of every unit say; rows are units, columns exchanges.

    ``own`` counts only the words of the printed question itself, ``own_total`` is what all of them
    together would count.
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
    """Which part of the terms heard comes from the article: the likeliest of ``PRINTED_PARTS``."""
    terms = [term for own in heard for term in own]
    return max(
        PRINTED_PARTS, key=lambda part: sum(texts.subject.ratio(term, part) for term in terms)
    )
