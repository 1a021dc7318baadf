"""Load an engine and its weights by the name in the settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from studio.model.show import Whisper

if TYPE_CHECKING:
    # Every command reads the names below; few need the engines themselves.
    from studio.speech.engine import Engine, ScoringEngine


def _faster(settings: Whisper, folder: Path, most_workers: int | None) -> ScoringEngine:
    from studio.speech.faster_whisper_engine import FasterWhisperEngine

    return FasterWhisperEngine(folder, device=settings.device, most_workers=most_workers)


def _openai(settings: Whisper, folder: Path, _: int | None) -> Engine:
    from studio.speech.openai_engine import OpenAIEngine

    return OpenAIEngine(folder, device=settings.device)


ENGINES: dict[str, Callable[[Whisper, Path, int | None], Engine]] = {
    "faster": _faster,
    "openai": _openai,
}
"""What loads each engine, by the name that settings give it; another engine is another entry."""

SCORING_ENGINES: dict[str, Callable[[Whisper, Path, int | None], ScoringEngine]] = {
    "faster": _faster,
}
"""Those that score texts as well, the first of them for whoever chose one that does not: it reads
the same weights."""

_kept: dict[str, tuple[object, Engine]] | None = None


def keep_engine() -> None:
    """Keep the last engine in memory from now on: for a process that transcribes several
    recordings.
    """
    global _kept  # noqa: PLW0603 - one a process
    _kept = {}


def load_engine(settings: Whisper, folder: Path, *, most_workers: int | None = None) -> Engine:
    """The engine that the settings name, with the weights in ``folder``.

    :param most_workers: maximum number of parallel calls; remaining cores share the work of each
        call.
    :raises ModelError: the weights cannot be loaded.
    """
    if _kept is None:
        return ENGINES[settings.engine](settings, folder, most_workers)
    wanted = (settings, folder, most_workers)
    before = _kept.get("last")
    if before is None or before[0] != wanted:
        # the previous one is released first: engines are large and two are rarely needed
        _kept.clear()
        _kept["last"] = wanted, ENGINES[settings.engine](settings, folder, most_workers)
    return _kept["last"][1]


def scoring_engine(
    settings: Whisper,
    folder: Path,
    *,
    most_workers: int | None = None,
    loaded: Engine | None = None,
) -> ScoringEngine:
    """An engine that scores texts: that of the settings if it can, else the first that can.

    :param loaded: the engine of the settings, if already loaded.
    :raises ModelError: the weights cannot be loaded.
    """
    if settings.engine not in SCORING_ENGINES:
        return next(iter(SCORING_ENGINES.values()))(settings, folder, most_workers)
    if loaded is not None:
        return cast("ScoringEngine", loaded)
    return SCORING_ENGINES[settings.engine](settings, folder, most_workers)
