"""Names by their position: interviewer (the credit), guest (« Invité : … »), speaker (« Rémi Sautel
: … »).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from studio.article.title import names_alone, without_honorific
from studio.language.person_names import folded_name, short_forms
from studio.language.words import SUBJECTS, plain_words

_CREDIT = re.compile(
    r"[(\[]?(?i:(?:propos\s+(?:d(?:e\s|[’'])[^.!?:]{2,60}\s)?)?recueillis?|(?:entretien|interview|entrevue)\s+(?:réalisée?|menée?|conduite?|préparée?))\s+"
    r"(?:[^.!?]{1,40}\s)?(?i:par)\s*:?\s+(?P<host>[^!?()]{2,100})[)\]]?[\s.]*"
)
_HOST_ENDS = re.compile(
    r"(?:\s*[,;|/]|\.?\s+(?:et|pour|le|la|à|au|en|de|chez|[-–—])\s|\.$|\s*[0-9]).*"
)
_CAPITAL_WORD = r"[^\W\d_a-zß-öø-ÿœ][\w’'.\-‐‑]*"
_BYLINE = re.compile(
    rf"(?i:(?:(?:écrite?|publiée?|rédigée?|postée?|mise?\s+en\s+ligne)\s+(?:le\s+[^,.!?]{{4,40}}?\s+)?)?par(?:\s*:)?|by|textes?(?:\s+(?:et|&)\s+photos?)?\s*:|(?:auteur|autrice|journaliste|interviewer|intervieweu(?:r|se)|signature|rédact(?:eur|rice|ion))\s*:)\s+(?P<name>{_CAPITAL_WORD}(?:\s+(?:de\s+|du\s+|d[’'])?{_CAPITAL_WORD}){{1,3}})"
    r"(?:\s*[,|·–-].{0,80})?\s*\.?"
)
_GUESTS_LINE = re.compile(
    r"(?i:invit(?:ée?|é\(e\))|(?:personnes?\s+)?(?:interview|interrog)(?:ée?|é\(e\))|votre\s+nom(?:\s+et\s+prénom)?|(?:vos\s+)?(?:nom\s+et\s+prénom|prénom\s+et\s+nom))"
    r"(?P<several>(?:s|\(s\))?)\s*:\s*(?P<names>.*)"
)
_WITH = re.compile(r"(?i:avec)\s*:?\s+(?P<names>.+?)\.?")
# « Interview : Camille Renaud », « Camille Renaud », « C. R. » under the last answer.
_INTERVIEWER = re.compile(
    rf"(?i:interview|entretien|propos)\s*:\s*(?P<name>{_CAPITAL_WORD}(?:\s+{_CAPITAL_WORD}){{1,3}})\.?"
)
_INITIALS = re.compile(r"[-–—(]?\s*(?:[^\W\d_a-z]\.\s?-?){2,4}\)?")
_THANKS = re.compile(
    r"\W*(?:(?:un\s+)?(?:(?:très|grand|immense|chaleureux)\s+)*merci\s+(?:(?:beaucoup|encore|infiniment|bien),?\s+)*(?:à\s+)?"
    r"|(?:nous|la\s+rédaction|l[’']équipe)\s+remerci(?:ons|e)\s+(?:chaleureusement\s+|vivement\s+)?)"
    r"(?P<thanked>[^,.!?:;]{2,60}?)(?:,?\s+(?:pour|de|d[’']avoir|qui\s+nous)\b[^.!?]{0,120})?\W*",
    re.IGNORECASE,
)
_TO_THANKS = re.compile(
    r"\W*(?:(?:et\s+)?merci\b|c[’']est\s+moi|avec\s+(?:grand\s+)?plaisir|je\s+vous\s+en\s+prie|de\s+rien)"
    r"[^.!?]{0,40}[.!]*\W*",
    re.IGNORECASE,
)
# Sponsors and participants: only names, and no sentence (« Avec le soutien de la Région, nous
# avons … »).
_PARTNERS = re.compile(
    r"\W*(?:(?:article|contenu|entretien|interview|podcast|série|projet)\s+)?"
    r"(?:(?:réalisée?|proposée?|publiée?|produite?|financée?)\s+)?(?:en\s+(?:partenariat|collaboration)\s+avec"
    r"|avec\s+(?:le\s+(?:soutien|concours|partenariat)|l[’'](?:aide|appui))\s+(?:de|d[’']|du|des))\b"
    r"(?P<partners>[^.!?;:]{3,120})\.?\W*",
    re.IGNORECASE,
)
_OF_A_SENTENCE = SUBJECTS | frozenset(
    (
        "a ai as avons avez ont est es suis sommes êtes sont était étaient fut va vont peut qui "
        "que qu' cela"
    ).split()
)
_BETWEEN_NAMES = re.compile(r"\s*(?:,|;|&|\bet\b)\s*")
_LABEL = re.compile(r"(?P<name>[^:]{1,100}?)\s*:\s*(?P<text>.*)")


class Label(NamedTuple):
    """A speaker before a paragraph. ``text`` is empty when the name has a line of its own."""

    speaker: str
    text: str


def is_credit(text: str) -> bool:
    """Whether a line credits the interviewer: « Propos recueillis par Jean Dupont »."""
    return _CREDIT.fullmatch(text) is not None


def credit_host(text: str) -> str | None:
    """Who asked the questions, according to the credit; None when it is not a credit."""
    match = _CREDIT.fullmatch(text)
    return _HOST_ENDS.sub("", match["host"].strip()) or None if match else None


def read_byline(text: str) -> str | None:
    """The article's author from a line below its title (« Par Camille Renaud », « Texte : Camille
    Renaud »); else None.
    """
    match = _BYLINE.fullmatch(text)
    return match["name"] if match else None


def read_signature(text: str, guests: Sequence[str]) -> str | None:
    """The article's author from its last line: a byline, « Interview : … », or only a name that is
    not a guest's; empty for initials; else None.
    """
    if (name := read_byline(text)) or (
        (match := _INTERVIEWER.fullmatch(text)) and (name := match["name"])
    ):
        return name
    if _INITIALS.fullmatch(text):
        return ""
    names = names_alone(text.lstrip("-–— "))
    return names[0] if len(names) == 1 and names[0] not in guests else None


def is_thanks_to_guests(text: str, guests: Sequence[str]) -> bool:
    """Whether a line thanks the guests (« Merci à Rémi Sautel pour cet entretien »): it is the
    interviewer's.
    """
    match = _THANKS.fullmatch(text)
    names = _BETWEEN_NAMES.split(match["thanked"].lstrip(", ")) if match else []
    known = {form for guest in guests for form in (folded_name(guest), *short_forms(guest))}
    return bool(names) and all(folded_name(name.removeprefix("à ")) in known for name in names)


def is_reply_to_thanks(text: str) -> bool:
    """Whether a line is a reply to thanks (« Merci à vous. »)."""
    return _TO_THANKS.fullmatch(text) is not None


def is_partner_credit(text: str) -> bool:
    """Whether a line names sponsors or participants (« Avec le soutien de la Région Sud »)."""
    match = _PARTNERS.fullmatch(text)
    if match is None:
        return False
    partners: str = match["partners"]
    has_name = any(word[:1].isupper() for word in partners.split())
    return has_name and _OF_A_SENTENCE.isdisjoint(plain_words(partners))


def read_guests_line(text: str) -> tuple[str, ...] | None:
    """The names of « Invité : … », « Invités : …, … et … » or « Avec … »; none for « Invité : »
    alone; None for any other text.
    """
    match = _GUESTS_LINE.fullmatch(text)
    if not match:
        credited = _WITH.fullmatch(text)
        return (names_alone(credited["names"]) or None) if credited else None
    names = _BETWEEN_NAMES.split(match["names"]) if match["several"] else [match["names"]]
    return tuple(name for name in names if name)


def read_label(text: str, names: Sequence[str]) -> Label | None:
    """The speaker that a paragraph starts with, if it is one of these people; None for any other
    word before a colon.

    A label may be the whole name, a first name or surname that only one person has, or initials.
    """
    match = _LABEL.fullmatch(text)
    if not match:
        return None
    for spelling in (str, folded_name):
        speakers = {name for name in names if spelling(name) == spelling(match["name"])}
        if len(speakers) == 1:
            return Label(speakers.pop(), match["text"])
    called = folded_name(without_honorific(match["name"]))
    speakers = {
        name for name in names if called == folded_name(name) or called in short_forms(name)
    }
    return Label(speakers.pop(), match["text"]) if len(speakers) == 1 else None
