"""Choose representative excerpts: the pull quote, and passages that the article prints word for
word.

A user's choice in ``episode.toml`` replaces all of them. Otherwise the quote comes first, extended
to the minimum length. Then every passage of whole sentences of a guest, 15 to 60 seconds long, is
compared with the printed answer: the words that both share in order, divided by the words of the
longer one. The best ones without overlap are chosen.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from studio.alignment.alignment_tables import Term, agreements, exchange_alignments, plain_terms
from studio.alignment.exchange_words import paragraph_places, written_places
from studio.errors import WorkspaceError
from studio.language.words import plain_words
from studio.messages.message import message
from studio.model.alignment import Alignment, ExchangeAlignment, Passage
from studio.model.article import Article, Exchange
from studio.model.clock import Programme, ProgrammeMs
from studio.model.episode import ChosenSoundbite
from studio.model.soundbite import Soundbite
from studio.model.transcript import Transcript
from studio.model.turns import (
    SpokenWord,
    Turn,
    ends_sentence,
    spoken_words,
    turns_from_transcript,
)

# The podcast namespace recommends 15 to 120 seconds; *shared* ones are shorter, for social
# networks.
MIN_DURATION_MS, MAX_SHARED_MS, MAX_DURATION_MS = 15_000, 60_000, 120_000
IDEAL_MS = 30_000
MAX_SHARED = 3
# The share of spoken and printed words that must agree in order: the rest are additions in speech
# and misrecognised words.
WORD_FOR_WORD = 0.75
# Shares that differ by less count as equal; then passages that are complete in print as well, and
# of good length, are preferred.
ALIKE = 0.05
# The podcast namespace's limit for the text of a podcast:soundbite.
SOUNDBITE_TITLE_CHARACTERS = 128
# Printed sentences may differ from the spoken ones by at most this many words at either end.
LOOSE_WORDS = 1


def choose_soundbites(
    article: Article,
    alignment: Alignment,
    transcript: Transcript,
    programme: Programme,
    *,
    host: str,
    chosen: Sequence[ChosenSoundbite] | None,
    where: object,
) -> tuple[Soundbite, ...]:
    """The sound bites of an episode, the best one first. Deterministic.

    :param alignment: of this article and this transcript, with its passages.
    :param host: the interviewer, of whom no *shared* passage is chosen.
    :param chosen: the user's choice; None: Studio chooses.
    :param where: the file with the user's choice, for messages.
    :raises WorkspaceError: a chosen sound bite ends before it starts, or is not in the episode.
    """
    turns = turns_from_transcript(transcript, programme)
    if chosen is not None:
        return tuple(
            _chosen(excerpt, number, turns, programme, where)
            for number, excerpt in enumerate(chosen, start=1)
        )
    quoted = soundbite_from_quote(article.quote, alignment.quote, turns, programme)
    taken = [] if quoted is None else [quoted]
    ranked = sorted(
        _shared(article, alignment, transcript, programme, host), key=_Candidate.rank, reverse=True
    )
    # Greedy: the best passages first, without overlap. The quote does not count against the number.
    for candidate in ranked:
        if len(taken) - (quoted is not None) == MAX_SHARED:
            break
        bite = candidate.soundbite
        if all(bite.end_ms <= other.start_ms or other.end_ms <= bite.start_ms for other in taken):
            taken.append(bite)
    return tuple(taken)


def soundbite_from_quote(
    quote: str | None, passage: Passage | None, turns: Sequence[Turn], programme: Programme
) -> Soundbite | None:
    """The quote's sentences, extended by the following and then the preceding ones of the same
    speaker up to 15 seconds.

    None if the quote is not spoken. It may be shorter if the speaker says no more.
    """
    if quote is None or passage is None or passage.start_ms is None or passage.end_ms is None:
        return None
    start, end = (
        programme.programme_from_recording(passage.start_ms),
        programme.programme_from_recording(passage.end_ms),
    )
    if end <= start or not programme.contains(passage.start_ms):
        return None
    speaker = _speaker_at(start, turns)
    # Extend it forwards by whole sentences of the same speaker.
    for turn in turns:
        if turn.end_ms <= end:
            continue
        if turn.speaker != speaker or end - start >= MIN_DURATION_MS:
            break
        for word in turn.words:
            if (
                word.end_ms > end
                and word.end_ms - start <= MAX_DURATION_MS
                and (ends_sentence(word.text) or word is turn.words[-1])
            ):
                end = ProgrammeMs(word.end_ms)
                if end - start >= MIN_DURATION_MS:
                    break
    # Still too short: extend it backwards.
    end = ProgrammeMs(min(end, start + MAX_DURATION_MS))
    for word in _sentences_back(start, speaker, turns):
        if end - start >= MIN_DURATION_MS or end - word.start_ms > MAX_DURATION_MS:
            break
        start = word.start_ms
    return Soundbite(
        start_ms=start,
        end_ms=end,
        title=_title(quote),
        speaker=speaker,
        similarity=passage.similarity,
    )


def _sentences_back(
    start_ms: int, speaker: str | None, turns: Sequence[Turn]
) -> Iterator[SpokenWord]:
    """The first words of the speaker's sentences before a time, the last sentence first, as long as
    nobody else speaks.
    """
    for turn in reversed([turn for turn in turns if turn.start_ms < start_ms]):
        if turn.speaker != speaker:
            return
        for place in range(len(turn.words) - 1, -1, -1):
            word = turn.words[place]
            if word.start_ms < start_ms and (
                place == 0 or ends_sentence(turn.words[place - 1].text)
            ):
                yield word


def _chosen(
    excerpt: ChosenSoundbite,
    number: int,
    turns: Sequence[Turn],
    programme: Programme,
    where: object,
) -> Soundbite:
    """The user's choice, unchanged."""
    start, end = (
        programme.programme_from_recording(excerpt.start_ms),
        programme.programme_from_recording(excerpt.end_ms),
    )
    if excerpt.end_ms <= excerpt.start_ms:
        raise WorkspaceError(
            where,
            message("sound bite {number} ends before it starts", number=number),
            message("Fix its start_ms and end_ms."),
        )
    if end <= start or not any(
        span.start_ms < excerpt.end_ms and excerpt.start_ms < span.end_ms for span in programme.kept
    ):
        raise WorkspaceError(
            where,
            message("sound bite {number} is not in the episode", number=number),
            message("Move it, or fix the cuts."),
        )
    said = " ".join(
        word.text
        for turn in turns
        for word in turn.words
        if start <= (word.start_ms + word.end_ms) // 2 < end
    )
    speaker = _speaker_at((start + end) // 2, turns)
    return Soundbite(
        start_ms=start,
        end_ms=end,
        title=_title(excerpt.title or said),
        speaker=speaker,
        origin="chosen",
    )


class _Candidate(NamedTuple):
    """A candidate passage.

    :param complete: whether it also starts and ends at sentence boundaries in print.
    """

    soundbite: Soundbite
    complete: bool

    def rank(self) -> tuple[int, bool, int, int]:
        """The sort key; the best one has the highest."""
        bite = self.soundbite
        return (
            round(bite.similarity / ALIKE),
            self.complete,
            -abs(bite.duration_ms - IDEAL_MS),
            -bite.start_ms,
        )


class _Heard(NamedTuple):
    """A word of a guest, and its index among the spoken words of its table."""

    place: int
    speaker: str | None
    word: SpokenWord


def _shared(
    article: Article,
    alignment: Alignment,
    transcript: Transcript,
    programme: Programme,
    host: str,
) -> Iterator[_Candidate]:
    """Every passage that is printed word for word."""
    found = {question.number: question for question in alignment.questions}
    exchanges = {exchange.number: exchange for exchange in article.exchanges}
    spoken = list(spoken_words(transcript, programme))
    for table in exchange_alignments(transcript, article, alignment):
        question = found[table.number]
        begin = question.start_ms if question.answer_start_ms is None else question.answer_start_ms
        # Without cuts, and thus without other speakers there.
        heard = [
            _Heard(place, name, word)
            for place, (name, pieces) in enumerate(spoken[table.first : table.last])
            if transcript.words[table.first + place].start_ms >= (begin or 0)
            for word in pieces or ()
        ]
        for speaker, own in itertools.groupby(heard, key=lambda one: one.speaker):
            if speaker is not None and speaker != host:
                yield from _shared_with(exchanges[table.number], speaker, list(own), table)


def _shared_with(
    exchange: Exchange, speaker: str, said: Sequence[_Heard], table: ExchangeAlignment
) -> Iterator[_Candidate]:
    """Compare uninterrupted speech of one guest with the answer."""
    written = [word for paragraph in exchange.answer for word in paragraph.text.split()]
    answer, kept = paragraph_places(exchange)[0][1], written_places(written)
    print_terms = [term for term in plain_terms(table.printed) if term.first >= answer]
    # For each term, the index of its written or spoken word.
    print_places = [kept[term.first - answer] for term in print_terms]
    said_terms, said_places = [], []
    for place, one in enumerate(said):
        for text in plain_words(one.word.text):
            said_terms.append(Term(text, one.place, one.place + 1))
            said_places.append(place)
    pairs = [
        (print_places[printed], said_places[heard])
        for heard, printed in agreements(table.pairs, said_terms, print_terms)
    ]
    words = [one.word for one in said]
    print_starts = [
        place for place in range(len(written)) if place == 0 or ends_sentence(written[place - 1])
    ]
    starts = [
        place for place in range(len(words)) if place == 0 or ends_sentence(words[place - 1].text)
    ]
    ends = [place + 1 for place, word in enumerate(words) if ends_sentence(word.text)]
    for first, last in itertools.product(starts, ends):
        if (
            first >= last
            or not MIN_DURATION_MS
            <= words[last - 1].end_ms - words[first].start_ms
            <= MAX_SHARED_MS
        ):
            continue
        own = [pair for pair in pairs if first <= pair[1] < last]
        if not own:
            continue
        spoken = sum(first <= place < last for place in said_places)
        from_print, until_print = own[0][0], own[-1][0] + 1
        printed = sum(from_print <= place < until_print for place in print_places)
        share = len(own) / max(spoken, printed)
        if share < WORD_FOR_WORD:
            continue
        begins = max(place for place in print_starts if place <= from_print)
        follows = min(
            (place for place in (*print_starts, len(written)) if place >= until_print),
            default=len(written),
        )
        bite = Soundbite(
            start_ms=words[first].start_ms,
            end_ms=words[last - 1].end_ms,
            title=_title(" ".join(written[begins:follows])),
            speaker=speaker,
            origin="shared",
            similarity=round(share, 2),
        )
        yield _Candidate(
            bite, from_print - begins <= LOOSE_WORDS and follows - until_print <= LOOSE_WORDS
        )


def _speaker_at(moment_ms: int, turns: Sequence[Turn]) -> str | None:
    return next((turn.speaker for turn in turns if turn.start_ms <= moment_ms < turn.end_ms), None)


def _title(text: str) -> str:
    """The text on one line, cut at a word if it is longer than apps display. No-break spaces are
    kept.
    """
    line = re.sub(r"[ \t\r\n]+", " ", text).strip()
    if len(line) <= SOUNDBITE_TITLE_CHARACTERS:
        return line
    cut = line[: SOUNDBITE_TITLE_CHARACTERS - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(",;:–—-\u00a0\u202f ") + "…"
