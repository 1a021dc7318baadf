"""What commands say: for the place where they were called, in words of people, without trailing
spaces.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.fake_show import SHOW_TOML

from studio.cli import CliContext, main, quoted_word
from studio.errors import WorkspaceError
from studio.model.episode import Episode
from studio.model.glossary import Glossary
from studio.model.record import record_from_bytes, record_from_toml
from studio.model.show import Show
from studio.model.sound import Enclosure

GOOD = {
    "number": "1",
    "guid": '"g"',
    "title": '"t"',
    "guests": '["Ada"]',
    "recording": '"son.wav"',
    "published": "2026-01-02T03:04:05+01:00",
}


def make_broken(root: Path) -> Path:
    """A show whose only episode has settings that cannot be read."""
    settings = root / "feed" / "show.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(SHOW_TOML, encoding="utf-8")
    episode = root / "episodes" / "001-ada" / "episode.toml"
    episode.parent.mkdir(parents=True)
    episode.write_text(
        "\n".join(f"{name} = {value}" for name, value in GOOD.items()), encoding="utf-8"
    )
    return root


def said(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, list(words), catch_exceptions=False)
    return result.exit_code, result.output


def test_remedies_are_for_the_place_that_was_named(tmp_path: Path) -> None:
    root = make_broken(tmp_path / "my show")
    code, told = said("-C", str(root), "check", "404")
    assert code == 1
    assert f"`studio -C {quoted_word(str(root))} new`" in told
    assert "`studio new`" not in told
    assert CliContext(None).with_commands("Run `studio run`.") == "Run `studio run`."


@pytest.mark.parametrize("command", [("status",), ("run", "--dry-run"), ("run",)])
def test_what_stops_a_run_is_told_with_what_to_do(tmp_path: Path, command: tuple[str, ...]) -> None:
    root = make_broken(tmp_path / "show")
    (root / "episodes" / "001-ada" / "article.md").write_text(
        "# Ada\n\n## 💬 Quoi ?\n\nOui.\n", encoding="utf-8"
    )
    settings = root / "episodes" / "001-ada" / "episode.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("number = 1", 'number = "1"'), encoding="utf-8"
    )
    _, told = said("-C", str(root), *command)
    assert 'number must be a whole number or nothing, and is text in "quotes"' in told
    assert "→ Fix that setting" in told
    assert [line for line in told.splitlines() if line != line.rstrip()] == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"number": '"x"'}, 'number must be a whole number or nothing, and is text in "quotes"'),
        ({"guests": "[1]"}, 'guests 1 must be text in "quotes", and is a whole number'),
        ({"title": None}, "title is missing"),
        ({"type": '"ful"'}, "type cannot be 'ful'"),
        (
            {"published": '"demain"'},
            "published must be a date with time and time zone, like 2026-11-23T08:00:00+01:00",
        ),
        ({"published": "2026-01-02"}, "and is a date without a time"),
        (
            {"cuts": "[{ start_ms = 1.5, end_ms = 2 }]"},
            "cuts 1.start_ms must be a whole number, and is a number",
        ),
        (
            {"cuts": "[{ start_ms = 1, end_ms = 2 }, { start_ms = 1 }]"},
            "end_ms is missing in cuts 2",
        ),
        ({"cuts": "3"}, "cuts must be a list in [brackets], and is a whole number"),
        (
            {"sound": '{ trim = "oui" }'},
            'sound.trim must be true or false, and is text in "quotes"',
        ),
        ({"season": '"x"'}, 'season must be a whole number or nothing, and is text in "quotes"'),
    ],
)
def test_a_setting_that_is_wrong_is_told_in_words_of_people(
    change: dict[str, str | None], told: str
) -> None:
    lines = {**GOOD, **change}
    content = "\n".join(
        f"{name} = {value}" for name, value in lines.items() if value is not None
    ).encode()
    with pytest.raises(WorkspaceError) as error:
        record_from_toml(content, Episode, "episode.toml")
    assert told in str(error.value)
    assert "`" not in error.value.what
    assert "$" not in error.value.what


def test_a_date_without_quotes_is_text_where_text_is_expected() -> None:
    """TOML has a form of its own for dates, which people take for a date."""
    said = '\n[accessibility]\nstate = "Tout."\ncontact = "a@b.test"\ndate = 2026-11-30\n'
    show = record_from_toml(f"{SHOW_TOML}{said}".encode(), Show, "show.toml")
    assert show.accessibility is not None
    assert show.accessibility.date == "2026-11-30"
    names = record_from_toml(
        b"[[names]]\nname = 2026-11-30\nwrong = [2026-11-29]", Glossary, "glossary.toml"
    ).names
    assert (names[0].name, names[0].wrong) == ("2026-11-30", ("2026-11-29",))


def test_a_result_that_is_damaged_is_told_in_the_same_words() -> None:
    with pytest.raises(WorkspaceError, match="does not match the expected format: file is missing"):
        record_from_bytes(b"{}", Enclosure, "enclosure.json")


@pytest.mark.parametrize(
    ("system", "word", "quoted"),
    [
        ("posix", "mon émission", "'mon émission'"),
        ("posix", "show", "show"),
        ("nt", r"C:\Users\Ada\show", r"C:\Users\Ada\show"),
        ("nt", r"C:\Mes documents\l'émission", '"C:\\Mes documents\\l\'émission"'),
        ("nt", "a&b", '"a&b"'),
    ],
)
def test_commands_can_be_typed_as_they_are_told(
    monkeypatch: pytest.MonkeyPatch, system: str, word: str, quoted: str
) -> None:
    monkeypatch.setattr(os, "name", system)
    assert quoted_word(word) == quoted


def test_the_next_command_can_be_typed_as_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the terminal does not find `studio`, the way by which it was called is there."""
    program = tmp_path / ".venv" / "bin" / "studio"
    program.parent.mkdir(parents=True)
    program.touch(mode=0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", [".venv/bin/studio", "run"])
    monkeypatch.setenv("PATH", "")
    assert CliContext(None).command("check") == ".venv/bin/studio check"
    assert CliContext(None).with_commands("Run `studio run`.") == "Run `.venv/bin/studio run`."
    monkeypatch.setenv("PATH", str(program.parent))
    assert CliContext(None).command("check") == "studio check"
    monkeypatch.setattr("sys.argv", ["/somewhere/studio/__main__.py"])
    assert CliContext(None).command("check") == "studio check"


def test_what_a_new_show_lacks_is_told_with_what_it_is_for(tmp_path: Path) -> None:
    code, told = said("init", str(tmp_path / "a"), "--title", "Essai", "--email", "a@example.org")
    assert code == 0, told
    assert "apps show it to people who choose a podcast" in told
    assert "owner.email" not in told
