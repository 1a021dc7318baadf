"""Variants of people's names: full name, first name or surname, initials, capitals."""

from __future__ import annotations

import re
import unicodedata


def folded_name(name: str) -> str:
    """The name without case, accents, dots and hyphens."""
    letters = "".join(
        character
        for character in unicodedata.normalize("NFKD", name)
        if not unicodedata.combining(character)
    )
    return " ".join(re.sub(r"[.\-‐‑’']", " ", letters).casefold().split())


def short_forms(name: str) -> set[str]:
    """The short forms of a name of at least two words, folded: first name, surname, « R.
    Sautel », « Rémi S. », « R. S. », « RS »; or surname first.
    """
    words = folded_name(name).split()
    if len(words) < 2:
        return set()
    initials = [word[0] for word in words]
    forms = {
        words[0],
        words[-1],
        " ".join(words[1:]),
        f"{initials[0]} {' '.join(words[1:])}",
        f"{words[0]} {initials[-1]}",
        f"{' '.join(words[1:])} {words[0]}",
        " ".join(initials),
        "".join(initials),
    }
    first, *others = name.split()
    parts = folded_name(first).split()
    if len(parts) > 1 and others:  # « J.-N. de La Roche » for « Jean-Noël de La Roche »
        surname = folded_name(" ".join(others))
        forms |= {f"{joint.join(part[0] for part in parts)} {surname}" for joint in (" ", "")}
    return {form for form in forms if len(form) > 1}


def is_form_of_name(key: str, name: str) -> bool:
    """Whether a folded text is a person's whole name, first name, surname or initials."""
    return key == folded_name(name) or key in short_forms(name)
