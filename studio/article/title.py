"""The title line, and who it names: « Episode 2 – 3 questions à Stéphane Soto »."""

from __future__ import annotations

import re
from typing import NamedTuple

# « Épisode 2 – … », « EPISODE 12 : … », « Épisode n° 3 … », « Episode – … ». A sentence that starts
# with the word is none of these: a number is followed by a sign, a capital letter or a digit, and
# without a number the sign must be there.
_NUMBERED = re.compile(
    r"\W*(?i:[ée]pisode)\s*(?:(?i:n[o°º]?\s*[.°º]?|#)\s*)?(?P<number>[0-9]{1,5})(?![0-9])(?:\s?/\s?[0-9]+)?"
    r"(?:\s*[-‐-―−:|•·.]\s*(?P<rest>.*)|\s*$|\s+(?P<next>[^\Wa-zà-öø-ÿ_].*|[«“\"].*))"
)
_UNNUMBERED = re.compile(r"\W*(?i:[ée]pisode)\s*[-‐-―−:|]\s*(?P<rest>.*)")
_QUESTIONS = re.compile(
    r"\W*(?i:(?:[0-9]+|une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|quelques|nos|vos)\s+questions?\s+(?:[àa]u?x?|avec|pour)\s)"
)

_INTRODUCED = re.compile(
    r"\b(?i:questions?\s+(?:à|a|avec|pour)\s+|(?:entretien|interview|rencontre|conversation|échange|dialogue|discussion)s?\s+"
    r"(?:avec\s+|de\s+|d[’'])|avec\s+)(?P<names>.+)"
)
_HONORIFIC = re.compile(
    r"\A(?:(?:M|Dr|Pr|Me)\.|Mmes?|MM\.|Mlles?|Mr|Monsieur|Madame|Docteur|Professeure?|Dr|Pr|Me)\s+"
)
_CAPITAL = r"[^\W\d_a-zß-öø-ÿœ][\w’'.\-‐‑]*"
_NAME = re.compile(
    rf"{_CAPITAL}(?:\s+(?:(?:de|du|des|la|le|les|von|van|der|den|el|al|ben|bin|da|di|do|dos|y|d[’'])\s*)*{_CAPITAL})*"
)
_ROLE = re.compile(
    r"(?i:(?:co|vice|ex|sous)?[- "
    r"]?(?:président|directeur|directrice|fondateur|fondatrice|maire|ministre|gérant|responsable|"
    r"chef|chargé|secrétaire|délégué|adjoint|député|sénateur|sénatrice|professeur|docteur|ingénieur|chercheu|développeu|"
    r"pdg|dg|ceo|cto|cfo|coo|cio|auteur|autrice|journaliste|membre|associé|consultant|entrepreneu))"
)
_SEPARATOR = re.compile(r"\s*(,|;|&|\bet\b)\s*", re.IGNORECASE)
_LONGEST_TITLE = 300  # a title that is longer names nobody any more
_PARENTHESES = re.compile(r"\s*[(\[][^)\]]*[)\]]")


class TitleLine(NamedTuple):
    """A title line, taken apart. ``title`` is empty when the line is « Épisode 2 » alone."""

    number: int | None
    title: str


def read_title_line(text: str) -> TitleLine | None:
    """Take « Episode 2 – title » apart; None when the text is no such line. One separator is taken
    off, no more.
    """
    if match := _NUMBERED.fullmatch(text):
        return TitleLine(int(match["number"]), match["rest"] or match["next"] or "")
    if (match := _UNNUMBERED.fullmatch(text)) and match["rest"]:
        return TitleLine(None, match["rest"])
    return None


def announces_questions(text: str) -> bool:
    """Whether it reads « 3 questions à … », the title of such an article without an episode."""
    return _QUESTIONS.match(text) is not None


def guests_from_title(title: str) -> tuple[str, ...]:
    """Who answers, as the title names them, in its order.

    Names follow « questions à », « entretien avec » and the like, and end where the title goes on
    (« sur … », « : … »). What is said about somebody (« , présidente de … », parentheses) is left
    out; a surname in capitals (« Stéphane SOTO ») is written like a name.
    """
    match = _INTRODUCED.search(title[:_LONGEST_TITLE])
    if not match:
        return ()
    names: list[str] = []
    joint = "et"
    for index, part in enumerate(_SEPARATOR.split(_PARENTHESES.sub("", match["names"]))):
        if index % 2:
            joint = part
            continue
        text = _HONORIFIC.sub("", part, count=1)
        found = _NAME.match(text)
        # After a comma one capitalised word alone is more often a company or a place than a person.
        if found and not _ROLE.match(text) and (joint != "," or " " in found[0] or len(names) == 0):
            names.append(_written_like_a_name(found[0].rstrip(".-’'")))
        if found and found.end() < len(text) and not _ROLE.match(text):
            break
    return tuple(dict.fromkeys(names))


def _written_like_a_name(name: str) -> str:
    words = name.split()
    if len(words) < 2:
        return name
    return " ".join(
        re.sub(r"[^\W\d_]+", lambda part: part[0].capitalize(), word)
        if len(word) > 2 and word.isupper()
        else word
        for word in words
    )
