"""Fixtures that several modules share."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import expect
from support.small_show import DEAF_STAGES, add_episode, build_show, copied, make_show
from support.two_recordings import mark_show

from studio.check import runner
from studio.check.audio_file import MeasuredSound, measure_sound
from studio.pipeline import stages
from studio.workspace.digest import digest_from_file
from studio.workspace.layout import Workspace

# Commands speak the language of whoever calls them; what tests expect of them is English.
os.environ["LANGUAGE"] = "en"

# The commands that tests start keep what they compile: hundreds of them begin a tenth of a second or
# two sooner.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# What is written reaches every other process without it: only a computer that loses its power would
# tell the difference, and a test waits some milliseconds for each of thousands of files. Tests of
# flushing put a function of their own in its place; commands that tests start flush as ever.
os.fsync = lambda descriptor: None  # type: ignore[assignment] # noqa: ARG005

# A shell starts what runs in the background with SIGINT ignored, which every command inherits that a
# test would end with it.
signal.signal(signal.SIGINT, signal.default_int_handler)

# No test is timed: a busy machine is no failure. Everything else stays as hypothesis chose it, in
# CI as well.
settings.register_profile(
    "untimed", parent=settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("untimed")
# A page may be as slow: only one that never shows what is expected fails.
expect.set_options(timeout=60_000)


@pytest.fixture(scope="session")
def measured_once() -> Iterator[None]:
    """A check measures each sound once, whichever test asks: it decodes the whole file twice."""
    known: dict[str, MeasuredSound] = {}

    def measured(path: Path) -> MeasuredSound:
        digest = digest_from_file(path)
        if digest not in known:
            known[digest] = measure_sound(path)
        return known[digest]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runner, "measure_sound", measured)
        yield


@pytest.fixture(scope="session")
def built_show(measured_once: None, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A small show with one episode, built. Only to be read: whoever changes it takes a copy."""
    workspace = make_show(tmp_path_factory.mktemp("built") / "show")
    add_episode(workspace)
    build_show(workspace)
    return workspace


@pytest.fixture
def without_an_ear(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands run every stage but those that need Whisper."""
    monkeypatch.setattr(stages, "STAGES", DEAF_STAGES)


@pytest.fixture(scope="session")
def marked_show(built_show: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The built show in which a person set a cut, a sound bite and a chapter: only to be copied."""
    workspace = copied(built_show, tmp_path_factory.mktemp("marked") / "show")
    mark_show(workspace)
    return workspace


@pytest.fixture(scope="session")
def weights() -> Path:
    """The folder of Whisper's real base weights, fetched into the user's cache where they are not
    there yet.
    """
    from studio.speech.model_files import fetch_model

    return fetch_model("base")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever takes the real weights needs Whisper, whether its test says so or not."""
    for item in items:
        if "weights" in getattr(item, "fixturenames", ()):
            item.add_marker("whisper")
