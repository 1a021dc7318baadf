"""Plain-text versions of the pages for programs: Markdown, llms.txt, robots.txt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from studio.messages.message import message
from studio.messages.translations import in_language
from studio.text.typography import set_text, stamp_from_ms

if TYPE_CHECKING:
    from studio.site.listing import Listing
    from studio.site.pages import EpisodePage, Site

# Characters with a meaning in Markdown.
_MARKS = re.compile(r"([\\`*_\[\]<>#|])")


def markdown_page(site: Site, page: EpisodePage, address: str) -> str:
    """An episode's page in Markdown: people, the article with the times of its questions, the
    transcript.

    :param address: the page's URL.
    """
    language = site.show.language
    episode, article = page.episode, page.article
    starts = {one.question: one.start_ms for one in page.chapters.chapters if one.question}

    def escaped(text: str) -> str:
        return _escaped(set_text(text, language))

    def say(sentence: str) -> str:
        return in_language(sentence, language)

    def at(start_ms: int) -> str:
        return f"[{stamp_from_ms(start_ms)}]({address}#t={start_ms // 1000})"

    lines = [f"# {escaped(episode.title)}", "", f"{escaped(site.show.title)} – <{address}>", ""]
    lines += [
        "- "
        + say(message("{label}: {name}", label=escaped(one.label), name=escaped(one.person.name)))
        for one in page.credits
    ]
    lines += ["", *([f"> {escaped(episode.notice)}", ""] if episode.notice else [])]
    if article.quote:
        lines += [f"> {escaped(say(message('“{quote}”', quote=article.quote)))}", ""]
    lines += [f"## {escaped(article.title)}", ""]
    for paragraph in article.introduction:
        lines += [escaped(paragraph), ""]
    for exchange in article.exchanges:
        moment = f" {at(starts[exchange.number])}" if exchange.number in starts else ""
        lines += [f"### {escaped(exchange.question)}{moment}", ""]
        for part in exchange.answer:
            name = escaped(say(message("{speaker}:", speaker=part.speaker))) if part.speaker else ""
            who = f"**{name}** " if name else ""
            lines += [f"{who}{escaped(part.text)}", ""]
    if page.turns:
        lines += [f"## {say(message('Transcript'))}", ""]
        lines += [escaped(page.transcript_note), ""] if page.transcript_note else []
        for turn in page.turns:
            who = f"**{escaped(turn.speaker)}** " if turn.speaker else ""
            lines += [f"{who}{at(turn.start_ms)} {escaped(turn.text)}", ""]
    return "\n".join(lines).rstrip() + "\n"


def llms_text(site: Site, episodes: Sequence[Listing], base_url: str) -> str:
    """``llms.txt`` (llmstxt.org): description of the show, and links to the Markdown version of
    each episode with its summary, the newest first.
    """
    show = site.show
    episodes_head, feed_head, feed_name = (
        in_language(one, show.language)
        for one in (message("Episodes"), message("Feed"), message("RSS feed"))
    )
    lines = [
        f"# {_escaped(show.title)}",
        "",
        f"> {_escaped(' '.join(show.description.split()))}",
        "",
        f"## {episodes_head}",
        "",
    ]
    for one in sorted(episodes, key=lambda episode: episode.published, reverse=True):
        link = f"[{_escaped(one.title)}]({base_url}{one.place}index.md)"
        quote = one.quote if one.quote and one.quote not in one.title else ""
        if about := " – ".join(filter(None, (quote, one.summary))):
            linked_text = message("{label}: {name}", label=link, name=_escaped(about))
            link = in_language(linked_text, show.language)
        lines.append(f"- {link}")
    feed = site.feed_place if "://" in site.feed_place else f"{base_url}{site.feed_place}"
    lines += ["", f"## {feed_head}", "", f"- [{feed_name}]({feed})", ""]
    return "\n".join(lines)


def _escaped(text: str) -> str:
    return _MARKS.sub(r"\\\1", text)


def robots_text(base_url: str) -> str:
    """``robots.txt``: allows everything and links the site map. If the site is not at the root of
    its server, crawlers do not request it.
    """
    return f"User-agent: *\nAllow: /\n\nSitemap: {base_url}sitemap.xml\n"
