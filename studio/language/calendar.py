"""The French names of months and weekdays, in order."""

from __future__ import annotations

MONTHS = tuple(
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
)
WEEKDAYS = tuple("lundi mardi mercredi jeudi vendredi samedi dimanche".split())
