"""The base weights, fetched for real, are what was published and give openai-whisper every tensor
it has.
"""

from __future__ import annotations

import shutil
import struct
import warnings
from pathlib import Path

import pytest

from studio.errors import ModelError
from studio.speech.checkpoint import checkpoint_from_weights
from studio.speech.model_files import verify_model

pytestmark = pytest.mark.whisper


@pytest.fixture
def copy(weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The base model in a folder of its own, to be damaged."""
    shutil.copytree(weights, tmp_path / "models" / "base")
    monkeypatch.setenv("STUDIO_MODELS", str(tmp_path / "models"))
    return tmp_path / "models" / "base"


def rewrite(path: Path, offset: int, content: bytes) -> None:
    with path.open("r+b") as stream:
        stream.seek(offset)
        stream.write(content)


def test_one_flipped_bit_is_found(copy: Path) -> None:
    assert verify_model("base") == copy
    path = copy / "model.bin"
    middle = path.stat().st_size // 2
    byte = path.read_bytes()[middle]
    rewrite(path, middle, bytes([byte ^ 1]))
    with pytest.raises(ModelError, match=r"model\.bin: is damaged") as caught:
        verify_model("base")
    assert "studio models fetch base" in caught.value.remedy


def test_openai_whisper_takes_every_tensor_and_misses_none(weights: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch and numba about themselves
        import torch
        from whisper import _ALIGNMENT_HEADS
        from whisper.model import ModelDimensions, Whisper
    checkpoint = checkpoint_from_weights(weights)
    model = Whisper(ModelDimensions(**checkpoint.dimensions))
    sinusoids = model.encoder.positional_embedding.clone()
    state = {name: torch.from_numpy(tensor.copy()) for name, tensor in checkpoint.tensors.items()}
    keys = model.load_state_dict(state, strict=True)
    assert not keys.missing_keys
    assert not keys.unexpected_keys
    assert torch.allclose(model.encoder.positional_embedding, sinusoids, atol=1e-3)
    assert model.dims == ModelDimensions(
        80, 1500, 512, 8, 6, 51865, 448, 512, 8, 6
    )  # base, as its authors publish it
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.set_alignment_heads(_ALIGNMENT_HEADS["base"])
        published = {(int(layer), int(head)) for layer, head in model.alignment_heads.indices().T}
    assert set(checkpoint.alignment_heads or ()) == published


def test_stacked_tensors_come_apart_in_order(weights: Path) -> None:
    """Query, key and value of one layer, taken from the file by hand."""
    import numpy as np

    content = (weights / "model.bin").read_bytes()
    name = b"encoder/layer_3/self_attention/linear_0/weight\0"
    place = content.index(name) + len(name)
    rank, rows, columns, number_type, length = struct.unpack_from("<BIIBI", content, place)
    assert (rank, rows, columns, number_type) == (2, 1536, 512, 4)
    stacked = np.frombuffer(content[place + 14 : place + 14 + length], dtype="<f2").reshape(
        rows, columns
    )
    tensors = checkpoint_from_weights(weights).tensors
    parts = [tensors[f"encoder.blocks.3.attn.{part}.weight"] for part in ("query", "key", "value")]
    assert np.array_equal(np.concatenate(parts), stacked)
    assert "encoder.blocks.3.attn.key.bias" not in tensors


def test_a_file_that_ends_early_is_refused(copy: Path) -> None:
    path = copy / "model.bin"
    with path.open("r+b") as stream:
        stream.truncate(path.stat().st_size - 1000)
    with pytest.raises(ModelError, match=r"model\.bin: is not"):
        checkpoint_from_weights(copy)


@pytest.mark.parametrize("size", [0, 3, 40])
def test_a_stump_is_refused(copy: Path, size: int) -> None:
    with (copy / "model.bin").open("r+b") as stream:
        stream.truncate(size)
    with pytest.raises(ModelError, match=r"model\.bin: is not"):
        checkpoint_from_weights(copy)


def test_something_else_is_refused(copy: Path) -> None:
    (copy / "model.bin").write_bytes(b"RIFF" + bytes(1000))
    with pytest.raises(ModelError, match=r"model\.bin: is not"):
        checkpoint_from_weights(copy)


def test_a_tensor_under_a_wrong_name_is_refused(copy: Path) -> None:
    path = copy / "model.bin"
    place = path.read_bytes().index(b"encoder/layer_norm/gamma")
    rewrite(path, place, b"encoder/layer_norm/gamme")
    with pytest.raises(ModelError, match=r"encoder/layer_norm/gamma is missing"):
        checkpoint_from_weights(copy)


def test_positions_that_are_no_sinusoids_are_refused(copy: Path) -> None:
    path = copy / "model.bin"
    name = b"encoder/position_encodings/encodings\0"
    place = path.read_bytes().index(name) + len(name) + 14
    rewrite(path, place, bytes(2048))
    with pytest.raises(ModelError, match="positions"):
        checkpoint_from_weights(copy)


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ("[1, 2", "is not the settings"),
        ('{"alignment_heads": [[1]]}', "is not the settings"),
        ('{"alignment_heads": [[9, 9]]}', "does not have"),
    ],
)
def test_damaged_settings_are_refused(copy: Path, settings: str, what: str) -> None:
    (copy / "config.json").write_text(settings, encoding="utf-8")
    with pytest.raises(ModelError, match=rf"config\.json: .*{what}"):
        checkpoint_from_weights(copy)


def test_settings_without_heads_leave_the_choice_to_whisper(copy: Path) -> None:
    (copy / "config.json").write_text("{}", encoding="utf-8")
    assert checkpoint_from_weights(copy).alignment_heads is None
