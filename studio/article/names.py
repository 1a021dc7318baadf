"""Extract the names that an article spells: people, places, companies, acronyms, invented words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from studio.language.calendar import MONTHS, WEEKDAYS
from studio.language.dictionary import is_common_word
from studio.language.spoken_numbers import numbers_in_words
from studio.language.words import FUNCTION_WORDS, SUBJECTS, plain_words
from studio.model.article import Article

# One word, hyphens and inner apostrophes of names kept (« Aix-en-Provence », « Port-de-Bouc », «
# O’Brien »).
_WORD = re.compile(r"[^\W_]+(?:[-.&][^\W_]+)*", re.UNICODE)
# Where a capital is not significant: at the start, after the end of a sentence, after an opening
# quote.
_SENTENCE_END = re.compile(r"[.!?…:;]\s*[»”\"]?\s*$|[«“\"(]\s*$")
# How many characters before a word are examined: a paragraph may be long.
_LOOK_BACK = 32
# Particles of persons' names that are not French words: they always belong to the name after them.
_PARTICLES = frozenset(
    "von vom zum zur van vander der den ter ten af av di da dal dalla dall del della "
    "dello delle dell degli dei dos das el al bin ibn bint "
    "bent abou abu ould oulad ait aït".split()
)
# Small words that occur inside a name (« CES de Las Vegas », « École du Port », « Ahmed ben Salah
# », « Ortega y Gasset »).
_LINKS = _PARTICLES | frozenset(
    "de du des d la le les l en sur sous aux of the ben y e do zu".split()
)
# Some are written with a capital, as in English.
_CALENDAR = frozenset((*MONTHS, *WEEKDAYS))
_QUOTED = re.compile(r"[«“]([^«»“”]+)[»”]")
# A title of a book, a film or an album is not a sentence: two to this many words, without
# punctuation.
_MAX_TITLE_WORDS = 4
_SENTENCE_MARKS = re.compile(r"[.,;:!?…]")
# Parts of compounds with fewer letters are function words, or endings.
_MIN_COMPOUND_PART = 4
# A title that only a capital and the commas around it set off: « leur album, Vent de terre, ».
_APPOSED = re.compile(
    r"[,(–—] ?([A-ZÀ-ÖØ-Þ][^\W\d_]+(?:[ ’'][a-zà-öø-ÿœ]+){1,3})(?=\s*[,.;:!?)–—])"
)
# What follows a name in small letters: a small word, and another word.
_SMALL_TAIL = re.compile(r" ([a-zà-öø-ÿ]+[ ’'])([a-zà-öø-ÿœ-]{3,})\b")
# What may be between two words of one name.
_JOINT = re.compile(r"\s*|\s*[’']\s*")


class _Token:
    """A word of a text with its place and whether its capital is due to a sentence's start."""

    __slots__ = ("after_end", "end", "initial", "start", "text")

    def __init__(self, text: str, start: int, end: int, initial: bool) -> None:
        self.text, self.start, self.end, self.initial = text, start, end, initial


def _tokens(text: str) -> Iterator[_Token]:
    for match in _WORD.finditer(text):
        before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
        yield _Token(
            match.group(),
            match.start(),
            match.end(),
            not before.strip() or bool(_SENTENCE_END.search(before)),
        )


def _is_capitalised(word: str) -> bool:
    return word[0].isupper() or (
        any(letter.isupper() for letter in word[1:]) and not word[0].isdigit()
    )


def _has_own_capitals(word: str) -> bool:
    """Acronyms and mixed case: SSII, RFID, SQLite, J1."""
    return (len(word) > 1 and any(letter.isupper() for letter in word[1:])) or (
        word[0].isupper() and any(c.isdigit() for c in word)
    )


def _texts(article: Article) -> Iterator[str]:
    yield article.title
    if article.quote:
        yield article.quote
    yield from article.introduction
    for exchange in article.exchanges:
        yield exchange.question
        for paragraph in exchange.answer:
            if paragraph.speaker:
                yield paragraph.speaker
            yield paragraph.text
    yield from article.preamble


def _certain_capitals(texts: Iterable[str]) -> frozenset[str]:
    """Words with a capital where no sentence starts: at the start of a sentence too, the capital is
    their own.
    """
    return frozenset(
        token.text
        for text in texts
        for token in _tokens(text)
        if _is_capitalised(token.text) and not token.initial
    )


def _starts_name(token: _Token, certain: frozenset[str], following: _Token | None) -> bool:
    if not _is_capitalised(token.text):
        return False
    named_next = following is not None and _is_capitalised(following.text)
    if token.text.lower() in _CALENDAR and not named_next:
        return False
    if not token.initial or _has_own_capitals(token.text):
        return True
    if token.text.endswith("qu") or _is_compound_of_common_words(token.text):
        return False  # « Lorsqu’ », « Faut-il »
    if token.text.lower() in _LINKS or len(token.text) == 1:
        return False
    if token.text in certain and not is_common_word(token.text):
        return True
    # « Stéphane Paoli, alors adjoint » : a capital at the start counts when the word is no French
    # word, or when the next one is a name too.
    return not is_common_word(token.text) or (
        named_next and token.text.lower() not in FUNCTION_WORDS
    )


def _is_compound_of_common_words(text: str) -> bool:
    """Whether all of its parts are words of French: « Faut-il », « Quatre-vingt-sept »."""
    parts = text.lower().split("-")
    return len(parts) > 1 and all(len(part) == 1 or is_common_word(part) for part in parts)


def _names_in(text: str, certain: frozenset[str]) -> Iterator[str]:
    for start, end in _name_spans(text, certain):
        yield text[start:end]


def _name_spans(text: str, certain: frozenset[str]) -> Iterator[tuple[int, int]]:
    tokens = list(_tokens(text))
    place = 0
    while place < len(tokens):
        token = tokens[place]
        following = tokens[place + 1] if place + 1 < len(tokens) else None
        if following is not None and not _JOINT.fullmatch(text[token.end : following.start]):
            following = None
        if not _starts_name(token, certain, following):
            place += 1
            continue
        last = place
        look = place + 1
        while look < len(tokens) and _JOINT.fullmatch(
            text[tokens[look - 1].end : tokens[look].start]
        ):
            word = tokens[look].text
            if _is_capitalised(word):
                last = look
            elif word.lower() not in _LINKS:
                break
            look += 1
        yield tokens[_first_particle(text, tokens, place)].start, tokens[last].end
        place = last + 1


def _first_particle(text: str, tokens: list[_Token], place: int) -> int:
    """The index of the first particle directly before a name, or of the name itself: « l'hypothèse
    de von Neumann ».
    """
    while (
        place
        and tokens[place - 1].text in _PARTICLES
        and _JOINT.fullmatch(text[tokens[place - 1].end : tokens[place].start])
    ):
        place -= 1
    return place


def _titles_in(text: str) -> Iterator[str]:
    """Titles of works in quotation marks: « Les Copains d’abord ». A whole sentence there is a
    quotation.
    """
    for match in _QUOTED.finditer(text):
        title = match[1].strip()
        before = text[max(0, match.start() - _LOOK_BACK) : match.start()].rstrip()
        words = title.split()
        if (
            before
            and not before.endswith(":")
            and 2 <= len(words) <= _MAX_TITLE_WORDS
            and title[0].isupper()
            and not _SENTENCE_MARKS.search(title)
            and not SUBJECTS & set(plain_words(words[0]))
        ):
            yield title


def _apposed_titles_in(text: str) -> Iterator[str]:
    """Titles without quotation marks beside what they name: a word of French with a capital inside
    a sentence, and small ones up to the next mark.
    """
    for match in _APPOSED.finditer(text):
        words = plain_words(match[1])
        if is_common_word(words[0]) and not _CALENDAR & {words[0]} and words[-1] not in _LINKS:
            yield match[1]


def _repeated_titles(texts: Iterable[str], certain: frozenset[str]) -> Iterator[str]:
    """Titles of works in ordinary type that are printed twice: a name, a small word and a word in
    small letters that continue alike, « La Nuit des tisserandes ».
    """
    found = Counter(
        text[start : tail.end()]
        for text in texts
        for start, end in _name_spans(text, certain)
        if (tail := _SMALL_TAIL.match(text, end))
        and plain_words(tail[1])[0] in _LINKS
        and plain_words(tail[2])[0] not in FUNCTION_WORDS
    )
    yield from (title for title, count in found.items() if count > 1)


def _is_compound_term(word: str) -> bool:
    """Whether it is a technical compound: « rugby-fauteuil », not « vingt-six » nor « pensez-vous
    ».
    """
    parts = word.split("-")
    return (
        len(parts) > 1
        and min(map(len, parts)) >= _MIN_COMPOUND_PART
        and FUNCTION_WORDS.isdisjoint(parts)
        and not any(numbers_in_words(parts))
    )


def _invented_words(texts: Iterable[str], *, times: int) -> Iterator[str]:
    """Words in small letters that no dictionary knows and that occur at least this many times: «
    thecamp », « rugby-fauteuil ».
    """
    words = Counter(token.text for text in texts for token in _tokens(text))
    # Dictionaries are looked up last: few words recur, and most lookups need the larger one.
    yield from (
        word
        for word, count in words.items()
        if count >= times
        and word.islower()
        and f"{word}'" not in FUNCTION_WORDS
        and len(word) > 3
        and ("-" not in word or _is_compound_term(word))
        and not is_common_word(word)
    )


def names_from_article(article: Article) -> tuple[str, ...]:
    """The article's names as it spells them, guests first, then in order of appearance, each once,
    the longer form before its parts.
    """
    texts = tuple(_texts(article))
    certain = _certain_capitals(texts)
    found: dict[str, None] = dict.fromkeys(article.guests)
    for text in texts:
        titles = (*_titles_in(text), *_apposed_titles_in(text))
        found.update(dict.fromkeys((*titles, *_names_in(text, certain))))
    found.update(dict.fromkeys(_repeated_titles(texts, certain)))
    found.update(dict.fromkeys(_invented_words(texts, times=2)))
    names = [name for name in found if len(name) > 1]
    # « Paoli » alone adds nothing when « Stéphane Paoli » is in the list.
    return tuple(
        name
        for name in names
        if not any(name != other and re.search(rf"\b{re.escape(name)}\b", other) for other in names)
    )


def rare_words_from_article(article: Article) -> tuple[str, ...]:
    """Words in small letters that no dictionary knows, if only once: technical terms, which are
    misrecognised like names (« ferrandaises », « murderball »).

    Whisper's prompt does not have them: a long prompt makes it omit speech.
    """
    return tuple(_invented_words(_texts(article), times=1))
