"""An image embedded in a page."""

from __future__ import annotations

from studio.model.record import Record


class Picture(Record, frozen=True):
    """An SVG drawing.

    :param svg: the whole element; it is inserted into a page unescaped, so foreign text in it must
        be escaped.
    :param caption: text alternative for readers who cannot see it.
    """

    svg: str
    caption: str
