"""The weights of the conversation model, fitted by `bench/exchange_fit.py` and stored in a table
beside this module.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType


def _read() -> dict[str, float]:
    table = (files("studio.alignment") / "exchange-weights.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines()[1:])
    return {name: float(weight) for name, weight in rows}


WEIGHTS: Mapping[str, float] = MappingProxyType(_read())
