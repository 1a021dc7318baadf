"""The search index, stored so that a changed episode is updated without reading the others again.
The published files are the same as after a full rebuild.
"""

from __future__ import annotations

import bisect
import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from studio.model.record import Record, json_from_plain

if TYPE_CHECKING:
    from studio.site.listing import Listing

# The sizes of a part of the index (bytes) and of a piece of text (sentences), as loaded for one
# word.
PART_BYTES = 24_000
TEXT_SENTENCES = 40
# The size of a part of the word lists, which are used for approximate matches.
LIST_BYTES = 6_000
# For more frequent words, only the first sentences of each episode are stored, with a mark that
# there are others.
MAX_OF_AN_EPISODE, MAX_OF_ALL = 40, 1200
ALSO_ELSEWHERE = "*"
# The mark after an episode's sentences if there are more.
_MORE = "+"
# Incremented when the index of the same sentences changes.
FORM = 1

# The sentences of an episode, for JSON.
IndexedSentences = Sequence[Sequence[Any]]


class SearchState(Record, frozen=True):
    """The stored state: the index before truncation.

    :param slugs: the episodes in index order.
    :param texts: for each, the SHA-256 of its pieces of text.
    :param words: the sentences with each word: « 0:3,17;4:2+ » are the sentences 3 and 17 of the
        first episode, and 2 of the fifth, which has more.
    """

    form: int
    slugs: tuple[str, ...]
    texts: tuple[tuple[str, ...], ...]
    words: dict[str, str]


class SearchFiles(NamedTuple):
    """The published files, by place.

    :param written: changed files with their content.
    :param kept: unchanged pieces of text, with the SHA-256 of each.
    """

    state: SearchState
    written: dict[str, bytes]
    kept: dict[str, str]


def updated_search(
    state: SearchState | None,
    slugs: Sequence[str],
    episodes: Sequence[Listing],
    sentences: Callable[[int], IndexedSentences],
    untouched: Collection[str] = (),
) -> SearchFiles:
    """Update the index.

    :param state: the index of the last build; None to rebuild it.
    :param slugs: the episodes in order; ``episodes``: their listings.
    :param sentences: returns the sentences of an episode by number; only called for changed ones.
    :param untouched: the slugs of episodes that have not changed since ``state``.
    """
    places = {slug: number for number, slug in enumerate(slugs)}
    state = _usable(state, places)
    words = dict(state.words)
    texts = dict(zip(state.slugs, state.texts, strict=True))
    # Determine which episodes are kept, removed and added.
    stays = {slug for slug in texts if slug in untouched and slug in places}
    removed = {number for number, slug in enumerate(state.slugs) if slug not in stays}
    new = [number for number, slug in enumerate(slugs) if slug not in stays]
    added: dict[int, dict[str, str]] = {}
    written: dict[str, bytes] = {}
    for number in new:
        lines = sentences(number)
        added[number] = _places_of(lines)
        pieces = _pieces(number, episodes[number], lines)
        written |= pieces
        texts[slugs[number]] = tuple(
            hashlib.sha256(content).hexdigest() for content in pieces.values()
        )
    # Remove the words of removed episodes and insert those of new ones; copy the rest.
    _change(words, removed, added)
    kept = {
        text_place(places[slug], piece): digest
        for slug in stays
        for piece, digest in enumerate(texts[slug])
    }
    written |= _files_of_words(words, episodes=len(episodes))
    state = SearchState(
        form=FORM,
        slugs=tuple(slugs),
        texts=tuple(texts[slug] for slug in slugs),
        words=words,
    )
    return SearchFiles(state, written, kept)


def _usable(state: SearchState | None, places: Mapping[str, int]) -> SearchState:
    """The stored state, if it is of this version and every episode is at its position; else an
    empty one.
    """
    if (
        state is None
        or state.form != FORM
        or any(slug in places and places[slug] != at for at, slug in enumerate(state.slugs))
    ):
        return SearchState(form=FORM, slugs=(), texts=(), words={})
    return state


def _files_of_words(words: dict[str, str], *, episodes: int) -> dict[str, bytes]:
    """The files with the sentences of each word, in parts of some kB; the word lists, forwards and
    reversed; and the index of both, which a page loads first.
    """
    written: dict[str, bytes] = {}
    starts = []
    for number, part in enumerate(_parts(words)):
        starts.append(next(iter(part)))
        written[f"search/part-{number}.json"] = json_from_plain(part, indent=-1)
    index: dict[str, Any] = {
        "starts": starts,
        "sentences": TEXT_SENTENCES,
        "episodes": episodes,
    }
    for name, listed in (("words", words), ("endings", [word[::-1] for word in words])):
        lists = list(_lists(sorted(listed)))
        index[name] = [one[0] for one in lists]
        for number, one in enumerate(lists):
            written[f"search/{name}-{number}.json"] = json_from_plain(one, indent=-1)
    written["search/index.json"] = json_from_plain(index, indent=-1)
    return written


def text_place(number: int, piece: int) -> str:
    """The place of a piece of an episode's text."""
    return f"search/text-{number}-{piece}.json"


def _pieces(number: int, episode: Listing, lines: IndexedSentences) -> dict[str, bytes]:
    """The sentences of an episode in pieces, by place."""
    return {
        text_place(number, first // TEXT_SENTENCES): json_from_plain(
            {
                "place": episode.place,
                "title": episode.title,
                "label": episode.label,
                "lines": [list(one[:4]) for one in lines[first : first + TEXT_SENTENCES]],
            },
            indent=-1,
        )
        for first in range(0, len(lines), TEXT_SENTENCES)
    }


def _places_of(lines: IndexedSentences) -> dict[str, str]:
    """For each word of an episode its sentences: « 3,17 »."""
    found: dict[str, list[str]] = {}
    for place, one in enumerate(lines):
        for key in one[4]:
            found.setdefault(key, []).append(str(place))
    return {
        key: ",".join(places[:MAX_OF_AN_EPISODE])
        + (_MORE if len(places) > MAX_OF_AN_EPISODE else "")
        for key, places in found.items()
    }


def _change(
    words: dict[str, str], removed: Collection[int], came: Mapping[int, Mapping[str, str]]
) -> None:
    """Remove episodes from the index, and insert others."""
    marks = [f";{number}:" for number in removed]
    for word, entry in list(words.items()):
        # The text of a word in thousands of episodes is sliced rather than parsed.
        left = f";{entry}"
        for mark in marks:
            head, found, rest = left.partition(mark)
            if found:
                _, end, tail = rest.partition(";")
                left = f"{head}{end}{tail}"
        if len(left) <= len(entry):
            words[word] = left[1:]
    added: dict[str, list[str]] = {}
    for number in sorted(came):
        for word, places in came[number].items():
            added.setdefault(word, []).append(f"{number}:{places}")
    for word, entries in added.items():
        before = words.get(word)
        if not before:
            words[word] = ";".join(entries)
            continue
        there = before.split(";")
        if _number(there[-1]) < _number(entries[0]):
            there += entries
        else:
            for one in entries:
                bisect.insort(there, one, key=_number)
        words[word] = ";".join(there)
    for word in [word for word, entry in words.items() if not entry]:
        del words[word]


def _number(entry: str) -> int:
    return int(entry.partition(":")[0])


def _parts(words: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The words in order, in parts. For each, « 0:3,17;4:2 »: the sentences by episode; « 0:3,17;*
    » if other episodes have it as well.
    """
    part: dict[str, str] = {}
    size = 0
    for word in sorted(words):
        entry = _shown(words[word])
        length = len(word.encode()) + len(entry) + 8
        if part and size + length > PART_BYTES:
            yield part
            part, size = {}, 0
        part[word] = entry
        size += length
    if part:
        yield part


def _lists(words: Sequence[str]) -> Iterator[list[str]]:
    """The words, in lists of limited size."""
    one: list[str] = []
    size = 0
    for word in words:
        length = len(word.encode()) + 3
        if one and size + length > LIST_BYTES:
            yield one
            one, size = [], 0
        one.append(word)
        size += length
    if one:
        yield one


def _shown(entry: str) -> str:
    """The stored sentences of a word, truncated."""
    count = entry.count(",") + entry.count(";") + 1
    if count < MAX_OF_ALL:
        if _MORE in entry:
            return f"{entry.replace(_MORE, '')};{ALSO_ELSEWHERE}"
        return entry
    left, lines = MAX_OF_ALL, []
    for one in entry.replace(_MORE, "").split(";"):
        number, _, places = one.partition(":")
        kept = places.split(",")[:left]
        left -= len(kept)
        lines.append(f"{number}:{','.join(kept)}")
        if not left:
            break
    return ";".join([*lines, ALSO_ELSEWHERE])
