"""When each printed sentence of the article is said, where it is said nearly as it is printed."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from studio.language.words import content_words, plain_words
from studio.model.clock import ProgrammeMs
from studio.model.record import Record
from studio.model.turns import Turn, sentences_of
from studio.site.paragraph_times import ParagraphTime

# Of a sentence's words that carry meaning, so many are heard in their order; of fewer, a listener
# would see a sentence lit that nobody says.
LEAST_SHARED = 0.5


class PrintedSentence(Record, frozen=True):
    """A sentence of a paragraph; both times are None where it is not said so."""

    text: str
    start_ms: ProgrammeMs | None = None
    end_ms: ProgrammeMs | None = None


def sentences_of_paragraph(
    text: str, moment: ParagraphTime, turns: Sequence[Turn]
) -> list[PrintedSentence]:
    """The sentences of a paragraph in their order, with their times.

    :param moment: when the paragraph is heard.
    :param turns: what is said, on the programme's clock.
    """
    sentences = sentences_of(text)
    printed = [(word, place) for place, one in enumerate(sentences) for word in plain_words(one)]
    spoken = [
        (token, word)
        for turn in turns
        for word in turn.words
        if moment.start_ms <= word.start_ms < moment.end_ms
        for token in plain_words(word.text)
    ]
    blocks = SequenceMatcher(
        None, [word for word, _ in printed], [token for token, _ in spoken], autojunk=False
    ).get_matching_blocks()
    # Only words that carry meaning count: a « de » may be matched far from its sentence.
    heard: list[list[int]] = [[] for _ in sentences]
    for block in blocks:
        for step in range(block.size):
            token, place = printed[block.a + step]
            if content_words(token):
                heard[place].append(block.b + step)
    found = []
    for sentence, places in zip(sentences, heard, strict=True):
        if places and len(places) >= LEAST_SHARED * len(content_words(sentence)):
            first, last = spoken[places[0]][1], spoken[places[-1]][1]
            found.append(PrintedSentence(sentence, first.start_ms, last.end_ms))
        else:
            found.append(PrintedSentence(sentence))
    return found
