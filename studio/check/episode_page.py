"""Check the episode's page: it must have the whole transcript for readers who cannot hear."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from studio.captions.formats import TEXT
from studio.check.captions import texts_of
from studio.check.publication import PublishedEpisode
from studio.check.rules import Finding, found
from studio.file_access import read_file
from studio.messages.message import message

# Adjacent words of the transcript must be adjacent on the page.
RUN = 5
SHARE = 0.9
# The page of a three-hour interview has about ten thousand; parsing a file with this many would
# take 500 MB of memory.
MAX_TAGS = 1_000_000


def check_page(episode: PublishedEpisode) -> Iterator[Finding]:
    """Rule 41."""
    if not episode.page.is_file():
        return
    content = read_file(episode.page)
    if content.count(b"<") > MAX_TAGS:
        what = message("it has more than {count:,} tags, and was not read", count=MAX_TAGS)
        yield found("41", episode.page, "", what)
        return
    root = etree.fromstring(content or b"<p/>", etree.HTMLParser(encoding="utf-8"))
    if root is None:  # only a document type or a comment
        root = etree.Element("p")
    links = {str(link.get("href")).rpartition("/")[2] for link in root.iter("a")}
    transcripts = {path.name for form, path in episode.captions.items() if not form.rel}
    if links & transcripts:
        return
    shown = word_ngrams(" ".join(map(str, root.itertext())))
    said = word_ngrams(texts_of(episode, TEXT))
    if not said or len(said & shown) < SHARE * len(said):
        yield found(
            "41", episode.page, "", message("it neither shows the transcript nor links to it")
        )


def word_ngrams(text: str) -> set[tuple[str, ...]]:
    """All sequences of a few adjacent words."""
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[place : place + RUN]) for place in range(len(words) - RUN + 1)}
