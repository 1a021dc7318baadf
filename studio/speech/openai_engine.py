"""The reference engine: OpenAI's own Whisper, from the same weights. The one door to openai-whisper
and to torch.

Each window is decoded once, greedily and without timestamp tokens: measured on French interviews
that is both the quickest and the most accurate way. Words get their times from cross-attention
afterwards. Only one window's spectrogram is in memory at a time.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from studio.errors import ModelError
from studio.model.clock import Span
from studio.model.transcript import Utterance
from studio.progress import Progress
from studio.speech.checkpoint import Checkpoint, checkpoint_from_weights
from studio.speech.gain_match import GainMatchedSamples, match_gain
from studio.speech.hallucinations import is_hallucination, is_looped
from studio.speech.token_merge import Piece, words_from_pieces
from studio.speech.windows import windows_from_voice
from studio.speech.word_timing import settle_words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MS_PER_FRAME = 10


class OpenAIEngine:
    """openai-whisper, one window after the other."""

    name = "openai"

    def __init__(self, folder: Path, *, device: Literal["auto", "cpu", "cuda"] = "auto") -> None:
        """Load the weights in ``folder``, in half precision on a GPU and in single precision on a
        CPU.

        :raises ModelError: they cannot be loaded, or there is no GPU where one was asked for.
        """
        import torch

        if device == "cuda" and not torch.cuda.is_available():
            raise ModelError(
                "whisper.device",
                "asks for CUDA, but this machine offers none",
                "Write `auto` or `cpu` in feed/show.toml.",
            )
        self._device = (
            "cuda"
            if device == "cuda" or (device == "auto" and torch.cuda.is_available())
            else "cpu"
        )
        with _quiet():
            self._model = _model_from_checkpoint(checkpoint_from_weights(folder), folder).to(
                self._device
            )

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
        from whisper.tokenizer import get_tokenizer

        model = self._model
        with _quiet():
            tokenizer = get_tokenizer(
                model.is_multilingual,
                num_languages=model.num_languages,
                language=language,
                task="transcribe",
            )
        prompt = _prompt(names, tokenizer, longest=model.dims.n_text_ctx // 2 - 1)
        windows = windows_from_voice(voice)
        levels = match_gain(samples, voice)
        total_ms = sum(window.end_ms - window.start_ms for window in windows)
        done_ms = 0
        heard: list[Utterance] = []
        with _quiet():
            for window in windows:
                heard += self._hear_window(levels, window, tokenizer, language, prompt)
                done_ms += window.end_ms - window.start_ms
                progress(done_ms, total_ms)
        return settle_words(heard, samples, voice)

    def _hear_window(
        self,
        levels: GainMatchedSamples,
        window: Span,
        tokenizer: Any,
        language: str,
        prompt: list[int],
    ) -> Iterator[Utterance]:
        """The one utterance of a window, or none."""
        import torch
        from whisper.audio import log_mel_spectrogram, pad_or_trim
        from whisper.timing import find_alignment

        spectrogram = log_mel_spectrogram(
            pad_or_trim(levels.part(window)), self._model.dims.n_mels, device=self._device
        )
        with torch.no_grad():
            features = self._model.embed_audio(spectrogram[None].to(self._half_or_single))
            result = self._decode(features[0], language, prompt)
            if result is None:
                return
            frames = max(2, (window.end_ms - window.start_ms) // _MS_PER_FRAME)
            timings = find_alignment(self._model, tokenizer, result.tokens, features[0], frames)
        words = words_from_pieces(
            Piece(
                timing.word,
                window.start_ms + round(float(timing.start) * 1000),
                window.start_ms + round(float(timing.end) * 1000),
                float(timing.probability),
            )
            for timing in timings
        )
        if words:
            yield Utterance(
                start_ms=words[0].start_ms,
                end_ms=words[-1].end_ms,
                words=words,
                no_speech_probability=round(result.no_speech_prob, 3),
                compression_ratio=round(result.compression_ratio, 2),
            )

    @property
    def _half_or_single(self) -> Any:
        import torch

        return torch.float16 if self._device == "cuda" else torch.float32

    def _decode(self, features: Any, language: str, prompt: list[int]) -> Any | None:
        """The best reading of a window, or None when nothing was said in it.

        A reading that repeats itself is done again without the names, which may have started it,
        and then with a wider search. Unlike Whisper's own way, which throws dice at a rising
        temperature, the same sound gives the same text.
        """
        from whisper.decoding import DecodingOptions, decode

        hypotheses = []
        for told, beams in ((prompt, None), ([], None), ([], 5)):
            options = DecodingOptions(
                language=language,
                prompt=told or None,
                beam_size=beams,
                without_timestamps=True,
                fp16=self._device == "cuda",
            )
            hypotheses.append(decode(self._model, features, options))
            if not is_looped(hypotheses[-1].text):
                break
        best = min(hypotheses, key=lambda hypothesis: hypothesis.compression_ratio)
        return (
            None
            if is_hallucination(
                best.text, mean_logprob=best.avg_logprob, no_speech=best.no_speech_prob
            )
            else best
        )


def _model_from_checkpoint(checkpoint: Checkpoint, folder: Path) -> Any:
    """openai-whisper's model with every tensor of the checkpoint in it, and nothing else."""
    import numpy as np
    import torch
    from whisper.model import ModelDimensions, Whisper

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
        what = f"does not fit openai-whisper: {wrong[0]} is missing, unknown or of another shape"
        raise ModelError(
            folder / "model.bin",
            what,
            "Run `studio models verify` to find out whether it is damaged.",
        )
    for (
        name,
        tensor,
    ) in (
        state.items()
    ):  # one at a time: all of them as float16 beside the model would take half its memory again
        tensor.copy_(torch.from_numpy(np.array(checkpoint.tensors[name])))
    if checkpoint.alignment_heads:
        heads = torch.zeros(model.dims.n_text_layer, model.dims.n_text_head, dtype=torch.bool)
        for layer, head in checkpoint.alignment_heads:
            heads[layer, head] = True
        model.register_buffer("alignment_heads", heads.to_sparse(), persistent=False)
    # Decoding and alignment both start from the encoder's features; openai-whisper would compute
    # them twice.
    model.forward = lambda features, tokens: model.decoder(tokens, features)
    return model.eval()


def _prompt(names: Sequence[str], tokenizer: Any, longest: int) -> list[int]:
    """The names as text that Whisper believes to have just written: as many whole names, from the
    first, as its memory takes.
    """
    told: list[int] = []
    for count in range(1, len(names) + 1):
        tokens = tokenizer.encode(" " + ", ".join(names[:count]))
        if len(tokens) > longest:
            break
        told = tokens
    return told


@contextmanager
def _quiet() -> Iterator[None]:
    """Notices of whisper, torch and numba about themselves say nothing to whoever waits for a
    transcript.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
