"""The captions of a clip: two lines at a time, with word-level timestamps."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from studio.captions.cues import CueShape, cues_from_turns
from studio.captions.dialogue_cues import DASH
from studio.model.record import Record, replace_fields
from studio.model.turns import Turn


class CaptionWord(Record, frozen=True):
    """The text between two spaces at which a line may break: one word with its marks, or two that
    French keeps together.

    :param start_ms: when it begins to be said, on the clip's clock; ``end_ms``: when it has been
        said.
    """

    text: str
    start_ms: int
    end_ms: int


class Caption(Record, frozen=True):
    """What is read at one time: one or two lines, on the clip's clock.

    :param speaker: who says it, or both who speak at once.
    """

    start_ms: int
    end_ms: int
    speaker: str | None
    lines: tuple[tuple[CaptionWord, ...], ...]

    @property
    def words(self) -> tuple[CaptionWord, ...]:
        """All words, in order of time."""
        words = [word for line in self.lines for word in line]
        return tuple(words[place] for place in self.order)

    @property
    def order(self) -> tuple[int, ...]:
        """The places of its words, counted line by line, in the order in which they are said."""
        words = [word for line in self.lines for word in line]
        return tuple(sorted(range(len(words)), key=lambda place: words[place].start_ms))


def captions_from_turns(
    turns: Sequence[Turn], *, start_ms: int, duration_ms: int, language: str, line_characters: int
) -> tuple[Caption, ...]:
    """What is said in a clip, in captions that are read as it is said.

    :param turns: what is said in the clip, on the programme's clock.
    :param start_ms: the moment of the programme at which the clip begins.
    :param duration_ms: how long the clip lasts.
    """
    letters = {
        speaker: _letters([turn for turn in turns if turn.speaker == speaker], start_ms)
        for speaker in {turn.speaker for turn in turns}
    }
    captions = []
    # Each word is lit as it is said: its caption must be there then.
    shape = CueShape(line_characters, shift_ms=0)
    for cue in cues_from_turns(turns, start_ms + duration_ms, language, shape):
        lines = tuple(
            tuple(_timed(text, letters[speaker]) for text in line.split(" "))
            for line, speaker in zip(
                cue.lines, cue.voices or [cue.speaker] * len(cue.lines), strict=True
            )
        )
        if cue.voices:
            lines = tuple(
                (replace_fields(line[0], text=f"{DASH.strip()}\u00a0{line[0].text}"), *line[1:])
                for line in lines
            )
        captions.append(
            Caption(
                start_ms=max(0, cue.start_ms - start_ms),
                end_ms=min(duration_ms, cue.end_ms - start_ms),
                speaker=f" {DASH}".join(filter(None, cue.voices)) or cue.speaker,
                lines=lines,
            )
        )
    return tuple(captions)


def first_from_start(captions: Sequence[Caption]) -> tuple[Caption, ...]:
    """The same, the first one from the beginning: no clip begins empty."""
    return tuple(
        replace_fields(caption, start_ms=0) if place == 0 else caption
        for place, caption in enumerate(captions)
    )


def _letters(turns: Sequence[Turn], start_ms: int) -> Iterator[tuple[int, int]]:
    """When each letter of one speaker begins and ends to be said. Setting text adds and takes away
    spaces alone, so letters find their words again.
    """
    for turn in turns:
        for word in turn.words:
            edges = [
                word.start_ms - start_ms + (word.end_ms - word.start_ms) * place // len(word.text)
                for place in range(len(word.text) + 1)
            ]
            yield from itertools.pairwise(edges)


def _timed(text: str, letters: Iterator[tuple[int, int]]) -> CaptionWord:
    times = list(itertools.islice(letters, len("".join(text.split()))))
    return CaptionWord(text=text, start_ms=times[0][0], end_ms=times[-1][1])
