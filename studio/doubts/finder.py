"""Find the doubts of a transcript: short passages of probably wrong words, the most urgent first,
few enough to check all.
"""

from __future__ import annotations

import bisect
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from studio.alignment.alignment_tables import exchange_alignments
from studio.alignment.exchange_words import printed_texts
from studio.alignment.nearby import NEAR_WORDS, PrintedPlaces
from studio.doubts.article_evidence import CONTEXT_WORDS, ArticleEvidence, ArticleWording
from studio.doubts.differences import Difference, find_differences
from studio.doubts.doubt import SECONDS_EACH, Doubt, DoubtKind, sorted_doubts
from studio.doubts.features import WordFeatures, error_probability, word_features
from studio.doubts.lexicon import Lexicon, with_elided, with_punctuation
from studio.doubts.uncertain_speakers import UncertainSpeaker, uncertain_speaker_doubts
from studio.language.dictionary import is_common_word, is_inflection_of
from studio.language.negation import negations_in
from studio.language.punctuation import bare
from studio.language.words import plain_words
from studio.model.alignment import Alignment
from studio.model.article import Article
from studio.model.clock import RecordingMs, Span
from studio.model.record import replace_fields
from studio.model.transcript import (
    Correction,
    Segment,
    Suggestion,
    Transcript,
    Word,
    ascending_starts,
)
from studio.speech.hallucinations import is_hallucination

# The minimum probability of an error for a word to be listed; bench/doubts.py evaluates other
# limits.
MIN_LISTED = 0.24
# Adjacent words belong to the doubt from this probability on. The maximum number of words of a
# doubt.
MIN_BESIDE = 0.1
MAX_STRETCH = 4
# Minimum values of features for deciding a doubt's kind.
MIN_KIND_AGREEMENT = 0.45
MIN_KIND_SIMILARITY = 0.35
# The minimum score of a suggestion, or the minimum similarity and agreement of the context, from
# which a wording is proposed as replacement instead of shown as context. bench/doubts.py counts how
# many proposals are correct.
MIN_PROPOSED = 0.3
MIN_PROPOSED_SIMILARITY = 0.5
MIN_PROPOSED_AGREEMENT = 0.4
MIN_NUMBER_SIMILARITY = 0.35

# Probabilities chosen by hand, for kinds that the test interviews lack or have too rarely:
# subtitlers' credits are nearly always hallucinations, loops half of the time; conflicts between
# user and machine must be checked; if the article differs in a name, a number or a negation, either
# may be right; speech without words may be laughter. Words similar to a name of the article were
# wrong in 39 of 39 cases, which is no guarantee for other voices.
HALLUCINATION, LOOP, CONFLICT, DIFFERENCE, UNHEARD, MISSPELLED = 0.95, 0.5, 0.9, 0.5, 0.5, 0.5
# A name of the article in an exchange where the article does not have it: the prompt makes the
# model write it for an unknown one (« Martinon » for « Martineau »). In 27 interviews 11 of 26 were
# wrong (``bench/prompted_names.py``); in exchanges with the name 1 of 268.
NAME_ELSEWHERE = 0.4
# A name for which the decoding without names in its prompt has another, more probable one
# (:mod:`studio.corrections.doubtful_names`): in 31 interviews 4 of 18 were wrong if the article
# spells the name right, all of 69 if it does not (``python -m bench.wrong_names``).
DOUBTFUL_NAME = 0.4
# Shorter speech without words is a hesitation or a breath.
MIN_UNHEARD_MS = 1_000
# The number of words, and of their consecutive repetitions, that indicate a loop of the model.
_LOOP_WORDS = 3
_LOOP_TIMES = 3


@dataclass(frozen=True)
class _Find:
    """A preliminary doubt on words ``first`` to ``last`` (exclusive) of the whole transcript."""

    kind: DoubtKind
    first: int
    last: int
    weight: float
    heard: str = ""
    proposal: str = ""
    context: str = ""


class DoubtFinder:
    """Finds the doubts of transcripts of one episode against its article.

    :param names: names of the article and of the speakers, correctly spelled.
    :param alignment: the positions of the article; without it only the article's names, numbers and
        words are used.
    :param voice: the spans with speech, if known.
    :param suggestions: corrections that were not certain enough to be applied.
    :param uncertain_speakers: the spans with an uncertain speaker.
    """

    def __init__(
        self,
        article: Article,
        names: Sequence[str],
        alignment: Alignment | None = None,
        voice: Sequence[Span] = (),
        *,
        suggestions: Sequence[Suggestion] = (),
        uncertain_speakers: Sequence[UncertainSpeaker] = (),
    ) -> None:
        self._voice, self._suggestions = voice, suggestions
        self._unsure_voices = uncertain_speakers
        self._article, self._alignment, self._names = (
            article,
            alignment,
            tuple(dict.fromkeys(names)),
        )
        self._texts = printed_texts(article)
        self._lexicon = Lexicon(self._texts, self._names)

    def doubts(self, transcript: Transcript) -> tuple[Doubt, ...]:
        """Every doubt, the most urgent first.

        No word is in two doubts, except for doubts about its speaker; words edited by the user are
        only in conflicts, and beside unheard speech.
        """
        found = [
            *_TranscriptReview(transcript, self).doubts(),
            *uncertain_speaker_doubts(transcript, self._unsure_voices),
        ]
        counts = Counter(_words_of(doubt) for doubt in found)
        return tuple(
            replace_fields(doubt, alike=counts[_words_of(doubt)] - 1)
            for doubt in sorted_doubts(found)
        )

    def word_signals(self, transcript: Transcript) -> tuple[WordFeatures, ...]:
        """The features of each word of the transcript; see :mod:`studio.doubts.features`."""
        return _TranscriptReview(transcript, self).signals

    def _differences(self, transcript: Transcript) -> Iterator[Difference]:
        if self._alignment is not None and self._alignment.passages:
            yield from find_differences(self._article, transcript, self._alignment, self._names)


def _words_of(doubt: Doubt) -> tuple[str, ...]:
    return (doubt.kind, *plain_words(doubt.text))


class _TranscriptReview:
    """One transcript under review."""

    def __init__(self, transcript: Transcript, finder: DoubtFinder) -> None:
        self._transcript, self._finder = transcript, finder
        self._words = transcript.words
        self._homes = [segment for segment in transcript.segments for _ in segment.words]
        self._firsts: dict[str, int] = {}
        for place, segment in enumerate(self._homes):
            self._firsts.setdefault(segment.id, place)
        # Corrections and suggestions refer to a word of a segment; the features need indices over
        # the whole transcript.
        self._corrections = self._placed(transcript.corrections)
        self._evidence, self._printed = None, PrintedPlaces(())
        if finder._alignment is not None:
            tables = exchange_alignments(transcript, finder._article, finder._alignment)
            self._evidence = ArticleEvidence(tables, len(self._words))
            self._printed = PrintedPlaces(tables)
        article_evidence = (
            [None] * len(self._words) if self._evidence is None else self._evidence.evidence
        )
        # The scores of corrections and suggestions are inputs of the error model, beside the
        # evidence of engine and article.
        corrected = [
            None if (one := self._corrections.get(place)) is None else one.score
            for place in range(len(self._words))
        ]
        self._suggested = self._places_suggested(
            [one for one in finder._suggestions if not one.doubts_name]
        )
        suggested = [
            0.0 if (found := self._suggested.get(place)) is None else found[2].score
            for place in range(len(self._words))
        ]
        self._lexicon = finder._lexicon
        self._misspellings = self._lexicon.misspellings(self._words)
        self.signals = word_features(
            self._words,
            corrected=corrected,
            suggested=suggested,
            article_evidence=article_evidence,
            lexicon=self._lexicon,
            misspellings=self._misspellings,
        )
        # Words edited by the user are considered correct.
        self._weights = [
            0.0 if word.probability == 1.0 else error_probability(signals)
            for word, signals in zip(self._words, self.signals, strict=True)
        ]

    def _placed(self, corrections: Sequence[Correction]) -> dict[int, Correction]:
        placed = {}
        for one in corrections:
            first = self._firsts.get(one.segment)
            if first is not None:
                for place in range(
                    first + one.word, first + one.word + max(1, len(one.text.split()))
                ):
                    if place < len(self._words) and self._homes[place].id == one.segment:
                        placed[place] = one
        return placed

    def _places_suggested(
        self, suggestions: Sequence[Suggestion]
    ) -> dict[int, tuple[int, int, Suggestion]]:
        """For each unchanged passage with a suggestion: its first word, its last (exclusive), the
        suggestion.
        """
        starts = ascending_starts(self._words)
        found: dict[int, tuple[int, int, Suggestion]] = {}
        for one in suggestions:
            first, last = (
                bisect.bisect_left(starts, one.start_ms),
                bisect.bisect_left(starts, one.end_ms),
            )
            inside = self._words[first:last]
            same = " ".join(word.text for word in inside) == one.heard and all(
                word.probability < 1.0 for word in inside
            )
            if same and self._homes[first] is self._homes[last - 1]:
                found |= dict.fromkeys(range(first, last), (first, last, one))
        return found

    def doubts(self) -> Iterator[Doubt]:
        """Every doubt once, unordered."""
        taken: set[int] = set()
        # Each word is in one doubt at most. Specific kinds come first, because they describe the
        # error.
        for find in [
            *self._conflicts(),
            *self._hallucinations(),
            *self._differing(),
            *self._misspelled(),
            *self._doubtful_names(),
            *self._names_elsewhere(),
        ]:
            places = set(range(find.first, find.last))
            if places and not places & taken:
                taken |= places
                yield self._doubt(find)
        # Speech without words is listed at the preceding word.
        for find, span in self._unheard():
            if find.first not in taken:
                taken.add(find.first)
                yield replace_fields(self._doubt(find), places=(span,))
        # Then every other improbable word, the most probable errors first, with its neighbours.
        for place in sorted(range(len(self._words)), key=lambda place: -self._weights[place]):
            if self._weights[place] < MIN_LISTED:
                break
            if place not in taken:
                find = (
                    self._correction(place, taken)
                    or self._suggestion(place, taken)
                    or self._find(*self._stretch(place, taken), taken)
                )
                taken |= set(range(find.first, find.last))
                yield self._doubt(find)

    def _conflicts(self) -> Iterator[_Find]:
        for one in {
            id(one): one for one in self._corrections.values() if one.reason == "conflict"
        }.values():
            places = [place for place, other in self._corrections.items() if other is one]
            yield _Find("conflict", min(places), max(places) + 1, CONFLICT, one.heard, one.heard)

    def _hallucinations(self) -> Iterator[_Find]:
        """Hallucinations of Whisper: film credits, and loops."""
        for segment in self._transcript.segments:
            if not segment.words or all(word.probability == 1.0 for word in segment.words):
                continue
            first = self._firsts[segment.id]
            if is_hallucination(segment.text, mean_logprob=0.0, no_speech=0.0):
                yield _Find("hallucination", first, first + len(segment.words), HALLUCINATION)
            else:
                place = _loop_in(segment)
                if place is not None:
                    last = first + place + _LOOP_WORDS * _LOOP_TIMES
                    yield _Find("hallucination", first + place, last, LOOP)

    def _differing(self) -> Iterator[_Find]:
        """Differing names, numbers and negations in passages that both have; and numbers that are
        nowhere in the article.
        """
        for one in self._finder._differences(self._transcript):
            spot = self._spot(one)
            if spot is not None:
                weight = max(DIFFERENCE, *self._weights[spot[0] : spot[1]])
                wording = None if self._evidence is None else self._evidence.wording(*spot)
                # The article's wording is only proposed if it covers exactly the differing words; a
                # wider one would change words that agree.
                proposal = (
                    wording.text
                    if wording is not None
                    and wording[:2] == spot
                    and (_is_likely(wording) or _is_other_number(one, wording))
                    else ""
                )
                yield _Find(one.kind, *spot, weight, proposal=proposal, context=one.published)
        for first, last in self._numbers():
            # Second, numbers without a counterpart: the article does not have them at all, so that
            # nothing was compared above.
            digits = re.findall(
                r"\d+", "".join(bare(word.text) for word in self._words[first:last])
            )
            if self._words[first].probability < 1.0 and not all(
                self._lexicon.has_number(number) for number in digits
            ):
                yield _Find("number", first, last, max(MIN_LISTED, *self._weights[first:last]))

    def _doubtful_names(self) -> Iterator[_Find]:
        """Names of the article that the recording may contradict."""
        doubtful = self._places_suggested(
            [one for one in self._finder._suggestions if one.doubts_name]
        )
        for first, last, one in dict.fromkeys(doubtful.values()):
            weight = max(DOUBTFUL_NAME, *self._weights[first:last])
            yield _Find("name", first, last, weight, heard=one.text)

    def _names_elsewhere(self) -> Iterator[_Find]:
        """Names of the article in exchanges where it does not have them; speakers may be addressed
        by name anywhere.
        """
        speakers = {part for segment in self._homes for part in plain_words(segment.speaker or "")}
        for place, word in enumerate(self._words):
            if word.probability == 1.0 or not self._lexicon.is_name(word.text):
                continue
            name = {
                part
                for part in plain_words(bare(word.text))
                if part not in speakers and not is_common_word(part)
            }
            printed = self._printed.of(place, place + 1)
            if name and printed is not None and name.isdisjoint(printed.words_about(NEAR_WORDS)):
                weight = max(NAME_ELSEWHERE, self._weights[place])
                yield _Find("name", place, place + 1, weight)

    def _spot(self, difference: Difference) -> tuple[int, int] | None:
        """The differing words, without the context that agrees; all if each agrees, None if nothing
        was said.
        """
        if not difference.said:
            return None
        # Words edited by the user have probability 1.0 and are never doubted.
        recognised = [
            place
            for place, word in enumerate(self._words)
            if difference.start_ms <= word.start_ms
            and word.end_ms <= difference.end_ms
            and word.probability < 1.0
        ]
        # Runs of adjacent words within one segment: first of those that differ, else of all. Of
        # several runs the one with the most probable error is shown.
        for places in (
            [place for place in recognised if not self.signals[place]["same"]],
            recognised,
        ):
            runs: list[list[int]] = []
            for place in places:
                if (
                    runs
                    and runs[-1][-1] == place - 1
                    and self._homes[place] is self._homes[place - 1]
                ):
                    runs[-1].append(place)
                else:
                    runs.append([place])
            if runs:
                run = max(runs, key=lambda run: max(self._weights[place] for place in run))
                return run[0], run[-1] + 1
        return None

    def _numbers(self) -> Iterator[tuple[int, int]]:
        """Words with digits; « 12 000 » is one number."""
        place = 0
        while place < len(self._words):
            first = place
            place += 1
            if not any(map(str.isdigit, self._words[first].text)):
                continue
            while (
                place < len(self._words)
                and self._homes[place] is self._homes[first]
                and _continues_sentence(*self._words[place - 1 : place + 1])
            ):
                place += 1
            yield first, place

    def _unheard(self) -> Iterator[tuple[_Find, Span]]:
        """Speech without words, each with the preceding word, else the following one."""
        # Speech may overlap.
        order = sorted(range(len(self._words)), key=lambda place: self._words[place].start_ms)
        starts = [self._words[place].start_ms for place in order]
        for span in self._finder._voice:
            edge = span.start_ms
            first, last = (
                bisect.bisect_left(starts, span.start_ms) - 1,
                bisect.bisect_left(starts, span.end_ms),
            )
            for place in range(max(0, first), last + 1):
                start = starts[place] if place < last else span.end_ms
                if start - edge >= MIN_UNHEARD_MS and self._words:
                    near = order[max(0, place - 1)]
                    yield (
                        _Find("missing", near, near + 1, UNHEARD),
                        Span(start_ms=edge, end_ms=RecordingMs(start)),
                    )
                if place < last:
                    edge = max(edge, self._words[order[place]].end_ms)

    def _misspelled(self) -> Iterator[_Find]:
        for one in self._misspellings:
            weights = self._weights[one.first : one.last]
            if any(weights) and self._homes[one.first] is self._homes[one.last - 1]:
                name = with_elided(self._words[one.first], one.name)
                yield _Find("name", one.first, one.last, max(MISSPELLED, *weights), proposal=name)

    def _stretch(self, place: int, taken: set[int]) -> tuple[int, int]:
        """The word with adjacent words that are probably wrong as well, in one segment."""
        first, last = place, place + 1
        while last - first < MAX_STRETCH:
            beside = [
                near
                for near in (first - 1, last)
                if 0 <= near < len(self._words)
                and near not in taken
                and self._homes[near] is self._homes[place]
                and self._weights[near] >= MIN_BESIDE
            ]
            if not beside:
                break
            near = max(beside, key=lambda near: self._weights[near])
            first, last = min(first, near), max(last, near + 1)
        return first, last

    def _correction(self, place: int, taken: set[int]) -> _Find | None:
        """The correction that produced this word; None if there is none, or if some of its words
        are already in a doubt.
        """
        one = self._corrections.get(place)
        if one is None:
            return None
        own = [at for at, other in self._corrections.items() if other is one]
        if set(own) & taken:
            return None
        return _Find("correction", own[0], own[-1] + 1, self._weights[place], one.heard, one.heard)

    def _suggestion(self, place: int, taken: set[int]) -> _Find | None:
        """Proposals of corrections that are at least as probable as the transcript's words."""
        if place not in self._suggested:
            return None
        first, last, one = self._suggested[place]
        if one.score < MIN_PROPOSED or set(range(first, last)) & taken:
            return None
        kind: DoubtKind = (
            "name" if any(self._lexicon.is_name(text) for text in one.text.split()) else "wording"
        )
        return _Find(kind, first, last, max(self._weights[first:last]), proposal=one.text)

    def _find(self, first: int, last: int, taken: set[int]) -> _Find:
        """The kind of a doubt on these words, and the article's wording."""
        weight = max(self._weights[first:last])
        signals = self.signals[first:last]
        wording = self._printed_instead(first, last, taken)
        if wording is not None:
            kind: DoubtKind = "missing" if all(one["same"] for one in signals) else "wording"
            proposal = wording.text if _is_likely(wording) and self._is_same_sense(wording) else ""
            return _Find(
                kind, wording.first, wording.last, weight, proposal=proposal, context=wording.around
            )
        unknown = next(
            (place for place in range(first, last) if self.signals[place]["unknown"]), None
        )
        if unknown is not None:
            # Words similar to a word of the article count as one word, even beside other doubted
            # ones; the article's is among the candidates, and was correct for 3 of 41.
            if self._like(unknown):
                return _Find("unknown", unknown, unknown + 1, self._weights[unknown])
            return _Find("unknown", first, last, weight)
        if any(one["odd"] or one["disagreeing"] for one in signals):
            return _Find("grammar", first, last, weight)
        return _Find("unsure", first, last, weight)

    def _printed_instead(self, first: int, last: int, taken: set[int]) -> ArticleWording | None:
        """The article's wording for these words, if it is verbatim in the context; with the next
        word, if the article only lacks them.
        """
        if self._evidence is None or not any(
            _is_printed_otherwise(one) for one in self.signals[first:last]
        ):
            return None
        # For a superfluous word, the article has the next one in place of both.
        for end in (last, last + 1) if last - first == 1 else (last,):
            wording = self._evidence.wording(first, end)
            if wording is not None:
                wider = range(wording.first, wording.last)
                free = not set(wider) & taken and all(
                    self._homes[place] is self._homes[first] for place in wider
                )
                return (
                    wording
                    if free and all(self._words[place].probability < 1.0 for place in wider)
                    else None
                )
        return None

    def _doubt(self, find: _Find) -> Doubt:
        words = self._words[find.first : find.last]
        segment = self._homes[find.first]
        text = " ".join(word.text for word in words)
        proposal = find.proposal
        if proposal and find.kind not in {"correction", "conflict"}:
            proposal = with_punctuation(words, proposal)
        # The article supports a correction if its new text is printed; any other doubt if its
        # proposal is.
        speaks_for = text if find.kind == "correction" else find.proposal
        # The key must be unaffected by edits elsewhere, because decisions are stored by it: start
        # and text, no index. At most 0.99: only users are certain.
        return Doubt(
            key=f"{words[0].start_ms}:{text}",
            kind=find.kind,
            weight=round(min(max(find.weight, *self._weights[find.first : find.last]), 0.99), 3),
            text=text,
            start_ms=words[0].start_ms,
            end_ms=words[-1].end_ms,
            segment=segment.id,
            word=find.first - self._firsts[segment.id],
            count=len(words),
            heard=find.heard,
            proposal="" if proposal == text else proposal,
            candidates=self._candidates(find, proposal),
            context=find.context or _context(speaks_for, self._finder._texts),
            places=(Span(start_ms=words[0].start_ms, end_ms=words[-1].end_ms),),
            seconds=SECONDS_EACH[find.kind],
        )

    def _candidates(self, find: _Find, proposal: str) -> tuple[str, ...]:
        """The proposal, the originally recognised words, and the article's; each once,
        case-insensitive.
        """
        words = self._words[find.first : find.last]
        places = range(find.first, find.last)
        recognised = dict.fromkeys(
            self._corrections[place].heard for place in places if place in self._corrections
        )
        named = (with_punctuation(words, one) for one in self._instead(find.first, find.last))
        found: dict[str, str] = {}
        for one in (proposal, *recognised, find.heard, *named):
            found.setdefault(one.lower(), one)
        current = " ".join(word.text for word in words)
        return tuple(one for one in found.values() if one and one != current)

    def _instead(self, first: int, last: int) -> Iterator[str]:
        """The article's wording for these words, and its word that is most similar to the unknown
        one.
        """
        wording = None if self._evidence is None else self._evidence.wording(first, last)
        if wording is not None and wording[:2] == (first, last):
            yield wording.text
        if last - first == 1 and self._like(first):
            yield self._like(first)

    def _like(self, place: int) -> str:
        """The article's word that is most similar to an unknown one; empty if there is none, or if
        only the ending differs.
        """
        word = self._words[place]
        if not self.signals[place]["unknown"]:
            return ""
        like = self._lexicon.closest_word(word.text)
        own = bare(word.text)
        differs = (
            like
            and not is_inflection_of(own.lower(), like)
            and own[0].isupper() == like[0].isupper()
        )
        return with_elided(word, like) if differs else ""

    def _is_same_sense(self, wording: ArticleWording) -> bool:
        """Whether the wordings do not differ in negation."""
        recognised = " ".join(word.text for word in self._words[wording.first : wording.last])
        return negations_in(plain_words(recognised)) == negations_in(plain_words(wording.text))


def _is_other_number(difference: Difference, wording: ArticleWording) -> bool:
    """Whether the article's number is probably correct: it is phonetically similar to the
    recognised one.
    """
    return difference.kind == "number" and wording.similarity >= MIN_NUMBER_SIMILARITY


def _is_likely(wording: ArticleWording) -> bool:
    """Whether the article's wording is probably correct if the transcript is wrong."""
    return (
        wording.similarity >= MIN_PROPOSED_SIMILARITY
        and wording.agreement >= MIN_PROPOSED_AGREEMENT
    )


def _is_printed_otherwise(signals: WordFeatures) -> bool:
    alike = signals["other_alike"] >= MIN_KIND_SIMILARITY * signals["other_agreeing"]
    other = signals["other_agreeing"] >= MIN_KIND_AGREEMENT and alike
    return (
        other
        or signals["extra_agreeing"] >= MIN_KIND_AGREEMENT
        or signals["missing"] >= MIN_KIND_AGREEMENT
    )


def _continues_sentence(before: Word, after: Word) -> bool:
    return bool(re.fullmatch(r"\d{1,3}", before.text) and re.match(r"\d{3}(?!\d)", after.text))


def _loop_in(segment: Segment) -> int | None:
    """The position of a loop: the same few words several times in a row."""
    plain = [" ".join(plain_words(word.text)) for word in segment.words]
    for first in range(len(plain) - _LOOP_WORDS * _LOOP_TIMES + 1):
        pieces = {
            tuple(plain[at : at + _LOOP_WORDS])
            for at in range(first, first + _LOOP_WORDS * _LOOP_TIMES, _LOOP_WORDS)
        }
        if len(pieces) == 1 and any(next(iter(pieces))):
            return first
    return None


def _context(wanted: str, texts: Sequence[str]) -> str:
    """The words of the article around the first occurrence of this text."""
    words = plain_words(wanted)
    if not words:
        return ""
    pattern = re.compile(
        r"(?<!\w)" + r"[\W_]+".join(re.escape(word.rstrip("'")) for word in words) + r"(?!\w)",
        re.IGNORECASE,
    )
    for text in texts:
        match = pattern.search(text.replace("’", "'"))
        if match:
            before = text[: match.start()].split(" ")[-CONTEXT_WORDS:]
            after = text[match.end() :].split(" ")[:CONTEXT_WORDS]
            return " ".join(before) + text[match.start() : match.end()] + " ".join(after)
    return ""
