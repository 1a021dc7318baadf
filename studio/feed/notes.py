"""Show notes: the text under an episode, as plain text for the description and as safe HTML for
content:encoded.
"""

from __future__ import annotations

import html
import re

import nh3

from studio.feed.item import FeedItem
from studio.messages.message import message
from studio.messages.translations import in_language
from studio.model.chapters import FEWEST_CHAPTERS, Chapters
from studio.text.plain import cut_text, names_from_list, single_line, xml_text

# Rules 10b and 17b of docs/rules.md: a description has at most 4,000 bytes of UTF-8.
DESCRIPTION_BYTES = 4000
# The HTML elements that all apps (Apple, Spotify, …) support.
TAGS = {"p", "ol", "ul", "li", "a", "b", "i", "strong", "em"}
# Block elements.
BLOCKS = {"p", "div", "li", "br", "tr", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"}
HEADING = message("Chapters")
PARAGRAPH_BREAK = re.compile(r"\n\s*\n")


def chapter_stamp(moment_ms: int, *, hours: bool) -> str:
    """``MM:SS``, or ``HH:MM:SS`` throughout an episode of an hour and more: apps turn both into
    links. Rounded down.
    """
    minutes, seconds = divmod(moment_ms // 1000, 60)
    if not hours:
        return f"{minutes:02}:{seconds:02}"
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"


def stamped_chapters(chapters: Chapters, duration_ms: int) -> list[tuple[str, str, int | None]]:
    """Timestamp, title and question number of each chapter; empty if there is only one."""
    if len(chapters.chapters) < FEWEST_CHAPTERS:
        return []
    hours = duration_ms >= 3_600_000
    return [
        (chapter_stamp(one.start_ms, hours=hours), single_line(one.title), one.question)
        for one in chapters.chapters
    ]


def description_from_item(item: FeedItem) -> str:
    """The description: quote, introduction, notice, one line ``00:00 Title`` per chapter, guests,
    link; at most 4,000 bytes.

    If it is too long, the introduction is cut, because apps parse chapters from the lines below it.
    """
    lines = [
        f"{stamp} {title}"
        for stamp, title, _ in stamped_chapters(item.chapters, item.enclosure.duration_ms)
    ]
    below = [single_line(item.episode.notice)]
    below += ["\n".join([in_language(HEADING, item.language), *lines])] if lines else []
    below += [closing_from_item(item)]
    tail = cut_text("\n\n".join(filter(None, below)), DESCRIPTION_BYTES)
    above = [quoted(item)] if item.quote else []
    above += [single_line(paragraph) for paragraph in item.introduction]
    start = cut_text(
        "\n\n".join(filter(None, above)), DESCRIPTION_BYTES - len(f"\n\n{tail}".encode())
    )
    return "\n\n".join(filter(None, (start, tail)))


def closing_from_item(item: FeedItem) -> str:
    """The last lines of the description: guests and links to the interview."""
    guests = names_from_list(tuple(map(single_line, item.episode.guests)), item.language)
    lines: list[str] = [message("With {guests}.", guests=guests)] if guests else []
    lines += [message("Listen and read: {url}", url=item.page_url)]
    lines += [message("The article: {url}", url=item.episode.link)] if item.episode.link else []
    lines += [made] if (made := ai_disclosure(item)) else []
    return "\n".join(in_language(line, item.language) for line in lines)


def ai_disclosure(item: FeedItem) -> str:
    """The disclosure of machine-made content, without a sentence that the notice already contains;
    may be empty.
    """
    disclosure = single_line(item.episode.ai_content)
    made = single_line(item.ai_content)
    if disclosure and disclosure in single_line(item.episode.notice):
        made = made.removesuffix(disclosure).rstrip()
    return made


def quoted(item: FeedItem) -> str:
    """The pull quote in the quotation marks of the show's language."""
    return in_language(message("“{quote}”", quote=single_line(item.quote or "")), item.language)


def notes_from_item(item: FeedItem) -> str:
    """The show notes in HTML: the same, with the article's questions in full. Only a few safe tags
    are kept.
    """
    paragraphs = [f"<p><em>{html.escape(quoted(item))}</em></p>"] if item.quote else []
    paragraphs += [
        f"<p>{html.escape(single_line(paragraph))}</p>"
        for paragraph in item.introduction
        if single_line(paragraph)
    ]
    if item.episode.notice:
        paragraphs.append(
            f"<p><strong>{html.escape(single_line(item.episode.notice))}</strong></p>"
        )
    rows = []
    for stamp, title, question in stamped_chapters(item.chapters, item.enclosure.duration_ms):
        is_question = question is not None and 0 < question <= len(item.questions)
        text = (
            single_line(item.questions[question - 1])
            if is_question and question is not None
            else title
        )
        rows.append(f"<li>{stamp} {html.escape(text)}</li>")
    if rows:
        paragraphs.append(
            f"<p><b>{in_language(HEADING, item.language)}</b></p><ul>{''.join(rows)}</ul>"
        )
    guests = names_from_list(tuple(map(single_line, item.episode.guests)), item.language)
    if guests:
        sentence = in_language(message("With {guests}.", guests=guests), item.language)
        paragraphs.append(f"<p>{html.escape(sentence)}</p>")
    listen = in_language(message("Listen to the interview and read it"), item.language)
    paragraphs.append(f"<p>{link(listen, item.page_url)}</p>")
    if item.episode.link:
        article = in_language(message("The published article"), item.language)
        paragraphs.append(f"<p>{link(article, item.episode.link)}</p>")
    if made := ai_disclosure(item):
        paragraphs.append(f"<p>{html.escape(made)}</p>")
    return safe_html("".join(paragraphs))


def html_from_description(text: str) -> str:
    """The show's description as HTML paragraphs, for apps that parse descriptions as HTML: these
    join plain text into one paragraph and drop anything that looks like a tag. At most 4,000 bytes,
    cut at a word.
    """
    text = xml_text(text)
    limit = DESCRIPTION_BYTES
    while True:
        paragraphs = map(single_line, PARAGRAPH_BREAK.split(cut_text(text, limit)))
        marked = safe_html(
            "".join(f"<p>{html.escape(one, quote=False)}</p>" for one in paragraphs if one)
        )
        length = len(marked.encode())
        if length <= DESCRIPTION_BYTES:
            return marked
        # Tags and escapes take space: the text is reduced by the excess and tried again.
        limit = limit * DESCRIPTION_BYTES // length


def link(text: str, url: str) -> str:
    """An anchor."""
    return f'<a href="{html.escape(url)}">{html.escape(text)}</a>'


def former_html(source: str) -> str:
    """Show notes from another host: unchanged except for executable parts, and valid in a CDATA
    section.
    """
    cleaned = nh3.clean(
        xml_text(source),
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
        attribute_filter=lambda _, name, value: (
            _without_spaces(value) if name in {"href", "src"} else value
        ),
    )
    return cleaned.replace("&nbsp;", "\u00a0").replace("]]>", "]]&gt;")


def _without_spaces(url: str) -> str:
    """A URL with spaces removed as browsers do (WHATWG URL)."""
    return re.sub(r"\s", "%20", url.strip())


def bare_blocks(source: str) -> str:
    """HTML with only block elements: no script, no style, no attributes."""
    return nh3.clean(source, tags=BLOCKS, attributes={})


def safe_html(source: str) -> str:
    """The HTML with only the tags that apps support, and valid in a CDATA section."""
    cleaned = nh3.clean(
        xml_text(source),
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    # Feeds only support XML's five named entities: some readers show « &nbsp; » literally.
    return cleaned.replace("&nbsp;", "\u00a0").replace("]]>", "]]&gt;")
