"""The fast engine: faster-whisper's model, called step by step. The only adapter of
faster-whisper's model and of CTranslate2.

The encoder is given one window at a time, which is quicker on a CPU than several (its activations
stay in the cache); the decoder is given several, which share the reading of its weights. Calls run
beside each other on one core each, rather than one after the other on all: threads that share one
small batch spend much of their time waiting for one another.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer as OwnTokenizer
from faster_whisper.transcribe import get_suppressed_tokens, pad_or_trim
from numpy.typing import NDArray

from studio.cores import usable_cores
from studio.errors import ModelError
from studio.messages.message import message
from studio.speech.engine import Tokenizer, no_gpu
from studio.speech.hypotheses import SAMPLES_PER_MS, Decoded, EncodedWindow
from studio.speech.token_merge import SpelledWord

# Maximum number of parallel calls: more cost memory and save little time.
MAX_WORKERS = 4
# Token times come in steps of two feature frames.
MS_PER_TOKEN = 20
MS_PER_FRAME = 10
# The encoder's work grows faster than its input. A short window is padded with silence to one of
# these lengths, not to the half minute that Whisper was trained on: with a second of silence at its
# end it is decoded equally well.
ENCODED_MS = (6_000, 10_000, 20_000, 30_000)
MIN_SILENCE_MS = 1_000
# Maximum first timestamp of a window, in steps of 20 ms: Whisper's own limit of 1 s.
LATEST_FIRST_TIMESTAMP = 50
# The log-probability of a token whose probability single precision rounds to 0: it must stay
# finite.
MIN_PROBABILITY = 1e-30


class FasterWhisperEngine:
    """faster-whisper's model, window by window."""

    name = "faster"

    def __init__(
        self, folder: Path, *, device: str = "auto", most_workers: int | None = None
    ) -> None:
        """Load the weights in ``folder``.

        :param most_workers: more calls are never made beside each other; cores that are left work
            together on one call.
        :raises ModelError: they cannot be loaded, or a GPU is requested and there is none.
        """
        has_gpu = ctranslate2.get_cuda_device_count() > 0
        if device == "cuda" and not has_gpu:
            raise no_gpu()
        if device == "auto":
            device = "cuda" if has_gpu else "cpu"
        cores = usable_cores()
        # A GPU decodes one batch at a time. On a CPU several batches run side by side, each with
        # its share of the cores: matrix products of this size gain little from more threads.
        self.workers = (
            1 if device == "cuda" else max(1, min(cores, MAX_WORKERS, most_workers or cores))
        )
        try:
            self._model = WhisperModel(
                str(folder),
                device=device,
                compute_type="int8" if device == "cpu" else "float16",
                cpu_threads=max(1, cores // self.workers),
                num_workers=self.workers,
                local_files_only=True,
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelError(
                folder,
                message("these weights cannot be loaded ({error})", error=error),
                message("Run `studio models verify`."),
            ) from None

    def tokenizer(self, language: str) -> Any:
        """See :class:`studio.speech.engine.Engine`."""
        return OwnTokenizer(
            self._model.hf_tokenizer,
            self._model.model.is_multilingual,
            task="transcribe",
            language=language,
        )

    def encode(self, samples: NDArray[np.float32]) -> EncodedWindow:
        """See :class:`studio.speech.engine.Engine`."""
        needed_ms = len(samples) // SAMPLES_PER_MS + MIN_SILENCE_MS
        encoded_ms = next(
            (length_ms for length_ms in ENCODED_MS if length_ms >= needed_ms), ENCODED_MS[-1]
        )
        features = self._model.feature_extractor(samples)[..., :-1]
        return EncodedWindow(
            self._model.encode(pad_or_trim(features, encoded_ms // MS_PER_FRAME)), encoded_ms
        )

    def decode(
        self,
        encodings: Sequence[EncodedWindow],
        prompts: Sequence[Sequence[int]],
        tokenizer: Any,
        *,
        beams: int,
        timestamps: bool = True,
    ) -> list[Decoded]:
        """See :class:`studio.speech.engine.Engine`."""
        results = self._model.model.generate(
            _batch(encodings),
            [_start(prompt, tokenizer, timestamps=timestamps) for prompt in prompts],
            beam_size=beams,
            max_length=self._model.max_length,
            max_initial_timestamp_index=LATEST_FIRST_TIMESTAMP,
            suppress_tokens=get_suppressed_tokens(tokenizer, [-1]),
            return_scores=True,
            return_no_speech_prob=True,
        )
        decoded = []
        for result in results:
            tokens = tuple(result.sequences_ids[0])
            # CTranslate2 divides the score by the length without the end token; `Decoded` has
            # Whisper's own mean, which counts it.
            decoded.append(
                Decoded(
                    tokens,
                    result.scores[0] * len(tokens) / (len(tokens) + 1),
                    result.no_speech_prob,
                )
            )
        return decoded

    def best_texts(
        self,
        encoding: EncodedWindow,
        prompt: Sequence[int],
        tokenizer: Any,
        *,
        written: str = "",
        beams: int,
        most_tokens: int | None = None,
    ) -> list[str]:
        """See :class:`studio.speech.engine.ScoringEngine`."""
        known = tokenizer.encode(" " + written.strip()) if written.strip() else []
        begun = [*_start(prompt, tokenizer, timestamps=False), *known]
        longest = self._model.max_length
        (result,) = self._model.model.generate(
            encoding.features,
            [begun],
            beam_size=beams,
            num_hypotheses=beams,
            max_length=longest if most_tokens is None else min(longest, len(begun) + most_tokens),
            suppress_tokens=get_suppressed_tokens(tokenizer, [-1]),
        )
        return [
            tokenizer.decode([token for token in tokens if token < tokenizer.eot]).strip()
            for tokens in result.sequences_ids
        ]

    def align(
        self,
        encodings: Sequence[EncodedWindow],
        tokens: Sequence[Sequence[int]],
        lengths_ms: Sequence[int],
        tokenizer: Any,
    ) -> list[list[SpelledWord]]:
        """See :class:`studio.speech.engine.Engine`."""
        frames = [max(2, length_ms // MS_PER_FRAME) for length_ms in lengths_ms]
        results = self._align(encodings, tokens, frames, tokenizer)
        aligned = []
        for some, length_ms, result in zip(tokens, lengths_ms, results, strict=True):
            starts: dict[int, int] = {}
            for token, frame in result.alignments:
                starts.setdefault(token, frame * MS_PER_TOKEN)
            # The end-of-text token starts where the last piece ends.
            times = [
                min(starts.get(place, length_ms if place == len(some) else 0), length_ms)
                for place in range(len(some) + 1)
            ]
            aligned.append(list(_pieces(some, times, result.text_token_probs, tokenizer)))
        return aligned

    def token_logprobs(
        self,
        encodings: Sequence[EncodedWindow],
        texts: Sequence[str],
        tokenizer: Tokenizer,
        prompt: Sequence[int] = (),
    ) -> list[list[float]]:
        """See :class:`studio.speech.engine.ScoringEngine`."""
        tokens = [tokenizer.encode(" " + text.strip()) if text.strip() else [] for text in texts]
        spoken = [place for place, some in enumerate(tokens) if some]
        logprobs: list[list[float]] = [[] for _ in texts]
        if spoken:
            frames = [encodings[place].encoded_ms // MS_PER_FRAME for place in spoken]
            results = self._align(
                [encodings[place] for place in spoken],
                [tokens[place] for place in spoken],
                frames,
                tokenizer,
                prompt,
            )
            for place, result in zip(spoken, results, strict=True):
                logprobs[place] = [
                    math.log(max(probability, MIN_PROBABILITY))
                    for probability in result.text_token_probs
                ]
        return logprobs

    def _align(
        self,
        encodings: Sequence[EncodedWindow],
        tokens: Sequence[Sequence[int]],
        frames: Sequence[int],
        tokenizer: Any,
        prompt: Sequence[int] = (),
    ) -> Any:
        before = [tokenizer.sot_prev, *prompt] if prompt else []
        return self._model.model.align(
            _batch(encodings),
            [*before, *tokenizer.sot_sequence],
            [list(some) for some in tokens],
            list(frames),
            median_filter_width=7,
        )


def _start(prompt: Sequence[int], tokenizer: Any, *, timestamps: bool) -> list[int]:
    """The decoder's prompt: the preceding text, and the task."""
    before = [tokenizer.sot_prev, *prompt] if prompt else []
    return [*before, *tokenizer.sot_sequence, *([] if timestamps else [tokenizer.no_timestamps])]


def _batch(encodings: Sequence[EncodedWindow]) -> Any:
    """The encodings as one batch."""
    if len(encodings) == 1:
        return encodings[0].features
    rows = np.concatenate([np.array(encoding.features) for encoding in encodings])
    return ctranslate2.StorageView.from_array(np.ascontiguousarray(rows))


def _pieces(
    tokens: Sequence[int], times: Sequence[int], probabilities: Sequence[float], tokenizer: Any
) -> Iterator[SpelledWord]:
    """Tokens with their times; tokens that spell one letter together are one piece.

    :param times: where each token starts, in ms of the window, and where the last one ends.
    """
    parts, groups = tokenizer.split_tokens_on_unicode(list(tokens))
    place = 0
    for part, group in zip(parts, groups, strict=True):
        begin, place = place, place + len(group)
        own = probabilities[begin:place]
        yield SpelledWord(
            part,
            times[begin],
            max(times[place], times[begin]),
            sum(own) / max(1, len(own)),
            len(group),
        )
