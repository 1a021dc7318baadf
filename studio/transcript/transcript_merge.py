"""Carry a user's corrections over to a new transcription, word by word.

A three-way merge of the machine's text that the user edited (base), the user's text, and the
machine's new text. The user's changes are kept; everywhere else the new text is used with its own
times. If both changed the same words differently, the user's words are kept and a conflict is
recorded with the machine's new words.

The same applies to speakers and starts of passages. The times come from
:mod:`studio.transcript.retiming`, on the new text's clock.
"""

from __future__ import annotations

import statistics
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from studio.model.clock import RecordingMs
from studio.model.plain_transcript import SpokenPassage
from studio.model.record import replace_fields
from studio.model.transcript import Correction, Segment, Transcript, Word, places_beside
from studio.transcript.retiming import retime_transcript, words_in_text
from studio.transcript.sequence_diff import Block, diff_blocks

# The maximum difference of a word's start in two transcriptions of one recording, apart from a
# common shift.
SAME_WORD_MS = 2_000
# The score of a conflict between user and machine.
EVEN = 0.5


@dataclass(frozen=True)
class Merge:
    """The result of a merge. :param carried: number of passages that the user had changed; all are
    kept.
    :param conflicts: number of conflicts; ``transcript.corrections`` has them with the reason
        ``conflict``.
    """

    transcript: Transcript
    carried: int
    conflicts: int


@dataclass(frozen=True)
class _Item:
    """One word of a text, its speaker, and whether it starts a passage."""

    word: Word
    speaker: str | None
    begins: bool


@dataclass(frozen=True)
class _Chunk:
    """The words of the three texts between two common words; or one common word of each."""

    stable: bool
    base: Sequence[_Item]
    mine: Sequence[_Item]
    theirs: Sequence[_Item]


@dataclass(frozen=True)
class _Conflict:
    """Words ``first`` to ``last`` (exclusive) of the merged text are the user's; ``theirs`` are the
    machine's.
    """

    first: int
    last: int
    theirs: str


def merge_transcripts(
    base: Transcript, mine: Transcript, theirs: Transcript, *, until_ms: int | None = None
) -> Merge:
    """Apply the user's corrections to a new transcription of the same recording.

    :param base: the machine's transcript that the user edited.
    :param mine: the user's version of it.
    :param theirs: the machine's new transcript.
    :param until_ms: end of the recording, if known.
    """
    merged: list[_Item] = []
    conflicts: list[_Conflict] = []
    carried = 0
    # Speakers that the user renamed everywhere are renamed in the new transcript first, so that
    # this does not count as a change of each word.
    renamed = _renamed(_items(base), _items(mine))
    turns = [
        _Item(item.word, renamed.get(item.speaker, item.speaker), item.begins)
        for item in _items(theirs)
    ]
    # diff3: words common to all three texts split them into chunks; one or both sides changed the
    # words between.
    chunks = list(_chunks(_items(base), _items(mine), turns))
    for before, chunk, after in zip([None, *chunks[:-1]], chunks, [*chunks[1:], None], strict=True):
        if chunk.stable:
            merged.append(_agreed(chunk))
            continue
        texts = {
            name: _texts(items)
            for name, items in (
                ("base", chunk.base),
                ("mine", chunk.mine),
                ("theirs", chunk.theirs),
            )
        }
        # Only the machine changed: its new words, with the user's changes of speakers and passages.
        if texts["mine"] == texts["base"]:
            merged += _as_edited(chunk, before, after)
            continue
        # The user changed the words: they are kept. If the machine changed them differently, that
        # is a conflict.
        carried += 1
        first = len(merged)
        merged += chunk.theirs if texts["mine"] == texts["theirs"] else chunk.mine
        if _folded(texts["theirs"]) not in {_folded(texts["base"]), _folded(texts["mine"])}:
            conflicts.append(_Conflict(first, len(merged), " ".join(texts["theirs"])))
    # The merged text gets the times of the new transcript: the recording may have been replaced.
    transcript = retime_transcript(theirs, _passages(merged), until_ms=until_ms)
    transcript = _with_moved_edges(transcript, base, mine)
    noted: list[Correction] = []
    # Each conflict is recorded as a correction with the machine's words, so that the editor lists
    # it as a doubt; only the first of overlapping ones.
    for one in _noted(transcript, merged, [*conflicts, *_open_conflicts(mine, merged)]):
        if not any(_overlap(one, other) for other in noted):
            noted.append(one)
    corrections = [
        one for one in transcript.corrections if not any(_overlap(one, other) for other in noted)
    ]
    return Merge(
        replace_fields(transcript, corrections=(*corrections, *noted)), carried, len(conflicts)
    )


def _items(transcript: Transcript) -> list[_Item]:
    return [
        _Item(word, segment.speaker, place == 0)
        for segment in transcript.segments
        for place, word in enumerate(segment.words)
        if words_in_text(word.text)
    ]


def _texts(items: Sequence[_Item]) -> tuple[str, ...]:
    return tuple(item.word.text for item in items)


def _folded(texts: Sequence[str]) -> str:
    """Letters and digits only: punctuation and capitals do not change the wording."""
    text = unicodedata.normalize("NFC", " ".join(texts)).lower()
    return " ".join("".join(sign if sign.isalnum() else " " for sign in text).split())


def _renamed(base: Sequence[_Item], mine: Sequence[_Item]) -> dict[str | None, str | None]:
    """Speakers that the user renamed everywhere."""
    # Only if all words of a name have one other name: else single passages were reassigned.
    names: defaultdict[str | None, set[str | None]] = defaultdict(set)
    for one, other in _pairs(base, mine):
        names[base[one].speaker].add(mine[other].speaker)
    return {
        before: next(iter(after))
        for before, after in names.items()
        if len(after) == 1 and before not in after
    }


def _pairs(one: Sequence[_Item], other: Sequence[_Item]) -> Iterator[tuple[int, int]]:
    """The indices of equal words in both."""
    for block in diff_blocks(_texts(one), _texts(other)):
        if block.alike:
            yield from zip(
                range(block.first, block.last),
                range(block.other_first, block.other_last),
                strict=True,
            )


def _timely_pairs(one: Sequence[_Item], other: Sequence[_Item]) -> list[tuple[int, int]]:
    """The same, if both are spoken at the same time, apart from a common shift (a recording whose
    start was cut off).
    """
    # The same word often occurs twice: a pair counts only if its distance in time is the usual one
    # of all pairs (the median), which also holds if the start was cut off.
    pairs = list(_pairs(one, other))
    if not pairs:
        return []
    apart = [other[there].word.start_ms - one[here].word.start_ms for here, there in pairs]
    moved = statistics.median(apart)
    return [pair for pair, by in zip(pairs, apart, strict=True) if abs(by - moved) <= SAME_WORD_MS]


def _chunks(
    base: Sequence[_Item], mine: Sequence[_Item], theirs: Sequence[_Item]
) -> Iterator[_Chunk]:
    """Split all three texts at each common word."""
    in_mine, in_theirs = dict(_pairs(base, mine)), dict(_timely_pairs(base, theirs))
    at_base = at_mine = at_theirs = 0
    for place in [
        *(place for place in range(len(base)) if place in in_mine and place in in_theirs),
        None,
    ]:
        ends = (
            (len(base), len(mine), len(theirs))
            if place is None
            else (place, in_mine[place], in_theirs[place])
        )
        before = _Chunk(
            False, base[at_base : ends[0]], mine[at_mine : ends[1]], theirs[at_theirs : ends[2]]
        )
        if before.base or before.mine or before.theirs:
            yield before
        if place is not None:
            at_base, at_mine, at_theirs = ends[0] + 1, ends[1] + 1, ends[2] + 1
            yield _Chunk(
                True, base[ends[0] : at_base], mine[ends[1] : at_mine], theirs[ends[2] : at_theirs]
            )


def _agreed(chunk: _Chunk) -> _Item:
    """A common word: the machine's, with the user's changes of speaker and start of passage."""
    (base,), (mine,), (theirs,) = chunk.base, chunk.mine, chunk.theirs
    return _Item(
        theirs.word,
        theirs.speaker if mine.speaker == base.speaker else mine.speaker,
        theirs.begins if mine.begins == base.begins else mine.begins,
    )


def _as_edited(chunk: _Chunk, before: _Chunk | None, after: _Chunk | None) -> list[_Item]:
    """The machine's new words in place of words that the user did not change, with the user's
    changes of speaker and start of passage.

    :param before: the preceding common word, if any; ``after`` likewise. Additional words of the
        machine get the speaker that the user assigned on both sides.
    """
    # Words that only the new transcription has: the user may only have assigned both neighbours to
    # the same speaker.
    if not chunk.base:
        named = {_named(before), _named(after)}
        if len(named) > 1 or None in named or before is None:
            return list(chunk.theirs)
        (speaker,) = named
        return [
            _Item(
                item.word,
                speaker if item.speaker == before.theirs[0].speaker else item.speaker,
                item.begins,
            )
            for item in chunk.theirs
        ]
    # Base and new words may differ in number; each new word corresponds to the old one at the same
    # relative position.
    items = list(chunk.theirs)
    for place, item in enumerate(items):
        then = place * len(chunk.base) // len(items)
        base, mine = chunk.base[then], chunk.mine[then]
        items[place] = _Item(
            item.word, item.speaker if mine.speaker == base.speaker else mine.speaker, item.begins
        )
    # Starts of segments likewise: each one that the user added or removed is transferred.
    for then, (base, mine) in enumerate(zip(chunk.base, chunk.mine, strict=True)):
        if mine.begins != base.begins and items:
            place = min(len(items) - 1, then * len(items) // len(chunk.base))
            items[place] = _Item(items[place].word, items[place].speaker, mine.begins)
    return items


def _named(chunk: _Chunk | None) -> str | None:
    """The user's new speaker of a common word; None if unchanged."""
    return (
        None
        if chunk is None or chunk.mine[0].speaker == chunk.base[0].speaker
        else chunk.mine[0].speaker
    )


def _passages(items: Sequence[_Item]) -> list[SpokenPassage]:
    passages: list[SpokenPassage] = []
    for item in items:
        if passages and not item.begins and passages[-1].speaker == item.speaker:
            passages[-1] = replace_fields(
                passages[-1], text=f"{passages[-1].text} {item.word.text}"
            )
        else:
            passages.append(SpokenPassage(speaker=item.speaker, text=item.word.text))
    return passages


def _with_moved_edges(transcript: Transcript, base: Transcript, mine: Transcript) -> Transcript:
    """Apply word times that the user set, if the machine has not moved that word since, and there
    is room for them.
    """
    # A word is identified by its text and both times: then the machine has placed it as before, and
    # the user's times still apply.
    ours, others = _items(base), _items(mine)
    moved = {
        (ours[here].word.text, ours[here].word.start_ms, ours[here].word.end_ms): others[there].word
        for here, there in _pairs(ours, others)
        if (ours[here].word.start_ms, ours[here].word.end_ms)
        != (others[there].word.start_ms, others[there].word.end_ms)
    }
    if not moved:
        return transcript
    words = list(transcript.words)
    beside = places_beside(words)
    for place, word in enumerate(words):
        wanted = moved.get((word.text, word.start_ms, word.end_ms))
        if wanted is not None:
            bound = place > 0 and place not in beside
            start = max(wanted.start_ms, words[place - 1].end_ms if bound else 0)
            # The next word may be waiting for its own new start.
            bound = place + 1 < len(words) and place + 1 not in beside
            following = words[place + 1] if bound else None
            later = (
                None
                if following is None
                else moved.get((following.text, following.start_ms, following.end_ms), following)
            )
            end = wanted.end_ms if later is None else min(wanted.end_ms, later.start_ms)
            if start < end:
                words[place] = replace_fields(
                    word, start_ms=RecordingMs(start), end_ms=RecordingMs(end)
                )
    # All or nothing: a set of edges that makes words overlap is not applied.
    for place in range(1, len(words)):
        if place not in beside and words[place].start_ms < words[place - 1].end_ms:
            return transcript
    return _with_words(transcript, words)


def _with_words(transcript: Transcript, words: Sequence[Word]) -> Transcript:
    segments: list[Segment] = []
    first = 0
    for segment in transcript.segments:
        own = tuple(words[first : first + len(segment.words)])
        first += len(own)
        start = (
            own[0].start_ms
            if segment.start_ms == segment.words[0].start_ms
            else min(segment.start_ms, own[0].start_ms)
        )
        end = (
            own[-1].end_ms
            if segment.end_ms == segment.words[-1].end_ms
            else max(segment.end_ms, own[-1].end_ms)
        )
        segments.append(replace_fields(segment, words=own, start_ms=start, end_ms=end))
    return replace_fields(transcript, segments=tuple(segments))


def _open_conflicts(mine: Transcript, merged: Sequence[_Item]) -> Iterator[_Conflict]:
    """Undecided conflicts of an earlier merge, if the user's words still exist."""
    segments = {segment.id: segment for segment in mine.segments}
    for one in mine.corrections:
        if one.reason != "conflict" or one.segment not in segments:
            continue
        own = segments[one.segment].words[one.word : one.word + max(1, len(one.text.split()))]
        places = [
            place for place, item in enumerate(merged) if any(item.word is word for word in own)
        ]
        if len(places) == len(own) and places:
            yield _Conflict(places[0], places[-1] + 1, one.heard)


def _noted(
    transcript: Transcript, merged: Sequence[_Item], conflicts: Sequence[_Conflict]
) -> Iterator[Correction]:
    """The conflicts as corrections, at their words in the transcript."""
    homes = [
        (segment.id, place)
        for segment in transcript.segments
        for place in range(len(segment.words))
    ]
    words = transcript.words
    at = _places(words, merged)
    for one in conflicts:
        first, last, theirs = one.first, one.last, one.theirs
        if first == last:
            # The user removed the words: the preceding word marks the position.
            first = max(0, first - 1)
            last = min(first + 1, len(merged))
            theirs = (
                f"{merged[first].word.text} {theirs}"
                if one.first
                else f"{theirs} {merged[first].word.text}"
                if merged
                else theirs
            )
        # A correction belongs to one segment: for a conflict over several, the words of the first
        # one.
        places = [at[place] for place in range(first, last) if place in at]
        if not places:
            continue
        segment, start = homes[places[0]]
        own = [
            homes[place][1]
            for place in range(places[0], places[-1] + 1)
            if homes[place][0] == segment
        ]
        text = " ".join(word.text for word in words[places[0] : places[0] + len(own)])
        yield Correction(
            segment=segment, word=start, heard=theirs, text=text, reason="conflict", score=EVEN
        )


def _places(words: Sequence[Word], merged: Sequence[_Item]) -> dict[int, int]:
    """For each word of the merged text its position in the resulting transcript, which may join a
    standalone sign to its neighbour.
    """
    blocks: Iterator[Block] = diff_blocks(_texts(merged), [word.text for word in words])
    places: dict[int, int] = {}
    for block in blocks:
        width, other = block.last - block.first, block.other_last - block.other_first
        for step in range(width if other else 0):
            places[block.first + step] = block.other_first + min(step, other - 1)
    return places


def _overlap(one: Correction, other: Correction) -> bool:
    if one.segment != other.segment:
        return False
    lengths = [max(1, len(each.text.split())) for each in (one, other)]
    return one.word < other.word + lengths[1] and other.word < one.word + lengths[0]
