"""The prompt of a window: expected names, and the text before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from studio.speech.engine import Tokenizer

# Maximum tokens of the preceding text, half of Whisper's text context as in Whisper itself; and of
# the names among them, so that there is always room for the text said before.
MAX_PROMPT_TOKENS = 223
MAX_NAME_TOKENS = 120


@dataclass(frozen=True)
class Prompt:
    """The prompt of a window: with or without names, and this many tokens of the preceding text."""

    names: tuple[int, ...]
    before: tuple[int, ...]

    @property
    def tokens(self) -> tuple[int, ...]:
        """All tokens of the prompt, for the decoder."""
        return self.names + self.before


NO_PROMPT = Prompt((), ())


def name_tokens(names: Sequence[str], tokenizer: Tokenizer) -> tuple[int, ...]:
    """The names as preceding text: as many whole names, from the first, as fit."""
    prompted: list[int] = []
    for count in range(1, len(names) + 1):
        tokens = tokenizer.encode(" " + ", ".join(names[:count]))
        if len(tokens) > MAX_NAME_TOKENS:
            break
        prompted = tokens
    return tuple(prompted)


def prompt_from(names: tuple[int, ...], context: Sequence[int]) -> Prompt:
    """The names, and as much of the end of the preceding text as fits."""
    room = MAX_PROMPT_TOKENS - len(names)
    return Prompt(names, tuple(context[-room:]))


def other_prompts(prompt: Prompt) -> Iterator[Prompt]:
    """The prompt without the preceding text, without the names, and without both; each once."""
    others = (Prompt(prompt.names, ()), Prompt((), prompt.before), NO_PROMPT)
    yield from dict.fromkeys(other for other in others if other != prompt)
