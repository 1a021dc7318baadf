"""An image embedded in a page."""

from __future__ import annotations

from studio.model.record import Record


class Picture(Record, frozen=True):
    """What Studio drew.

    :param svg: the whole element, without anything in it that another program wrote unescaped: it
        is put into a page as it is.
    :param caption: the same in words, for who does not see it.
    """

    svg: str
    caption: str
