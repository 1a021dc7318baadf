"""How a recording is read, whatever the engine: which windows, with which prompts, which hypothesis
is believed, and what is thrown away.

1. Streams go through the recording as Whisper does (:mod:`studio.speech.streams`), over everything,
not only where the detector finds a voice: it misses speech over music. Each window is told the
names, and what was said before it. 2. A window whose text repeats itself, is improbable or is too
short for its speech is decoded again from the same encoding: with a wider search, then without what
was said before it, without the names, without both. See
:func:`studio.speech.hypotheses.best_reading`. 3. Speech that no word covers is read once more by
itself. 4. What the model itself hardly believes is read again in another way
(:mod:`studio.speech.second_reading`). 5. Stretches that nobody can have said are taken out, and
kept beside the rest with the reason.

All windows of a round are read before any is judged, so that the same sound gives the same text
however threads happen to run.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, TypeVar

from studio.language.words import plain_words
from studio.model.clock import RecordingMs, Span
from studio.model.transcript import RemovedText, Utterance, Word
from studio.progress import Progress
from studio.speech.engine import Engine, Tokenizer
from studio.speech.gain_match import GainMatchedSamples, match_gain
from studio.speech.hallucinations import (
    HIGHEST_NO_SPEECH,
    LOWEST_MEAN_LOGPROB,
    Stretch,
    compression_ratio,
    hallucination_reason,
    letters_in,
    mean_logprob_of,
)
from studio.speech.hypotheses import (
    LOWEST_RATE_SHARE,
    Encoding,
    Hypothesis,
    best_reading,
    impossible_repeats,
    longest_ms,
    unheard,
    unstretched,
    voiced_s,
)
from studio.speech.second_reading import is_better, is_doubtful, is_inside, windows_at_pauses
from studio.speech.streams import Stream, parts_of, streams_from_voice
from studio.speech.token_merge import Piece, words_from_pieces
from studio.speech.word_timing import settle_words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Windows that are decoded together by one worker. More hardly save time; each takes 60 MB with base
# weights and two beams, 90 MB with five.
BATCH_WINDOWS = 3
# The first search is narrow, that of improbable windows wider. One beam takes a fifth less time,
# and makes more errors on short readings.
BEAMS = 2
MORE_BEAMS = 5
# A window whose reading is less probable (mean natural logarithm of its tokens) is searched more
# widely: little of a good recording, most of a bad one, where that costs half as much time again.
DOUBTFUL_MEAN_LOGPROB = -0.5
# What is taken for written before: at most so many tokens, half of Whisper's text context as in
# Whisper itself; the names among them at most so many, so that what was said before always has
# room.
MOST_PROMPT_TOKENS = 223
MOST_NAME_TOKENS = 120
# Nothing is read at the end of a stream where no voice is found and less than this is left.
SHORTEST_WINDOW_MS = 3_000
# A window advances by this much at least.
SHORTEST_STEP_MS = 1_000

# Words at the end of one window that come again at the start of the next were read twice, not said
# twice, from so many letters on. People repeat single words; a phrase that is said twice just there
# is rare.
LEAST_REPEATED_LETTERS = 8
MOST_REPEATED_WORDS = 15

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Heard:
    """What is believed to have been said, and what was written down but is not believed."""

    utterances: tuple[Utterance, ...]
    removed: tuple[RemovedText, ...]


@dataclass(frozen=True)
class _Prompt:
    """What a window is told: the names or not, and so many tokens of what was said before."""

    names: tuple[int, ...]
    before: tuple[int, ...]

    @property
    def tokens(self) -> tuple[int, ...]:
        return self.names + self.before


@dataclass
class _Step:
    """One window of one stream, while it is read."""

    stream: Stream
    window: Span
    encoding: Encoding
    prompt: _Prompt
    hypotheses: list[Hypothesis] = field(default_factory=list)


@dataclass
class _Passage:
    """What was made of one window: its words, what was taken out, and from where to where it was
    read.
    """

    start_ms: int
    end_ms: int
    mean_logprob: float
    utterances: list[Utterance]
    removed: list[RemovedText]
    tokens: tuple[int, ...]


def transcribe_samples(
    engine: Engine,
    samples: NDArray[np.float32],
    voice: Sequence[Span],
    *,
    language: str,
    names: Sequence[str],
    progress: Progress,
) -> Heard:
    """Write down what is said.

    :param samples: the whole recording, mono, 16 kHz, −1 to 1.
    :param voice: stretches of speech, ascending, without overlap.
    :param language: two letters, e.g. ``fr``.
    :param names: names to expect, in the spelling wanted; may be empty.
    :param progress: told milliseconds done and in all.
    :returns: ascending utterances on the recording's clock; words ascend without overlap, none of
        zero length.
    """
    if not voice:
        return Heard((), ())
    with ThreadPoolExecutor(engine.workers) as pool:
        return _Transcription(engine, pool, samples, voice, language=language, names=names).run(
            progress
        )


class _Transcription:
    """One recording being read."""

    def __init__(
        self,
        engine: Engine,
        pool: Executor,
        samples: NDArray[np.float32],
        voice: Sequence[Span],
        *,
        language: str,
        names: Sequence[str],
    ) -> None:
        self._engine, self._pool, self._samples, self._voice = engine, pool, samples, voice
        self._tokenizer: Tokenizer = engine.tokenizer(language)
        self._names = name_tokens(names, self._tokenizer)
        self._levels: GainMatchedSamples = match_gain(samples, voice)
        self._rates: list[float] = []

    def run(self, progress: Progress) -> Heard:
        duration_ms = len(self._samples) * 1000 // 16_000
        streams = streams_from_voice(self._voice, duration_ms, BATCH_WINDOWS * self._engine.workers)
        passages: list[list[_Passage]] = [[] for _ in streams]
        while hypothesis := [
            (stream, own)
            for stream, own in zip(streams, passages, strict=True)
            if self._goes_on(stream)
        ]:
            for (stream, own), passage in zip(
                hypothesis, self._read([stream for stream, _ in hypothesis]), strict=True
            ):
                if own:
                    _drop_repeated(own[-1], passage)
                stream.seek_ms = passage.end_ms
                # What nobody can have said is no context; nor is what was guessed.
                stream.context = (
                    [*stream.context, *passage.tokens]
                    if passage.mean_logprob > LOWEST_MEAN_LOGPROB
                    else []
                )
                own.append(passage)
            progress(
                sum(max(0, stream.seek_ms - stream.start_ms) for stream in streams), duration_ms
            )
        kept = [
            _from(stream.start_ms, passage)
            for stream, own in zip(streams, passages, strict=True)
            for passage in own
        ]
        kept += self._read_unheard(
            [utterance for passage in kept for utterance in passage.utterances]
        )
        kept = self._read_doubtful(kept, duration_ms)
        heard = _without_repeats(
            [utterance for passage in kept for utterance in passage.utterances]
        )
        removed = [one for passage in kept for one in passage.removed]
        progress(duration_ms, duration_ms)
        return Heard(
            settle_words(heard, self._samples, self._voice),
            tuple(sorted(removed, key=lambda one: one.start_ms)),
        )

    def _goes_on(self, stream: Stream) -> bool:
        left = Span(start_ms=RecordingMs(stream.seek_ms), end_ms=stream.end_ms)
        left_ms = left.end_ms - left.start_ms
        return left_ms >= SHORTEST_WINDOW_MS or (left_ms > 0 and self._voiced_share(left) > 0)

    # One round
    # ----------------------------------------------------------------------------------------------

    def _read(self, streams: Sequence[Stream]) -> list[_Passage]:
        """The next window of each stream."""
        steps = [
            _Step(stream, stream.window, encoding, self._prompt(stream.context))
            for stream, encoding in zip(
                streams, self._map(self._encode, [stream.window for stream in streams]), strict=True
            )
        ]
        self._decode([(step, step.prompt, BEAMS) for step in steps])
        self._rates += [
            step.hypotheses[0].rate(self._voice) for step in steps if step.hypotheses[0].possible
        ]
        self._decode(
            [
                (step, step.prompt, MORE_BEAMS)
                for step in steps
                if self._is_doubtful(self._best(step))
            ]
        )
        self._decode(
            [
                (step, prompt, BEAMS)
                for step in steps
                if self._is_poor(self._best(step))
                for prompt in _other_prompts(step)
            ]
        )
        return self._passages(steps, [self._best(step) for step in steps])

    def _is_doubtful(self, hypothesis: Hypothesis) -> bool:
        """Whether a wider search of a window may be worth its time."""
        return not self._is_silent(hypothesis) and (
            self._is_poor(hypothesis) or hypothesis.mean_logprob < DOUBTFUL_MEAN_LOGPROB
        )

    def _is_poor(self, hypothesis: Hypothesis) -> bool:
        """Whether a window has to be read in another way."""
        if self._is_silent(hypothesis):
            return False
        too_little = hypothesis.rate(self._voice) < LOWEST_RATE_SHARE * self._usual_rate
        return (
            not hypothesis.possible or too_little or hypothesis.mean_logprob < LOWEST_MEAN_LOGPROB
        )

    def _is_silent(self, hypothesis: Hypothesis) -> bool:
        """Whether neither the model nor the detector finds a voice in the window."""
        unlikely = (
            hypothesis.decoded.no_speech > HIGHEST_NO_SPEECH
            and hypothesis.mean_logprob < LOWEST_MEAN_LOGPROB
        )
        return unlikely and not self._voiced_share(hypothesis.window)

    def _best(self, step: _Step) -> Hypothesis:
        return best_reading(step.hypotheses, self._voice, self._usual_rate)

    @property
    def _usual_rate(self) -> float:
        return statistics.median(self._rates) if self._rates else 0.0

    def _prompt(self, context: Sequence[int]) -> _Prompt:
        room = MOST_PROMPT_TOKENS - len(self._names)
        return _Prompt(self._names, tuple(context[-room:]))

    def _encode(self, window: Span) -> Encoding:
        return self._engine.encode(self._levels.part(window))

    def _decode(self, wanted: Sequence[tuple[_Step, _Prompt, int]]) -> None:
        """Decode windows together that can be: each gets a further reading."""

        def key(one: tuple[_Step, _Prompt, int]) -> tuple[int, int, int]:
            step, prompt, beams = one
            return beams, len(prompt.tokens), step.encoding.encoded_ms

        def decode(batch: Sequence[tuple[_Step, _Prompt, int]]) -> list[Hypothesis]:
            encodings, prompts = (
                [step.encoding for step, _, _ in batch],
                [prompt.tokens for _, prompt, _ in batch],
            )
            decoded = self._engine.decode(encodings, prompts, self._tokenizer, beams=batch[0][2])
            return [
                Hypothesis(
                    step.window, self._text(one.tokens), one, step.encoding, len(prompt.before)
                )
                for (step, prompt, _), one in zip(batch, decoded, strict=True)
            ]

        batches = [
            batch
            for _, same in groupby(sorted(wanted, key=key), key)
            for batch in _parted(list(same), self._engine.workers, BATCH_WINDOWS)
        ]
        for batch, hypotheses in zip(batches, self._map(decode, batches), strict=True):
            for (step, _, _), hypothesis in zip(batch, hypotheses, strict=True):
                step.hypotheses.append(hypothesis)

    def _text(self, tokens: Sequence[int]) -> str:
        return self._tokenizer.decode(
            [token for token in tokens if token < self._tokenizer.eot]
        ).strip()

    def _map(self, work: Callable[[_Item], _Result], items: Sequence[_Item]) -> list[_Result]:
        return list(self._pool.map(work, items))

    # From a reading to words
    # ----------------------------------------------------------------------------------------------

    def _passages(self, steps: Sequence[_Step], hypotheses: Sequence[Hypothesis]) -> list[_Passage]:
        """The words of readings, with their times."""
        parts = [
            parts_of(hypothesis.decoded.tokens, self._tokenizer.timestamp_begin)
            for hypothesis in hypotheses
        ]
        texts = [
            [token for part in own for token in part.tokens if token < self._tokenizer.eot]
            for own, _ in parts
        ]
        spoken = sorted(
            (place for place, text in enumerate(texts) if text),
            key=lambda place: hypotheses[place].encoding.encoded_ms,
        )

        def align(places: Sequence[int]) -> list[list[Piece]]:
            return self._engine.align(
                [hypotheses[place].encoding for place in places],
                [texts[place] for place in places],
                [
                    hypotheses[place].window.end_ms - hypotheses[place].window.start_ms
                    for place in places
                ],
                self._tokenizer,
            )

        batches = [
            batch
            for _, same in groupby(spoken, lambda place: hypotheses[place].encoding.encoded_ms)
            for batch in _parted(list(same), self._engine.workers, BATCH_WINDOWS)
        ]
        pieces: dict[int, list[Piece]] = {}
        for batch, aligned in zip(batches, self._map(align, batches), strict=True):
            pieces.update(zip(batch, aligned, strict=True))
        return [
            self._passage(
                hypotheses[place],
                [part.tokens for part in parts[place][0]],
                pieces.get(place, []),
                parts[place][1],
            )
            for place in range(len(steps))
        ]

    def _passage(
        self,
        hypothesis: Hypothesis,
        parts: Sequence[tuple[int, ...]],
        pieces: Sequence[Piece],
        stamp_ms: int | None,
    ) -> _Passage:
        window, offset = hypothesis.window, hypothesis.window.start_ms
        passage = _Passage(window.start_ms, window.end_ms, hypothesis.mean_logprob, [], [], ())
        kept: list[int] = []
        place, last = 0, window.start_ms
        for tokens in parts:
            count = sum(token < self._tokenizer.eot for token in tokens)
            own: list[Piece] = []
            while count > 0 and place < len(pieces):
                own.append(pieces[place])
                count -= pieces[place].tokens
                place += 1
            words = unstretched(
                words_from_pieces(
                    Piece(
                        one.text,
                        offset + one.start_ms,
                        offset + one.end_ms,
                        one.probability,
                        one.tokens,
                    )
                    for one in own
                )
            )
            if not words:
                continue
            last = RecordingMs(
                min(words[-1].end_ms, words[-1].start_ms + longest_ms(words[-1].text))
            )
            reason = self._reason(hypothesis, own, words)
            if reason is None:
                passage.utterances.append(self._utterance(hypothesis, words))
                kept += tokens
            else:
                passage.removed.append(
                    RemovedText(
                        start_ms=words[0].start_ms,
                        end_ms=words[-1].end_ms,
                        words=words,
                        reason=reason,
                    )
                )
        passage.tokens = tuple(kept)
        # As Whisper does where it gives word times: the next window begins where the last word
        # ends.
        if stamp_ms is not None or not _ends(hypothesis, self._tokenizer):
            passage.end_ms = last if place else window.end_ms
        passage.end_ms = min(max(passage.end_ms, offset + SHORTEST_STEP_MS), window.end_ms)
        return passage

    def _reason(
        self, hypothesis: Hypothesis, pieces: Sequence[Piece], words: Sequence[Word]
    ) -> str | None:
        span = Span(start_ms=words[0].start_ms, end_ms=words[-1].end_ms)
        return hallucination_reason(
            Stretch(
                text=" ".join(word.text for word in words),
                seconds=(span.end_ms - span.start_ms) / 1000,
                voiced=self._voiced_share(span),
                mean_logprob=mean_logprob_of([piece.probability for piece in pieces]),
                no_speech=hypothesis.decoded.no_speech,
            )
        )

    @staticmethod
    def _utterance(hypothesis: Hypothesis, words: tuple[Word, ...]) -> Utterance:
        return Utterance(
            start_ms=words[0].start_ms,
            end_ms=words[-1].end_ms,
            words=words,
            no_speech_probability=round(hypothesis.decoded.no_speech, 3),
            compression_ratio=round(compression_ratio(hypothesis.text), 2),
        )

    def _voiced_share(self, span: Span) -> float:
        length_s = (span.end_ms - span.start_ms) / 1000
        voiced = voiced_s(span, self._voice)
        return voiced / length_s if voiced > 0.1 and length_s > 0 else 0.0

    # After the streams
    # ----------------------------------------------------------------------------------------------

    def _read_unheard(self, heard: Sequence[Utterance]) -> list[_Passage]:
        """Speech that no word covers, read once more by itself."""
        spans = list(unheard(self._voice, heard))
        steps = [
            _Step(
                Stream(span.start_ms, span.end_ms, span.start_ms), span, encoding, self._prompt(())
            )
            for span, encoding in zip(spans, self._map(self._encode, spans), strict=True)
        ]
        self._decode([(step, step.prompt, BEAMS) for step in steps])
        # So short a stretch has little around it that would help: it is read in every way.
        self._decode(
            [
                (step, prompt, MORE_BEAMS)
                for step in steps
                if not self._is_believed(step)
                for prompt in dict.fromkeys((step.prompt, _Prompt((), ())))
            ]
        )
        words = sorted(
            (word for utterance in heard for word in utterance.words),
            key=lambda word: word.start_ms,
        )
        believed = [
            step
            for step in steps
            if self._is_believed(step)
            and not _stands_beside(self._best(step).text, step.window, words)
        ]
        return self._passages(believed, [self._best(step) for step in believed])

    def _is_believed(self, step: _Step) -> bool:
        best = self._best(step)
        return best.possible and best.mean_logprob > LOWEST_MEAN_LOGPROB

    def _read_doubtful(self, passages: Sequence[_Passage], duration_ms: int) -> list[_Passage]:
        """The same with other words in windows that were misheard, where others are more
        probable.
        """
        words = [
            word
            for passage in passages
            for utterance in passage.utterances
            for word in utterance.words
        ]
        windows = [
            window
            for window in windows_at_pauses(self._voice, duration_ms)
            if is_doubtful([word for word in words if is_inside(word, window.own)])
        ]
        untold = _Prompt((), ())
        steps = [
            _Step(Stream(sound.start_ms, sound.end_ms, sound.start_ms), sound, encoding, untold)
            for (sound, _), encoding in zip(
                windows, self._map(self._encode, [window.sound for window in windows]), strict=True
            )
        ]
        self._decode([(step, untold, MORE_BEAMS) for step in steps])
        read = self._passages(steps, [step.hypotheses[0] for step in steps])
        kept = list(passages)
        for step, (_, own), again in zip(steps, windows, read, strict=True):
            better = _part_of(again, partial(is_inside, span=own))
            if step.hypotheses[0].possible and is_better(
                better.utterances,
                [word for word in words if is_inside(word, own)],
                self._voice,
            ):
                kept = [_part_of(one, partial(_is_outside, span=own)) for one in kept]
                kept.append(better)
        return kept


def _is_outside(one: Word | RemovedText, span: Span) -> bool:
    return not is_inside(one, span)


def _part_of(passage: _Passage, wanted: Callable[[Word | RemovedText], bool]) -> _Passage:
    """What of a passage is wanted."""
    utterances = [_part(utterance, wanted) for utterance in passage.utterances]
    return replace(
        passage,
        utterances=[utterance for utterance in utterances if utterance.words],
        removed=[one for one in passage.removed if wanted(one)],
    )


def _ends(hypothesis: Hypothesis, tokenizer: Tokenizer) -> bool:
    """Whether Whisper says that nobody speaks after the last word of a window: a single timestamp
    ends its text.
    """
    tokens = hypothesis.decoded.tokens
    return len(tokens) >= 2 and tokens[-2] < tokenizer.timestamp_begin <= tokens[-1]


def _stands_beside(text: str, window: Span, words: Sequence[Word]) -> bool:
    """Whether the words that are heard in a gap are those just before or after it: their times were
    wrong, not their number.
    """
    said = plain_words(text)
    before = [
        plain
        for word in words
        if word.start_ms < window.start_ms
        for plain in plain_words(word.text)
    ][-2 * len(said) :]
    after = [
        plain for word in words if word.end_ms > window.end_ms for plain in plain_words(word.text)
    ][: 2 * len(said)]
    joined = f" {' '.join(said)} "
    return any(joined in f" {' '.join(beside)} " for beside in (before, after))


def _drop_repeated(before: _Passage, after: _Passage) -> None:
    """Take the words from a passage that the one before it ends with: where the end of a word is
    put too early, it is read twice.
    """
    words = [word for utterance in after.utterances for word in utterance.words]
    said = [plain_words(word.text) for utterance in before.utterances for word in utterance.words][
        -MOST_REPEATED_WORDS:
    ]
    again = [plain_words(word.text) for word in words[:MOST_REPEATED_WORDS]]
    counts = [
        count
        for count in range(2, min(len(said), len(again)) + 1)
        if said[-count:] == again[:count]
    ]
    count = max(counts, default=0)
    if sum(letters_in(word.text) for word in words[:count]) >= LEAST_REPEATED_LETTERS:
        rest = words[count].start_ms if count < len(words) else after.end_ms
        utterances = [
            _part(utterance, lambda word: word.start_ms >= rest) for utterance in after.utterances
        ]
        after.utterances = [utterance for utterance in utterances if utterance.words]


def _other_prompts(step: _Step) -> Iterator[_Prompt]:
    """A window's prompts without the names, without what was said before it, and without both; each
    once.
    """
    others = (_Prompt(step.prompt.names, ()), _Prompt((), step.prompt.before), _Prompt((), ()))
    yield from dict.fromkeys(other for other in others if other != step.prompt)


def _from(start_ms: int, passage: _Passage) -> _Passage:
    """What of a passage is said from a moment on: what a stream reads before it belongs to the
    stream before it.
    """
    if passage.start_ms >= start_ms:
        return passage
    return _part_of(passage, lambda one: one.start_ms + one.end_ms >= 2 * start_ms)


def _without_repeats(utterances: Sequence[Utterance]) -> list[Utterance]:
    """The same without phrases that are written twice."""
    words = sorted(
        (word for utterance in utterances for word in utterance.words),
        key=lambda word: word.start_ms,
    )
    repeats = {id(words[place]) for place in impossible_repeats(words)}
    return [_part(utterance, lambda word: id(word) not in repeats) for utterance in utterances]


def _part(utterance: Utterance, wanted: Callable[[Word], bool]) -> Utterance:
    words = tuple(word for word in utterance.words if wanted(word))
    if not words:
        return Utterance(start_ms=utterance.start_ms, end_ms=utterance.end_ms, words=())
    return Utterance(
        start_ms=words[0].start_ms,
        end_ms=words[-1].end_ms,
        words=words,
        no_speech_probability=utterance.no_speech_probability,
        compression_ratio=utterance.compression_ratio,
    )


def name_tokens(names: Sequence[str], tokenizer: Tokenizer) -> tuple[int, ...]:
    """The names as text that Whisper believes to have just written: as many whole names, from the
    first, as have room.
    """
    told: list[int] = []
    for count in range(1, len(names) + 1):
        tokens = tokenizer.encode(" " + ", ".join(names[:count]))
        if len(tokens) > MOST_NAME_TOKENS:
            break
        told = tokens
    return tuple(told)


def _parted(items: Sequence[_Item], workers: int, largest: int) -> Iterator[Sequence[_Item]]:
    """Items in batches of equal size, so many that each worker has one."""
    size = min(largest, -(-len(items) // workers))
    for start in range(0, len(items), size):
        yield items[start : start + size]
