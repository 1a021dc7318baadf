"""Locate the words of a margin note in a changed transcript.

As long as only single words change, times identify them. In another transcription, or one of
another recording, the words themselves and their context do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from studio.language.words import plain_words
from studio.model.clock import RecordingMs
from studio.model.margin_note import MarginNote
from studio.model.record import replace_fields
from studio.model.transcript import Word

# The number of context words stored before and after a note's own: four distinguish one « de la »
# from most others.
AROUND = 4
# If only the context is found, this many words on either side must match.
MIN_AROUND = 2
# The maximum of additional words between them.
MAX_NEW = 8
# Within this time, the same words match without context: two transcriptions of one recording differ
# by less.
NEAR_MS = 2_000


def surroundings(words: Sequence[Word], place: range) -> tuple[str, str, str]:
    """The text of some words, and their context before and after."""
    texts = [word.text for word in words]
    before = texts[max(0, place.start - AROUND) : place.start]
    after = texts[place.stop : place.stop + AROUND]
    return " ".join(texts[place.start : place.stop]), " ".join(before), " ".join(after)


def words_between(words: Sequence[Word], start_ms: int, end_ms: int) -> range:
    """The words mostly between two times; if there are none, the next word, or the last one."""
    inside = [
        place
        for place, word in enumerate(words)
        if start_ms <= (word.start_ms + word.end_ms) // 2 < max(end_ms, start_ms + 1)
    ]
    if inside:
        return range(inside[0], inside[-1] + 1)
    following = sum(word.start_ms < start_ms for word in words)
    place = min(following, len(words) - 1)
    return range(max(0, place), place + 1)


def place_of_note(note: MarginNote, words: Sequence[Word]) -> range | None:
    """The indices of a note's words; None if not found.

    :param words: all of a transcript, in order.
    """
    if not words:
        return None
    timed = words_between(words, note.start_ms, note.end_ms)
    noted = plain_words(note.words)
    if _plain(words, timed) == noted:
        return timed
    said = _Said(words)
    return (
        _same_words(note, said, noted)
        or _between_known_words(note, said, len(noted))
        or (timed if note.end_ms > note.start_ms else None)
    )


def placed_notes(notes: Sequence[MarginNote], words: Sequence[Word]) -> tuple[MarginNote, ...]:
    """The notes with the current times of their words; those whose words are not found are
    unchanged.
    """

    def placed(note: MarginNote) -> MarginNote:
        place = place_of_note(note, words)
        if place is None:
            return note
        start_ms, end_ms = words[place.start].start_ms, words[place.stop - 1].end_ms
        return replace_fields(note, start_ms=start_ms, end_ms=max(end_ms, start_ms + 1))

    return tuple(sorted(map(placed, notes), key=lambda note: note.start_ms))


def unplaced_note(note: MarginNote) -> MarginNote:
    """The note without a valid time, so that it is only located by its words."""
    return replace_fields(note, start_ms=RecordingMs(0), end_ms=RecordingMs(0))


class _Said:
    """All plain words, with the word that each belongs to."""

    def __init__(self, words: Sequence[Word]) -> None:
        self.words = words
        pairs = [(plain, place) for place, word in enumerate(words) for plain in _of(word)]
        self.plain = [plain for plain, _ in pairs]
        self.owners = [place for _, place in pairs]

    def places_of(self, wanted: Sequence[str]) -> Iterator[int]:
        """The positions at which these plain words occur in sequence."""
        size = len(wanted)
        for start in range(len(self.plain) - size + 1):
            if self.plain[start] == wanted[0] and self.plain[start : start + size] == wanted:
                yield start

    def range_of(self, start: int, end: int) -> range:
        """The words of a range of plain words."""
        return range(self.owners[start], self.owners[end - 1] + 1)


def _same_words(note: MarginNote, said: _Said, noted: list[str]) -> range | None:
    """The occurrence of the same words with the best context match, the nearest of equal ones."""
    if not noted:
        return None
    head, tail = plain_words(note.before), plain_words(note.after)
    best: tuple[tuple[int, int], range] | None = None
    for start in said.places_of(noted):
        end = start + len(noted)
        around = _same(head[::-1], said.plain[max(0, start - len(head)) : start][::-1]) + _same(
            tail, said.plain[end : end + len(tail)]
        )
        place = said.range_of(start, end)
        apart_ms = abs(said.words[place.start].start_ms - note.start_ms)
        is_known = around > 0 or len(noted) > MIN_AROUND or apart_ms <= NEAR_MS
        if is_known and (best is None or (around, -apart_ms) > best[0]):
            best = (around, -apart_ms), place
    return None if best is None else best[1]


def _between_known_words(note: MarginNote, said: _Said, count: int) -> range | None:
    """The new words between the former context words."""
    head = plain_words(note.before)[-MIN_AROUND:]
    tail = plain_words(note.after)[:MIN_AROUND]
    if len(head) < MIN_AROUND or len(tail) < MIN_AROUND:
        return None
    ends = [*said.places_of(tail)]
    found: list[tuple[tuple[int, int], range]] = []
    for start in (place + len(head) for place in said.places_of(head)):
        end = next((one for one in ends if start <= one <= start + count + MAX_NEW), None)
        if end is None:
            continue
        # If all were removed: the word that followed.
        place = said.range_of(start, max(end, start + 1))
        apart_ms = abs(said.words[place.start].start_ms - note.start_ms)
        found.append(((end - start, apart_ms), place))
    return min(found, key=lambda one: one[0])[1] if found else None


def _same(some: Sequence[str], others: Sequence[str]) -> int:
    """The length of the common prefix."""
    count = 0
    while count < min(len(some), len(others)) and some[count] == others[count]:
        count += 1
    return count


def _plain(words: Sequence[Word], place: range) -> list[str]:
    return [plain for word in words[place.start : place.stop] for plain in _of(word)]


def _of(word: Word) -> list[str]:
    return plain_words(word.text)
