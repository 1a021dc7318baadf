"""What to write by hand where the TOML library would spoil a person's layout: no layout is known to
lead there, so the library is made to leave the file as it was.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
import tomlkit

from studio.errors import StudioError
from studio.model.clock import RecordingMs
from studio.model.episode import Cut, Episode
from studio.model.glossary import Glossary, GlossaryName
from studio.model.record import record_from_toml, replace_fields
from studio.workspace.settings import (
    toml_with_article,
    toml_with_former,
    toml_with_names,
    toml_with_recording,
)

HEAD = (
    'number = 1\nguid = "g"\ntitle = "t"\nrecording = "a.wav"\n'
    "published = 2026-01-02T03:04:05+01:00\nguests = []\n"
)
CUT = Cut(start_ms=RecordingMs(1000), end_ms=RecordingMs(2000))
NAMES = Glossary(names=(GlossaryName(name="Zoé"),))


def episode(text: str) -> Episode:
    return record_from_toml(text.encode(), Episode, "episode.toml")


def with_guests(text: str) -> bytes:
    return toml_with_article(
        text.encode(), episode(text), guests=["Zoé"], link="", where="episode.toml"
    )


def with_former(text: str) -> bytes:
    wanted = replace_fields(episode(text), former_slugs=("001-ada",))
    return toml_with_former(text.encode(), wanted, "episode.toml")


def with_cut(text: str) -> bytes:
    wanted = replace_fields(episode(text), cuts=(CUT,))
    return toml_with_recording(text.encode(), wanted, "episode.toml")


def with_name(text: str) -> bytes:
    return toml_with_names(text.encode(), NAMES, "glossary.toml")


@pytest.mark.parametrize(
    ("change", "before", "by_hand", "remedy"),
    [
        (with_guests, HEAD, HEAD.replace("[]", '["Zoé"]'), "Write guests = ['Zoé'] yourself."),
        (
            with_former,
            HEAD,
            f'{HEAD}former_slugs = ["001-ada"]\n',
            "Add former_slugs = ['001-ada'] yourself.",
        ),
        (
            with_name,
            "# ours\n",
            '[[names]]\nname = "Zoé"\nwrong = []\n',
            "below its own [[names]].",
        ),
    ],
)
def test_what_is_written_by_hand_needs_no_more_writing(
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[str], bytes],
    before: str,
    by_hand: str,
    remedy: str,
) -> None:
    monkeypatch.setattr(tomlkit, "dumps", lambda _: before)
    with pytest.raises(StudioError) as told:
        change(before)
    assert remedy in told.value.remedy
    monkeypatch.undo()
    assert change(by_hand).decode() == by_hand


def test_cuts_below_their_own_heads_are_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = HEAD + "cuts = [{ start_ms = 0, end_ms = 500 }]\n"
    dumps = tomlkit.dumps

    def spoils_lists(document: tomlkit.TOMLDocument) -> str:
        text = dumps(document)
        return listed if "cuts = [" in text else text

    monkeypatch.setattr(tomlkit, "dumps", spoils_lists)
    with pytest.raises(StudioError) as told:
        with_cut(listed)
    assert told.value.remedy == "Write cuts and soundbites below [[cuts]], [[soundbites]]."
    assert b"start_ms = 1000" in with_cut(HEAD + "[[cuts]]\nstart_ms = 0\nend_ms = 500\n")
