"""What a wrong name in the article does: the limits of ``studio/corrections/doubtful_names.py``.

    python -m bench.wrong_names --interviews FOLDER [--weights base] [--cache FOLDER]

Each interview gets an article in which about half of the names that are said are one or two sounds
off (« Kuhlmann » for « Ruhlmann »), and is transcribed, corrected and searched for doubts with it.
The first table has the places where another name was recognised, by how much more probable that is:
whether what stands there now was said, and whether any doubt covers it. Below it are counted, for
the wrong names and for those that are printed right, how many places have them, how many of these
are not what was said, and how many of those and of the others a doubt covers.
"""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from bench.corpus import Interview, Recogniser, interviews_in, prompted_names, recogniser_parser
from bench.doubts import Example, doubts_with, example_of, places_of
from studio.corrections.doubtful_names import doubtful_names_in, gains_of_others
from studio.language.dictionary import is_common_word
from studio.language.phonemes import sounds_of
from studio.language.words import plain_words

# What people mishear and mistype: one consonant for another, one vowel, one ending.
CONSONANTS = {
    "b": "dpm", "c": "rtp", "d": "blt", "f": "svr", "g": "dv", "j": "vb", "k": "rt", "l": "rm",
    "m": "nl", "n": "ml", "p": "tb", "r": "lk", "s": "ft", "t": "pd", "v": "jl", "z": "v",
}  # fmt: skip
VOWELS = {"a": "oi", "e": "ao", "i": "ao", "o": "ai", "u": "ai", "y": "a"}
ENDINGS = {
    "on": "eau", "eau": "on", "et": "in", "in": "et", "ier": "and", "ac": "an", "ski": "ka",
    "elle": "ine", "ard": "et", "ot": "in", "el": "in", "er": "ot",
}  # fmt: skip
SHORTEST = 4
MOST_SOUNDS = 2


class Place(NamedTuple):
    """A word with a name of the article, in the corrected transcript.

    :param misprinted: whether the article has it wrong.
    """

    misprinted: bool
    right: bool
    doubted: bool


class DoubtfulPlace(NamedTuple):
    """Two wordings of one place, and how much more probable the other one is."""

    interview: str
    gain: float
    text: str
    other: str
    misprinted: bool
    right: bool


def wrong_spelling(name: str, chance: random.Random) -> str:
    """The name one or two sounds off; empty where none is found."""
    if len(sounds_of(name)) < SHORTEST:
        return ""
    low = name.lower()
    found = [low[: -len(end)] + new for end, new in ENDINGS.items() if low.endswith(end)]
    for place, letter in enumerate(low[:-1]):
        beside = low[place - 1] if place else ""
        if letter in CONSONANTS and beside in {"", *VOWELS} and low[place + 1] in VOWELS:
            found += [low[:place] + new + low[place + 1 :] for new in CONSONANTS[letter]]
        if letter in VOWELS and beside not in {"", *VOWELS} and low[place + 1] not in VOWELS:
            found += [low[:place] + new + low[place + 1 :] for new in VOWELS[letter]]
    chance.shuffle(found)
    own = sounds_of(name)
    return next(
        (
            one.capitalize()
            for one in found
            if 1 <= Levenshtein.distance(own, sounds_of(one.capitalize())) <= MOST_SOUNDS
        ),
        "",
    )


def wrong_names(interview: Interview) -> dict[str, str]:
    """About half of the names that the article has and that are said, each with a wrong one."""
    chance = random.Random(interview.name)  # noqa: S311
    said = set(plain_words(interview.said))
    parts = sorted(
        {
            part
            for name in prompted_names(interview.article)
            for part in re.split(r"[\s\-’']+", name)
            if len(part) >= SHORTEST and part[0].isupper() and part.lower() in said
        }
    )
    chosen = {part: wrong_spelling(part, chance) for part in parts if chance.random() < 0.5}
    return {part: wrong for part, wrong in chosen.items() if wrong}


def with_wrong_names(interview: Interview, names: Mapping[str, str], folder: Path) -> Interview:
    """The same recording with an article that has other names."""
    own = folder / interview.name
    own.mkdir(parents=True, exist_ok=True)
    if interview.article_path is None:
        raise ValueError(interview.name)
    text = interview.article_path.read_text(encoding="utf-8")
    for name, wrong in names.items():
        text = re.sub(rf"\b{re.escape(name)}\b", wrong, text)
    path = own / f"article{interview.article_path.suffix}"
    path.write_text(text, encoding="utf-8")
    truth = own / interview.truth_path.name
    for one in (interview.truth_path, interview.truth_path.with_name("reference.txt")):
        if one.exists():
            shutil.copy(one, own / one.name)
    return Interview(interview.name, interview.recording, path, truth)


def wrong_places(example: Example) -> set[int]:
    """The words of the transcript that were not said."""
    return {
        place
        for places, missing in zip(example.errors, example.missing, strict=True)
        if not missing
        for place in places
    }


def places_in(example: Example, misprinted: set[str]) -> Iterator[Place]:
    """Every name of the article that stands in the transcript."""
    parts = {
        part
        for name in prompted_names(example.interview.article)
        for part in plain_words(name)
        if len(part) >= SHORTEST and not is_common_word(part)
    }
    wrong = wrong_places(example)
    doubted = {place for one in doubts_with(example, None) for place in places_of(example, one)}
    for place, word in enumerate(example.transcript.words):
        own = parts.intersection(plain_words(word.text))
        if own and word.text != word.text.lower():
            yield Place(not own.isdisjoint(misprinted), place not in wrong, place in doubted)


def doubtful_in(
    example: Example, recogniser: Recogniser, misprinted: set[str]
) -> Iterator[DoubtfulPlace]:
    """Every place where another name was recognised."""
    interview, words = example.interview, example.transcript.words
    wrong = wrong_places(example)
    doubtful = doubtful_names_in(
        example.transcript,
        prompted_names(interview.article),
        recogniser.asr(interview)[0].unprompted,
    )
    gains = gains_of_others(words, doubtful, recogniser.score(interview))
    for one, gain in zip(doubtful, gains, strict=True):
        text = " ".join(word.text for word in words[one.first : one.last])
        yield DoubtfulPlace(
            interview.name,
            gain,
            text,
            one.other,
            not misprinted.isdisjoint(plain_words(text)),
            wrong.isdisjoint(range(one.first, one.last)),
        )


def print_places(title: str, places: Sequence[Place]) -> None:
    """A row of the counts."""
    wrong = [one for one in places if not one.right]
    right = [one for one in places if one.right]
    print(
        f"| {title} | {len(places)} | {len(wrong)} | {sum(one.doubted for one in wrong)} "
        f"| {sum(one.doubted for one in right)} |"
    )


def main() -> None:
    """Misprint, transcribe, correct, count."""
    arguments = recogniser_parser(__doc__).parse_args()
    cache = arguments.cache / "wrong-names"
    recogniser = Recogniser(arguments.weights, cache)
    doubtful: list[DoubtfulPlace] = []
    places: list[Place] = []
    for interview in interviews_in(arguments.interviews):
        if not interview.article.exchanges:
            continue
        names = wrong_names(interview)
        example = example_of(with_wrong_names(interview, names, cache / "articles"), recogniser)
        misprinted = {part for wrong in names.values() for part in plain_words(wrong)}
        doubtful += doubtful_in(example, recogniser, misprinted)
        places += places_in(example, misprinted)
    print("| gain | misprinted | said | interview | transcript | other |\n|" + "---|" * 6)
    for one in sorted(doubtful, key=lambda one: one.gain, reverse=True):
        flags = ("yes" if flag else "" for flag in (one.misprinted, one.right))
        print(
            f"| {one.gain:.1f} | {' | '.join(flags)} | {one.interview} | {one.text} | {one.other} |"
        )
    print("\n| names | places | wrong | of these doubted | right, and doubted |\n|" + "---|" * 5)
    print_places("misprinted", [one for one in places if one.misprinted])
    print_places("printed right", [one for one in places if not one.misprinted])


if __name__ == "__main__":
    main()
