"""Speaker turns: the transcript on the programme clock, one turn after the other."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from studio.model.clock import Programme, ProgrammeMs, RecordingMs
from studio.model.record import Record
from studio.model.transcript import Transcript

# The paragraph length of transcripts (pages, text, JSON): a monologue is split after the first
# sentence that ends beyond this many characters, unless less than the rest below would follow.
PARAGRAPH_CHARACTERS = 480
REST_CHARACTERS = 120

SENTENCE_END = (".", "?", "!", "…")
CLOSING_MARKS = "»”\"')]\u00a0\u202f "


class SpokenWord(Record, frozen=True):
    """One word in the episode, without spaces and control characters, never empty."""

    text: str
    start_ms: ProgrammeMs
    end_ms: ProgrammeMs


class Turn(Record, frozen=True):
    """Uninterrupted speech of one speaker, at most a paragraph: a monologue is split into several
    turns. At least one word, in order of time.

    :param speaker: a name, or None if unknown.
    """

    speaker: str | None
    words: tuple[SpokenWord, ...]

    @property
    def start_ms(self) -> ProgrammeMs:
        """The start of its first word."""
        return self.words[0].start_ms

    @property
    def end_ms(self) -> ProgrammeMs:
        """The end of its last word."""
        return self.words[-1].end_ms

    @property
    def text(self) -> str:
        """The words, one space between them."""
        return " ".join(word.text for word in self.words)


def ends_sentence(word: str) -> bool:
    """Whether a sentence may end with this word. Initials and « M. » do not end one."""
    bare = word.rstrip(CLOSING_MARKS)
    if not bare.endswith(SENTENCE_END):
        return False
    return not (
        bare.endswith(".")
        and (len(bare) == 2 or bare in {"MM.", "Dr.", "St."})
        and bare[0].isupper()
    )


def sentences_of(text: str) -> tuple[str, ...]:
    """The sentences of a printed text, with single spaces between words."""
    sentences: list[list[str]] = [[]]
    for word in text.split():
        # A standalone mark (« ? ») belongs to the preceding sentence, unless it opens the next one.
        lonely = not any(letter.isalnum() for letter in word) and not set(word) & set("«“([–—")
        if lonely and not sentences[-1] and len(sentences) > 1:
            sentences[-2].append(word)
            continue
        sentences[-1].append(word)
        if ends_sentence(word):
            sentences.append([])
    return tuple(" ".join(sentence) for sentence in sentences if sentence)


def turns_from_transcript(transcript: Transcript, programme: Programme) -> tuple[Turn, ...]:
    """All turns of the episode, without the words in cuts; a turn never spans a cut.

    A word is in the episode if its middle is. Turns ascend by start, and those of two speakers may
    overlap; the times of one speaker always ascend, even if those of a hand-edited transcript do
    not.
    """
    turns: list[Turn] = []
    for speaker, words in _stretches(transcript, programme):
        turns.extend(Turn(speaker=speaker, words=paragraph) for paragraph in _paragraphs(words))
    return tuple(turns)


def _stretches(
    transcript: Transcript, programme: Programme
) -> Iterator[tuple[str | None, list[SpokenWord]]]:
    """Words of one speaker, uninterrupted by another speaker or a cut."""
    speaker: str | None = None
    words: list[SpokenWord] = []
    for name, pieces in spoken_words(transcript, programme):
        if words and (pieces is None or name != speaker):
            yield speaker, words
            words = []
        if pieces:
            speaker = name
            words.extend(pieces)
    if words:
        yield speaker, words


def spoken_words(
    transcript: Transcript, programme: Programme
) -> Iterator[tuple[str | None, list[SpokenWord] | None]]:
    """For each word of the transcript its speaker and its spoken words in the episode (nearly
    always one); None if it is cut.
    """
    latest: dict[str | None, ProgrammeMs] = {}
    # No segment starts before the preceding one starts.
    earliest = ProgrammeMs(0)
    for segment in transcript.segments:
        name = " ".join(_visible_pieces(segment.speaker or "")) or None
        begins: ProgrammeMs | None = None
        for word in segment.words:
            if not programme.contains(RecordingMs((word.start_ms + word.end_ms) // 2)):
                yield name, None
                continue
            start = max(
                earliest,
                latest.get(name, earliest),
                programme.programme_from_recording(word.start_ms),
            )
            end = max(start, programme.programme_from_recording(word.end_ms))
            pieces = _spoken_words(word.text, start, end)
            if pieces:
                latest[name] = end
                begins = start if begins is None else begins
            yield name, pieces
        earliest = earliest if begins is None else begins


def _spoken_words(text: str, start_ms: ProgrammeMs, end_ms: ProgrammeMs) -> list[SpokenWord]:
    """The text split at spaces, with the time divided by length. Words have no spaces unless users
    edited the transcript.
    """
    pieces = _visible_pieces(text)
    total = sum(map(len, pieces))
    words = []
    read = 0
    for piece in pieces:
        from_ms = start_ms + (end_ms - start_ms) * read // total
        read += len(piece)
        until_ms = start_ms + (end_ms - start_ms) * read // total
        words.append(
            SpokenWord(text=piece, start_ms=ProgrammeMs(from_ms), end_ms=ProgrammeMs(until_ms))
        )
    return words


def _visible_pieces(text: str) -> list[str]:
    """The text split at spaces, without control characters, which no file format allows."""
    pieces = (
        "".join(sign for sign in piece if unicodedata.category(sign) != "Cc")
        for piece in text.split()
    )
    return [piece for piece in pieces if piece]


def _paragraphs(words: list[SpokenWord]) -> Iterator[tuple[SpokenWord, ...]]:
    left = sum(len(word.text) + 1 for word in words)
    first = written = 0
    for index, word in enumerate(words):
        written += len(word.text) + 1
        left -= len(word.text) + 1
        if written > PARAGRAPH_CHARACTERS and left > REST_CHARACTERS and ends_sentence(word.text):
            yield tuple(words[first : index + 1])
            first, written = index + 1, 0
    yield tuple(words[first:])
