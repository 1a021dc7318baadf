"""A text that may be what is said somewhere, which the model is asked about."""

from __future__ import annotations

from typing import NamedTuple

from studio.model.clock import Span


class Wording(NamedTuple):
    """One text.

    :param span: the stretch of the recording that it may be said in; None: how probable it is with
        no sound.
    :param text: all the words of the span, as they are written.
    :param prompt: what the model takes for written just before it, e.g. a name that it cannot spell
        otherwise.
    """

    span: Span | None
    text: str
    prompt: str = ""
