"""The quick engine: faster-whisper, several windows at once. The one door to faster-whisper's model
and to CTranslate2.

Whisper is driven step by step (features, encoder, decoder, alignment) rather than through
``transcribe``, because the library's batched pipeline decodes each window once and believes the
result. Small models lose whole sentences that way, or fall into loops. Here a window whose text is
too short for the speech in it, or that repeats itself, is heard again in other ways, and speech
that no word covers is heard once more by itself.

Batches run beside each other on one core each, rather than one after the other on all: threads that
share one small batch spend much of their time waiting for one another.
"""

from __future__ import annotations

import math
import os
import statistics
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.errors import ModelError
from studio.model.clock import Span
from studio.model.transcript import Utterance, Word
from studio.progress import Progress
from studio.speech.gain_match import GainMatchedSamples, match_gain
from studio.speech.hallucinations import LOWEST_MEAN_LOGPROB, compression_ratio
from studio.speech.hypotheses import (
    LOWEST_RATE_SHARE,
    Encoding,
    Hypothesis,
    fullest,
    halves,
    improbable_of,
    unheard,
    unstretched,
)
from studio.speech.token_merge import Piece, words_from_pieces
from studio.speech.windows import windows_from_voice
from studio.speech.word_timing import settle_words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Windows that are looked at together: what one of them lacks shows beside the others.
ROUND_WINDOWS = 8
# More batches beside each other take more memory than they save time.
MOST_WORKERS = 4
# Fewer words are lost than greedily, at a small cost; docs/accuracy.md has what else was tried.
BEAMS = 2
# The same for improbable windows.
MORE_BEAMS = 5
# Token times come in steps of two feature frames.
MS_PER_TOKEN = 20
MS_PER_FRAME = 10
# A token that single precision rounds to impossible: its logarithm still has to be added.
SMALLEST_PROBABILITY = 1e-30
# The encoder's work grows faster than what it is given. A short window is filled up with silence to
# one of these lengths, not to the half minute that Whisper was trained on: with a second of silence
# at its end it is read as well.
ENCODED_MS = (10_000, 20_000, 30_000)
SHORTEST_SILENCE_MS = 1_000


@dataclass(frozen=True)
class _Task:
    """A recording to hear, and what is known of it beforehand."""

    levels: GainMatchedSamples
    voice: Sequence[Span]
    tokenizer: Any
    names: Sequence[str]


class FasterWhisperEngine:
    """faster-whisper's model, driven window by window."""

    name = "faster"

    def __init__(self, folder: Path, *, device: str = "auto") -> None:
        """Load the weights in ``folder``.

        :raises ModelError: they cannot be loaded.
        """
        import ctranslate2
        from faster_whisper import WhisperModel

        if device == "auto":
            device = "cuda" if ctranslate2.get_cuda_device_count() > 0 else "cpu"
        cores = os.cpu_count() or 1
        self._workers = 1 if device == "cuda" else min(cores, MOST_WORKERS)
        try:
            self._model = WhisperModel(
                str(folder),
                device=device,
                compute_type="int8" if device == "cpu" else "float16",
                cpu_threads=max(1, cores // self._workers),
                num_workers=self._workers,
                local_files_only=True,
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelError(
                folder, f"these weights cannot be loaded ({error})", "Run `studio models verify`."
            ) from None

    def encoded_ms(self, span: Span) -> int:
        """The length to which a span is filled up before it is encoded; encodings of one length can
        be decoded together.
        """
        return _encoded_ms(span)

    def encode_span(self, samples: NDArray[np.float32], span: Span) -> Encoding:
        """What the encoder makes of one span, at the level at which it was recorded."""
        return Encoding(self._encode(match_gain(samples, ()), [span], _encoded_ms(span)), 0)

    def token_logprobs(
        self, encodings: Sequence[Encoding], texts: Sequence[str], language: str
    ) -> list[list[float]]:
        """For each text the natural logarithms of its tokens' probabilities, as what is said in the
        encoding at the same place.

        :param encodings: all of one length.
        :param texts: as they are written, without the space at their beginning; an empty one has no
            tokens.
        """
        import ctranslate2
        import numpy as np
        from faster_whisper.tokenizer import Tokenizer

        tokenizer = Tokenizer(
            self._model.hf_tokenizer,
            self._model.model.is_multilingual,
            task="transcribe",
            language=language,
        )
        tokens = [tokenizer.encode(" " + text.strip()) if text.strip() else [] for text in texts]
        spoken = [place for place, some in enumerate(tokens) if some]
        logprobs: list[list[float]] = [[] for _ in texts]
        if not spoken:
            return logprobs
        rows = np.concatenate(
            [np.array(encodings[place].features)[[encodings[place].row]] for place in spoken]
        )
        results = self._model.model.align(
            ctranslate2.StorageView.from_array(np.ascontiguousarray(rows)),
            list(tokenizer.sot_sequence),
            [tokens[place] for place in spoken],
            [rows.shape[1]] * len(spoken),
        )
        for place, result in zip(spoken, results, strict=True):
            logprobs[place] = [
                math.log(max(probability, SMALLEST_PROBABILITY))
                for probability in result.text_token_probs
            ]
        return logprobs

    def transcribe(
        self,
        samples: NDArray[np.float32],
        voice: Sequence[Span],
        *,
        language: str,
        names: Sequence[str],
        progress: Progress,
    ) -> tuple[Utterance, ...]:
        """See :class:`studio.speech.engine.Engine`."""
        from faster_whisper.tokenizer import Tokenizer

        tokenizer = Tokenizer(
            self._model.hf_tokenizer,
            self._model.model.is_multilingual,
            task="transcribe",
            language=language,
        )
        task = _Task(match_gain(samples, voice), voice, tokenizer, names)
        windows = windows_from_voice(voice)
        total_ms = sum(window.end_ms - window.start_ms for window in windows)
        done_ms = 0
        rates: list[float] = []
        heard: list[Utterance] = []
        with ThreadPoolExecutor(self._workers) as pool:
            for start in range(0, len(windows), ROUND_WINDOWS):
                together = windows[start : start + ROUND_WINDOWS]
                hypotheses = self._read(pool, task, together)
                rates += [
                    hypothesis.rate(voice) for hypothesis in hypotheses if not hypothesis.looped
                ]
                usual_rate = statistics.median(rates) if rates else 0.0
                poor: list[Hypothesis] = []
                sound: list[Hypothesis] = []
                for hypothesis in hypotheses:
                    too_little = hypothesis.rate(voice) < LOWEST_RATE_SHARE * usual_rate
                    (poor if hypothesis.looped or too_little else sound).append(hypothesis)
                heard += self._utterances(
                    pool, [*sound, *self._redecode(pool, task, poor)], tokenizer
                )
                done_ms += sum(window.end_ms - window.start_ms for window in together)
                progress(done_ms, total_ms)
            heard = unstretched(heard)
            hypotheses = self._read(pool, task, tuple(unheard(voice, heard)))
            found = [
                hypothesis
                for hypothesis in hypotheses
                if hypothesis.believable and hypothesis.mean_logprob > LOWEST_MEAN_LOGPROB
            ]
            heard += self._utterances(pool, found, tokenizer)
        return settle_words(heard, samples, voice)

    def _read(self, pool: Executor, task: _Task, windows: Sequence[Span]) -> list[Hypothesis]:
        """One reading a window, told the names, in the order of the windows: the more probable of
        two where the first is improbable.
        """
        largest = max(1, ROUND_WINDOWS // self._workers)

        def read_batch(batch: tuple[int, Sequence[Span]]) -> list[Hypothesis]:
            encoded_ms, same = batch
            return self._decode(
                same, self._encode(task.levels, same, encoded_ms), task, beams=BEAMS
            )

        def read_widely(same: Sequence[Hypothesis]) -> list[Hypothesis]:
            return self._decode(
                [hypothesis.window for hypothesis in same], _rows(same), task, beams=MORE_BEAMS
            )

        hypotheses = [
            hypothesis
            for part in pool.map(read_batch, _batches(windows, largest))
            for hypothesis in part
        ]
        improbable = improbable_of(hypotheses)
        hypotheses += [
            hypothesis
            for part in pool.map(read_widely, _together(improbable))
            for hypothesis in part
        ]
        best = {
            hypothesis.window: hypothesis
            for hypothesis in sorted(hypotheses, key=lambda hypothesis: hypothesis.mean_logprob)
        }
        return sorted(best.values(), key=lambda hypothesis: hypothesis.window.start_ms)

    def _encode(self, levels: GainMatchedSamples, windows: Sequence[Span], encoded_ms: int) -> Any:
        """What the encoder makes of windows that are filled up with silence to ``encoded_ms``."""
        import numpy as np
        from faster_whisper.transcribe import pad_or_trim

        features = [
            self._model.feature_extractor(levels.part(window))[..., :-1] for window in windows
        ]
        return self._model.encode(
            np.stack([pad_or_trim(feature, encoded_ms // MS_PER_FRAME) for feature in features])
        )

    def _decode(
        self,
        windows: Sequence[Span],
        encoded: Any,
        task: _Task,
        *,
        beams: int,
        untold: bool = False,
    ) -> list[Hypothesis]:
        """Read what was encoded.

        :param untold: not told the names, and with timestamps.
        """
        from faster_whisper.transcribe import get_suppressed_tokens

        model, tokenizer = self._model, task.tokenizer
        names = None if untold else ", ".join(task.names) or None
        prompt = model.get_prompt(tokenizer, [], without_timestamps=not untold, hotwords=names)
        results = model.model.generate(
            encoded,
            [prompt] * len(windows),
            beam_size=beams,
            max_length=model.max_length,
            suppress_tokens=get_suppressed_tokens(tokenizer, [-1]),
            return_scores=True,
            return_no_speech_prob=True,
        )
        hypotheses = []
        for row, (window, result) in enumerate(zip(windows, results, strict=True)):
            length = len(result.sequences_ids[0])
            tokens = tuple(token for token in result.sequences_ids[0] if token < tokenizer.eot)
            hypotheses.append(
                Hypothesis(
                    window=window,
                    tokens=tokens,
                    text=tokenizer.decode(list(tokens)).strip(),
                    mean_logprob=result.scores[0] * length / (length + 1),
                    no_speech=result.no_speech_prob,
                    encoding=Encoding(encoded, row),
                )
            )
        return hypotheses

    def _redecode(
        self, pool: Executor, task: _Task, poor: Sequence[Hypothesis]
    ) -> list[Hypothesis]:
        """Other readings of poor windows: untold and with timestamps, and cut in two at the best
        pause. The fullest of each is kept.
        """

        def read_untold(same: Sequence[Hypothesis]) -> list[Hypothesis]:
            return self._decode(
                [hypothesis.window for hypothesis in same],
                _rows(same),
                task,
                beams=BEAMS,
                untold=True,
            )

        untold = {
            hypothesis.window: hypothesis
            for part in pool.map(read_untold, _together(poor))
            for hypothesis in part
        }
        cut = {hypothesis.window: halves(hypothesis.window, task.voice) for hypothesis in poor}
        parts = {
            hypothesis.window: hypothesis
            for hypothesis in self._read(
                pool, task, [half for both in cut.values() for half in both]
            )
        }
        kept: list[Hypothesis] = []
        for hypothesis in poor:
            window = hypothesis.window
            kept += fullest([[hypothesis], [untold[window]], [parts[half] for half in cut[window]]])
        return kept

    def _utterances(
        self, pool: Executor, hypotheses: Iterable[Hypothesis], tokenizer: Any
    ) -> list[Utterance]:
        """Give every word of the readings its time. Readings that were read from one encoding are
        aligned together.
        """
        groups = _together(
            hypothesis for hypothesis in hypotheses if hypothesis.tokens and hypothesis.believable
        )
        utterances = []
        for group, timed in zip(
            groups, pool.map(lambda same: self._timed_words(same, tokenizer), groups), strict=True
        ):
            for hypothesis, words in zip(group, timed, strict=True):
                if words:
                    utterances.append(
                        Utterance(
                            start_ms=words[0].start_ms,
                            end_ms=words[-1].end_ms,
                            words=words,
                            no_speech_probability=round(hypothesis.no_speech, 3),
                            compression_ratio=round(compression_ratio(hypothesis.text), 2),
                        )
                    )
        return sorted(utterances, key=lambda one: one.start_ms)

    def _timed_words(
        self, hypotheses: Sequence[Hypothesis], tokenizer: Any
    ) -> list[tuple[Word, ...]]:
        """The words of readings of one encoding, with their times."""
        lengths_ms = [
            hypothesis.window.end_ms - hypothesis.window.start_ms for hypothesis in hypotheses
        ]
        results = self._model.model.align(
            _rows(hypotheses),
            list(tokenizer.sot_sequence),
            [list(hypothesis.tokens) for hypothesis in hypotheses],
            [max(2, length_ms // (MS_PER_TOKEN // 2)) for length_ms in lengths_ms],
            median_filter_width=7,
        )
        timed = []
        for hypothesis, length_ms, result in zip(hypotheses, lengths_ms, results, strict=True):
            starts: dict[int, int] = {}
            for token, frame in result.alignments:
                starts.setdefault(token, frame * MS_PER_TOKEN)
            times = [
                min(starts.get(index, 0), length_ms) for index in range(len(hypothesis.tokens))
            ] + [length_ms]
            timed.append(
                words_from_pieces(_pieces(hypothesis, times, result.text_token_probs, tokenizer))
            )
        return timed


def _together(hypotheses: Iterable[Hypothesis]) -> list[list[Hypothesis]]:
    """Readings of one encoding side by side."""
    groups: dict[int, list[Hypothesis]] = {}
    for hypothesis in hypotheses:
        groups.setdefault(id(hypothesis.encoding.features), []).append(hypothesis)
    return list(groups.values())


def _rows(hypotheses: Sequence[Hypothesis]) -> Any:
    """The encodings of these readings, which share one batch; the batch itself when they are all of
    it.
    """
    import ctranslate2
    import numpy as np

    encoding = hypotheses[0].encoding
    if [hypothesis.encoding.row for hypothesis in hypotheses] == list(
        range(encoding.features.shape[0])
    ):
        return encoding.features
    rows = np.array(encoding.features)[[hypothesis.encoding.row for hypothesis in hypotheses]]
    return ctranslate2.StorageView.from_array(np.ascontiguousarray(rows))


def _pieces(
    hypothesis: Hypothesis, times: Sequence[int], probabilities: Sequence[float], tokenizer: Any
) -> Iterator[Piece]:
    """A reading's tokens with their times; tokens that spell one letter together are one piece.

    :param times: where each token starts, in ms of the window, and where the last one ends.
    """
    parts, groups = tokenizer.split_tokens_on_unicode(list(hypothesis.tokens))
    place = 0
    for part, group in zip(parts, groups, strict=True):
        begin, place = place, place + len(group)
        own = probabilities[begin:place]
        yield Piece(
            part,
            hypothesis.window.start_ms + times[begin],
            hypothesis.window.start_ms + max(times[place], times[begin]),
            sum(own) / max(1, len(own)),
        )


def _encoded_ms(window: Span) -> int:
    needed_ms = window.end_ms - window.start_ms + SHORTEST_SILENCE_MS
    return next((length for length in ENCODED_MS if length >= needed_ms), ENCODED_MS[-1])


def _batches(windows: Sequence[Span], largest: int) -> Iterator[tuple[int, Sequence[Span]]]:
    """Windows that are encoded at one length, at most ``largest`` together."""
    lengths: dict[int, list[Span]] = {}
    for window in windows:
        lengths.setdefault(_encoded_ms(window), []).append(window)
    for length, same in lengths.items():
        for start in range(0, len(same), largest):
            yield length, same[start : start + largest]
