"""The sentences of announcements, each with its source."""

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

    :param text: as printed or spoken, with the typography of its language.
    :param source: its source, in the show's language, for verification.
    :param start_ms: its time, if known.
    """

    text: str
    source: str
    start_ms: int | None = None


class Material(Record, frozen=True):
    """All sentences that an announcement may use.

    :param quote: the article's pull quote, or None.
    :param title: the article's title.
    :param introduction: its sentences, in order.
    :param questions: those that are in the episode, in the article's order.
    :param spoken: whole sentences of the sound bites, the best passage first.
    :param notice: the episode's notice for listeners, or None.
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
    """Collect the sentences for an episode's announcement.

    :param turns: the transcript, on the programme clock.
    :param questions: the start of each spoken question of the article, in ms of the programme;
        questions that are only printed are left out.
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
    """The article's pull quote with its time, or None."""
    if not article.quote:
        return None
    spoken = next((bite for bite in soundbites if bite.origin == "quote"), None)
    stated = (
        message("article, quote")
        if spoken is None
        else message("article, quote, spoken at {time}", time=stamp_from_ms(spoken.start_ms))
    )
    return SourcedLine(
        text=set_text(f"« {article.quote} »", language),
        source=in_language(stated, language),
        start_ms=None if spoken is None else int(spoken.start_ms),
    )


def _questions(
    article: Article, heard_ms: Mapping[int, int], language: str
) -> Iterator[SourcedLine]:
    """The article's spoken questions, in order."""
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
    """The complete sentences of a passage, without those that start before it or end after it."""
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
