"""The reference engine: OpenAI's own Whisper, from the same weights. The only adapter of
openai-whisper and of torch.

Its decoder runs one window after the other: its key-value cache supports one prompt at a time.
Words get their times from cross-attention afterwards.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from whisper.audio import log_mel_spectrogram, pad_or_trim
from whisper.decoding import DecodingOptions, decode
from whisper.model import ModelDimensions, Whisper
from whisper.timing import find_alignment
from whisper.tokenizer import get_tokenizer

from studio.cores import usable_cores
from studio.errors import ModelError
from studio.messages.message import message
from studio.speech.checkpoint import Checkpoint, checkpoint_from_weights
from studio.speech.engine import no_gpu
from studio.speech.hypotheses import Decoded, EncodedWindow
from studio.speech.token_merge import SpelledWord

# One frame of Whisper's spectrum (160 samples at 16 kHz).
_MS_PER_FRAME = 10
# Its encoder's input always has this length.
_ENCODED_MS = 30_000


class OpenAIEngine:
    """openai-whisper, one window after the other."""

    name = "openai"
    # torch itself uses all cores.
    workers = 1

    def __init__(self, folder: Path, *, device: Literal["auto", "cpu", "cuda"] = "auto") -> None:
        """Load the weights in ``folder``, in half precision on a GPU and in single precision on a
        CPU.

        :raises ModelError: they cannot be loaded, or a GPU is requested and there is none.
        """
        if device == "cuda" and not torch.cuda.is_available():
            raise no_gpu()
        torch.set_num_threads(usable_cores())
        self._device = (
            "cuda"
            if device == "cuda" or (device == "auto" and torch.cuda.is_available())
            else "cpu"
        )
        with _quiet():
            self._model = _model_from_checkpoint(checkpoint_from_weights(folder), folder).to(
                self._device
            )

    def tokenizer(self, language: str) -> Any:
        """See :class:`studio.speech.engine.Engine`."""
        model = self._model
        with _quiet():
            return get_tokenizer(
                model.is_multilingual,
                num_languages=model.num_languages,
                language=language,
                task="transcribe",
            )

    def encode(self, samples: NDArray[np.float32]) -> EncodedWindow:
        """See :class:`studio.speech.engine.Engine`."""
        with _quiet(), torch.no_grad():
            spectrogram = log_mel_spectrogram(
                pad_or_trim(samples), self._model.dims.n_mels, device=self._device
            )
            return EncodedWindow(
                self._model.embed_audio(spectrogram[None].to(self._half_or_single)), _ENCODED_MS
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
        decoded = []
        with _quiet(), torch.no_grad():
            for encoding, prompt in zip(encodings, prompts, strict=True):
                options = DecodingOptions(
                    language=tokenizer.language,
                    prompt=list(prompt) or None,
                    beam_size=beams if beams > 1 else None,
                    without_timestamps=not timestamps,
                    fp16=self._device == "cuda",
                )
                result = decode(self._model, encoding.features[0], options)
                decoded.append(
                    Decoded(tuple(result.tokens), result.avg_logprob, result.no_speech_prob)
                )
        return decoded

    def align(
        self,
        encodings: Sequence[EncodedWindow],
        tokens: Sequence[Sequence[int]],
        lengths_ms: Sequence[int],
        tokenizer: Any,
    ) -> list[list[SpelledWord]]:
        """See :class:`studio.speech.engine.Engine`."""
        aligned = []
        with _quiet():
            for encoding, some, length_ms in zip(encodings, tokens, lengths_ms, strict=True):
                # Two spectrogram frames are one of the encoder's, which needs at least one.
                frames = max(2, length_ms // _MS_PER_FRAME)
                timings = find_alignment(
                    self._model, tokenizer, list(some), encoding.features[0], frames
                )
                aligned.append(
                    [
                        SpelledWord(
                            one.word,
                            round(float(one.start) * 1000),
                            round(float(one.end) * 1000),
                            float(one.probability),
                            len(one.tokens),
                        )
                        for one in timings
                        if one.tokens[0] < tokenizer.eot
                    ]
                )
        return aligned

    @property
    def _half_or_single(self) -> Any:
        return torch.float16 if self._device == "cuda" else torch.float32


def _model_from_checkpoint(checkpoint: Checkpoint, folder: Path) -> Any:
    """openai-whisper's model with exactly the tensors of the checkpoint."""
    model = Whisper(ModelDimensions(**checkpoint.dimensions))
    state = model.state_dict()
    wrong = sorted(
        name
        for name in state.keys() | checkpoint.tensors.keys()
        if name not in state
        or name not in checkpoint.tensors
        or tuple(state[name].shape) != checkpoint.tensors[name].shape
    )
    if wrong:
        what = message(
            "does not fit openai-whisper: {wrong} is missing, unknown or of another shape",
            wrong=wrong[0],
        )
        raise ModelError(
            folder / "model.bin",
            what,
            message("Run `studio models verify` to find out whether it is damaged."),
        )
    for (
        name,
        tensor,
    ) in (
        state.items()
        # one at a time: all of them as float16 would take half the model's memory again
    ):
        tensor.copy_(torch.from_numpy(np.array(checkpoint.tensors[name])))
    # Word times come from the cross-attention of these heads; without them whisper averages the
    # upper half of the layers, which is less exact.
    if checkpoint.alignment_heads:
        heads = torch.zeros(model.dims.n_text_layer, model.dims.n_text_head, dtype=torch.bool)
        for layer, head in checkpoint.alignment_heads:
            heads[layer, head] = True
        model.register_buffer("alignment_heads", heads.to_sparse(), persistent=False)
    # Decoding and alignment both start from the encoder's features; openai-whisper would compute
    # them twice.
    model.forward = lambda features, tokens: model.decoder(tokens, features)
    return model.eval()


@contextmanager
def _quiet() -> Iterator[None]:
    """Suppress warnings of whisper, torch and numba, which are useless to the user."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
