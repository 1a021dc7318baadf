"""CTranslate2's ``model.bin`` read as the checkpoint that openai-whisper loads.

Both hold the same float16 numbers under other names. CTranslate2 stacks query, key and value of
self-attention in ``linear_0``, and key and value of cross-attention in ``linear_1``; it gives keys
a bias, which is zero, because Whisper's keys have none.

The file, little-endian: version, name of the form, revision, number of tensors; for each tensor its
name, rank, shape, number type, length and bytes; then the number of aliases and their pairs of
names. A name is its length with a closing zero, its bytes, a zero.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.errors import ModelError
from studio.file_access import read_text
from studio.messages.message import message

Tensor = NDArray[np.floating[Any]]

_BINARY_VERSIONS = {5, 6}  # the layout above; 6 only added number types
_FORM = "WhisperSpec"
# In the order of CTranslate2's number types; without bfloat16, which NumPy lacks.
_NUMBER_TYPES = ("<f4", "<i1", "<i2", "<i4", "<f2")
_REMEDY = message("Run `studio models verify` to find out which file is damaged.")


@dataclass(frozen=True)
class Checkpoint:
    """What openai-whisper needs.

    :param dimensions: the fields of ``whisper.model.ModelDimensions``.
    :param tensors: state of the model by name. They are views of the mapped file, read when they
        are copied, and may be unaligned.
    :param alignment_heads: (layer, head) of the decoder's cross-attention that follow the words in
        time; None when unknown.
    """

    dimensions: dict[str, int]
    tensors: dict[str, Tensor]
    alignment_heads: tuple[tuple[int, int], ...] | None


def checkpoint_from_weights(folder: Path) -> Checkpoint:
    """Read ``model.bin`` and ``config.json`` of a model's folder.

    :raises ModelError: a file cannot be read, is not a Whisper model, or does not store
        floating-point numbers.
    """
    path = folder / "model.bin"
    try:
        variables = _variables_from_file(path)
        tensors = dict(_tensors_from_variables(variables))
        dimensions = _dimensions(variables, tensors)
        _check_positions(tensors["encoder.positional_embedding"])
    except OSError as error:
        raise ModelError(
            path, message("cannot be read ({reason})", reason=error.strerror), _REMEDY
        ) from None
    except KeyError as error:
        raise ModelError(
            path,
            message("is not a whole Whisper model: {part} is missing", part=error.args[0]),
            _REMEDY,
        ) from None
    except (struct.error, ValueError) as error:
        raise ModelError(
            path, message("is not a Whisper model of CTranslate2 ({error})", error=error), _REMEDY
        ) from None
    return Checkpoint(dimensions, tensors, _alignment_heads(folder / "config.json", dimensions))


def _variables_from_file(path: Path) -> dict[str, NDArray[Any]]:
    """Every array in the file by CTranslate2's name for it, as views of the mapped file."""
    content = np.memmap(path, dtype=np.uint8, mode="r")
    place = 0

    def take(form: str) -> int:
        (number,) = struct.unpack(form, take_bytes(struct.calcsize(form)).tobytes())
        return int(number)

    def take_bytes(length: int) -> NDArray[np.uint8]:
        nonlocal place
        if place + length > len(content):
            raise ValueError("it ends too early")
        place += length
        return content[place - length : place]

    def take_name() -> str:
        return take_bytes(take("<H")).tobytes().rstrip(b"\0").decode("utf-8")

    # Layout of CTranslate2's model.bin, little-endian: version u32, name of the specification,
    # revision u32, count u32, then for each variable name, rank u8, dimensions u32, type u8, bytes
    # u32, data; finally aliases, i.e. further names of variables already read.
    version = take("<I")
    form = take_name()
    if version not in _BINARY_VERSIONS or form != _FORM:
        raise ValueError("its head says that it is something else")
    take("<I")  # revisions of the format that differ in single settings, not in tensors
    variables: dict[str, NDArray[Any]] = {}
    for _ in range(take("<I")):
        name = take_name()
        shape = tuple(take("<I") for _ in range(take("<B")))
        type_number = take("<B")
        raw = take_bytes(take("<I"))
        if type_number >= len(_NUMBER_TYPES):
            raise ValueError(f"{name} has number type {type_number}, which only CTranslate2 reads")
        variables[name] = raw.view(_NUMBER_TYPES[type_number]).reshape(shape)
    for _ in range(take("<I")):
        alias, name = take_name(), take_name()
        variables[alias] = variables[name]
    if place != len(content):
        raise ValueError(f"{len(content) - place} bytes follow its end")
    return variables


class _Renamed:
    """CTranslate2's variables under openai-whisper's names; each one taken is removed."""

    def __init__(self, variables: dict[str, NDArray[Any]]) -> None:
        self._variables = variables
        self.left = {name for name, variable in variables.items() if variable.ndim}

    def take(self, name: str) -> Tensor:
        """One tensor.

        :raises ValueError: it is quantised.
        """
        self.left.discard(name)
        variable = self._variables[name]
        if variable.dtype.kind != "f":
            raise ValueError(f"{name} is quantised to {variable.dtype}")
        return variable

    def pair(
        self, ours: str, theirs: str, names: tuple[str, str] = ("weight", "bias")
    ) -> Iterator[tuple[str, Tensor]]:
        """A weight and its bias."""
        yield f"{ours}.weight", self.take(f"{theirs}/{names[0]}")
        yield f"{ours}.bias", self.take(f"{theirs}/{names[1]}")

    def norm(self, ours: str, theirs: str) -> Iterator[tuple[str, Tensor]]:
        """A layer norm."""
        return self.pair(ours, theirs, ("gamma", "beta"))

    def stack(self, ours: str, theirs: str, parts: tuple[str, ...]) -> Iterator[tuple[str, Tensor]]:
        """The parts of a stacked tensor, separated.

        :raises ValueError: it cannot be divided into them, or its keys have a bias.
        """
        weight, bias = self.take(f"{theirs}/weight"), self.take(f"{theirs}/bias")
        rows = weight.shape[0] // len(parts)
        if rows * len(parts) != weight.shape[0] or bias.shape[0] != weight.shape[0]:
            raise ValueError(f"{theirs} does not fall into {len(parts)} parts")
        for number, part in enumerate(parts):
            piece = slice(number * rows, (number + 1) * rows)
            yield f"{ours}.{part}.weight", weight[piece]
            if part != "key":
                yield f"{ours}.{part}.bias", bias[piece]
            elif bias[piece].any():
                raise ValueError(f"{theirs} has a bias for its keys, which Whisper's have not")

    def layer(
        self, ours: str, theirs: str, *, has_cross_attention: bool
    ) -> Iterator[tuple[str, Tensor]]:
        """One transformer layer."""
        yield from self.norm(f"{ours}.attn_ln", f"{theirs}/self_attention/layer_norm")
        yield from self.stack(
            f"{ours}.attn", f"{theirs}/self_attention/linear_0", ("query", "key", "value")
        )
        yield from self.pair(f"{ours}.attn.out", f"{theirs}/self_attention/linear_1")
        if has_cross_attention:
            cross = f"{ours}.cross_attn"
            yield from self.norm(f"{cross}_ln", f"{theirs}/attention/layer_norm")
            yield from self.pair(f"{cross}.query", f"{theirs}/attention/linear_0")
            yield from self.stack(cross, f"{theirs}/attention/linear_1", ("key", "value"))
            yield from self.pair(f"{cross}.out", f"{theirs}/attention/linear_2")
        yield from self.norm(f"{ours}.mlp_ln", f"{theirs}/ffn/layer_norm")
        yield from self.pair(f"{ours}.mlp.0", f"{theirs}/ffn/linear_0")
        yield from self.pair(f"{ours}.mlp.2", f"{theirs}/ffn/linear_1")


def _tensors_from_variables(variables: dict[str, NDArray[Any]]) -> Iterator[tuple[str, Tensor]]:
    """openai-whisper's name and tensor for each of CTranslate2's. Stacked tensors are separated;
    every variable must be used.
    """
    renamed = _Renamed(variables)
    yield from renamed.pair("encoder.conv1", "encoder/conv1")
    yield from renamed.pair("encoder.conv2", "encoder/conv2")
    yield "encoder.positional_embedding", renamed.take("encoder/position_encodings/encodings")
    for number in range(_layer_count(variables, "encoder")):
        yield from renamed.layer(
            f"encoder.blocks.{number}", f"encoder/layer_{number}", has_cross_attention=False
        )
    yield from renamed.norm("encoder.ln_post", "encoder/layer_norm")
    yield "decoder.token_embedding.weight", renamed.take("decoder/embeddings/weight")
    yield "decoder.positional_embedding", renamed.take("decoder/position_encodings/encodings")
    for number in range(_layer_count(variables, "decoder")):
        yield from renamed.layer(
            f"decoder.blocks.{number}", f"decoder/layer_{number}", has_cross_attention=True
        )
    yield from renamed.norm("decoder.ln", "decoder/layer_norm")
    # The token embedding under another name.
    if left := renamed.left - {"decoder/projection/weight"}:
        raise ValueError(f"{min(left)} has no place in Whisper")


def _layer_count(variables: dict[str, NDArray[Any]], side: str) -> int:
    return len(
        {
            name.split("/")[1]
            for name in variables
            if name.startswith(f"{side}/layer_") and name.count("/") > 2
        }
    )


def _dimensions(variables: dict[str, NDArray[Any]], tensors: dict[str, Tensor]) -> dict[str, int]:
    audio_state, n_mels, _ = tensors["encoder.conv1.weight"].shape
    n_audio_ctx, _ = tensors["encoder.positional_embedding"].shape
    n_vocab, text_state = tensors["decoder.token_embedding.weight"].shape
    n_text_ctx, _ = tensors["decoder.positional_embedding"].shape
    return {
        "n_mels": n_mels,
        "n_audio_ctx": n_audio_ctx,
        "n_audio_state": audio_state,
        "n_audio_head": int(variables["encoder/num_heads"]),
        "n_audio_layer": _layer_count(variables, "encoder"),
        "n_vocab": n_vocab,
        "n_text_ctx": n_text_ctx,
        "n_text_state": text_state,
        "n_text_head": int(variables["decoder/num_heads"]),
        "n_text_layer": _layer_count(variables, "decoder"),
    }


def _check_positions(embedding: Tensor) -> None:
    """Check the encoder's positional embeddings: Whisper's are sinusoids, which can be computed."""
    length, channels = embedding.shape
    scales = np.exp(-np.log(10_000) / (channels // 2 - 1) * np.arange(channels // 2))
    angles = np.arange(length)[:, np.newaxis] * scales[np.newaxis, :]
    expected = np.concatenate([np.sin(angles), np.cos(angles)], axis=1)
    if expected.shape != embedding.shape or not np.allclose(embedding, expected, rtol=0, atol=1e-3):
        raise ValueError("its positions are not Whisper's")


def _alignment_heads(path: Path, dimensions: dict[str, int]) -> tuple[tuple[int, int], ...] | None:
    try:
        pairs = json.loads(read_text(path)).get("alignment_heads")
        heads = None if pairs is None else tuple((int(layer), int(head)) for layer, head in pairs)
    except OSError as error:
        raise ModelError(
            path, message("cannot be read ({reason})", reason=error.strerror), _REMEDY
        ) from None
    except (ValueError, TypeError, AttributeError) as error:
        raise ModelError(
            path, message("is not the settings of a Whisper model ({error})", error=error), _REMEDY
        ) from None
    if heads and not all(
        0 <= layer < dimensions["n_text_layer"] and 0 <= head < dimensions["n_text_head"]
        for layer, head in heads
    ):
        raise ModelError(
            path, message("names alignment heads that the model does not have"), _REMEDY
        )
    return heads or None
