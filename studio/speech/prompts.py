"""The prompt of a window: expected names, and the text before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from studio.speech.engine import Tokenizer

# What is taken for written before: at most this many tokens, half of Whisper's text context as in
# Whisper itself; the names among them at most this many, so that what was said before always has
# room.
MAX_PROMPT_TOKENS = 223
MAX_NAME_TOKENS = 120


@dataclass(frozen=True)
class Prompt:
    """The prompt of a window: the names or not, and this many tokens of what was said before."""

    names: tuple[int, ...]
    before: tuple[int, ...]

    @property
    def tokens(self) -> tuple[int, ...]:
        """All of it, as the decoder takes it."""
        return self.names + self.before


NO_PROMPT = Prompt((), ())


def name_tokens(names: Sequence[str], tokenizer: Tokenizer) -> tuple[int, ...]:
    """The names as text that Whisper believes to have just written: as many whole names, from the
    first, as have room.
    """
    prompted: list[int] = []
    for count in range(1, len(names) + 1):
        tokens = tokenizer.encode(" " + ", ".join(names[:count]))
        if len(tokens) > MAX_NAME_TOKENS:
            break
        prompted = tokens
    return tuple(prompted)


def prompt_from(names: tuple[int, ...], context: Sequence[int]) -> Prompt:
    """The names, and as much of the end of what was said before as has room."""
    room = MAX_PROMPT_TOKENS - len(names)
    return Prompt(names, tuple(context[-room:]))


def other_prompts(prompt: Prompt) -> Iterator[Prompt]:
    """The prompt without what was said before, without the names, and without both; each once."""
    others = (Prompt(prompt.names, ()), Prompt((), prompt.before), NO_PROMPT)
    yield from dict.fromkeys(other for other in others if other != prompt)
