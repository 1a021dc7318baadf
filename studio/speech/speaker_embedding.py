"""Speaker embeddings: vectors of stretches of speech that are close for the same voice, independent
of the words.

The network is CAM++ (Wang et al., Interspeech 2023) with the weights of the 3D-Speaker project
(Apache-2.0), trained on 200,000 speakers. It is built here from its published layers in torch, so
that only the weights are downloaded.
"""

from __future__ import annotations

import functools
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from studio.errors import ModelError
from studio.messages.message import message
from studio.speech.vad import SAMPLE_RATE_HZ

# The file's name in the folder of the model.
WEIGHTS_FILE = "campplus.pt"
# The features that the weights were trained on: Kaldi's filter banks of 25 ms every 10 ms.
FRAME_SAMPLES = 400
HOP_SAMPLES = 160
SPECTRUM = 512
MELS = 80
MIN_HZ = 20
EMPHASIS = 0.97
WINDOW_POWER = 0.85
MIN_ENERGY = 1.19e-7
# Kaldi's scale of samples: 16-bit integers.
FULL_SCALE = 32_768
# The dense blocks: number of layers, and dilation.
BLOCKS = ((12, 1), (24, 2), (16, 2))
# Frames over which each dense layer averages its context.
CONTEXT_FRAMES = 100
# Minimum number of frames of a stretch.
MIN_SAMPLES = SAMPLE_RATE_HZ * 3 // 10


class SpeakerEmbedder:
    """The network with its weights.

    ``similarity`` of two stretches is the cosine between their vectors. It is near 0 for two
    people, 0.5 to 0.9 for one.
    """

    def __init__(self, folder: Path) -> None:
        """:raises ModelError: the weights in the folder cannot be read."""
        path = folder / WEIGHTS_FILE
        try:
            self._weights: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
            raise ModelError(
                path,
                message("cannot be read ({error})", error=error),
                message("Delete its folder: it will be fetched again."),
            ) from None

    def embed(self, samples: NDArray[np.float32]) -> NDArray[np.float64] | None:
        """A vector of length 1; None for a stretch too short to describe.

        :param samples: mono, 16 kHz, −1 to 1.
        """
        if len(samples) < MIN_SAMPLES:
            return None
        # A stretch is too short for several threads, which would wait for one another. Several
        # stretches at once, one thread each, use all cores.
        torch.set_num_threads(1)
        with torch.inference_mode():
            vector = (
                self._forward(torch.from_numpy(filter_banks(samples))[None])
                .numpy()
                .astype(np.float64)[0]
            )
        return np.asarray(vector / np.linalg.norm(vector))

    def _forward(self, features: Any) -> Any:
        """From ``(1, frames, MELS)`` to ``(1, 192)``."""
        x = functional.relu(
            self._norm(self._conv2d(features.transpose(1, 2)[:, None], "head.conv1"), "head.bn1")
        )
        for name in ("head.layer1", "head.layer2"):
            x = self._residual(x, f"{name}.0", stride=2)
            x = self._residual(x, f"{name}.1", stride=1)
        x = functional.relu(self._norm(self._conv2d(x, "head.conv2", stride=2), "head.bn2"))
        x = x.flatten(1, 2)
        x = functional.conv1d(x, self._weights["xvector.tdnn.linear.weight"], stride=2, padding=2)
        x = functional.relu(self._norm(x, "xvector.tdnn.nonlinear.batchnorm"))
        for block, (layers, dilation) in enumerate(BLOCKS, 1):
            for layer in range(1, layers + 1):
                x = torch.cat(
                    [x, self._dense(x, f"xvector.block{block}.tdnnd{layer}", dilation)], dim=1
                )
            x = functional.relu(self._norm(x, f"xvector.transit{block}.nonlinear.batchnorm"))
            x = functional.conv1d(x, self._weights[f"xvector.transit{block}.linear.weight"])
        x = functional.relu(self._norm(x, "xvector.out_nonlinear.batchnorm"))
        x = torch.cat([x.mean(dim=-1), x.std(dim=-1)], dim=-1)
        x = functional.conv1d(x[..., None], self._weights["xvector.dense.linear.weight"])[..., 0]
        return self._norm(x, "xvector.dense.nonlinear.batchnorm")

    def _residual(self, x: Any, name: str, stride: int) -> Any:
        y = functional.relu(
            self._norm(self._conv2d(x, f"{name}.conv1", stride=stride), f"{name}.bn1")
        )
        y = self._norm(self._conv2d(y, f"{name}.conv2"), f"{name}.bn2")
        if f"{name}.shortcut.0.weight" in self._weights:
            x = functional.conv2d(x, self._weights[f"{name}.shortcut.0.weight"], stride=(stride, 1))
            x = self._norm(x, f"{name}.shortcut.1")
        return functional.relu(x + y)

    def _dense(self, x: Any, name: str, dilation: int) -> Any:
        """A dilated layer whose channels are weighted by the context (context-aware masking)."""
        x = functional.relu(self._norm(x, f"{name}.nonlinear1.batchnorm"))
        x = functional.conv1d(x, self._weights[f"{name}.linear1.weight"])
        x = functional.relu(self._norm(x, f"{name}.nonlinear2.batchnorm"))
        cam = f"{name}.cam_layer"
        local = functional.conv1d(
            x, self._weights[f"{cam}.linear_local.weight"], padding=dilation, dilation=dilation
        )
        pieces = functional.avg_pool1d(x, CONTEXT_FRAMES, CONTEXT_FRAMES, ceil_mode=True)
        context = (
            x.mean(-1, keepdim=True)
            + pieces.repeat_interleave(CONTEXT_FRAMES, dim=-1)[..., : x.shape[-1]]
        )
        mask = functional.conv1d(
            context, self._weights[f"{cam}.linear1.weight"], self._weights[f"{cam}.linear1.bias"]
        )
        mask = functional.conv1d(
            functional.relu(mask),
            self._weights[f"{cam}.linear2.weight"],
            self._weights[f"{cam}.linear2.bias"],
        )
        return local * mask.sigmoid()

    def _conv2d(self, x: Any, name: str, stride: int = 1) -> Any:
        return functional.conv2d(x, self._weights[f"{name}.weight"], stride=(stride, 1), padding=1)

    def _norm(self, x: Any, name: str) -> Any:
        mean, variance = self._weights[f"{name}.running_mean"], self._weights[f"{name}.running_var"]
        return functional.batch_norm(
            x,
            mean,
            variance,
            self._weights.get(f"{name}.weight"),
            self._weights.get(f"{name}.bias"),
        )


def filter_banks(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Kaldi's logarithmic mel filter banks without their mean: ``(frames, MELS)``."""
    frames = np.lib.stride_tricks.sliding_window_view(
        samples.astype(np.float64) * FULL_SCALE, FRAME_SAMPLES
    )[::HOP_SAMPLES]
    frames = frames - frames.mean(axis=1, keepdims=True)
    emphasised = np.concatenate(
        [frames[:, :1] * (1 - EMPHASIS), frames[:, 1:] - EMPHASIS * frames[:, :-1]], axis=1
    )
    window = np.hanning(FRAME_SAMPLES) ** WINDOW_POWER
    power = np.abs(np.fft.rfft(emphasised * window, SPECTRUM, axis=1))[:, : SPECTRUM // 2] ** 2
    banks = np.log(np.maximum(power @ _mel_filters().T, MIN_ENERGY))
    return np.asarray(banks - banks.mean(axis=0), dtype=np.float32)


@functools.cache
def _mel_filters() -> NDArray[np.float64]:
    """Triangles of equal width on Kaldi's mel scale: ``(MELS, SPECTRUM / 2)``."""

    def mel(hz: NDArray[np.float64] | float) -> NDArray[np.float64]:
        return np.asarray(1127 * np.log(1 + np.asarray(hz) / 700))

    edges = np.linspace(float(mel(MIN_HZ)), float(mel(SAMPLE_RATE_HZ / 2)), MELS + 2)
    bins = mel(np.arange(SPECTRUM // 2) * SAMPLE_RATE_HZ / SPECTRUM)
    rising = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    return np.asarray(np.maximum(0, np.minimum(rising, falling)))
