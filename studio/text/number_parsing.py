"""Numbers that others wrote: in feeds, headers of servers, titles of articles."""

from __future__ import annotations

import re

# More than any count, size in bytes or moment in ms has.
_WRITTEN = re.compile("[0-9]{1,15}")


def whole_number(text: str) -> int | None:
    """The number that a text is, in digits from 0 to 9 alone; None for any other text.

    What Python calls a digit (« ² ») need not be one to ``int``, which refuses thousands of them as
    well.
    """
    return int(text) if _WRITTEN.fullmatch(text) else None
