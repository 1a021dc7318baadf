"""A program: one entry more in each list that drives a family of formats, then a show is built,
checked, exported and read with it. Every place that has a list of its own fails here.

A process of its own, because other modules take these lists when they are imported.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask
from mutagen.id3 import ID3, TPUB

import studio.article.read as articles
import studio.captions.formats as captions
from studio.article.plain_text import blocks_from_text
from studio.captions.faults import Fault
from studio.model.plain_transcript import CueText
from studio.sound import proxy
from studio.tags import id3


def check_dummy(content: str) -> Iterator[Fault]:
    if not content.startswith("["):
        yield Fault("25b", "line 1", "it has no time")


DUMMY = captions.CaptionFormat(
    suffix=".dummy",
    type="application/x-dummy",
    rel="captions",
    label="Paroles (DUMMY)",
    write=lambda source: "".join(
        f"[{turn.start_ms // 60_000:02}:{turn.start_ms // 1000 % 60:02}.00]{turn.text}\n"
        for turn in source.turns
    ),
    check=check_dummy,
    rule="25b",
    read=lambda content, *_: iter(
        CueText(speaker=None, text=line.partition("]")[2]) for line in content.splitlines()
    ),
)
captions.CAPTION_FORMATS += (DUMMY,)
# Caption formats have types on the site, and those that can be read are transcript formats: both are
# listed when these are imported.
import studio.transcript_formats.formats as transcripts  # noqa: E402
from studio.feed import rss  # noqa: E402
from studio.feed.namespace import ElementTag  # noqa: E402
from studio.model.show import Show  # noqa: E402
from studio.workspace.layout import Workspace  # noqa: E402

transcripts.TRANSCRIPT_FORMATS += (
    transcripts.TranscriptFormat(
        "sbv",
        None,
        lambda content, *_: transcripts.ReadTranscript(
            lines=[line for line in content.decode().splitlines() if not line[:1].isdecimal()]
        ),
    ),
)
articles.ARTICLE_FORMATS += (
    articles.ArticleFormat(
        (".asciidoc",), lambda content, _: blocks_from_text(content.decode()), 1_000_000
    ),
)
id3.FIELDS += (id3.text_field("artist", TPUB, "PUBLISHER", "----:com.apple.iTunes:PUBLISHER"),)
proxy.PLAYABLE += (proxy.BrowserFormat((".aiff",), "audio/aiff", ("pcm_s16be",)),)
describe_channel = rss.describe_channel


def describe_channel_with_one_more(feed: Any, show: Show, image_url: str, place: str) -> None:
    describe_channel(feed, show, image_url, place)
    feed.studio.tags.append(ElementTag("podcast:dummy", "said", (("by", "nobody"),)))


rss.describe_channel = describe_channel_with_one_more


def main(root: Path) -> None:
    from studio.check.publication import publication_from_sources
    from studio.check.runner import check_publication
    from studio.tags.mp4 import read_mp4_tags
    from studio.transcript_formats.transcript_io import export_transcript, read_transcript
    from studio.web.media_types import type_from_place
    from studio.workspace.sources import ShowSources
    from support.made_sounds import convert
    from support.small_show import ARTICLE, SLUG, add_episode, build_show, make_show

    workspace = make_show(root, extra='[sound]\nalternate = "aac"')
    add_episode(workspace)
    build_show(workspace)
    sources = ShowSources(workspace)
    episode = sources.episode(SLUG)
    findings = check_publication(publication_from_sources(sources))
    (published,) = [place for place in episode.public_files if plain_suffix(place) == DUMMY.suffix]
    broken = workspace.site / published
    exported = export_transcript(episode, "dummy")
    passages = read_transcript(episode, exported, "dummy", "a.dummy")
    form = transcripts.format_of_file("a.sbv")
    assert form is not None
    only_read = read_transcript(
        episode, b"0:00:01.000,0:00:02.000\nMerci beaucoup.\n", form.name, "a.sbv"
    )
    feed = workspace.rss.read_text(encoding="utf-8")
    page = (workspace.site / SLUG / "index.html").read_text(encoding="utf-8")
    aiff = convert(episode.recording, root / "a.aiff")
    article = root / "article.asciidoc"
    article.write_text(ARTICLE.replace("## ", "").replace("> ", "").replace("# ", ""), "utf-8")
    good = [finding for finding in findings if finding.rule in {"25b", "26", "42", "47"}]
    broken.write_text("nothing", encoding="utf-8")
    bad = check_publication(publication_from_sources(sources))
    print(
        json.dumps(
            {
                "findings": [f"{one.rule} {one.what}" for one in good],
                "when broken": [one.what for one in bad if one.rule == "25b"],
                "type": type_from_place(published),
                "in the feed": DUMMY.type in feed,
                "element": '<podcast:dummy by="nobody">said</podcast:dummy>' in feed,
                "of the element": [one.what for one in findings if "podcast:dummy" in str(one)],
                "on the page": DUMMY.label in page,
                "read back": sum(len(one.text.split()) for one in passages),
                "only read": [one.text for one in only_read],
                "exported as": transcripts.export_names(),
                "said": len(episode.transcript().words),
                "questions": len(articles.article_from_file(article).exchanges),
                "publisher": str(ID3(episode.files.mp3)["TPUB"].text[0]),
                "artist in M4A": read_mp4_tags(episode.files.alternate(".m4a")).artist,
                "plays": proxy.plays_in_browsers(aiff, episode.facts().duration_ms),
                "served as": _sound_type(workspace, aiff),
            }
        )
    )


def _sound_type(workspace: Workspace, sound: Path) -> str:
    """The type with which the editor gives the recording of its page to a browser."""
    from studio.editor.app import _sound

    with Flask(__name__).test_request_context():
        return str(_sound(sound).mimetype)


def plain_suffix(place: str) -> str:
    return Path(place).suffix


if __name__ == "__main__":
    main(Path(sys.argv[1]))
