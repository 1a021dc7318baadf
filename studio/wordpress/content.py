"""The text of a post: player, chapters, article with a link from each paragraph to its audio,
transcript.

It consists of blocks like those of WordPress's editor, so that users can edit it there like any
other post. For accounts without the right to unfiltered HTML (contributors, authors),
``wp_kses_post`` removes other elements; only elements that it allows are used, and entities in the
form that it keeps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape

from studio.messages.message import message
from studio.messages.translations import in_language
from studio.model.article import Article
from studio.model.chapters import Chapters
from studio.model.record import Record
from studio.model.turns import Turn
from studio.site.paragraph_times import ParagraphTime
from studio.text.typography import set_text, stamp_from_ms


class PostText(Record, frozen=True):
    """The texts of a post: all three are HTML, as stored by WordPress."""

    title: str
    content: str
    excerpt: str


class PostSource(Record, frozen=True):
    """The content of a post.

    :param page: the URL of the episode's page; ``audio``: that of its audio file.
    :param turns: the transcript, on the programme clock.
    :param moments: the times of the article's paragraphs.
    :param transcript_note: a note on the origin of the transcript, or empty.
    :param notice: a notice for listeners, or empty.
    """

    title: str
    page: str
    audio: str
    article: Article
    chapters: Chapters
    turns: tuple[Turn, ...]
    moments: tuple[ParagraphTime, ...]
    transcript_note: str
    notice: str
    language: str


def post_from_source(source: PostSource) -> PostText:
    """The post of an episode."""
    writer = _Writer(source)
    return PostText(
        title=writer.escaped(source.title),
        content="\n\n".join(writer.blocks()) + "\n",
        excerpt=writer.escaped(next(iter(source.article.introduction), source.article.quote or "")),
    )


class _Writer:
    """Writes the blocks of one post."""

    def __init__(self, source: PostSource) -> None:
        self._source = source
        self._moments: Mapping[tuple[int, int], ParagraphTime] = {
            (moment.exchange, moment.paragraph): moment for moment in source.moments
        }

    def blocks(self) -> Iterator[str]:
        """Every block in its order."""
        yield self._player()
        if self._source.notice:
            yield _paragraph(f"<em>{self.escaped(self._source.notice)}</em>")
        if len(self._source.chapters.chapters) > 1:
            yield self._heading(self.say(message("Chapters")), 2)
            yield _ordered(
                f"{self._link(chapter.start_ms)} {self.escaped(chapter.title)}"
                for chapter in self._source.chapters.chapters
            )
        yield from self._article()
        if self._source.turns:
            yield self._transcript()

    def escaped(self, text: str) -> str:
        """Escape a text as HTML. A bracket would start a shortcode; WordPress writes such entities
        with three digits.
        """
        return (
            escape(set_text(text, self._source.language), quote=False)
            .replace("[", "&#091;")
            .replace("]", "&#093;")
        )

    def say(self, sentence: str) -> str:
        return in_language(sentence, self._source.language)

    def _link(self, start_ms: int, sign: str = "") -> str:
        """A link to a time of the episode's page."""
        address = escape(f"{self._source.page}#t={start_ms // 1000}")
        return f'<a href="{address}">{sign}{stamp_from_ms(start_ms)}</a>'

    def _player(self) -> str:
        sound = escape(self._source.audio)
        return (
            '<!-- wp:audio -->\n<figure class="wp-block-audio">'
            f'<audio controls src="{sound}"></audio></figure>\n<!-- /wp:audio -->'
        )

    def _heading(self, text: str, level: int) -> str:
        level_json = "" if level == 2 else f' {{"level":{level}}}'
        return f"<!-- wp:heading{level_json} -->\n<h{level}>{text}</h{level}>\n<!-- /wp:heading -->"

    def _article(self) -> Iterator[str]:
        article = self._source.article
        if article.quote:
            quote = self.escaped(self.say(message("“{quote}”", quote=article.quote)))
            yield (
                '<!-- wp:quote -->\n<blockquote class="wp-block-quote">'
                f"{_paragraph(quote)}</blockquote>\n<!-- /wp:quote -->"
            )
        for place, paragraph in enumerate(article.introduction, start=1):
            yield _paragraph(self.escaped(paragraph) + self._heard(0, place))
        for exchange in article.exchanges:
            yield self._heading(self.escaped(exchange.question), 2)
            for place, part in enumerate(exchange.answer, start=1):
                who = ""
                if part.speaker:
                    name = self.escaped(self.say(message("{speaker}:", speaker=part.speaker)))
                    who = f"<strong>{name}</strong> "
                yield _paragraph(
                    who + self.escaped(part.text) + self._heard(exchange.number, place)
                )

    def _heard(self, exchange: int, paragraph: int) -> str:
        moment = self._moments.get((exchange, paragraph))
        return "" if moment is None else " " + self._link(moment.start_ms, "▸\u00a0")

    def _transcript(self) -> str:
        note = self._source.transcript_note
        inside = [_paragraph(f"<em>{self.escaped(note)}</em>")] if note else []
        inside += [self._turn(turn) for turn in self._source.turns]
        summary = self.say(message("Read the transcript word for word"))
        return (
            f'<!-- wp:details -->\n<details class="wp-block-details"><summary>{summary}</summary>'
            + "\n\n".join(inside)
            + "</details>\n<!-- /wp:details -->"
        )

    def _turn(self, turn: Turn) -> str:
        who = f"<strong>{self.escaped(turn.speaker)}</strong> " if turn.speaker else ""
        return _paragraph(f"{who}{self._link(turn.start_ms)} {self.escaped(turn.text)}")


def _paragraph(html: str) -> str:
    return f"<!-- wp:paragraph -->\n<p>{html}</p>\n<!-- /wp:paragraph -->"


def _ordered(rows: Iterable[str]) -> str:
    items: Sequence[str] = [
        f"<!-- wp:list-item -->\n<li>{row}</li>\n<!-- /wp:list-item -->" for row in rows
    ]
    return (
        '<!-- wp:list {"ordered":true} -->\n<ol>' + "\n\n".join(items) + "</ol>\n<!-- /wp:list -->"
    )
