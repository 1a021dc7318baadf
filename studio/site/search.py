"""The index of every word that is said, in files small enough for a browser: one for each first
letter.

``search/episodes.json`` names the episodes. ``search/a.json`` has every word that begins with a,
without accents, and for each the episodes and seconds at which the sentences begin in which it is
said. A search reads the files of its words, and no others.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from studio.model.record import json_from_plain
from studio.model.turns import Turn, ends_sentence

if TYPE_CHECKING:
    from studio.site.pages import Listing

# Words of one letter are in everything; nobody looks for them.
LEAST_LETTERS = 2
_WORD = re.compile(r"[^\W_]+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})


def folded_words(text: str) -> list[str]:
    """The words in small letters without accents. ``search.js`` folds what is looked for in the
    same way.
    """
    bare = "".join(
        sign
        for sign in unicodedata.normalize("NFKD", text.lower())
        if not unicodedata.combining(sign)
    )
    return [
        word for word in _WORD.findall(bare.translate(_LIGATURES)) if len(word) >= LEAST_LETTERS
    ]


def spoken_words(turns: Sequence[Turn]) -> dict[str, list[int]]:
    """Every word that is said in an episode, folded, with the seconds at which its sentences
    begin.
    """
    words: dict[str, list[int]] = defaultdict(list)
    for second, sentence in _sentences(turns):
        for word in sorted(set(folded_words(sentence))):
            words[word].append(second)
    return dict(sorted(words.items()))


def search_files(
    episodes: Sequence[Listing], spoken: Iterable[Mapping[str, Sequence[int]]]
) -> dict[str, bytes]:
    """The index: place relative to the site's root, and content. Episodes are counted as given.

    :param spoken: the :func:`spoken_words` of each episode.
    """
    index: dict[str, dict[str, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
    for number, words in enumerate(spoken):
        for word, seconds in words.items():
            index[_letter(word)][word] += [(number, second) for second in seconds]
    files = {
        f"search/{letter}.json": json_from_plain(dict(sorted(words.items())), indent=-1)
        for letter, words in sorted(index.items())
    }
    listed = [
        {
            "place": one.place,
            "title": one.title,
            "number": one.number,
            "transcript": one.transcript_place,
        }
        for one in episodes
    ]
    files["search/episodes.json"] = json_from_plain(
        {"letters": "".join(sorted(index)), "episodes": listed}, indent=-1
    )
    return files


def _sentences(turns: Sequence[Turn]) -> Iterator[tuple[int, str]]:
    """Every sentence with the second that has begun when it starts."""
    for turn in turns:
        first = 0
        for place, word in enumerate(turn.words, start=1):
            if place == len(turn.words) or ends_sentence(word.text):
                yield (
                    turn.words[first].start_ms // 1000,
                    " ".join(one.text for one in turn.words[first:place]),
                )
                first = place


def _letter(word: str) -> str:
    return word[0] if "a" <= word[0] <= "z" or "0" <= word[0] <= "9" else "_"
