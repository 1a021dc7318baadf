"""The captions of a clip: two lines at a time, with word-level timestamps."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from studio.captions.cues import CueShape, cues_from_turns
from studio.captions.dialogue_cues import DASH
from studio.model.record import Record, replace_fields
from studio.model.turns import Turn


class CaptionWord(Record, frozen=True):
    """Text between two breakable spaces: one word with its marks, or two that French typography
    joins.

    :param start_ms: start of its speech on the clip's clock; ``end_ms``: its end.
    """

    text: str
    start_ms: int
    end_ms: int


class Caption(Record, frozen=True):
    """One displayed caption: one or two lines, on the clip's clock.

    :param speaker: its speaker, or both in overlapping speech.
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
        """The indices of its words (counted line by line) in spoken order."""
        words = [word for line in self.lines for word in line]
        return tuple(sorted(range(len(words)), key=lambda place: words[place].start_ms))


def captions_from_turns(
    turns: Sequence[Turn], *, start_ms: int, duration_ms: int, language: str, line_characters: int
) -> tuple[Caption, ...]:
    """The captions of a clip, synchronised with its speech.

    :param turns: the turns of the clip, on the programme clock.
    :param start_ms: start of the clip in the programme.
    :param duration_ms: duration of the clip.
    """
    letters = {
        speaker: _letters([turn for turn in turns if turn.speaker == speaker], start_ms)
        for speaker in {turn.speaker for turn in turns}
    }
    captions = []
    # Each word is highlighted while it is spoken: its caption must be visible then.
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
    """The same, with the first one from the start: no clip starts empty."""
    return tuple(
        replace_fields(caption, start_ms=0) if place == 0 else caption
        for place, caption in enumerate(captions)
    )


def _letters(turns: Sequence[Turn], start_ms: int) -> Iterator[tuple[int, int]]:
    """Start and end of each letter of one speaker. Typography only changes spaces, so letters
    identify their words.
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
