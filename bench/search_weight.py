"""What a browser loads until the first result of a search, in a show of many long episodes.

    python -m bench.search_weight [--episodes 500] [--words 18000]

The search index of that many episodes, each of so many words (an hour has 9,000, said and printed),
whose words are as frequent as in French (pyspellchecker's counts). Words of every frequency are
typed into the home page of a small show that has this index, in Chromium. Printed are the bytes
that are loaded between the key and the first result, as they are and compressed with gzip.
"""

from __future__ import annotations

import argparse
import datetime
import gzip
import itertools
import random
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from playwright.sync_api import Page, Response, sync_playwright
from spellchecker import SpellChecker
from support.small_show import add_episode, build_show, make_show, served

from studio.site.listing import Listing
from studio.site.search import search_keys
from studio.site.search_index import IndexedSentences, updated_search

SENTENCE_WORDS = 15
SEARCHES = 24


# When the first result is drawn: what is loaded for the others counts no longer.
WATCH = """() => {
  const results = document.querySelector("form.search .results");
  new MutationObserver((_, watcher) => {
    if (!results.children.length) return;
    window.firstResult = performance.now();
    watcher.disconnect();
  }).observe(results, { childList: true });
}"""
LOADED = """() => performance.getEntriesByType("resource")
  .filter(({ responseEnd }) => responseEnd && responseEnd <= window.firstResult)
  .map(({ name }) => name)"""


def loaded_for(page: Page, word: str) -> list[bytes]:
    """What is loaded from the key to the first result."""
    answers: list[Response] = []
    page.evaluate("performance.clearResourceTimings()")
    page.evaluate(WATCH)
    page.on("response", lambda one: answers.append(one))  # noqa: PLW0108 - it takes no built-in
    page.locator("form.search input").fill(word)
    page.wait_for_function("window.firstResult", timeout=60_000)
    page.wait_for_load_state("networkidle")
    loaded = page.evaluate(LOADED)
    return [one.body() for one in answers if one.url in loaded]


def main() -> None:
    """Index, search, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--episodes", type=int, default=500)
    parser.add_argument("--words", type=int, default=18_000)
    arguments = parser.parse_args()
    counts = SpellChecker(language="fr").word_frequency.dictionary
    words = sorted(counts, key=lambda word: (-counts[word], word))
    weights = list(itertools.accumulate(counts[word] for word in words))

    def sentences(number: int) -> IndexedSentences:
        chosen = random.Random(number)  # noqa: S311
        lines = []
        for place in range(arguments.words // SENTENCE_WORDS):
            text = " ".join(chosen.choices(words, cum_weights=weights, k=SENTENCE_WORDS))
            lines.append([place * 3, "", "said", text, sorted(search_keys(text))])
        return lines

    slugs = [f"{number:03}-ada" for number in range(arguments.episodes)]
    listings = [
        Listing(
            place=f"{slug}/",
            label=f"Épisode {number}",
            number=number,
            title=f"Ada {number}",
            published=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
            duration_ms=3_600_000,
        )
        for number, slug in enumerate(slugs)
    ]
    with tempfile.TemporaryDirectory() as folder:
        show = make_show(Path(folder) / "show")
        add_episode(show)
        build_show(show)
        index = updated_search(None, slugs, listings, sentences)
        shutil.rmtree(show.site / "search")
        for place, content in index.written.items():
            (show.site / place).parent.mkdir(parents=True, exist_ok=True)
            (show.site / place).write_bytes(content)
        step = len(words) ** (1 / SEARCHES)
        searched = list(dict.fromkeys(words[int(step**power) - 1] for power in range(SEARCHES)))
        with served(show) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
            print("searched | loaded before the first result, kB | compressed")
            plain: list[float] = []
            packed: list[float] = []
            for word in searched:
                page = browser.new_page()
                page.goto(address, wait_until="networkidle")
                bodies = loaded_for(page, word)
                plain.append(sum(map(len, bodies)) / 1000)
                packed.append(sum(len(gzip.compress(one)) for one in bodies) / 1000)
                print(f"{word} | {plain[-1]:.0f} | {packed[-1]:.0f}", flush=True)
                page.close()
            browser.close()
    for name, some in (("loaded", plain), ("compressed", packed)):
        print(f"{name}: median {statistics.median(some):.0f} kB, most {max(some):.0f} kB")


if __name__ == "__main__":
    main()
