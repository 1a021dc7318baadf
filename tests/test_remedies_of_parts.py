"""Remedies of parts of the installation that are missing or damaged, each followed to the letter."""

from __future__ import annotations

import os
import shutil
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.made_sounds import speechlike, write_wav

from studio.cli import main
from studio.cluster.scheduler import check_scheduler_address
from studio.errors import StudioError
from studio.model.show import Whisper
from studio.sound import ffmpeg
from studio.sound.mail_copy import write_mail_copy
from studio.speech.engine_loading import load_engine


def without_gpu() -> bool:
    import ctranslate2
    import torch

    return not (torch.cuda.is_available() or ctranslate2.get_cuda_device_count())


def refuses(engine: str, folder: Path, remedy: str, device: str = "cpu") -> None:
    with pytest.raises(StudioError) as told:
        load_engine(Whisper(engine=engine, device=device), folder)  # type: ignore[arg-type]
    assert told.value.remedy == remedy


@pytest.mark.whisper
@pytest.mark.parametrize(("engine", "device"), [("faster", "auto"), ("openai", "cpu")])
def test_a_machine_without_a_gpu_uses_its_cores(weights: Path, engine: str, device: str) -> None:
    if not without_gpu():
        pytest.skip("this machine has a GPU")
    refuses(engine, weights, "Write `auto` or `cpu` in feed/show.toml.", "cuda")
    assert load_engine(Whisper(engine=engine, device=device), weights)  # type: ignore[arg-type]


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


@pytest.mark.whisper
@pytest.mark.parametrize(
    ("engine", "remedy"),
    [
        ("faster", "Run `studio models verify`."),
        ("openai", "Run `studio models verify` to find out which file is damaged."),
    ],
)
def test_verifying_tells_what_is_damaged_and_how_it_is_replaced(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str, remedy: str
) -> None:
    monkeypatch.setenv("STUDIO_MODELS", str(tmp_path))
    copy = Path(shutil.copytree(weights, tmp_path / "base"))
    cut_off(copy / "model.bin")
    refuses(engine, copy, remedy)
    verified = CliRunner().invoke(main, ["models", "verify"])
    assert verified.exit_code
    assert "model.bin: is damaged" in verified.output
    assert "`studio models fetch base`" in verified.output
    # What a fetch brings, which test_every_damage_is_found_and_mended does.
    shutil.copy(weights / "model.bin", copy / "model.bin")
    assert CliRunner().invoke(main, ["models", "verify"]).exit_code == 0
    assert load_engine(Whisper(engine=engine, device="cpu"), copy)


@pytest.mark.skipif(os.name != "posix", reason="a program in its place is a shell's script")
def test_a_complete_ffmpeg_is_used_once_the_variable_names_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = write_wav(tmp_path / "a.wav", speechlike(2.0, rate_hz=16_000), rate_hz=16_000)
    target = tmp_path / "a.m4a"
    poor = tmp_path / "ffmpeg"
    poor.write_text(
        "#!/bin/sh\n"
        'case "$*" in *"-c:a aac"*) echo "Unknown encoder \'aac\'" >&2; exit 1;; esac\n'
        f'exec {ffmpeg.ffmpeg_path()} "$@"\n',
        encoding="utf-8",
    )
    poor.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(poor))
    ffmpeg.ffmpeg_path.cache_clear()
    try:
        with pytest.raises(StudioError) as told:
            write_mail_copy(sound, target, 2000, 1_000_000)
        assert told.value.remedy == "Unset IMAGEIO_FFMPEG_EXE, or install a complete ffmpeg."
        monkeypatch.delenv("IMAGEIO_FFMPEG_EXE")
        ffmpeg.ffmpeg_path.cache_clear()
        write_mail_copy(sound, target, 2000, 1_000_000)
        assert target.stat().st_size
    finally:
        ffmpeg.ffmpeg_path.cache_clear()


def test_the_extra_that_is_named_has_what_was_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as fault:
        fault.setitem(sys.modules, "distributed", None)
        with pytest.raises(StudioError) as told:
            check_scheduler_address("tcp://127.0.0.1:8786")
        assert told.value.remedy == 'Install it: `pip install "medinsoft-studio[cluster]"`.'
    project = tomllib.loads(
        (Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8")
    )["project"]
    assert project["name"] == "medinsoft-studio"
    assert any("distributed" in one for one in project["optional-dependencies"]["cluster"])
    check_scheduler_address("tcp://127.0.0.1:8786")
