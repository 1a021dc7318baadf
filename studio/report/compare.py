"""Compare article and transcript: how much of each is in the other, and the differences.

All times are on the recording clock; the functions are pure. For each sentence, the passage of the
other text that shares most of its content words is searched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from rapidfuzz import fuzz, process

from studio.alignment.exchange_words import places_between
from studio.doubts.differences import Difference, find_differences
from studio.language.tokens import terms_of, tokens_of
from studio.language.words import plain_words
from studio.model.alignment import Alignment, Passage, Question
from studio.model.article import Article
from studio.model.clock import Programme, RecordingMs
from studio.model.record import Record, replace_fields
from studio.model.transcript import Segment, Transcript
from studio.model.turns import sentences_of

CoverageKind = Literal["verbatim", "reworded", "unheard"]

# The share of its content words that a printed sentence must have in common with the best passage
# of speech to count as spoken, and a spoken one with the best passage of the article to count as
# printed.
SENTENCE_HEARD = 0.34
SEGMENT_PRINTED = 0.3
# From this share on, a question was asked as printed.
QUESTION_VERBATIM = 0.8
# With fewer content words, a sentence (« Oui. ») cannot be located by itself.
FEWEST_TERMS = 3
# The passage of the other text may have this many times the content words, and at least this many.
STRETCH = 2
MIN_STRETCH = 12
# Two words of five letters or more with this similarity (0 to 100) count as one word, misrecognised
# or inflected.
SAME_TERM_SIMILARITY = 84.0
# Shorter unprinted speech is ignored: « Merci à vous. »
BRIEF_MS = 10_000
BRIEF_SHARE = 0.05
# A turn is split after the first segment that ends beyond this many characters.
SPOKEN_CHARACTERS = 220


class ComparedSentence(Record, frozen=True):
    """One sentence of a paragraph and whether it was spoken."""

    text: str
    kind: CoverageKind


class PrintedParagraph(Record, frozen=True):
    """A paragraph of an answer beside the spoken words.

    :param exchange: numbered as in :class:`studio.model.alignment.Passage`, like ``paragraph``;
        paragraph 0 is the question.
    :param speaker: the name that the article gives before it, else None.
    :param similarity: 0 to 1, as in :class:`studio.model.alignment.Passage`; for a question the
        share of its content words.
    :param said: the words spoken meanwhile; empty if the paragraph was not spoken.
    """

    exchange: int
    paragraph: int
    speaker: str | None
    kind: CoverageKind
    similarity: float
    sentences: tuple[ComparedSentence, ...]
    start_ms: RecordingMs | None
    end_ms: RecordingMs | None
    said: tuple[SpokenRun, ...]


class SpokenRun(Record, frozen=True):
    """Consecutive words of one speaker, a few sentences at most, so that each can be played."""

    speaker: str | None
    start_ms: RecordingMs
    end_ms: RecordingMs
    text: str


class UnprintedSpeech(Record, frozen=True):
    """Speech that is not in the article, from the first such sentence to the last. ``spoken_ms``
    excludes pauses.
    """

    start_ms: RecordingMs
    end_ms: RecordingMs
    spoken_ms: int
    said: tuple[SpokenRun, ...]


class Coverage(Record, frozen=True):
    """Shares from 0 to 1.

    :param verbatim: words of questions and answers that were spoken (nearly) word for word;
        ``reworded`` and ``unheard`` are the others.
    :param printed: the duration of speech whose content is in the article.
    :param spoken_ms: the duration of all speech.
    """

    verbatim: float
    reworded: float
    unheard: float
    printed: float
    spoken_ms: int


class TextComparison(Record, frozen=True):
    """Both texts compared with each other.

    :param paragraphs: every question and paragraph of the interview in the article's order.
    :param unprinted: unprinted speech, in order of time.
    :param equivalent: whether the article is an equivalent of the audio: *full*: everything is
        printed as spoken; *nearly*: except for short passages or single differences; *partial*:
        not.
    """

    paragraphs: tuple[PrintedParagraph, ...]
    unprinted: tuple[UnprintedSpeech, ...]
    differences: tuple[Difference, ...]
    coverage: Coverage
    equivalent: Literal["full", "nearly", "partial"]


def heard_transcript(transcript: Transcript, programme: Programme) -> Transcript:
    """The transcript without the cuts of the episode. Segments that lose all their words are
    dropped, with their corrections.
    """
    segments = []
    whole: set[str] = set()
    for segment in transcript.segments:
        words = tuple(
            word
            for word in segment.words
            if programme.contains(RecordingMs((word.start_ms + word.end_ms) // 2))
        )
        if len(words) == len(segment.words):
            whole.add(segment.id)
        if words:
            segments.append(replace_fields(segment, words=words))
    corrections = tuple(
        correction for correction in transcript.corrections if correction.segment in whole
    )
    return replace_fields(transcript, segments=tuple(segments), corrections=corrections)


def compare_texts(
    article: Article, transcript: Transcript, alignment: Alignment, names: Sequence[str]
) -> TextComparison:
    """Compare the article with the speech.

    :param alignment: of this article and this transcript, with its passages.
    :param names: the names in the article.
    """
    said = _Text([word.text for word in transcript.words])
    paragraphs = tuple(_paragraphs(article, transcript, alignment, said))
    unprinted = tuple(_unprinted(article, transcript, alignment))
    differences = tuple(find_differences(article, transcript, alignment, names))
    spoken_ms = _speaking_ms(transcript.segments)
    left_out_ms = sum(stretch.spoken_ms for stretch in unprinted)
    letters = dict.fromkeys(("verbatim", "reworded", "unheard"), 0)
    for paragraph in paragraphs:
        for sentence in paragraph.sentences:
            letters[sentence.kind] += len(plain_words(sentence.text))
    total = max(1, sum(letters.values()))
    coverage = Coverage(
        verbatim=round(letters["verbatim"] / total, 3),
        reworded=round(letters["reworded"] / total, 3),
        unheard=round(letters["unheard"] / total, 3),
        printed=round(1 - left_out_ms / spoken_ms, 3) if spoken_ms else 0.0,
        spoken_ms=spoken_ms,
    )
    brief = (
        all(stretch.end_ms - stretch.start_ms <= BRIEF_MS for stretch in unprinted)
        and left_out_ms <= BRIEF_SHARE * spoken_ms
    )
    return TextComparison(
        paragraphs=paragraphs,
        unprinted=unprinted,
        differences=differences,
        coverage=coverage,
        equivalent="partial"
        if not spoken_ms or not brief
        else "nearly"
        if unprinted or differences
        else "full",
    )


# --- how much of each is in the other


class _Text:
    """A text's content words as lemmas, numbers by value, each with the index of its word."""

    def __init__(self, words: Sequence[str]) -> None:
        self.tokens = list(tokens_of(words))
        self.terms = [token for token in self.tokens if token.content]
        self._vocabulary: dict[str, str | None] = {}
        self._long = sorted({token.key for token in self.terms if len(token.key) >= 5})
        self._known = {token.key for token in self.terms}

    def share(self, wanted: Sequence[str], first: int, last: int) -> float:
        """The share of these terms in the best passage within the words ``first`` to ``last``
        (exclusive); 1 without terms.
        """
        if not wanted:
            return 1.0
        own = [self._recognised(term) for term in dict.fromkeys(wanted)]
        known = {term for term in own if term is not None}
        # A sliding window with counts of its terms.
        inside = [token.key for token in self.terms if first <= token.word < last]
        length = max(MIN_STRETCH, STRETCH * len(wanted))
        counts: Counter[str] = Counter()
        best = common = 0
        for place, key in enumerate(inside):
            counts[key] += 1
            common += key in known and counts[key] == 1
            if place >= length:
                leaving = inside[place - length]
                counts[leaving] -= 1
                common -= leaving in known and not counts[leaving]
            best = max(best, common)
        return best / len(own)

    def _recognised(self, term: str) -> str | None:
        if term in self._known:
            return term
        if term not in self._vocabulary:
            self._vocabulary[term] = self._nearest(term)
        return self._vocabulary[term]

    def _nearest(self, term: str) -> str | None:
        if len(term) < 5 or term.startswith("#"):
            return None
        found = process.extractOne(
            term, self._long, scorer=fuzz.ratio, score_cutoff=SAME_TERM_SIMILARITY
        )
        return None if found is None else str(found[0])


def _paragraphs(
    article: Article, transcript: Transcript, alignment: Alignment, said: _Text
) -> Iterator[PrintedParagraph]:
    passages = {(passage.exchange, passage.paragraph): passage for passage in alignment.passages}
    questions = {question.number: question for question in alignment.questions}
    for exchange in article.exchanges:
        question = questions.get(exchange.number)
        yield _question(exchange.number, exchange.question, question, transcript, said)
        for number, paragraph in enumerate(exchange.answer, 1):
            passage = passages.get((exchange.number, number))
            spoken = (
                _spoken_in(transcript, passage.start_ms, passage.end_ms)
                if passage is not None
                else ()
            )
            # Spoken in the recording, but cut from the episode.
            if not spoken:
                passage = None
            yield PrintedParagraph(
                exchange=exchange.number,
                paragraph=number,
                speaker=paragraph.speaker,
                kind=passage.kind if passage is not None else "unheard",
                similarity=passage.similarity if passage is not None else 0.0,
                sentences=tuple(
                    ComparedSentence(
                        text=text, kind=_sentence_kind(text, passage, question, transcript, said)
                    )
                    for text in sentences_of(paragraph.text)
                ),
                start_ms=passage.start_ms if passage is not None else None,
                end_ms=passage.end_ms if passage is not None else None,
                said=spoken,
            )


def _question(
    number: int, text: str, question: Question | None, transcript: Transcript, said: _Text
) -> PrintedParagraph:
    start_ms = question.start_ms if question is not None and question.status == "asked" else None
    end_ms = (
        None
        if question is None or start_ms is None
        else question.answer_start_ms or question.end_ms
    )
    spoken = _spoken_in(transcript, start_ms, end_ms)
    kind: CoverageKind = "unheard"
    similarity = 0.0
    if spoken and start_ms is not None and end_ms is not None:
        similarity = round(
            said.share(terms_of(text), *places_between(transcript.words, start_ms, end_ms)), 2
        )
        kind = "verbatim" if similarity >= QUESTION_VERBATIM else "reworded"
    return PrintedParagraph(
        exchange=number,
        paragraph=0,
        speaker=None,
        kind=kind,
        similarity=similarity,
        sentences=(ComparedSentence(text=text, kind=kind),),
        start_ms=start_ms if spoken else None,
        end_ms=end_ms if spoken else None,
        said=spoken,
    )


def _sentence_kind(
    text: str,
    passage: Passage | None,
    question: Question | None,
    transcript: Transcript,
    said: _Text,
) -> CoverageKind:
    """A sentence has the kind of its paragraph if its own words are spoken in the exchange."""
    if passage is None or passage.start_ms is None or passage.end_ms is None:
        return "unheard"
    terms = terms_of(text)
    if len(terms) < FEWEST_TERMS:
        return passage.kind
    start_ms, end_ms = passage.start_ms, passage.end_ms
    if question is not None and question.start_ms is not None and question.end_ms is not None:
        start_ms, end_ms = min(start_ms, question.start_ms), max(end_ms, question.end_ms)
    return (
        passage.kind
        if said.share(terms, *places_between(transcript.words, start_ms, end_ms)) >= SENTENCE_HEARD
        else "unheard"
    )


def _speaking_ms(segments: Iterable[Segment]) -> int:
    return sum(
        segment.words[-1].end_ms - segment.words[0].start_ms
        for segment in segments
        if segment.words
    )


def _spoken_in(
    transcript: Transcript, start_ms: int | None, end_ms: int | None
) -> tuple[SpokenRun, ...]:
    if start_ms is None or end_ms is None:
        return ()
    return _spoken(
        replace_fields(segment, words=words)
        for segment in transcript.segments
        if (words := tuple(word for word in segment.words if start_ms <= word.start_ms < end_ms))
    )


def _spoken(segments: Iterable[Segment]) -> tuple[SpokenRun, ...]:
    """The speech turn by turn, with long turns split."""
    spoken: list[SpokenRun] = []
    for segment in segments:
        start_ms, end_ms = segment.words[0].start_ms, segment.words[-1].end_ms
        if (
            spoken
            and spoken[-1].speaker == segment.speaker
            and len(spoken[-1].text) < SPOKEN_CHARACTERS
        ):
            spoken[-1] = replace_fields(
                spoken[-1], end_ms=end_ms, text=f"{spoken[-1].text} {segment.text}"
            )
        else:
            spoken.append(
                SpokenRun(
                    speaker=segment.speaker, start_ms=start_ms, end_ms=end_ms, text=segment.text
                )
            )
    return tuple(spoken)


def _unprinted(
    article: Article, transcript: Transcript, alignment: Alignment
) -> Iterator[UnprintedSpeech]:
    """Speech with words that are not in the article, except single words between printed ones."""
    printed = _Text(_printed_words(article))
    length = len(_printed_words(article))
    # The host may ask a printed question in other words.
    questions = [
        (one.start_ms, one.answer_start_ms) for one in alignment.questions if one.status == "asked"
    ]
    pending: list[Segment] = []
    telling = 0
    for segment in (segment for segment in transcript.segments if segment.words):
        terms = terms_of(segment.text)
        # An interjection belongs to the sentence around it.
        if len(terms) < FEWEST_TERMS and pending:
            pending.append(segment)
            continue
        middle_ms = (segment.words[0].start_ms + segment.words[-1].end_ms) // 2
        question = any(
            start is not None and end is not None and start <= middle_ms < end
            for start, end in questions
        )
        if (
            question
            or len(terms) < FEWEST_TERMS
            or printed.share(terms, 0, length) >= SEGMENT_PRINTED
        ):
            yield from _stretch(pending, telling)
            pending, telling = [], 0
        else:
            pending.append(segment)
            telling += len(terms)
    yield from _stretch(pending, telling)


def _stretch(segments: Sequence[Segment], telling: int) -> Iterator[UnprintedSpeech]:
    if telling:
        spoken = _spoken(segments)
        yield UnprintedSpeech(
            start_ms=spoken[0].start_ms,
            end_ms=spoken[-1].end_ms,
            spoken_ms=_speaking_ms(segments),
            said=spoken,
        )


def _printed_words(article: Article) -> list[str]:
    texts = [article.title, article.quote or "", *article.introduction]
    for exchange in article.exchanges:
        texts += [exchange.question, *(paragraph.text for paragraph in exchange.answer)]
    return " ".join(texts).split()
