"""The sentences that announcements are made of, each with its source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from studio.messages.message import message
from studio.messages.translations import in_language
from studio.model.article import Article
from studio.model.record import Record
from studio.model.soundbite import Soundbite
from studio.model.turns import Turn, ends_sentence, sentences_of
from studio.text.typography import set_text, stamp_from_ms


class SourcedLine(Record, frozen=True):
    """One sentence of an announcement.

    :param text: as it is printed or was said, set as its language asks.
    :param source: where it is from, in the show's language, for whoever checks it.
    :param start_ms: when it is heard, where that is known.
    """

    text: str
    source: str
    start_ms: int | None = None


class Material(Record, frozen=True):
    """Everything that an announcement may say.

    :param quote: the article's pull quote; None where it has none.
    :param title: the article's title.
    :param introduction: its sentences, in order.
    :param questions: those that are heard in the episode, in the article's order.
    :param spoken: whole sentences of the sound bites, the best passage first.
    :param notice: what listeners must know of the episode; None where there is nothing.
    """

    title: SourcedLine
    quote: SourcedLine | None
    introduction: tuple[SourcedLine, ...]
    questions: tuple[SourcedLine, ...]
    spoken: tuple[SourcedLine, ...]
    notice: SourcedLine | None


def material_from_episode(
    article: Article,
    *,
    turns: Sequence[Turn],
    soundbites: Sequence[Soundbite],
    questions: Mapping[int, int],
    notice: str,
    language: str,
) -> Material:
    """Gather what can be said of an episode.

    :param turns: what is said, on the programme's clock.
    :param questions: when each question of the article that is heard is asked, in milliseconds of
        the programme; one that is only printed is no reason to listen.
    :param notice: the episode's.
    """
    return Material(
        title=SourcedLine(
            text=set_text(article.title, language),
            source=in_language(message("article, title"), language),
        ),
        quote=_quote(article, soundbites, language),
        introduction=tuple(
            SourcedLine(
                text=set_text(sentence, language),
                source=in_language(
                    message("article, introduction, paragraph {number}", number=number), language
                ),
            )
            for number, paragraph in enumerate(article.introduction, start=1)
            for sentence in sentences_of(paragraph)
        ),
        questions=tuple(_questions(article, questions, language)),
        spoken=tuple(_spoken(turns, soundbites, language)),
        notice=SourcedLine(
            text=set_text(notice, language),
            source=in_language(message("episode.toml, notice"), language),
        )
        if notice.strip()
        else None,
    )


def _quote(article: Article, soundbites: Sequence[Soundbite], language: str) -> SourcedLine | None:
    """The article's quotation, and where it is heard; None without one."""
    if not article.quote:
        return None
    heard = next((bite for bite in soundbites if bite.origin == "quote"), None)
    stated = (
        message("article, quote")
        if heard is None
        else message("article, quote, spoken at {time}", time=stamp_from_ms(heard.start_ms))
    )
    return SourcedLine(
        text=set_text(f"« {article.quote} »", language),
        source=in_language(stated, language),
        start_ms=None if heard is None else int(heard.start_ms),
    )


def _questions(
    article: Article, heard_ms: Mapping[int, int], language: str
) -> Iterator[SourcedLine]:
    """The article's questions that are heard, in order."""
    for exchange in article.exchanges:
        if exchange.number in heard_ms:
            at_ms = heard_ms[exchange.number]
            stated = message(
                "article, question {number}, spoken at {time}",
                number=exchange.number,
                time=stamp_from_ms(at_ms),
            )
            yield SourcedLine(
                text=set_text(exchange.question, language),
                source=in_language(stated, language),
                start_ms=at_ms,
            )


def _spoken(
    turns: Sequence[Turn], soundbites: Sequence[Soundbite], language: str
) -> Iterator[SourcedLine]:
    """The whole sentences of a passage: what was begun before it or ends after it is left out."""
    for bite in soundbites:
        for turn in turns:
            if turn.end_ms <= bite.start_ms or turn.start_ms >= bite.end_ms:
                continue
            first = 0
            for place, word in enumerate(turn.words, start=1):
                if not ends_sentence(word.text):
                    continue
                words = turn.words[first:place]
                first = place
                if words[0].start_ms >= bite.start_ms and words[-1].end_ms <= bite.end_ms:
                    who = turn.speaker or in_language(message("unknown voice"), language)
                    yield SourcedLine(
                        text=set_text("« " + " ".join(one.text for one in words) + " »", language),
                        source=in_language(
                            message(
                                "said by {who} at {time}",
                                who=who,
                                time=stamp_from_ms(words[0].start_ms),
                            ),
                            language,
                        ),
                        start_ms=int(words[0].start_ms),
                    )
