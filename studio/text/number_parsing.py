"""Numbers in foreign texts: feeds, HTTP headers, titles of articles."""

from __future__ import annotations

import re

# More digits than any count, size in bytes or time in ms has.
_WRITTEN = re.compile("[0-9]{1,15}")


def whole_number(text: str) -> int | None:
    """The value of a text of ASCII digits; None for any other text.

    ``str.isdigit`` accepts characters that ``int`` refuses (« ² »), and ``int`` refuses thousands
    of digits.
    """
    return int(text) if _WRITTEN.fullmatch(text) else None
