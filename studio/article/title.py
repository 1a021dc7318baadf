"""Parse the title line: « Episode 2 – 3 questions à Stéphane Soto »."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from studio.article.quotation import read_quotation
from studio.language.calendar import MONTHS
from studio.language.dictionary import is_common_word
from studio.language.number_words import number_words
from studio.language.words import FUNCTION_WORDS

EpisodeKind = Literal["full", "trailer", "bonus"]

# « Épisode 2 – … », « EPISODE 12 : … », « Ép. 3 … », « #15 … », « S02E15 … », « Saison 2, épisode
# 15 : … », « Épisode – … ». A sentence that starts with the word is none of these: a number is
# followed by a sign, a capital letter or a digit, and without a number the sign must be there.
_SIGNS = "-‐-―−:|•·.,~>»→"
_SIGN = rf"[{_SIGNS}/]"
_EPISODE = (
    r"(?:(?i:[ée]pisode)\s*(?:(?i:n[o°º]?\s*[.°º]?|#)\s*)?"
    r"|(?i:podcast)\s+|(?i:[ée]p)\s*[.°º]?\s*(?:#\s*)?|(?i:n)\s?[°º]\s*|N[oO]\.?\s+|(?i:num[ée]ro)\s*|#\s?)"
)
# « Podcast #15 », « Le 15e épisode »
_BEFORE_EPISODE = r"(?:(?i:podcasts?|le|la)\s+)?"
# « Épisode quinze », « Saison II », « Quinzième épisode »: series that count in letters are short.
_MAX_IN_LETTERS = 39
_ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
_IN_LETTERS = re.compile(
    r"(?P<before>\b(?i:[ée]pisode|saison)\s+)(?P<letters>[^\W\d_]+(?:[- ][^\W\d_]+){0,2})"
    rf"(?=\s*(?:{_SIGN}|[)\]]|\Z))"
)
_ORDINAL = re.compile(
    r"\b(?P<letters>[^\W\d_]+(?:[- ][^\W\d_]+){0,2})(?P<after>\s+(?i:[ée]pisode)\b)"
)
_SEASON = r"(?i:saison|season)\s*(?:(?i:n)\s?[°º]\s*)?"
_SEASON_LINE = re.compile(rf"\W*{_SEASON}(?P<season>[0-9]{{1,3}})\W*")
_COUNTED = "|".join(
    (
        # « S02E15 », « S2 – Ép. 15 »
        rf"#?(?i:s)(?P<season_a>[0-9]{{1,3}})\s*{_SIGN}?\s*(?i:e|[ée]p\.?)\s*(?P<number_a>[0-9]{{1,5}})",
        # « Saison 2, épisode 15 »
        rf"{_SEASON}(?P<season_b>[0-9]{{1,3}})\s*(?:{_SIGN}|\()?\s*{_EPISODE}(?P<number_b>[0-9]{{1,5}})\)?",
        # « Épisode 15 », « Épisode 15, saison 2 », « Épisode 15 de la saison 2 », « Épisode 2/5 »
        rf"{_EPISODE}(?P<number_c>[0-9]{{1,5}})(?:\s?/\s?[0-9]+|\s*(?:[,(|/–—-]|\bde\s+la\b|\s)\s*{_SEASON}(?P<season_c>[0-9]{{1,3}})\)?)?",
        # « 15e épisode »
        r"(?P<number_d>[0-9]{1,5})\s?(?:[eè]me|e|ère|er|ᵉ)\s+(?i:[ée]pisode)",
        # « E12 – … », « E07 : … »
        rf"E(?P<number_e>[0-9]{{1,3}})(?=\s*{_SIGN}\s+[^\Wa-zà-öø-ÿœ_]|\s*{_SIGN}\s+[«“\"])",
    )
)
_NUMBERED = re.compile(
    rf"[^\w#]*{_BEFORE_EPISODE}(?:{_COUNTED})(?![0-9])(?:\s+(?:bis|ter)\b|\s+sur\s+[0-9]+|\s*\([0-9]\s?/\s?[0-9]\))?"
    rf"(?:\s*[)\]]?\s*[{_SIGNS}]\s*(?P<rest>.*)|\s*[)\]]?\s*$|\s*[)\]]?\s+(?P<next>[^\Wa-zà-öø-ÿ_].*|[«“\"\[].*))"
)
_NUMBERED_AT_THE_END = re.compile(
    rf"(?P<title>.{{3,}}?)\s*(?:[-‐-―−|•·,(\[]\s*|\s(?=#))(?:{_COUNTED})\s*[)\]]?\s*"
)
# « 15 – … », « (15) … », « E15 – … », « 2x15 – … »: only before the title of such an article.
_BESIDE = re.compile(r"\s+[·•|]\s+")
_BARE_NUMBER = re.compile(
    rf"\W*(?:(?P<season>[0-9]{{1,2}})x|E)?(?P<number>[0-9]{{1,5}})\s*[{_SIGNS})\]]\s*(?P<rest>.+)"
)
# « n° 47 – avril 2026 »
_DATE = re.compile(
    rf"\W*(?:(?:[0-9]{{1,2}}(?:er)?\s+)?(?:{'|'.join(MONTHS)})|printemps|été|automne|hiver|semaine\s+[0-9]+)"
    r"(?:[\s–—-]+(?:[0-9]{4}))?\W*",
    re.IGNORECASE,
)
_EPISODE_WORD = re.compile(r"[ée]p", re.IGNORECASE)
_UNNUMBERED = re.compile(r"\W*(?i:[ée]pisode)\s*[-‐-―−:|]\s*(?P<rest>.*)")
_COUNTS = {
    word: number
    for number, word in enumerate("deux trois quatre cinq six sept huit neuf dix".split(), 2)
}
_ANNOUNCED_COUNT = re.compile(
    rf"(?<!\w)(?P<count>[0-9]{{1,2}}|{'|'.join(_COUNTS)})\s+questions?(?!\w)", re.IGNORECASE
)
# « Saison 3 – 3 questions à … », « 3 questions à … (saison 3) »
_SEASON_BEFORE = re.compile(rf"\W*{_SEASON}(?P<season>[0-9]{{1,3}})\s*[{_SIGNS})\]]\s*(?P<rest>.+)")
_SEASON_AFTER = re.compile(
    rf"(?P<rest>.{{3,}}?)\s*[-‐-―−|•·,(\[]\s*{_SEASON}(?P<season>[0-9]{{1,3}})\s*[)\]]?\s*"
)
_COUNT = r"(?:[0-9]+|une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|quelques|nos|vos)"
_QUESTIONS = re.compile(
    rf"\W*(?i:(?:{_COUNT}\s+|[0-9]+)questions?\s*(?:\s?(?:[àa]u?x?|avec|pour)(?!\w)|[:/|–—-]\s))"
)
# « 3 questions à… #15 – X », « « 3 questions à… », épisode 15 : X »
_NUMBERED_INSIDE = re.compile(
    rf"(?P<title>{_QUESTIONS.pattern})[^\w#]*(?:{_COUNTED})\s*[{_SIGNS})\]]*\s+(?P<rest>\S.*)"
)

_TRAILER = re.compile(
    r"\b(?i:bande[- ]annonce|teaser|trailer)\b|\A\W*(?i:prochainement|bientôt)\s*[:–—-]"
)
_BONUS = re.compile(r"\W*(?i:(?:bonus|hors[- ]s[ée]rie)\b|(?:annonce|communiqué)\s*[:–—-])")
# What posts on networks put behind a title: « 👇 », « 🎙️ ».
_PICTOGRAPHS = re.compile(
    r"[\s\U0001f000-\U0001faff\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u200d]+\Z"
)
_PICTOGRAPHS_BEFORE = re.compile(
    r"\A[\s\U0001f000-\U0001faff\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u200d]+"
)

_CAPITAL = r"[^\W\d_a-zß-öø-ÿœ][\w’'.\-‐‑]*"
_PARTICLE = (
    r"(?:(?:[ae]l|a[dhnrsz]|ash|ben|ibn)[-‐‑]"
    r"|(?:de|du|des|la|le|les|von|van|der|den|el|al|ben|bin|da|di|do|dos|y|e|d[’'])\s*)"
)
_NAME = re.compile(rf"{_CAPITAL}(?:\s+{_PARTICLE}*{_CAPITAL})*")
_TWO_WORDS = rf"{_CAPITAL}(?:\s+{_PARTICLE}*{_CAPITAL})+"
_SEVERAL = rf"{_TWO_WORDS}(?:(?:\s*,\s*|\s+(?:et|&)\s+){_TWO_WORDS})*"
# « Mathilde et Joseph Arnaud »: a word alone before the last whole name.
_MORE_ALONE = rf"(?:(?:{_CAPITAL}\s*,\s*)*{_CAPITAL}\s+(?:et|&)\s+)?"

_ONLY_NAMES = re.compile(
    rf"{_CAPITAL}(?:\s+{_PARTICLE}*{_CAPITAL})*\s+{_CAPITAL}(?:(?:\s*,\s*|\s+(?:et|&)\s+){_SEVERAL})?|{_CAPITAL}\s+[dD]e\s(?:la\s)?{_CAPITAL}"
)
# Signs that may be between « 3 questions à » and the name: « à… X », « à : X », « [3 questions à] X
# », « à 🎙 X ».
_BEFORE_NAME = r"(?:[^\w«“(\[@]|_)+"
_ALONE_FIRST = re.compile(
    rf"\W*(?=\w)(?P<names>(?P<alone>{_CAPITAL})\s+(?:et|&)\s+{_TWO_WORDS})\s*(?:[,:–—-]|\Z)"
)
_MEETING = (
    r"(?:(?:entretien|interview|rencontre|conversation|échange|dialogue|discussion|portrait)s?"
    r"|tables?[- ]rondes?|regards\s+croisés)"
    r"(?:\s+(?:croisée?s?|exclusi(?:f|ve)s?|vidéo|audio|express))?"
)
# « L’invitée du mois : X », « Paroles d’experts : X », « Au micro : X »
_ANNOUNCED = (
    r"(?:invitée?s?|paroles?|(?:grands?\s+)?témoins?|au\s+micro)"
    r"(?:\s+(?:de\s|du\s|des\s|d[’'])[^:]{1,30})?\s*(?=:)"
)
_INTRODUCED = re.compile(
    rf"(?<![^\W\d_])(?i:(?:questions?(?:\s+[\w’']+){{0,4}}?(?:\s*\([^()]{{1,20}}\))?|[0-9]\s?q|(?:la\s+)?parole)\s+(?:à|a|au|aux|avec|pour)(?!\w)|{_MEETING}\s+(?:avec|de)(?!\w)|avec(?!\w)|{_ANNOUNCED}"
    rf"|[0-9]questions(?:à|a|aux?)(?!\w)"
    rf"|(?:questions?(?:\s*,?\s*(?:et\s+)?{_COUNT}\s+(?:réponses?|minutes?))?|faq|q\s?[&/]\s?r)\s*(?=[:/|–—-])|{_MEETING}(?:\s+(?:du\s+(?:jour|mois)|de\s+la\s+semaine))?\s*(?=[:.|–—\]-]\s)){_BEFORE_NAME}(?P<names>.+)"
    rf"|\b(?i:{_MEETING}\s+d[’'])\s*(?P<names_d>.+)"
)
# « X : « citation » », « X, directrice de Y : « citation » », « X répond à nos questions », « X en
# 3 questions »
_NAMED_FIRST = re.compile(
    rf"\W*(?:(?i:quand|lorsque|comment|pourquoi)\s+)?(?P<names>{_MORE_ALONE}{_SEVERAL})(?:\s*,\s*[^:«»“”\"]{{2,100}}|\s*\([^()]*\))?\s*"
    rf"(?:[:,–—-]\s*[«“\"].*|(?i:(?:nous\s+)?répond(?:ent)?\b|(?:raconte|explique|témoigne|présente)(?:nt)?\s|se\s+confie(?:nt)?\b|en\s+{_COUNT}\s+questions?|[:,|–—-]\s*{_COUNT}\s+questions?).*)"
)
# « « citation » – X », « « citation », X, directrice de Y », « « citation », confie X », « «
# citation » (X) »
_NAMED_LAST = re.compile(
    rf"\W*[«“\"].+[»”\"]\s*(?:[,:–—-]|par\s|\()\s*"
    rf"(?:(?:par|selon|avec|confie|explique|raconte|témoigne|assure|affirme|estime|dit|lance)\s+)?"
    rf"(?P<names>{_MORE_ALONE}{_SEVERAL})(?:\s*[,()].*)?"
)

# « 3 questions à X, par Y », « (propos recueillis par Y) »: who asked.
_BY_SOMEBODY = re.compile(
    rf"\s*[,(|–—-]\s*(?i:(?:(?:propos\s+)?recueillis?\s+|interviewée?s?\s+|réalisée?s?\s+)?par)\s+(?={_CAPITAL}).*"
)

_HONORIFIC = re.compile(
    r"\A(?:M\.(?!(?:\s?[^\W\d_]\.)+\s*\Z)|(?:Dr|Pr|Prof|Me)\.|Mmes?|MM\.|Mlles?|Mr|Monsieur|Madame|Docteure?|Professeure?|Maître|Dre?|Pre?|Me|Mgr)\s+"
)
# Before first name and surname, also these are no part of the name.
_RANK = re.compile(
    rf"\A(?:Sœur|Frère|Père|Abbé|(?:Sous-)?Lieutenante?|Capitaine|Commandante?|Colonelle?|Générale?"
    rf"|Amirale?)\s+(?={_TWO_WORDS})"
)
# « au maire de Marseille, … », « aux fondatrices X et Y », « à l’architecte X »: a description
# before the name.
_ROLE_BEFORE = re.compile(
    r"\A(?:l[’'])?(?:[a-zà-öø-ÿœ][\w’'.\-‐‑]*\s+(?:d[’'](?=[A-ZÀ-ÖØ-Þ]))?)+(?:[:–—-]\s*)?"
)
_OF_SOMETHING = re.compile(
    r"(?:\b(?:de|du|des|chez|à|au|aux|en|pour)\s+(?:la\s+|le\s+|les\s+)?|d[’'])\Z"
)
# « À Beaufort, … » at the beginning of a sentence.
_OPENING_PREPOSITION = re.compile(r"\A(?:À|A|Chez|De|En)\s+")
# « Bonjour Maud Le Bihan ! »
_GREETING_WORD = re.compile(
    r"\A(?:Bonjour|Bonsoir|Salut|Hello|Coucou|Hi|Hey|Chère?s?|Chers?|Merci|Bienvenue)\s+"
)
# « Sous le Vicdessos, il suit les rivières »: where, and nobody.
_SOMEWHERE = re.compile(
    r"(?:À|A|Aux?|Chez|En|Sous|Sur|Dans|Vers|Entre|Depuis|Après|Avant|Contre|Malgré|Derrière|Devant"
    r"|Hors|Pour|Par|Sans|Selon|Près|Loin|Face)\s"
)
_ROLE = re.compile(
    r"(?i:(?:co|vice|ex|sous)?[- "
    r"]?(?:président|directeur|directrice|fondateur|fondatrice|maire|ministre|gérant|responsable|"
    r"chef|chargé|secrétaire|délégué|adjoint|député|sénateur|sénatrice|professeur|docteur|ingénieur|chercheu|développeu|"
    r"pdg|dg|ceo|cto|cfo|coo|cio|head|manager|lead|tech\slead|product|data|chief|senior|auteur|autrice|journaliste|membre|associé|consultant|entrepreneu))"
)
# « au maire de Cassis Paul Vidal »
_INSTITUTION = re.compile(
    r"\b(?:universit|instit|école|lycée|collège|hôpital|banque|groupe|académie|faculté|centre|conseil"
    r"|métropole|fondation|agence|mutuelle|chambre|syndicat|société|maison|musée)",
    re.IGNORECASE,
)
# « MONSIEUR LE MAIRE, JEAN DUPONT »
_OFFICE_IN_CAPITALS = re.compile(
    rf"\A(?:MONSIEUR|MADAME|M\.|MME)\s+(?:LE|LA)\s+(?={_ROLE.pattern})"
)
_AFTER_PLACE = re.compile(rf"{_CAPITAL}\s+(?P<name>{_CAPITAL}\s+{_CAPITAL})")
# Occupations by their ending, each with another ending of a word that French has as well:
# « coursier » (« coursière »), not « quartier »; « géologue » (« géologie »), not « dialogue ».
_OCCUPATIONS = {
    "eur": ("euse", "rice"),
    "euse": ("eur",),
    "trice": ("teur",),
    "ier": ("ière",),
    "ière": ("ier",),
    "cien": ("cienne",),
    "cienne": ("cien",),
    "logue": ("logie",),
    "graphe": ("graphie",),
}
# « journaliste », not « liste »
_SPECIALIST = re.compile(r"[^\W\d_]{3,}iste")
_NO_OCCUPATION = frozenset({"premier", "première", "dernier", "dernière", "entier", "entière"})
_COMMAS = frozenset({",", "/"})
_OFFICE = re.compile(rf"\A(?={_ROLE.pattern}){_CAPITAL}\s+(?={_TWO_WORDS})")
_SEPARATOR = re.compile(
    r"\s*(,|;|&|\+|(?<=\s)/(?=\s)|(?:\bet\b|\bainsi\s+qu(?:e\b|[’']))(?:\s*(?:à|au|aux|avec)(?=\s))?)\s*",
    re.IGNORECASE,
)
# In a title of capitals alone these words end the name.
_CAPITALS_GO_ON = re.compile(r"\s(?:SUR|POUR|EN|CHEZ|À|AU|AUX|DANS|PAR)\s.*")
_LOWER_PARTICLES = frozenset({"DE", "DU", "DES", "LA", "LES", "VON", "VAN", "DER", "DEN"})
_AND_COMPANY = re.compile(r"\s*(?:&|\bet)\s*(?:Co|Cie|Fils|Associée?s|Frères)(?!\w)\.?")
_MAX_TITLE = 300  # a title that is longer names nobody any more
# « aux frères Paul et Mathieu Vidal »: one surname for both.
_FAMILY = r"frères|sœurs|soeurs|jumeaux|jumelles|époux|couple|cousins|cousines"
_SIBLINGS = re.compile(
    rf"(?P<role>(?i:{_FAMILY})\s+)"
    rf"(?P<first>{_CAPITAL})(?P<joint>\s+(?:et|&)\s+)(?P<second>{_CAPITAL})"
    rf"\s+(?P<surname>{_PARTICLE}*{_CAPITAL})"
)
# « M. et Mme Vidal »: their first names are missing.
_SPOUSES = r"(?i:(?:M\.?|Monsieur|Mr\.?)\s+(?:et|&)\s+(?:Mme|Madame))"
# « aux boulangers Mathilde et Joseph Arnaud »: what both are.
_BOTH_ARE = re.compile(
    rf"\A(?:[a-zà-öø-ÿœ][\w’'\-]*[sx]\s+)+(?={_CAPITAL}\s+(?i:et|&)\s+{_CAPITAL})"
)
_FIRM = r"\b(?i:chez|association|société|entreprise|groupe|collectif|coopérative|agence|marque)\s+"
_PARENTHESES = re.compile(r"\s*[(\[][^)\]]*[)\]]")


class TitleLine(NamedTuple):
    """The parts of a title line. ``title`` is empty when the line is « Épisode 2 » alone."""

    number: int | None
    title: str
    season: int | None = None


def read_title_line(text: str) -> TitleLine | None:
    """Split « Episode 2 – title »; None when the text is not such a line. Only one separator is
    removed.

    The number may also stand at the end of a title: « 3 questions à Stéphane Soto – S02E15 »; in
    letters: « Épisode quinze – … », « Épisode XV : … »; or alone before « 3 questions à … ».
    """
    if len(text) <= _MAX_TITLE:
        text = _ORDINAL.sub(_ordinal_in_digits, _IN_LETTERS.sub(_in_digits, text), count=1)
    if match := _NUMBERED.fullmatch(text):
        line = TitleLine(*_counted(match, match["rest"] or match["next"] or ""))
        # The number of a paper or a letter, unless it says so; « · Voir en ligne » may follow.
        if _DATE.fullmatch(_BESIDE.split(line.title, maxsplit=1)[0]):
            return line._replace(title="") if _EPISODE_WORD.search(text) else None
        return line
    if (match := _UNNUMBERED.fullmatch(text)) and match["rest"]:
        return TitleLine(None, match["rest"])
    if (match := _BARE_NUMBER.fullmatch(text)) and announces_questions(match["rest"]):
        season = int(match["season"]) if match["season"] else None
        return TitleLine(int(match["number"]), match["rest"], season)
    if len(text) > _MAX_TITLE:
        return None
    if match := _NUMBERED_INSIDE.fullmatch(text):
        return TitleLine(*_counted(match, f"{match['title'].strip(' «“,:')} {match['rest']}"))
    if match := _NUMBERED_AT_THE_END.fullmatch(text):
        return TitleLine(*_counted(match, match["title"]))
    if (
        match := _SEASON_BEFORE.fullmatch(text) or _SEASON_AFTER.fullmatch(text)
    ) and announces_questions(match["rest"]):
        return TitleLine(None, match["rest"], int(match["season"]))
    return None


def season_alone(text: str) -> int | None:
    """The number of « Saison 2 » on a line of its own."""
    match = _SEASON_LINE.fullmatch(_IN_LETTERS.sub(_in_digits, text)) if len(text) < 40 else None
    return int(match["season"]) if match else None


def season_inside(title: str) -> int | None:
    """The season that a trailer's title names: « Saison 2 : la bande-annonce »."""
    match = re.search(rf"\b{_SEASON}(?P<season>[0-9]{{1,3}})\b", title[:_MAX_TITLE])
    return int(match["season"]) if match else None


def _in_digits(match: re.Match[str]) -> str:
    letters = match["letters"]
    number = _numbers_in_letters().get(letters if letters.isupper() else _plain(letters))
    return match[0] if number is None else f"{match['before']}{number}"


@functools.cache
def _numbers_in_letters() -> dict[str, int]:
    numbers = range(1, _MAX_IN_LETTERS + 1)
    roman = {"X" * (number // 10) + _ROMAN[number % 10]: number for number in numbers}
    return {_plain(" ".join(number_words(number))): number for number in numbers} | roman


def _ordinal_in_digits(match: re.Match[str]) -> str:
    number = _ordinals_in_letters().get(_plain(match["letters"]))
    return match[0] if number is None else f"{number}e{match['after']}"


@functools.cache
def _ordinals_in_letters() -> dict[str, int]:
    """« premier » → 1, « quinzième » → 15, « vingt et unième » → 21."""
    ordinals = {"premier": 1, "second": 2}
    for number in range(2, _MAX_IN_LETTERS + 1):
        stem = _plain(" ".join(number_words(number))).removesuffix("e")
        stem = f"{stem[:-1]}v" if stem.endswith("neuf") else stem
        ordinals[f"{stem}u" if stem.endswith("cinq") else stem] = number
    return {
        word if number < 3 and word in {"premier", "second"} else f"{word}ième": number
        for word, number in ordinals.items()
    }


def _plain(letters: str) -> str:
    return letters.lower().replace("-", " ")


def _counted(match: re.Match[str], title: str) -> tuple[int, str, int | None]:
    parts = match.groupdict()
    number = next(int(parts[f"number_{form}"]) for form in "abcde" if parts[f"number_{form}"])
    season = next((int(parts[f"season_{form}"]) for form in "abc" if parts[f"season_{form}"]), None)
    return number, title, season


def kind_of_title(title: str) -> EpisodeKind:
    """The kind of episode in its title: « Bande-annonce – … », « Bonus : … », else a full one."""
    if _TRAILER.search(title):
        return "trailer"
    return "bonus" if _BONUS.match(title) else "full"


def unquoted_title(text: str) -> str:
    """A title without trailing emoji and without the quotation marks around « 3 questions à … »."""
    bare = _PICTOGRAPHS.sub("", text) or text
    bare = _PICTOGRAPHS_BEFORE.sub("", bare) or bare
    inside = read_quotation(bare)
    return inside if inside and announces_questions(inside) else bare


def announces_questions(text: str) -> bool:
    """Whether it reads « 3 questions à … », the title of such an article without an episode."""
    return _QUESTIONS.match(text) is not None


def introduces_guests(text: str) -> bool:
    """Whether a title only names the guests: « 3 questions à X », « Entretien avec X »."""
    return announces_questions(text) or _INTRODUCED.search(text[:_MAX_TITLE]) is not None


def announced_count(title: str) -> int | None:
    """How many questions a title announces (« 3 questions à … »); None where it gives no number."""
    match = _ANNOUNCED_COUNT.search(title[:_MAX_TITLE])
    given = match["count"].lower() if match else ""
    return int(given) if given.isdecimal() else _COUNTS.get(given)


def guests_from_title(title: str) -> tuple[str, ...]:
    """The guests in the title, in its order.

    Names follow « questions à », « entretien avec » and the like, and end where the title continues
    (« sur … », « : … »); or they begin the title (« X : « citation » »), or end it (« « citation »
    – X »). What is said about a person (« , présidente de … », parentheses, « aux fondatrices … »)
    is left out; a surname in capitals (« Stéphane SOTO ») is written like a name.
    """
    title = title[:_MAX_TITLE]
    # « [INTERVIEW] 3 questions à X »: the first such words need not be those before the name.
    place = 0
    while match := _INTRODUCED.search(title, place):
        place = match.start() + 1
        given = _BY_SOMEBODY.sub("", match["names"] or match["names_d"])
        # « au fondateur du Comptoir : Paul Vidal »
        if named := _names(given) or names_alone(given.rpartition(":")[2].strip()):
            return named
    # « Sel de Camargue : X répond à nos questions »
    match = (
        _NAMED_FIRST.fullmatch(title)
        or _NAMED_LAST.fullmatch(title)
        or _NAMED_FIRST.fullmatch(title.partition(":")[2])
    )
    return _names(match["names"]) if match else ()


def names_in_title(title: str) -> tuple[str, ...]:
    """The first whole names in a title, whatever it says of them (« X, saunière en Camargue », «
    Zoom sur X et Y »): perhaps a place or a firm, which only the text can tell.
    """
    alone = _ALONE_FIRST.match(title[:_MAX_TITLE])
    if alone and not is_common_word(alone["alone"]):
        return _names(alone["names"])
    for match in re.finditer(_SEVERAL, title[:_MAX_TITLE]):
        place, _, after = match[0].partition(",")
        given = _names(after.strip() if _SOMEWHERE.match(place) else match[0])
        named = [
            " ".join(words)
            for words in (name.split() for name in given)
            if len(words) > 1 and not all(map(is_common_word, words))
        ]
        if named and len(named) == len(given):
            return tuple(named)
    return ()


def with_shared_surname(names: Sequence[str], text: str) -> tuple[str, ...] | None:
    """The names, those of one word with the surname that another name has, where the text tells
    that they share it: « Mathilde et Joseph Arnaud ». A firm stays as it is.

    :return: None where the text leaves it open.
    """
    whole = next((place for place, name in enumerate(names) if " " in name), len(names))
    first, _, surname = names[whole].partition(" ") if whole < len(names) else ("", "", "")
    family = rf"(?:\b(?i:les|famille|{_FAMILY})|{_SPOUSES})\s+{re.escape(surname)}(?!\w)"
    is_family = bool(surname) and re.search(family, text) is not None
    read = []
    for place, name in enumerate(names):
        both = written_like_a_name(f"{name} {surname}")
        if " " in name or not surname:
            read.append(name)
        elif both in text or (
            place < whole and (is_family or (_is_called(name, text) and _is_called(first, text)))
        ):
            read.append(both)
        elif place > whole or _is_firm(name, text):
            read.append(name)
        else:
            return None
    return tuple(read)


def _is_called(first_name: str, text: str) -> bool:
    """Whether a text calls somebody so, without a surname."""
    alone = rf"(?<!\w){re.escape(first_name)}(?![\w-]|\s+{_PARTICLE}?{_CAPITAL})"
    return re.search(alone, text, re.IGNORECASE if first_name.isupper() else 0) is not None


def _is_firm(name: str, text: str) -> bool:
    """Whether a word is written as no first name is (« BlaBlaCar », « A7 »), or the text says what
    it is (« chez Medinsoft », « l'association Medinsoft »).
    """
    return (
        re.search(r"[0-9]|[a-zà-öø-ÿœ][A-Z]", name) is not None
        or re.search(rf"{_FIRM}{re.escape(name)}(?!\w)", text) is not None
    )


def names_worker(title: str, name: str) -> bool:
    """Whether a title begins with the name and that person's occupation: « X, coursier : … »."""
    match = re.match(
        rf"\W*{re.escape(name)}\s*,\s+(?P<occupation>[a-zà-öø-ÿœ]+)(?![\w’'-])",
        title[:_MAX_TITLE],
    )
    return match is not None and _is_occupation(match["occupation"])


def _is_occupation(word: str) -> bool:
    if word in _NO_OCCUPATION:
        return False
    return _SPECIALIST.fullmatch(word) is not None or any(
        word.endswith(ending) and is_common_word(word.removesuffix(ending) + other)
        for ending, others in _OCCUPATIONS.items()
        for other in others
    )


def names_written(text: str) -> tuple[str, ...]:
    """The parts of a text written like a whole name: perhaps a place or a firm."""
    return tuple(
        name
        for line in text.splitlines()
        for name in re.findall(_TWO_WORDS, line)
        if not _SOMEWHERE.match(name)
    )


def names_acting(text: str) -> tuple[str, ...]:
    """The whole names in a text, each once, but those that something is of or at (« la librairie de
    Paul Vidal », « à Vaison Romaine »), and those that are words of French (« Sud Radio »).
    """
    found = []
    for match in itertools.chain.from_iterable(
        re.finditer(_TWO_WORDS, line) for line in text.splitlines()
    ):
        name = _OPENING_PREPOSITION.sub("", _GREETING_WORD.sub("", match[0]))
        words = [word.lower() for word in name.split()]
        is_of_something = name == match[0] and _OF_SOMETHING.search(match.string[: match.start()])
        is_name = len(words) > 1 and not FUNCTION_WORDS.intersection(words[:1])
        if is_name and not is_of_something and not all(map(is_common_word, words)):
            found.append(name.rstrip(".-’'"))
    return tuple(dict.fromkeys(found))


def names_alone(text: str) -> tuple[str, ...]:
    """The names of a text that consists only of names of at least two words each; else none.

    « Voix du Sud » is none: a name with « du » in it is written so only beside a first name.
    """
    is_names = _ONLY_NAMES.fullmatch(text) and not _GREETING_WORD.match(text)
    return _names(text) if is_names else ()


def _names(given: str) -> tuple[str, ...]:
    names: list[str] = []
    joint = "et"
    given = _SIBLINGS.sub(r"\g<role>\g<first> \g<surname>\g<joint>\g<second> \g<surname>", given)
    given = _BOTH_ARE.sub("", _AND_COMPANY.sub("", given))
    if re.match(_SPOUSES, given):
        return ()
    described = False  # what somebody is has begun: « , entre Marseille et Aix »
    parts = _SEPARATOR.split(_PARENTHESES.sub("", given))
    for index, part in enumerate(parts):
        if index % 2:
            joint = part
            continue
        role, text = _role_and_rest(part, joint)
        is_role = _ROLE.match(text) is not None
        match = _NAME.match(text)
        found = match[0] if match else ""
        # After a comma one capitalised word alone is more often a company or a place than a person,
        # unless all are called by first names; and so it is after a role.
        alone = " " not in found
        is_place = bool(role) and (alone or _OF_SOMETHING.search(role) is not None)
        person = _AFTER_PLACE.fullmatch(found) if is_place and _ROLE.search(role) else None
        if person:
            names.append(written_like_a_name(person["name"]))
        elif (
            found
            and not (is_role or is_place or (described and alone))
            and (
                joint not in _COMMAS
                or _is_next_name(
                    found,
                    names,
                    last=index + 2 >= len(parts),
                    described=described and bool(names),
                )
            )
        ):
            names.append(written_like_a_name(found.rstrip(".-’'")))
        described |= not found or is_place or is_role
        if found and len(found) < len(text) and not (is_role or is_place):
            break
    return tuple(dict.fromkeys(names))


def _role_and_rest(part: str, joint: str) -> tuple[str, str]:
    """The text before a person's name (« à la directrice de »), and the text from there on without
    titles.
    """
    text = _HONORIFIC.sub("", _OFFICE_IN_CAPITALS.sub("", part, count=1), count=1)
    role = _ROLE_BEFORE.match(text)
    if role:
        text = _HONORIFIC.sub("", text[role.end() :], count=1)
    text = _RANK.sub("", text, count=1)
    if joint != ",":  # « au Président Paul Vidal », and not « X, Présidente Sillage »
        text = _OFFICE.sub("", text, count=1)
    if text.isupper():
        text = _CAPITALS_GO_ON.sub("", text)
    return role[0] if role else "", text


def _is_next_name(found: str, names: Sequence[str], *, last: bool, described: bool) -> bool:
    """Whether capitalised words after a comma are one more person, and not a firm, a place or a
    function: « Crédit Agricole », « Prix Goncourt », « DRH de Nautilus ».

    :param last: nothing follows: « A, B » names two people more seldom than « A, B et C ».
    :param described: a description comes before it: « A, docteure, Université B ».
    """
    first, *others = found.split()
    if not others:
        return all(" " not in name for name in names)
    if len(first) > 1 and first.isupper() and not found.isupper():
        return False
    # « Monsieur le Maire, Jean-Marc Le Roux », but « la doyenne, Aix Marseille Université »
    is_short = len(others) == 1 or (not names and _INSTITUTION.search(found) is None)
    return not last or (is_short and not described and not is_common_word(first))


def without_honorific(name: str) -> str:
    """« Mme Dupuis » as « Dupuis »."""
    return _HONORIFIC.sub("", name, count=1)


def written_like_a_name(name: str) -> str:
    """« Stéphane SOTO » as « Stéphane Soto », « Jean-Pierre DE LA Tour » as « Jean-Pierre de la
    Tour ».
    """
    words = name.split()
    if len(words) < 2:
        return name
    return " ".join(
        _written_like_a_word(word, first=place == 0) for place, word in enumerate(words)
    )


def _written_like_a_word(word: str, *, first: bool) -> str:
    if word in _LOWER_PARTICLES and not first:
        return word.lower()
    if len(word) <= 2 or not word.isupper():
        return "Le" if word == "LE" else word
    written = re.sub(r"[^\W\d_]+", lambda part: part[0].capitalize(), word)
    written = re.sub(r"\bMc[a-z]", lambda part: f"Mc{part[0][2].upper()}", written)
    return re.sub(r"\AD(?=[’'])", "d", written) if not first else written
