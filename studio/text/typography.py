"""French typography: spacing, words that must not end a line, timestamps."""

from __future__ import annotations

import re

NO_BREAK_SPACE = "\u00a0"
NARROW_NO_BREAK_SPACE = "\u202f"

_CLOSING = r"»”’\"')\]"

# Each rule only adds or exchanges spaces, or exchanges one apostrophe for another: no letter is
# added or lost, and applying it twice changes nothing.
_FRENCH = (
    (re.compile(r"(?<=[^\W\d_])'(?=[^\W_])"), "’"),
    (re.compile(r"«\s*(?=\S)"), f"«{NO_BREAK_SPACE}"),
    (re.compile(r"(?<=\S)\s*»"), f"{NO_BREAK_SPACE}»"),
    (re.compile(rf"(?<=[^\s(\[?!;])\s*(?=[?!;]+(?:[\s:{_CLOSING}]|$))"), NARROW_NO_BREAK_SPACE),
    (re.compile(r"(?<=[^\s(\[:])\s*(?=:(?:\s|$))"), NO_BREAK_SPACE),
    (
        re.compile(r"(?<![\d.,])\d{1,3}(?:\s\d{3})+(?!\d)"),
        lambda number: re.sub(r"\s", NARROW_NO_BREAK_SPACE, number[0]),
    ),
    (re.compile(r"(?<=\d)\s*(?=[%€](?!\w))"), NO_BREAK_SPACE),
)

# Words that must not end a line or a title, because they belong to the next word.
_LEANING_WORDS = """
    le la les un une des du de au aux ce cet cette ces mon ma mes ton ta tes son sa ses notre nos
    votre vos leur leurs à dans en par pour sur sous avec sans chez vers entre depuis pendant contre
    selon dès jusque jusqu'à plus moins très trop si aussi et ou ni mais or car donc que qui quel
    quelle quels quelles dont où quand comme lorsque puisque parce je tu il elle on nous vous ils
    elles me te se ne y ai as a avons avez ont suis es est sommes êtes sont était étaient
    quelque quelques chaque plusieurs tout toute tous toutes tel telle m. mm. mme mlle dr
    deux trois quatre cinq six sept huit neuf dix onze douze quinze vingt trente quarante cinquante
    soixante cent cents mille nouvel bel vieil
"""
_LEANING = frozenset(_LEANING_WORDS.split())


# Of these, the articles, prepositions and conjunctions, which subtitlers never leave at the end of
# a line.
_JOINT_WORDS = """
    le la les l' un une des du de d' au aux ce cet cette ces à dans en par pour sur sous avec sans
    chez vers entre depuis pendant durant contre malgré parmi selon dès jusque jusqu' et ou ni mais
    or car donc que qu' qui dont où quand lorsque puisque quoique parce si comme
"""
_JOINTS = frozenset(_JOINT_WORDS.split())


def ends_on_function_word(line: str) -> bool:
    """Whether a line ends with an article, a preposition or a conjunction, which belongs to the
    next word.
    """
    last = line.split()[-1:] or [""]
    return last[0].lower().replace("’", "'").lstrip('«(“"') in _JOINTS


# Lexique des règles typographiques en usage à l’Imprimerie nationale: a number is not separated
# from its unit, nor « M. » from the name.
_UNITS = """
    euros? centimes? ans? années? mois semaines? jours? heures? minutes? secondes? fois
    kilomètres? mètres? centimètres? millimètres? hectares? kilos? kilogrammes? grammes? tonnes?
    litres? degrés? millions? milliards? milliers? siècles?
    janvier février mars avril mai juin juillet août septembre octobre novembre décembre
    km m cm mm ha kg g t l ml h min s kwh mwh gwh kw mw go mo
"""
_UNIT = rf"(?:{'|'.join(_UNITS.split())})"
_PERSON_TITLES = frozenset("M. MM. Mme Mmes Mlle Mlles Dr Dr. Pr Pr. Me".split())
_COUNTED = re.compile(rf"{_UNIT}(?![\w’'])|pour$", re.IGNORECASE)
# Numbers in words, recognised by their last part.
_NUMBER_WORDS = """
    un une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize
    vingt trente quarante cinquante soixante septante huitante nonante cent cents mille
"""
_NUMBERS = frozenset(_NUMBER_WORDS.split())
# Pairs that are spoken as one word: the first part, and how the second may begin.
_PHRASES = {
    "est-ce": ("que", "qu'"),
    "qu'est-ce": ("que", "qu'", "qui"),
    "parce": ("que", "qu'"),
    "tandis": ("que", "qu'"),
    "afin": ("que", "qu'", "de", "d'"),
    "là": ("où",),
    "plutôt": ("que", "qu'"),
    "lors": ("de", "d'"),
    "quant": ("à", "au", "aux"),
    "près": ("de", "d'"),
    "jusqu'à": ("ce",),
}


def belongs_to_next(word: str, following: str) -> bool:
    """Whether two French words must not be separated: joined by a hyphen
    (« change-/t-elle »), a number and its unit, « M. Dupont », « parce que », « là où ».
    """
    if word in _PERSON_TITLES and following[:1].isupper():
        return True
    one = word.lower().replace("’", "'").lstrip('«(“"')
    other = following.lower().replace("’", "'")
    if re.search(r"\w[-‐‑]$", one) or re.match(r"[-‐‑]\w", other):
        return True
    if (one[-1:].isdigit() or one.rpartition("-")[2] in _NUMBERS) and _COUNTED.match(other):
        return True
    return any(
        other.startswith(begin) if begin.endswith("'") else other.strip(",.…") == begin
        for begin in _PHRASES.get(one, ())
    )


def set_text(text: str, language: str) -> str:
    """The text with the no-break spaces and apostrophes that its language requires; only French
    requires any.

    Before ``? ! ;`` a narrow no-break space, before ``:``, ``»``, ``%`` and after ``«`` a no-break
    space.
    """
    if language.partition("-")[0].lower() != "fr":
        return text
    for pattern, replacement in _FRENCH:
        text = pattern.sub(replacement, text)
    return text


def leans_on_next(word: str) -> bool:
    """Whether a French word belongs to the next one, so that a line or a title should not end with
    it.
    """
    bare = word.lower().replace("’", "'")
    return (
        bare in _LEANING
        or bare.endswith("'")
        or bare[-1:] in "«([–—-"
        or (bare.isdigit() and len(bare) < 4)
    )


def whole_seconds(duration_ms: int) -> int:
    """A duration in whole seconds, the same for feed and pages: rounded to the nearest, at
    least 1.
    """
    return max(1, round(duration_ms / 1000))


def stamp_from_ms(moment_ms: int) -> str:
    """``0:45``, or ``1:02:03`` from an hour on, rounded down."""
    minutes, seconds = divmod(moment_ms // 1000, 60)
    if minutes < 60:
        return f"{minutes}:{seconds:02}"
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


def length_stamp_from_ms(duration_ms: int) -> str:
    """A duration (``3:36``), rounded to the nearest second as by :func:`whole_seconds`;
    :func:`stamp_from_ms` is for points in time.
    """
    return stamp_from_ms(whole_seconds(duration_ms) * 1000)


def timestamp_from_ms(moment_ms: int, separator: str = ".") -> str:
    """``01:02:03.456``, the format of WebVTT, of Podlove chapters and of Vorbis comments; SubRip
    uses a comma as its separator.
    """
    return f"{long_stamp_from_ms(moment_ms)}{separator}{moment_ms % 1000:03}"


def long_stamp_from_ms(moment_ms: int) -> str:
    """``01:02:03``: whole seconds, rounded down, always with hours."""
    seconds = moment_ms // 1000
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
