"""The decoding strategy, independent of the engine: windows, prompts, choice of hypotheses,
rejected text.

1. Chunks go through the recording as Whisper does (:mod:`studio.speech.chunks`), over everything,
   not only where the detector finds a voice: it misses speech over music. Each window's prompt has
   the names, and the preceding words.
2. A window with repeated, improbable or too little text for its speech is decoded again from the
   same encoding: with a wider search, then without the preceding words, without the names, without
   both. See :func:`studio.speech.hypotheses.best_hypothesis`.
3. All speech is decoded a second time: in windows cut at pauses, without prompt, with a wide search
   (:mod:`studio.speech.pause_windows`). Windows with improbable words in the first pass are taken
   from it (:mod:`studio.speech.doubtful_windows`), and so are words that only it has in speech.
4. Speech still without words is decoded once more with its neighbours
   (:mod:`studio.speech.unheard_speech`).
5. Where both passes differ, the words that are more probable given the audio are chosen, and the
   rejected ones are kept as alternatives (:mod:`studio.speech.rescoring`).
6. Stretches that cannot have been said are removed, and recorded with the reason
   (:mod:`studio.speech.window_text`).
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.model.clock import RecordingMs, Span
from studio.model.transcript import (
    AlternativeHypothesis,
    RemovedText,
    UnpromptedWording,
    Utterance,
)
from studio.progress import Progress, part_of
from studio.speech.chunks import Chunk, chunks_from_voice
from studio.speech.doubtful_windows import with_doubtful_replaced
from studio.speech.engine import Engine
from studio.speech.gain_match import match_gain
from studio.speech.hallucinations import MAX_NO_SPEECH, MIN_MEAN_LOGPROB
from studio.speech.hypotheses import MIN_RATE_SHARE, Hypothesis, best_hypothesis, voiced_share
from studio.speech.pause_windows import texts_at_pauses
from studio.speech.prompts import name_tokens, other_prompts, prompt_from
from studio.speech.repeats import drop_repeated, without_repeats
from studio.speech.rescoring import Score, likelier_words, unprompted_wordings
from studio.speech.unheard_speech import found_in_other_hypothesis, found_in_unheard
from studio.speech.window_decoding import (
    BATCH_WINDOWS,
    BEAMS,
    MORE_BEAMS,
    OpenWindow,
    WindowDecoder,
)
from studio.speech.window_text import WindowText, part_from, texts_from_hypotheses
from studio.speech.word_timing import adjust_word_times

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Share of the work done after both passes; the rest is rescoring.
READ_SHARE = 0.9
# A window with a lower mean log-probability (natural) of its tokens is decoded with more beams: few
# of a good recording, most of a bad one, which then takes half as much time again.
DOUBTFUL_MEAN_LOGPROB = -0.5
# The end of a stream is not decoded if it is shorter than this and has no detected voice.
MIN_WINDOW_MS = 3_000


@dataclass(frozen=True)
class RecognisedSpeech:
    """Accepted utterances, text that was removed as hallucinated, and other passes' wordings."""

    utterances: tuple[Utterance, ...]
    removed: tuple[RemovedText, ...]
    alternatives: tuple[AlternativeHypothesis, ...] = ()
    unprompted: tuple[UnpromptedWording, ...] = ()


def transcribe_samples(
    engine: Engine,
    samples: NDArray[np.float32],
    voice: Sequence[Span],
    *,
    language: str,
    names: Sequence[str],
    score: Score,
    progress: Progress,
) -> RecognisedSpeech:
    """Transcribe a recording.

    :param samples: the whole recording, mono, 16 kHz, −1 to 1.
    :param voice: stretches of speech, ascending, without overlap.
    :param language: two letters, e.g. ``fr``.
    :param names: names to expect, in the spelling wanted; may be empty.
    :param score: the probabilities of texts in the recording.
    :param progress: called with the milliseconds done and the total.
    :returns: ascending utterances on the recording's clock; words ascend without overlap, none of
        zero length.
    """
    if not voice:
        return RecognisedSpeech((), ())
    duration_ms = len(samples) * 1000 // 16_000
    tokenizer = engine.tokenizer(language)
    prompted = name_tokens(names, tokenizer)
    with ThreadPoolExecutor(engine.workers) as pool:
        decoder = WindowDecoder(engine, pool, match_gain(samples, voice), tokenizer)
        chunks = chunks_from_voice(voice, duration_ms, BATCH_WINDOWS * engine.workers)
        reader = _ChunkReader(decoder, voice, prompted)
        texts = reader.read(chunks, duration_ms, _half(progress, duration_ms, 0))
        read = list(texts_at_pauses(decoder, voice, duration_ms, _half(progress, duration_ms, 1)))
        texts = with_doubtful_replaced(texts, read, voice)
        first, second = (
            adjust_word_times(_utterances(some), samples, voice)
            for some in (texts, [text for _, text in read])
        )
        # The words found may be between those of another utterance: sort all first.
        if found := list(found_in_other_hypothesis(first, second, voice)):
            first = adjust_word_times((*first, *found), samples, voice)
        if found := found_in_unheard(
            decoder, first, voice, names=prompted, usual_rate=reader.usual_rate
        ):
            # Both passes have it now: words missing in the second one are no evidence against it.
            first, second = (
                adjust_word_times(without_repeats([*some, *found]), samples, voice)
                for some in (first, second)
            )
    heard, alternatives = likelier_words(first, second, names, score)
    first_words, second_words = (
        [word for utterance in some for word in utterance.words] for some in (first, second)
    )
    removed = [one for text in texts for one in text.removed]
    progress(duration_ms, duration_ms)
    return RecognisedSpeech(
        adjust_word_times(heard, samples, voice),
        tuple(sorted(removed, key=lambda one: one.start_ms)),
        alternatives,
        unprompted_wordings(first_words, second_words, names),
    )


def _utterances(texts: Sequence[WindowText]) -> list[Utterance]:
    """The utterances, ascending, without phrases that were decoded twice."""
    utterances = without_repeats([utterance for text in texts for utterance in text.utterances])
    return sorted(
        (utterance for utterance in utterances if utterance.words),
        key=lambda utterance: utterance.words[0].start_ms,
    )


def _half(progress: Progress, duration_ms: int, done: int) -> Progress:
    """The progress of one of two passes."""
    return part_of(progress, duration_ms, done / 2 * READ_SHARE, (done + 1) / 2 * READ_SHARE)


class _ChunkReader:
    """Decodes the chunks of one recording, one window of each per round."""

    def __init__(
        self, decoder: WindowDecoder, voice: Sequence[Span], names: tuple[int, ...]
    ) -> None:
        self._decoder, self._voice, self._names = decoder, voice, names
        self._rates: list[float] = []

    @property
    def usual_rate(self) -> float:
        """Letters per second of speech decoded so far; 0 if there is none."""
        return statistics.median(self._rates) if self._rates else 0.0

    def read(
        self, chunks: Sequence[Chunk], duration_ms: int, progress: Progress
    ) -> list[WindowText]:
        """The texts of all windows of all streams, stream by stream."""
        texts: list[list[WindowText]] = [[] for _ in chunks]
        while open_streams := [
            (chunk, own)
            for chunk, own in zip(chunks, texts, strict=True)
            if self._is_continued(chunk)
        ]:
            read = self._read_next([chunk for chunk, _ in open_streams])
            for (chunk, own), text in zip(open_streams, read, strict=True):
                if own:
                    drop_repeated(own[-1], text)
                chunk.seek_ms = text.end_ms
                # Impossible and guessed words are not used as context.
                chunk.context = (
                    [*chunk.context, *text.tokens] if text.mean_logprob > MIN_MEAN_LOGPROB else []
                )
                own.append(text)
            progress(sum(max(0, chunk.seek_ms - chunk.start_ms) for chunk in chunks), duration_ms)
        return [
            part_from(chunk.start_ms, text)
            for chunk, own in zip(chunks, texts, strict=True)
            for text in own
        ]

    def _is_continued(self, chunk: Chunk) -> bool:
        left = Span(start_ms=RecordingMs(chunk.seek_ms), end_ms=chunk.end_ms)
        left_ms = left.end_ms - left.start_ms
        return left_ms >= MIN_WINDOW_MS or (left_ms > 0 and voiced_share(left, self._voice) > 0)

    def _read_next(self, chunks: Sequence[Chunk]) -> list[WindowText]:
        """The next window of each stream: all are decoded before any is judged."""
        opened = self._decoder.open(
            [chunk.window for chunk in chunks],
            [prompt_from(self._names, chunk.context) for chunk in chunks],
        )
        self._decoder.decode([(one, one.prompt, BEAMS) for one in opened])
        first = [one.hypotheses[0] for one in opened]
        self._rates += [hypothesis.rate(self._voice) for hypothesis in first if hypothesis.possible]
        self._decode_again(opened)
        return texts_from_hypotheses(
            self._decoder, [self._best(one) for one in opened], self._voice
        )

    def _decode_again(self, opened: Sequence[OpenWindow]) -> None:
        """Decode improbable windows with more beams, and poor ones with other prompts."""
        self._decoder.decode(
            [(one, one.prompt, MORE_BEAMS) for one in opened if self._is_doubtful(self._best(one))]
        )
        self._decoder.decode(
            [
                (one, prompt, BEAMS)
                for one in opened
                if self._is_poor(self._best(one))
                for prompt in other_prompts(one.prompt)
            ]
        )

    def _best(self, opened: OpenWindow) -> Hypothesis:
        return best_hypothesis(opened.hypotheses, self._voice, self.usual_rate)

    def _is_doubtful(self, hypothesis: Hypothesis) -> bool:
        """Whether a window should be decoded with more beams."""
        return not self._is_silent(hypothesis) and (
            self._is_poor(hypothesis) or hypothesis.mean_logprob < DOUBTFUL_MEAN_LOGPROB
        )

    def _is_poor(self, hypothesis: Hypothesis) -> bool:
        """Whether a window has to be decoded with another prompt."""
        if self._is_silent(hypothesis):
            return False
        too_little = hypothesis.rate(self._voice) < MIN_RATE_SHARE * self.usual_rate
        return not hypothesis.possible or too_little or hypothesis.mean_logprob < MIN_MEAN_LOGPROB

    def _is_silent(self, hypothesis: Hypothesis) -> bool:
        """Whether neither the model nor the voice detector finds speech in the window."""
        unlikely = (
            hypothesis.decoded.no_speech > MAX_NO_SPEECH
            and hypothesis.mean_logprob < MIN_MEAN_LOGPROB
        )
        return unlikely and not voiced_share(hypothesis.window, self._voice)
