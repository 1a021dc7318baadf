"""The pull quote: a line in quotation marks, possibly with its speaker."""

from __future__ import annotations

import re
from collections.abc import Sequence

_CLOSING = {"«": "»", "»": "«", "“": "”", "„": "“", '"': '"', "‹": "›"}
_MAX_LINE = 300
# After the closing mark: nothing, a full stop, « – Stéphane Soto, président », « (Stéphane Soto) »,
# « Stéphane Soto ».
_ATTRIBUTION = re.compile(
    r"[\s.,]*(?:[-–—(\[]\s*[^«»“”\"]{2,80}|[^\W\d_a-zà-öø-ÿ][^«»“”\".!?:]{1,60})?[\s.]*"
)
_DASHED = re.compile(r"[-–—]\s*(?P<name>[^.!?]{2,80})\.?")
# After the name: nothing, « , président de Medinsoft », « (Medinsoft) ». A verb makes it a
# sentence, and a sentence ends with a full stop.
_WHO_HE_IS = re.compile(r"\s*\.?|\s*[,–—:(-][^.!?]{0,80}")


def read_quotation(text: str) -> str | None:
    """The words of a line that contains only a quotation and its speaker; None for any other line,
    and for a long one.
    """
    closing = _CLOSING.get(text[:1])
    if closing is None or len(text) > _MAX_LINE:
        return None
    depth = 1
    for index, character in enumerate(text[1:], 1):
        if character == closing:
            depth -= 1
        elif character == text[0]:
            depth += 1
        if depth == 0:
            return (
                (text[1:index].strip() or None) if _ATTRIBUTION.fullmatch(text, index + 1) else None
            )
    return None


def bare_quotation(text: str) -> str:
    """The words of something known to be a quotation: without one pair of marks around it, if it
    has one.
    """
    if len(text) > 2 and _CLOSING.get(text[0]) == text[-1]:
        return text[1:-1].strip() or text
    return read_quotation(text) or text


def is_attribution(text: str, guests: Sequence[str]) -> bool:
    """Whether a line below a quotation names its speaker."""
    if dashed := _DASHED.fullmatch(text):
        return (
            not guests
            or any(guest.split()[-1] in dashed["name"] for guest in guests)
            or not text.endswith(".")
        )
    return any(
        text.startswith(guest) and _WHO_HE_IS.fullmatch(text, len(guest)) is not None
        for guest in guests
    )
