"""A possible wording of a passage, to be scored by the model."""

from __future__ import annotations

from typing import NamedTuple

from studio.model.clock import Span


class Wording(NamedTuple):
    """One text.

    :param span: the span of the recording to score it on; None: score it without audio.
    :param text: all the words of the span.
    :param prompt: the preceding text given to the model, e.g. a name that it would misspell
        otherwise.
    """

    span: Span | None
    text: str
    prompt: str = ""
