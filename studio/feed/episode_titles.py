"""Episode titles without the parts that have their own element: episode number and show name."""

from __future__ import annotations

import re

from studio.text.plain import single_line

SEPARATORS = r"\s*[-–—:|·.,#]*\s*"
NUMBER = re.compile(
    rf"^(?:(?:[ÉE]pisode|[ÉE]p\.?|n[°º]|#)\s*\d+|S\d+\s*E\d+)(?!\w){SEPARATORS}", re.IGNORECASE
)


def without_show_name(title: str, show_title: str) -> str:
    """The title without « Episode 2 – » and without the show's name at its start or end.

    « Episode 2 – 3 questions à Stéphane Soto » of the show « 3 questions à… » is « Stéphane Soto ».
    A title that would become empty is unchanged.
    """
    bare = NUMBER.sub("", single_line(title))
    name = re.escape(re.sub(r"[\s….!?]+$", "", single_line(show_title)))
    if name:
        bare = re.sub(rf"^{name}(?!\w)[\s….!?]*+{SEPARATORS}(?=\S)", "", bare, flags=re.IGNORECASE)
        bare = re.sub(rf"(?<=\S)\s*[-–—:|·]\s*{name}[\s….!?]*$", "", bare, flags=re.IGNORECASE)
    bare = NUMBER.sub("", bare)
    return bare or single_line(title)
