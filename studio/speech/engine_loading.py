"""Load an engine and its weights by the name in the settings."""

from __future__ import annotations

from pathlib import Path

from studio.model.show import Whisper
from studio.speech.engine import Engine

_kept: dict[str, tuple[object, Engine]] | None = None


def keep_engine() -> None:
    """Keep the last engine loaded from now on: for a process that transcribes one recording after
    the other.
    """
    global _kept  # noqa: PLW0603 - one a process
    _kept = {}


def load_engine(settings: Whisper, folder: Path, *, most_workers: int | None = None) -> Engine:
    """The engine that the settings name, with the weights in ``folder``.

    :param most_workers: more calls are never made beside each other; cores that are left work
        together on one call.
    :raises ModelError: the weights cannot be loaded.
    """
    if _kept is None:
        return _loaded_engine(settings, folder, most_workers)
    wanted = (settings, folder, most_workers)
    before = _kept.get("last")
    if before is None or before[0] != wanted:
        _kept.clear()  # the one before is let go of first: two are rarely wanted, and large
        _kept["last"] = wanted, _loaded_engine(settings, folder, most_workers)
    return _kept["last"][1]


def _loaded_engine(settings: Whisper, folder: Path, most_workers: int | None) -> Engine:
    if settings.engine == "openai":
        from studio.speech.openai_engine import OpenAIEngine

        return OpenAIEngine(folder, device=settings.device)
    from studio.speech.faster_whisper_engine import FasterWhisperEngine

    return FasterWhisperEngine(folder, device=settings.device, most_workers=most_workers)
