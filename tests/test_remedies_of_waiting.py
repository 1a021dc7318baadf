"""Remedies that say to wait, or to leave alone what somebody else uses: each followed."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from support.publications import publish, write_site

from studio.errors import PublishError, StudioError
from studio.model.show import Publishing
from studio.preview.server import serve_preview
from studio.publish.destination import open_destination
from studio.publish.destination_lock import lock_destination
from studio.sound import ffmpeg
from studio.web.addresses import FEED_PLACE
from studio.workspace.run_lock import hold_episode, hold_file, lock_workspace

HELD: dict[str, Callable[[Path], AbstractContextManager[None]]] = {
    "Run this command again when it has ended.": lambda state: hold_file(state, "a.toml"),
    "Wait until it has ended.": lambda state: hold_episode(state, "001-ada"),
    "Wait until it has ended, or end it; a killed run frees the workspace by itself.": (
        lambda state: lock_workspace(state, "studio run")
    ),
}


@pytest.mark.parametrize("remedy", HELD)
def test_what_another_command_holds_is_free_when_it_has_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, remedy: str
) -> None:
    monkeypatch.setattr("studio.workspace.run_lock._WAIT_S", 0.05)
    held = HELD[remedy]
    with held(tmp_path), pytest.raises(StudioError) as refused, held(tmp_path):
        pass
    assert refused.value.remedy == remedy
    with held(tmp_path):
        pass


def test_a_port_that_is_taken_is_left_for_another(tmp_path: Path) -> None:
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(StudioError) as refused,
            serve_preview(tmp_path, "https://x.test/", port=port),
        ):
            pass
        assert refused.value.remedy == "Name another one with --port."
        with serve_preview(tmp_path, "https://x.test/", port=0) as preview:
            assert preview.address


def test_what_was_taken_over_is_published_again_when_that_is_done(tmp_path: Path) -> None:
    tree = write_site(tmp_path / "site", **{"001-ada": "Bonjour"})
    destination = open_destination(Publishing(destination=str(tmp_path / "public")), tmp_path)
    with lock_destination(destination, "elsewhere") as held:
        with (
            lock_destination(destination, "here", take_over=True),
            pytest.raises(PublishError) as refused,
        ):
            held.prove()
        assert refused.value.remedy == "Publish again when it is done."
    publish(destination, tree, tmp_path)
    assert destination.read(FEED_PLACE)


def test_another_ffmpeg_is_left_or_named(monkeypatch: pytest.MonkeyPatch) -> None:
    right = ffmpeg.ffmpeg_path()
    ffmpeg.ffmpeg_path.cache_clear()
    try:
        with monkeypatch.context() as patch:

            def none_there() -> str:
                raise RuntimeError

            patch.setattr("imageio_ffmpeg.get_ffmpeg_exe", none_there)
            with pytest.raises(StudioError, match="or set IMAGEIO_FFMPEG_EXE"):
                ffmpeg.ffmpeg_path()
        monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", right)
        assert ffmpeg.ffmpeg_path() == right
    finally:
        ffmpeg.ffmpeg_path.cache_clear()
