"""What `install.py` installs has a hash that is known, also PyTorch, of which there are many builds
under one version.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
INDEXED = f"--hash=sha256:{'0' * 64}"


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, with lists of its own; pip knows a folder of wheels and no index."""
    spec = importlib.util.spec_from_file_location("install", ROOT / "install.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "HERE", tmp_path)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "installed"))
    return module


def wheel(folder: Path, name: str, version: str, *needs: str) -> str:
    """Write the smallest wheel that pip takes.

    :returns: its hash as pip is given it.
    """
    notes = f"{name}-{version}.dist-info"
    head = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}"]
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(
            f"{notes}/METADATA", "\n".join([*head, *(f"Requires-Dist: {one}" for one in needs)])
        )
        packed.writestr(f"{notes}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        packed.writestr(f"{notes}/RECORD", "")
    return f"--hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


def installed(install: ModuleType, folder: Path) -> list[str]:
    """Install PyTorch beside this interpreter's packages, and name what came."""
    target = str(folder / "installed")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", target]
    install.install_torch(Path(sys.executable), [*pip, "--require-hashes", "--no-deps"])
    return sorted(path.name for path in (folder / "installed").glob("*.dist-info"))


def test_a_folders_build_of_pytorch_is_taken_if_its_hash_is_known(
    install: ModuleType, tmp_path: Path
) -> None:
    known = wheel(tmp_path, "torch", "2.13.0+cpu")
    listed = tmp_path / "constraints-torch.txt"
    listed.write_text(f"torch==2.13.0 {INDEXED}\n", encoding="utf-8")
    with pytest.raises(subprocess.CalledProcessError):
        installed(install, tmp_path)
    listed.write_text(f"torch==2.13.0 {INDEXED} {known}\n", encoding="utf-8")
    # Nothing is asked for besides, as no list of companions is there.
    assert installed(install, tmp_path) == ["torch-2.13.0+cpu.dist-info"]


def test_a_build_for_cards_brings_its_companions_with_their_hashes(
    install: ModuleType, tmp_path: Path
) -> None:
    known = wheel(tmp_path, "torch", "2.13.0", "nvidia_some")
    companion = wheel(tmp_path, "nvidia_some", "1")
    (tmp_path / "constraints-torch.txt").write_text(f"torch==2.13.0 {known}\n", encoding="utf-8")
    listed = tmp_path / "constraints-cuda.txt"
    listed.write_text(f"nvidia_some==1 {INDEXED}\n", encoding="utf-8")
    with pytest.raises(subprocess.CalledProcessError):
        installed(install, tmp_path)
    listed.write_text(f"nvidia_some==1 {companion}\n", encoding="utf-8")
    assert "nvidia_some-1.dist-info" in installed(install, tmp_path)


def test_every_list_is_installed_and_pip_is_asked_for_hashes() -> None:
    text = (ROOT / "install.py").read_text(encoding="utf-8")
    for path in ROOT.glob("constraints*.txt"):
        assert f'listed("{path.name}")' in text, path.name
    # All that is not built here.
    assert text.count("*pip,") == 2
    assert re.search(r'known = \[\*pip, "--require-hashes", "--no-deps"\]', text)
