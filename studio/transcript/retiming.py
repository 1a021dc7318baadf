"""Re-timing: assign the times of the old words to a corrected text.

Editor, imports and new transcriptions share this function. Its rules:

- an unchanged word keeps its :class:`Word` exactly; if only capitals or punctuation changed, it
  keeps its times;
- words that replace others share the time of these by length, without the pauses between them;
- added words are placed between their neighbours. If there is no room, the preceding word shares
  its time: only then does an unchanged word change, and only its end;
- times ascend, and every word has a positive duration; only overlapping speech stays overlapping.

All times are on the recording clock.
"""

from __future__ import annotations

import bisect
import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass

from studio.model.clock import RecordingMs
from studio.model.plain_transcript import CueText, SpokenPassage
from studio.model.record import replace_fields
from studio.model.transcript import Correction, Segment, Transcript, Word, places_beside
from studio.transcript.dialogue_words import cue_words_in_order
from studio.transcript.sequence_diff import diff_blocks

# A longer silence between two words is a pause: no word is stretched over it.
PAUSE_MS = 300
# The assumed duration of a letter if nothing determines a word's time.
LETTER_MS = 70
MIN_WORD_MS = 1

_LEANING_ON_NEXT = re.compile(r"[«“„(\[{¿¡–—-]+")
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs"})
# Signs beside which French typography (and word processors) put a space.
_SPACED = frozenset("«»?!;:%€")
# Captions split longer words.
_MAX_UNBROKEN = 30
_NOT_FOLDED = re.compile(r"[^\w]|_")


def words_in_text(text: str) -> list[str]:
    """The text split at spaces.

    Standalone signs (« ? » after a French space) belong to the preceding word, opening ones to the
    next.
    """
    words: list[str] = []
    waiting = ""
    for piece in text.split():
        visible = "".join(sign for sign in piece if unicodedata.category(sign) not in _UNSEEN)
        if _LEANING_ON_NEXT.fullmatch(visible):
            waiting += visible
        elif waiting or not words or any(sign.isalnum() for sign in visible):
            words.extend(filter(None, [waiting + visible]))
            waiting = ""
        else:
            words[-1] += visible
    if waiting and words:
        words[-1] += waiting
    elif waiting:
        words.append(waiting)
    return words


def retime_words(
    old: Sequence[Word], texts: Sequence[str], *, from_ms: int = 0, until_ms: int | None = None
) -> tuple[Word, ...]:
    """The words of a corrected passage, with times.

    :param old: the former words, ascending.
    :param texts: the new words, which get the probability 1 unless unchanged.
    :param from_ms: lower limit of new times.
    :param until_ms: upper limit of new times; None if nothing follows.
    """
    return tuple(
        placed.word
        for placed in _retimed(
            old, words_in_text(" ".join(texts)), {0}, {0}, from_ms=from_ms, until_ms=until_ms
        )
    )


def retime_transcript(
    old: Transcript,
    passages: Sequence[SpokenPassage],
    *,
    from_ms: int = 0,
    until_ms: int | None = None,
) -> Transcript:
    """The transcript with this text: words changed, added or removed, segments joined or split,
    speakers renamed.

    A segment keeps its id if most of its words stay together. Corrections with a changed word are
    dropped: the user has decided.

    :param passages: the segments' texts in spoken order; empty ones are dropped.
    :param from_ms: lower limit of new times.
    :param until_ms: upper limit of new times: the end of the recording, if known.
    """
    # 1. Flatten all passages to one list of texts, with the indices of their starts.
    texts = [words for passage in passages if (words := words_in_text(passage.text))]
    speakers = [passage.speaker for passage in passages if words_in_text(passage.text)]
    firsts = list(itertools.accumulate(map(len, texts), initial=0))
    old_firsts = itertools.accumulate((len(segment.words) for segment in old.segments), initial=0)
    # 2. Each text gets its old word, or a new one with a time.
    placed = _retimed(
        old.words,
        list(itertools.chain.from_iterable(texts)),
        set(old_firsts),
        set(firsts),
        from_ms=from_ms,
        until_ms=until_ms,
    )
    # One text may represent several old words (a standalone sign): passages are identified by the
    # text that each word came from.
    members: list[list[_Placed]] = [[] for _ in texts]
    for one in placed:
        members[_passage_of(firsts, one.token)].append(one)
    # 3. Segments are rebuilt; ids are kept if most of the words stay together.
    homes = [segment for segment in old.segments for _ in segment.words]
    segments = _segments(members, speakers, homes, [segment.id for segment in old.segments])
    return replace_fields(old, segments=segments, corrections=_corrections(old, members, segments))


@dataclass(frozen=True)
class _Placed:
    """A word of the new text: the index of its text, and of its old word, if any."""

    word: Word
    token: int
    origin: int | None = None
    kept: bool = False


@dataclass(frozen=True)
class _Group:
    """An old word with its standalone signs: old words ``first`` to ``last`` (exclusive)."""

    text: str
    first: int
    last: int


def _passage_of(firsts: Sequence[int], token: int) -> int:
    return bisect.bisect_right(firsts, token) - 1


def _as_compared(text: str) -> str:
    """The text without typographic variants: kinds of apostrophes and spaces, invisible signs."""
    seen = (
        sign
        for sign in unicodedata.normalize("NFC", text).replace("’", "'")
        if unicodedata.category(sign) not in _UNSEEN
    )
    return "".join("".join(seen).split())


def _differs_in_spaces_only(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether these are the same characters, split differently by typography: beside a sign that
    takes a space, or in a very long word.
    """
    if "".join(map(_as_compared, old)) != "".join(map(_as_compared, new)):
        return False
    text = "".join(map(_as_compared, old))
    ends = [
        set(itertools.accumulate(len(_as_compared(one)) for one in words)) for words in (old, new)
    ]
    long = max(map(len, old)) > _MAX_UNBROKEN
    return all(long or set(text[end - 1 : end + 1]) & _SPACED for end in ends[0] ^ ends[1])


def _folded(text: str) -> str:
    """The letters and digits of the word; standalone signs unchanged."""
    return _NOT_FOLDED.sub("", unicodedata.normalize("NFC", text).lower()) or text


def _groups(old: Sequence[Word], starts: set[int]) -> list[_Group]:
    """The old words, joined as in :func:`words_in_text`, so that both sides are tokenised alike;
    never across a segment's start.
    """
    texts = [word.text for word in old]
    return [
        _Group("".join(texts[first:last]), first, last) for first, last in _joined(texts, starts)
    ]


def _joined(texts: Sequence[str], starts: set[int]) -> list[tuple[int, int]]:
    """The ranges (last exclusive) of texts that form one word each: standalone signs belong to a
    neighbour.
    """
    bounds: list[tuple[int, int]] = []
    waiting: int | None = None
    own = 0  # words since the last start
    for place, text in enumerate(texts):
        if place in starts:
            own = 0
        # An opening sign waits for its word, unless the segment ends here.
        if _LEANING_ON_NEXT.fullmatch(text.strip()):
            waiting = place if waiting is None else waiting
            if place + 1 < len(texts) and place + 1 not in starts:
                continue
            # Nothing follows to which it could belong.
            if own:
                bounds[-1] = (bounds[-1][0], place + 1)
                waiting = None
                continue
        if waiting is not None or not own or any(sign.isalnum() for sign in text):
            bounds.append((place if waiting is None else waiting, place + 1))
            waiting, own = None, own + 1
        else:
            bounds[-1] = (bounds[-1][0], place + 1)
    return bounds


def _retimed(
    old: Sequence[Word],
    tokens: Sequence[str],
    old_starts: set[int],
    starts: set[int],
    *,
    from_ms: int,
    until_ms: int | None,
) -> list[_Placed]:
    """Every text with its word.

    :param old_starts: the indices of old words that start a segment.
    :param starts: the places of the texts that begin a passage.
    """
    groups = _groups(old, old_starts)
    placed: list[_Placed] = []
    # A diff over letters and digits: equal groups keep their words and times; the rest is a
    # replacement, an insertion or a deletion.
    for alike, from_old, to_old, from_new, to_new in diff_blocks(
        [_folded(group.text) for group in groups], [_folded(token) for token in tokens]
    ):
        if alike:
            for group, number in zip(groups[from_old:to_old], range(from_new, to_new), strict=True):
                placed.extend(_kept(old, group, tokens[number], number))
            continue
        if from_new == to_new:
            continue
        # Words that were only split or joined keep the old times.
        if from_old < to_old and _differs_in_spaces_only(
            [group.text for group in groups[from_old:to_old]], tokens[from_new:to_new]
        ):
            stays = range(groups[from_old].first, groups[to_old - 1].last)
            placed.extend(_Placed(old[place], from_new, place, kept=True) for place in stays)
            continue
        # New words get the time of those that they replace, and may run up to the next kept word.
        replaced = [
            old[place]
            for group in groups[from_old:to_old]
            for place in range(group.first, group.last)
        ]
        follower = old[groups[to_old].first].start_ms if to_old < len(groups) else until_ms
        block = _Block(tokens[from_new:to_new], from_new, replaced, follower, starts)
        block.put_after(placed, from_ms)
    return _mended(placed, until_ms, places_beside(old) & {*old_starts})


def _kept(old: Sequence[Word], group: _Group, token: str, number: int) -> Iterator[_Placed]:
    if _as_compared(group.text) == _as_compared(token):
        for place in range(group.first, group.last):
            yield _Placed(old[place], number, place, kept=True)
    else:
        start_ms, end_ms = old[group.first].start_ms, old[group.last - 1].end_ms
        yield _Placed(
            Word(text=token, start_ms=start_ms, end_ms=end_ms, probability=1.0), number, group.first
        )


class _Block:
    """Texts between two unchanged words.

    :param first: index of the first text among all.
    :param gone: the old words that they replace.
    :param follower_ms: start of the next unchanged word, or the upper limit.
    :param starts: the places of the texts that begin a passage.
    """

    def __init__(
        self,
        texts: Sequence[str],
        first: int,
        replaced: Sequence[Word],
        follower_ms: int | None,
        starts: set[int],
    ) -> None:
        self._texts, self._first, self._gone, self._follower_ms, self._starts = (
            texts,
            first,
            replaced,
            follower_ms,
            starts,
        )

    def put_after(self, placed: list[_Placed], from_ms: int) -> None:
        """Assign times to the texts and append them."""
        earliest = max(placed[-1].word.end_ms if placed else 0, from_ms)
        # Four ways, the most exact first. 1. As many new words as old ones: word for word.
        if (
            self._gone
            and len(self._gone) == len(self._texts)
            and all(word.end_ms > word.start_ms for word in self._gone)
        ):
            self._add(placed, [(word.start_ms, word.end_ms) for word in self._gone])
            return
        # 2. The time of the removed words, without the pauses between them, if it suffices.
        islands = _islands(self._gone)
        if sum(end - start for start, end in islands) >= len(self._texts) * MIN_WORD_MS:
            self._add(placed, _shared_over(islands, self._texts))
            return
        if (
            self._follower_ms is None
            or self._follower_ms - earliest >= len(self._texts) * MIN_WORD_MS
        ):
            self._add(placed, self._between(earliest, self._follower_ms))
            return
        if (
            placed
            and placed[-1].word.end_ms - placed[-1].word.start_ms > len(self._texts) * MIN_WORD_MS
        ):
            before = placed[-1]
            end = max(before.word.end_ms, min(earliest, self._follower_ms))
            extended, *others = _shared(before.word.start_ms, end, [before.word.text, *self._texts])
            placed[-1] = _Placed(
                replace_fields(before.word, end_ms=RecordingMs(extended[1])),
                before.token,
                before.origin,
                kept=before.kept,
            )
            self._add(placed, others)
            return
        # No room nearby: the following words are shifted.
        self._add(placed, _shared(earliest, earliest + len(self._texts) * MIN_WORD_MS, self._texts))

    def _between(self, earliest: int, latest: int | None) -> list[tuple[int, int]]:
        """Place them near a word of the same passage, so that a pause between two passages is
        kept.
        """
        own = [place for place in range(len(self._texts)) if self._first + place in self._starts]
        # Texts that end the preceding passage stay close to the word before, texts that start one
        # close to the word after.
        turn = own[-1] if own and latest is not None else len(self._texts)
        ending, beginning = self._texts[:turn], self._texts[turn:]
        want_ending, want_beginning = _natural_ms(ending), _natural_ms(beginning)
        if latest is None:
            latest = earliest + want_ending + want_beginning
        if latest - earliest < want_ending + want_beginning:
            return _shared(earliest, latest, self._texts)
        spans = _shared(earliest, earliest + want_ending, ending) if ending else []
        return spans + (_shared(latest - want_beginning, latest, beginning) if beginning else [])

    def _add(self, placed: list[_Placed], spans: Sequence[tuple[int, int]]) -> None:
        for place, (text, (start, end)) in enumerate(zip(self._texts, spans, strict=True)):
            word = Word(
                text=text, start_ms=RecordingMs(start), end_ms=RecordingMs(end), probability=1.0
            )
            placed.append(_Placed(word, self._first + place))


def _letters(text: str) -> int:
    return max(1, len(_folded(text)))


def _natural_ms(texts: Sequence[str]) -> int:
    return sum(LETTER_MS * max(2, _letters(text)) for text in texts)


def _islands(words: Sequence[Word]) -> list[tuple[int, int]]:
    """The spans between the pauses."""
    islands: list[tuple[int, int]] = []
    for word in words:
        if islands and word.start_ms - islands[-1][1] <= PAUSE_MS:
            islands[-1] = (islands[-1][0], max(islands[-1][1], word.end_ms))
        else:
            islands.append((word.start_ms, word.end_ms))
    return [(start, end) for start, end in islands if end > start]


def _shared_over(islands: Sequence[tuple[int, int]], texts: Sequence[str]) -> list[tuple[int, int]]:
    """Assign each text to one span, in order: the one that contains its middle if letters are
    spread over all of them.
    """
    total = sum(end - start for start, end in islands)
    letters = sum(map(_letters, texts))
    shares: list[list[str]] = [[] for _ in islands]
    ends = list(itertools.accumulate(end - start for start, end in islands))
    read, island = 0, 0
    for text in texts:
        middle = (read + _letters(text) / 2) * total / letters
        read += _letters(text)
        while island < len(islands) - 1 and (
            middle >= ends[island] or len(shares[island]) >= islands[island][1] - islands[island][0]
        ):
            island += 1
        shares[island].append(text)
    # A short last span may get more words than it has milliseconds: then preceding ones take them.
    for place in range(len(islands) - 1, 0, -1):
        while len(shares[place]) > islands[place][1] - islands[place][0]:
            shares[place - 1].append(shares[place].pop(0))
    return [
        span
        for (start, end), share in zip(islands, shares, strict=True)
        if share
        for span in _shared(start, end, share)
    ]


def _shared(start: int, end: int, texts: Sequence[str]) -> list[tuple[int, int]]:
    """Divide one span by letters, at least a millisecond each; the span is long enough."""
    spare = end - start - len(texts) * MIN_WORD_MS
    letters = sum(map(_letters, texts))
    spans, read, at = [], 0, start
    for number, text in enumerate(texts, 1):
        read += _letters(text)
        until = start + number * MIN_WORD_MS + spare * read // letters
        spans.append((at, until))
        at = until
    return spans


def _mended(
    placed: list[_Placed], until_ms: int | None, beside: Container[int | None]
) -> list[_Placed]:
    """Shift words that new words before them overlap, and back again at the upper limit. Other
    words are unchanged.

    :param beside: the indices of old words that overlap the preceding one.
    """
    for place in range(1, len(placed)):
        before, one = placed[place - 1].word, placed[place].word
        pushed = placed[place - 1].origin is None or not placed[place - 1].kept
        if placed[place].origin in beside:
            continue
        # Forward: a word is only shifted by new words; old overlaps are kept.
        if (one.start_ms < before.end_ms and pushed) or (
            placed[place].origin is None and one.end_ms <= one.start_ms
        ):
            start = max(one.start_ms, before.end_ms)
            placed[place] = _moved(placed[place], start, max(one.end_ms, start + MIN_WORD_MS))
    if (
        until_ms is not None
        and placed
        and placed[-1].word.end_ms > until_ms
        and not placed[-1].kept
    ):
        # Backward from the end of the recording: pull words forward until one ends in time.
        latest = until_ms
        for place in range(len(placed) - 1, -1, -1):
            one = placed[place].word
            if one.end_ms <= latest and one.start_ms < one.end_ms:
                break
            end = min(one.end_ms, latest)
            placed[place] = _moved(placed[place], max(0, min(one.start_ms, end - MIN_WORD_MS)), end)
            latest = placed[place].word.start_ms
    return placed


def _moved(one: _Placed, start: int, end: int) -> _Placed:
    return _Placed(
        replace_fields(one.word, start_ms=RecordingMs(start), end_ms=RecordingMs(end)),
        one.token,
        one.origin,
    )


def _segments(
    members: Sequence[Sequence[_Placed]],
    speakers: Sequence[str | None],
    homes: Sequence[Segment],
    known: Sequence[str],
) -> tuple[Segment, ...]:
    """:param homes: the segment of each old word."""
    ids = _ids(members, homes, known)
    segments: list[Segment] = []
    for place, (one, speaker, name) in enumerate(zip(members, speakers, ids, strict=True)):
        words = tuple(placed.word for placed in one)
        first, last = one[0], one[-1]
        start, end = words[0].start_ms, words[-1].end_ms
        # A segment may start before its first word, which is kept as long as its first and last
        # word are.
        if first.origin is not None and (home := homes[first.origin]).words[0].start_ms == start:
            start = min(start, home.start_ms)
        if last.origin is not None and (home := homes[last.origin]).words[-1].end_ms == end:
            end = max(end, home.end_ms)
        if segments:
            start = RecordingMs(max(start, min(segments[-1].end_ms, words[0].start_ms)))
        following = members[place + 1][0].word.start_ms if place + 1 < len(members) else end
        end = RecordingMs(max(words[-1].end_ms, min(end, following)))
        segments.append(Segment(id=name, speaker=speaker, start_ms=start, end_ms=end, words=words))
    return tuple(segments)


def _ids(
    members: Sequence[Sequence[_Placed]], homes: Sequence[Segment], known: Sequence[str]
) -> list[str]:
    """For each passage the id of the segment of most of its words, if no other passage has more of
    them; else a new one.
    """
    claims = [
        (count, -place, name)
        for place, one in enumerate(members)
        for name, count in Counter(
            homes[placed.origin].id for placed in one if placed.origin is not None
        ).items()
    ]
    given: dict[int, str] = {}
    taken: set[str] = set()
    for _, place, name in sorted(claims, reverse=True):
        if -place not in given and name not in taken:
            given[-place] = name
            taken.add(name)
    fresh = new_ids(known)
    return [given[place] if place in given else next(fresh) for place in range(len(members))]


def new_ids(known: Sequence[str]) -> Iterator[str]:
    """Unused segment ids: the numbers after the highest one."""
    highest = max(
        (int(digits[0]) for name in known if (digits := re.findall(r"\d{1,9}", name))), default=0
    )
    return (f"s{number:04}" for number in itertools.count(highest + 1))


def _corrections(
    old: Transcript, members: Sequence[Sequence[_Placed]], segments: Sequence[Segment]
) -> tuple[Correction, ...]:
    """The corrections whose words are all unchanged, at their new indices."""
    offsets = dict(
        zip(
            (s.id for s in old.segments),
            itertools.accumulate((len(s.words) for s in old.segments), initial=0),
            strict=False,
        )
    )
    # The new position of each unchanged old word: old index over all segments → (segment, word).
    now = {
        placed.origin: (segment.id, place)
        for one, segment in zip(members, segments, strict=True)
        for place, placed in enumerate(one)
        if placed.kept and placed.origin is not None
    }
    found = []
    for correction in old.corrections:
        if correction.segment not in offsets:
            continue
        first = offsets[correction.segment] + correction.word
        places = [now.get(first + step) for step in range(max(1, len(correction.text.split())))]
        # A correction with an edited word is now the user's text and no longer recorded as
        # Studio's.
        if all(places) and places[0] is not None:
            found.append(replace_fields(correction, segment=places[0][0], word=places[0][1]))
    return tuple(found)


def speakers_of_texts(old: Transcript, texts: Sequence[str]) -> list[list[str | None]]:
    """For each text, the speakers of its words that the transcript has, too, word by word."""
    homes = [segment.speaker for segment in old.segments for _ in segment.words]
    tokens = [(piece, number) for number, text in enumerate(texts) for piece in text.split()]
    found: list[list[str | None]] = [[] for _ in texts]
    for alike, from_old, to_old, from_new, _ in diff_blocks(
        [_folded(word.text) for word in old.words], [_folded(token) for token, _ in tokens]
    ):
        if alike:
            for step in range(to_old - from_old):
                found[tokens[from_new + step][1]].append(homes[from_old + step])
    return found


def passages_from_cues(
    old: Transcript, cues: Sequence[CueText], is_in_episode: Callable[[Word], bool]
) -> tuple[SpokenPassage, ...]:
    """The segments' texts from captions, whose cues break anywhere: each word is assigned to the
    segment in which it is spoken.

    :param is_in_episode: whether an old word is in the episode: others were never in the captions,
        and are kept.
    """
    # Word by word on both sides: a cue may break between a word and its sign.
    words = old.words
    groups = [_Group(word.text, place, place + 1) for place, word in enumerate(words)]
    homes = [place for place, segment in enumerate(old.segments) for _ in segment.words]
    tokens = [(piece, number) for number, cue in enumerate(cues) for piece in cue.text.split()]
    # Dashes are also used for alternating speakers: then the cues' order is correct.
    if places_beside(words):
        tokens = cue_words_in_order(
            [_folded(group.text) for group in groups],
            cues,
            [_folded(piece) for piece, _ in tokens],
        )
    placed: list[tuple[str, int, int | None]] = []  # text, segment, cue
    blocks = diff_blocks(
        [_folded(group.text) for group in groups], [_folded(token) for token, _ in tokens]
    )
    for alike, from_old, to_old, from_new, to_new in blocks:
        replaced = groups[from_old:to_old]
        new = tokens[from_new:to_new]
        if alike:
            placed += [
                (token, homes[group.first], cue)
                for group, (token, cue) in zip(replaced, new, strict=True)
            ]
            continue
        # Replaced words: distribute new tokens over the old words in the episode. Old words in cuts
        # cannot be in captions and are kept in place.
        said = [
            group
            for group in replaced
            if any(is_in_episode(word) for word in words[group.first : group.last])
        ]
        spoken = {group.first for group in said}
        unheard = [group for group in replaced if group.first not in spoken]
        before = [group for group in unheard if not said or group.first < said[0].first]
        placed += [(group.text, homes[group.first], None) for group in before]
        follower = homes[groups[to_old].first] if to_old < len(groups) else None
        for place, (token, cue) in enumerate(new):
            # A standalone opening quotation mark or dash belongs to the next word.
            if follower is not None and _LEANING_ON_NEXT.fullmatch(token):
                chosen = follower
            elif said:
                chosen = homes[said[place * len(said) // len(new)].first]
            # Inserted words: with the preceding words, unless they start a cue that continues with
            # the following words.
            elif placed and (
                follower is None
                or placed[-1][2] == cue
                or to_new == len(tokens)
                or tokens[to_new][1] != cue
            ):
                chosen = placed[-1][1]
            else:
                chosen = follower or 0
            placed.append((token, chosen, cue))
        placed += [(group.text, homes[group.first], None) for group in unheard[len(before) :]]
    return tuple(_passages(old, placed, _speakers_of_cues(old, cues, placed)))


def _passages(
    old: Transcript,
    placed: Sequence[tuple[str, int, int | None]],
    named: Sequence[str | None],
) -> Iterator[SpokenPassage]:
    """Group consecutive words of one segment and one speaker."""
    speakers = (
        old.segments[home].speaker if name is None else name
        for (_, home, _), name in zip(placed, named, strict=True)
    )
    rows = itertools.groupby(
        zip(placed, speakers, strict=True), key=lambda one: (one[0][1], one[1])
    )
    for (_, speaker), row in rows:
        yield SpokenPassage(speaker=speaker, text=" ".join(token for (token, _, _), _ in row))


def _speakers_of_cues(
    old: Transcript, cues: Sequence[CueText], placed: Sequence[tuple[str, int, int | None]]
) -> list[str | None]:
    """For each word the name in its cue, or None."""
    renamed: tuple[str | None, str] | None = None
    names: list[str | None] = []
    last: int | None = None
    for _, home, cue in placed:
        own = None if cue is None else cues[cue].speaker
        if own is not None and cue is not None:
            if cue != last and cues[cue].lasting:
                renamed = (old.segments[home].speaker, own)
            names.append(own)
        # A name that is given once per turn applies to the whole turn.
        elif cue is not None and renamed is not None and old.segments[home].speaker == renamed[0]:
            names.append(renamed[1])
        else:
            names.append(None)
        last = cue if cue is not None else last
    return names


def changed_spans(
    old: Sequence[Word], new: Sequence[Word]
) -> Iterator[tuple[tuple[Word, ...], tuple[Word, ...]]]:
    """The differences of two texts: the former and the new words, letter by letter."""
    for alike, from_old, to_old, from_new, to_new in diff_blocks(
        [word.text for word in old], [word.text for word in new]
    ):
        if not alike:
            yield tuple(old[from_old:to_old]), tuple(new[from_new:to_new])
