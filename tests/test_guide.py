"""The producers' guide, followed word for word by a person new: every command ends well, and what
the guide promises is so.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from click.testing import CliRunner
from lxml import etree
from support import fake_engine
from support.small_show import ARTICLE
from support.spoken import INTERVIEW
from support.two_recordings import MORE_MS, ahead, better, old_sound

from studio.cli import main
from studio.workspace.layout import Workspace

HERE = Path(__file__).parent.parent
SLUG, SHORT = "002-stephane-soto", "002-soto"
STATES = ("run", "status")
URL = "https://podcast.medinsoft.test/trois/"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an article and a recording, in which a person types."""
    (tmp_path / "mon article.md").write_text(ARTICLE, encoding="utf-8")
    better(tmp_path, old_sound(), name="mon enregistrement.wav")
    later = [(who, start + MORE_MS, end + MORE_MS, text) for who, start, end, text in INTERVIEW]
    # Whatever was replaced by the better recording is heard later.
    is_better = (tmp_path / "prise propre.wav").exists
    fake_engine.install(monkeypatch, lambda: later if is_better() else INTERVIEW)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def studio(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, list(words), catch_exceptions=False)
    assert result.exit_code == code, (words, result.output)
    return result.output


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, old
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def set_key(path: Path, key: str, value: str) -> None:
    """Write the line anew on which the setting is, or its comment."""
    text, count = re.subn(
        rf"(?m)^#? ?{key} = .*$", f'{key} = "{value}"', path.read_text(encoding="utf-8"), count=1
    )
    assert count, key
    path.write_text(text, encoding="utf-8")


def feed(folder: Path) -> etree._Element:
    return etree.parse(folder / "feed.xml").getroot()


@pytest.mark.slow
def test_from_the_recording_to_the_subscriber(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    studio("init", "mon-emission", "--title", "3 questions à…", "--host", "Camille Renaud",
           "--url", URL, "--email", "nous@medinsoft.test", "--description", "Des gens d’ici.")  # fmt: skip
    monkeypatch.chdir("mon-emission")
    show, public = Workspace(Path.cwd()), Path.cwd().parent / "public"
    told = studio("new", "--article", "../mon article.md", "--recording",
                  "../mon enregistrement.wav", "--published", "2026-01-15T06:00:00+01:00")  # fmt: skip
    assert "Stéphane Soto" in told
    assert show.slugs() == (SLUG,)
    studio("inspect", "../mon enregistrement.wav")
    studio("run")
    studio("status")
    studio("report", SLUG)
    studio("export", SLUG, "--to", "docx")
    studio("import", SLUG, f"{SLUG}.docx")
    # Nothing runs, and what came back is doubted as before: both commands say so.
    looked_at = [studio(word).partition("To look at")[2].partition("Next:")[0] for word in STATES]
    assert looked_at[0] == looked_at[1] != ""
    assert "0 errors" in studio("check")
    settings = show.settings.read_text(encoding="utf-8")
    show.settings.write_text(
        f'{settings}\n[publish]\ndestination = "../public"\n', encoding="utf-8"
    )
    studio("publish", "--dry-run")
    assert not public.exists()
    studio("publish")
    studio("clip", SLUG, "--list")
    # « Changer un titre »
    change(show.episode(SLUG).settings, 'title = "', 'title = "Encore ')
    studio("run")
    studio("publish")
    assert "Encore" in (feed(public).findtext("channel/item/title") or "")
    # « En cas de regret »
    studio("publish", "--rollback")
    assert "Encore" not in (feed(public).findtext("channel/item/title") or "")
    # « Couper un passage » : what the editor writes.
    with show.episode(SLUG).settings.open("a", encoding="utf-8") as file:
        file.write('\n[[cuts]]\nstart_ms = 30235\nend_ms = 31652\nreason = "retiré"\n')
    studio("run")
    assert "0 errors" in studio("check")
    studio("publish")
    assert "loin des Gafam" not in "".join(
        path.read_text(encoding="utf-8") for path in public.rglob("transcript*.txt")
    )
    # « Un meilleur enregistrement, un autre nom »
    new = better(place, ahead(), old_sound(), name="prise propre.wav")
    told = studio("replace", SLUG, "--recording", str(new))
    assert "cut 0:30" in told
    studio("run")
    (cut,) = show.load_episode(SLUG).cuts
    assert abs(cut.start_ms - 30235 - MORE_MS) < 100
    studio("rename", SLUG, SHORT)
    studio("run")
    assert "0 errors" in studio("check")
    told = studio("publish", "--accept-changes")
    assert f"../{SHORT}/" in (public / SLUG / "index.html").read_text(encoding="utf-8")
    assert len(feed(public).findall("channel/item")) == 1
    # « Un deuxième ordinateur », « Sauvegarder »
    shutil.copytree(show.root, place / "autre ordinateur")
    monkeypatch.chdir(place / "autre ordinateur")
    states = [json.loads(line) for line in studio("status", "--json").splitlines()]
    assert {one["state"] for one in states if "state" in one} <= {"fresh", "edited"}
    assert "Everything was up to date" in studio("run")
    monkeypatch.chdir(show.root)
    # « Reporter » : another episode, which waits.
    studio("new", "--article", "../mon article.md", "--recording", "../mon enregistrement.wav",
           "--number", "3", "--slug", "003-demain", "--published", "2999-01-01T06:00:00+01:00")  # fmt: skip
    studio("run")
    assert "Waits for its date: 003-demain" in studio("publish")
    assert len(feed(public).findall("channel/item")) == 1
    # « Déménager le flux »
    moved = "https://ailleurs.medinsoft.test/"
    set_key(show.settings, "new_feed_url", f"{moved}feed.xml")
    studio("run")
    studio("publish")
    assert f"{moved}feed.xml" in (public / "feed.xml").read_text(encoding="utf-8")
    set_key(show.settings, "base_url", moved)
    set_key(show.settings, "first_feed_url", f"{URL}feed.xml")
    former, public = public, place / "elsewhere"
    change(show.settings, 'destination = "../public"', 'destination = "../elsewhere"')
    studio("run")
    assert "0 errors" in studio("check", "--against", str(former / "feed.xml"))
    studio("publish")
    assert f"{moved}feed.xml" in (former / "feed.xml").read_text(encoding="utf-8")
    # « Retirer un épisode »
    shutil.move(show.episode(SHORT).folder, place / "retiré")
    studio("run")
    studio("publish", "--forget", SHORT)
    assert feed(public).findall("channel/item") == []
    left = [path for path in (public, place / "elsewhere.studio") for path in path.rglob("*.mp3")]
    assert left == []


def test_what_a_command_needs_is_written_before_it_is_typed() -> None:
    text = (HERE / "docs" / "guide.fr.md").read_text(encoding="utf-8")
    publishing = text.partition("## 6. Publier")[2]
    assert publishing.index("[publish]") < publishing.index("studio publish")
    (moving,) = re.findall(r"(?s)\*\*Déménager le flux\.\*\*(.*?)\n\n", text)
    settings = (
        "new_feed_url",
        "studio publish",
        "base_url",
        "first_feed_url",
        "destination",
        "studio check --against",
    )
    places = [moving.index(f"`{one}") for one in settings]
    assert places == sorted(places)


def test_what_installs_takes_nothing_without_a_hash() -> None:
    for path in (HERE / "README.md", HERE / "docs" / "guide.fr.md"):
        text = path.read_text(encoding="utf-8")
        assert re.findall(r"(?m)^python3 \S*install\.py \S+$", text), path
        assert "pip install " not in text, path


def test_messages_are_quoted_as_the_reader_sees_them() -> None:
    """In the table of what goes wrong, what is in code and is no command is what Studio says in
    French.
    """
    text = (HERE / "docs" / "guide.fr.md").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| (`[^|]*) \|", text.partition("## Quand quelque chose")[2])
    quoted = [one.strip("… ") for row in rows for one in re.findall(r"`([^`]+)`", row)]
    assert len(quoted) > 10
    said = catalogue_texts()
    for one in [*quoted, "Ensuite :", "remarque", "à jour"]:
        assert any(one in text for text in said), one


def catalogue_texts() -> list[str]:
    """Everything that Studio says in French."""
    path = HERE / "studio" / "messages" / "locale" / "fr" / "LC_MESSAGES" / "studio.po"
    with path.open("rb") as file:
        texts = [one.string for one in read_po(file)]
    return [text for one in texts for text in ([one] if isinstance(one, str) else one or ())]
