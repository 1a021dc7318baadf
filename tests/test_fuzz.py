"""A tenth of bench/fuzz.py: malformed files of every kind give a sentence, and nothing else."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bench import fuzz

INPUTS, SEED = 200, 1
# What no input may take, in seconds of the processor: a twentieth of it is usual.
MAX_S = 10.0


pytestmark = pytest.mark.slow


@pytest.mark.parametrize("reader", sorted(fuzz.READERS))
def test_malformed_files_are_told_in_a_sentence(reader: str, tmp_path: Path) -> None:
    told = []
    for file, content in fuzz.inputs_of(reader, fuzz.shares(INPUTS)[reader], SEED):
        path = tmp_path / file
        path.write_bytes(content)
        started_s = time.process_time()
        outcome = fuzz.read_one(reader, path)
        assert time.process_time() - started_s < MAX_S, file
        if outcome not in {"read", "refused"}:
            told.append(f"{file}: {outcome}")
    assert told == []


@pytest.mark.parametrize("reader", sorted(fuzz.READERS))
def test_the_seeds_are_valid(reader: str, tmp_path: Path) -> None:
    outcomes = set()
    for file, content in fuzz.READERS[reader].seeds().items():
        stem, _, suffix = file.rpartition(".")
        path = tmp_path / f"{stem}-0.{suffix}"
        path.write_bytes(content)
        if not stem.startswith(("list", "sftp")):  # what poses as a recording; what is not tried
            outcomes.add(fuzz.read_one(reader, path))
    assert outcomes == {"read"}


def test_the_same_seed_gives_the_same_inputs() -> None:
    assert list(fuzz.inputs_of("feed", 20, 3)) == list(fuzz.inputs_of("feed", 20, 3))
    assert list(fuzz.inputs_of("feed", 20, 3)) != list(fuzz.inputs_of("feed", 20, 4))
