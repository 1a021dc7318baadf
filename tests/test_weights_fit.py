"""Fitted values are written where the rules read them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bench import weights_fit
from studio.corrections import correction_weights
from studio.doubts import doubt_weights


@pytest.mark.parametrize(
    ("path", "module", "names"),
    [
        (
            weights_fit.WEIGHTS,
            correction_weights,
            ["TEXT_ONLY_WEIGHTS", "MIN_AUDIO_SCORE", "ACOUSTIC_WEIGHTS"],
        ),
        (weights_fit.DOUBTS, doubt_weights, ["WEIGHTS"]),
    ],
)
def test_fitted_values_replace_those_of_the_module(
    tmp_path: Path, path: Path, module: object, names: list[str]
) -> None:
    copy = Path(shutil.copy(path, tmp_path))
    old = {name: getattr(module, name) for name in names}
    fitted = {
        name: dict.fromkeys(value, 0.125) if isinstance(value, dict) else 0.25
        for name, value in old.items()
    }
    weights_fit.write_weights(copy, fitted)
    written: dict[str, object] = {}
    exec(compile(copy.read_text(encoding="utf-8"), copy, "exec"), written)  # noqa: S102
    assert {name: written[name] for name in names} == fitted
    kept = [line for line in path.read_text("utf-8").splitlines() if line.startswith("#")]
    assert all(line in copy.read_text("utf-8").splitlines() for line in kept)


def test_a_table_that_is_not_there_ends_the_fit(tmp_path: Path) -> None:
    copy = Path(shutil.copy(weights_fit.WEIGHTS, tmp_path))
    with pytest.raises(SystemExit, match="no table MISSING"):
        weights_fit.write_weights(copy, {"MISSING": {"": 1.0}})
