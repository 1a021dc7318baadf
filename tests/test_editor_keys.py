"""What the scripted person of ``bench/editor_keys.py`` takes for wrong."""

from __future__ import annotations

from bench.editor_keys import Difference, differences


def test_a_word_is_right_when_all_of_it_is() -> None:
    said = "Les 12 sondes, voilà ce que l'on vend à l'aube".split()
    assert differences(said, "les douze sondes voilà ce que l'on vend à l'aube".split()) == []
    found = differences(said, "Les deux sondes, ce que l'un vend euh à à l'aube".split())
    assert found == [
        Difference(places=(1,), right=("12",), before=0),
        Difference(places=(), right=("voilà",), before=2),
        Difference(places=(5,), right=("l'on",), before=4),
        Difference(places=(8,), right=(), before=6),
    ]
