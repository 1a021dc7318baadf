"""Catalogues: articles matched to episodes, commands over many episodes, jobs on many machines.

python bench/catalogue.py adopt FOLDER     # of recordings with article.txt and truth.json
python bench/catalogue.py size 500         # status, run, check, republication at this size
python bench/catalogue.py cluster 200      # jobs through dask with 1, 2 and 4 workers, and kills
python bench/catalogue.py simulate         # on paper, to 50 machines and 1,000 hours
"""

from __future__ import annotations

import argparse
import datetime
import json
import random
from collections.abc import Iterator
from pathlib import Path

from studio.adoption.evidence import (
    ArticleFacts,
    EpisodeFacts,
    counted_words,
    folded,
    weigh_pairs,
)
from studio.adoption.pairing import pair_up
from studio.article.read import article_from_file
from studio.errors import StudioError

# So many words are said in two minutes; of them so many are misheard (base weights, telephone).
SAID_WORDS = 300
MISHEARD = 0.2
START = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


def said_in(truth: dict[str, object], shuffler: random.Random) -> str:
    """Two minutes of what is said, with words misheard."""
    words = str(truth.get("text") or " ".join(_texts(truth))).split()
    first = max(0, len(words) // 2 - SAID_WORDS // 2)
    part = words[first : first + SAID_WORDS]
    return " ".join("euh" if shuffler.random() < MISHEARD else word for word in part)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key in ("turns", "segments", "utterances", "words"):
            if isinstance(value.get(key), list):
                for one in value[key]:
                    if isinstance(one, str):
                        yield one
                    elif isinstance(one, dict):
                        yield str(one.get("text") or one.get("word") or "")
                return


def adopt(folder: Path) -> None:
    """Every article with every recording, shuffled, half of the articles foreign: with and without
    names in the titles, with and without what is said.
    """
    shuffler = random.Random(19)  # noqa: S311 - the same each time
    shows = []
    for place in sorted(folder.iterdir()):
        truth = place / "truth.json"
        if place.name.endswith("-tracks"):
            continue  # the same conversation once more
        try:
            article = article_from_file(place / "article.txt")
            shows.append((place.name, article, json.loads(truth.read_text(encoding="utf-8"))))
        except (OSError, StudioError):
            continue
    print(f"{len(shows)} interviews")
    print("evidence                     | assigned | right | false | of | foreign ones taken")
    for named, said in ((True, False), (False, True), (True, True)):
        assigned = right = wrong = foreign = of = 0
        for half in range(2):
            ours = {name for number, (name, *_) in enumerate(shows) if number % 2 == half}
            articles = [
                ArticleFacts(
                    file=name,
                    title=article.title,
                    guests=article.guests,
                    words=counted_words(
                        " ".join(
                            [
                                article.title,
                                *article.introduction,
                                *(one.question for one in article.exchanges),
                                *(p.text for one in article.exchanges for p in one.answer),
                            ]
                        )
                    ),
                )
                for name, article, _ in shows
            ]
            shuffler.shuffle(articles)
            episodes = []
            for name, article, truth in shows:
                if name not in ours:
                    continue
                text = said_in(truth, shuffler) if said else ""
                title = f"Entretien avec {' et '.join(article.guests)}" if named else "Entretien"
                episodes.append(
                    EpisodeFacts(
                        slug=name,
                        title=title,
                        told="",
                        published=START,
                        said=counted_words(text) if said else None,
                        said_text=folded(text) if said else "",
                    )
                )
            of += len(episodes)
            for pair in pair_up(weigh_pairs(articles, episodes)):
                if pair.slug != pair.file and (pair.is_sure or pair.file in ours):
                    print("   ", pair)
                if pair.is_sure:
                    assigned += 1
                    right += pair.slug == pair.file
                    wrong += pair.slug != pair.file
                    foreign += pair.file not in ours
        label = f"{'names in titles' if named else 'no names'}{', what is said' if said else ''}"
        print(f"{label:<28} | {assigned:8} | {right:5} | {wrong:5} | {of:2} | {foreign}")


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("adopt",))
    parser.add_argument("argument", nargs="?", default="")
    asked = parser.parse_args()
    if asked.what == "adopt":
        adopt(Path(asked.argument))


if __name__ == "__main__":
    main()
