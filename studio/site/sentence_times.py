"""The times of the printed sentences that are spoken (nearly) verbatim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from studio.alignment.alignment_tables import Section, sections_of
from studio.alignment.exchange_words import words_of_text
from studio.alignment.pairing_limits import ONE_WORD
from studio.language.words import content_words
from studio.model.alignment import Alignment
from studio.model.article import Article
from studio.model.clock import Programme
from studio.model.record import replace_fields
from studio.model.transcript import Transcript
from studio.model.turns import SpokenWord, sentences_of, spoken_words
from studio.site.paragraph_times import ParagraphTime, PrintedSentence

# The minimum share of a sentence's content words that are spoken in order; with less, sentences
# that are not spoken would be highlighted.
MIN_SHARED = 0.5


def with_sentences(
    moments: Sequence[ParagraphTime],
    transcript: Transcript,
    article: Article,
    alignment: Alignment,
    programme: Programme,
) -> tuple[ParagraphTime, ...]:
    """The same paragraphs with their sentences.

    :param alignment: of this article and this transcript, with its passages.
    """
    texts = {(0, number): text for number, text in enumerate(article.introduction, 1)} | {
        (exchange.number, number): paragraph.text
        for exchange in article.exchanges
        for number, paragraph in enumerate(exchange.answer, 1)
    }
    sections = sections_of(transcript, article, alignment)
    spoken = [pieces or [] for _, pieces in spoken_words(transcript, programme)]
    return tuple(
        replace_fields(
            moment,
            sentences=tuple(
                _sentences(
                    texts[place], sections[place], _words_within(moment, sections[place], spoken)
                )
            ),
        )
        if (place := (moment.exchange, moment.paragraph)) in sections and place in texts
        else moment
        for moment in moments
    )


def _words_within(
    moment: ParagraphTime, section: Section, spoken: Sequence[Sequence[SpokenWord]]
) -> dict[int, list[SpokenWord]]:
    """The spoken words of a paragraph (including similar ones), by the index of their printed word.

    :param spoken: each word of the transcript as spoken in the episode.
    """
    table = section.table
    found: dict[int, list[SpokenWord]] = {}
    for pair in table.pairs:
        within = pair.printed_first < section.last and section.first < pair.printed_last
        if not within or pair.similarity < ONE_WORD:
            continue
        said = [
            word
            for pieces in spoken[table.first + pair.first : table.first + pair.last]
            for word in pieces
            if moment.start_ms <= word.start_ms < moment.end_ms
        ]
        if said:
            found |= dict.fromkeys(range(pair.printed_first, pair.printed_last), said)
    return found


def _sentences(
    text: str, section: Section, words: Mapping[int, Sequence[SpokenWord]]
) -> Iterator[PrintedSentence]:
    """The sentences of one paragraph.

    :param words: the spoken words, by the index of their printed word.
    """
    first = section.first
    for sentence in sentences_of(text):
        last = first + len(words_of_text(sentence))
        # Only content words count: a « de » may be matched far from its sentence.
        telling = [
            place for place in range(first, last) if content_words(section.table.printed[place])
        ]
        spoken = [words[place] for place in telling if place in words]
        first = last
        if spoken and len(spoken) >= MIN_SHARED * len(telling):
            yield PrintedSentence(
                text=sentence, start_ms=spoken[0][0].start_ms, end_ms=spoken[-1][-1].end_ms
            )
        else:
            yield PrintedSentence(text=sentence)
