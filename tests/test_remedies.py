"""Every remedy that `studio check` prints, followed to the letter, ends what it was printed for."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner
from support.small_show import SLUG, build_show, copied

from studio.check.rules import BUILD, RULES
from studio.cli import main
from studio.workspace.layout import Workspace

SHOW, EPISODE, CHAPTERS, ARTICLE_FILE = "show.toml", "episode.toml", "chapters.json", "article.md"


class Broken(NamedTuple):
    """How people break rules in a file of theirs: rules, the file as remedies name it, and what is
    there instead of what; what is empty stands at the beginning.

    :param refused: rules that a run does not let anybody break so, and so `check` never sees.
    """

    rules: str
    file: str
    right: str
    wrong: str
    refused: str = ""


BREAKS = (
    Broken("4 7 50a 12", SHOW, "https://podcast.medinsoft.test/show/", "http://example.org/é/"),
    Broken("4", SHOW, "https://podcast.medinsoft.test/show/", "podcast.medinsoft.test/show/"),
    Broken("7d", SHOW, "", 'link = "nulle part"\n'),
    Broken("7d", EPISODE, "", 'link = "https://medinsoft.test/mon article"\n'),
    Broken("6", EPISODE, 'title = "', f'title = "{"Long " * 60}'),
    Broken("10d", SHOW, "", 'language = "français"\n'),
    Broken("14a", EPISODE, 'title = "', 'title = "" # "'),
    Broken("14e", EPISODE, 'title = "', 'title = "<Valider> '),
    Broken("14c", EPISODE, 'guid = "', 'guid = "" # "'),
    Broken("28", CHAPTERS, '"version": "1.2.0"', '"version": "9"'),
    Broken("44", EPISODE, "", f'host = "{"Claire " * 40}"\n'),
    Broken("13c", SHOW, "", 'new_feed_url = "http://autre.test/"\n'),
    Broken("50b", SHOW, "podcast@medinsoft.test", "podcast@example.org"),
    Broken("18", EPISODE, 'title = "', 'title = "Épisode 2 : '),
    Broken("33a", CHAPTERS, "Comment a commencé", "Comment a donc bien pu commencer un beau jour"),
    Broken("33b", CHAPTERS, "Introduction", "Introduction 💬"),
    Broken("49b", EPISODE, "", "soundbites = [{ start_ms = 1000, end_ms = 4000, title = 'a' }]\n"),
    # What a run refuses, so that `check` never sees it.
    Broken("", SHOW, "", 'type = "weekly"\n', "13a"),
    Broken("", SHOW, "", 'cover = "rien.jpg"\n', "10e"),
    Broken("", SHOW, "", 'locked = "peut-être"\n', "11c"),
    Broken("", SHOW, "", 'block = "peut-être"\n', "59"),
    Broken("", SHOW, 'author = "Medinsoft"\n', "", "11a"),
    Broken("", SHOW, 'title = "3 questions à…"', 'title = ""', "10a"),
    Broken("", SHOW, 'description = "', 'description = "" # "', "10b"),
    Broken("", SHOW, "", 'funding = [{ url = "gopher://a.example/", text = "x" }]\n'),
    Broken("", EPISODE, "number = 2", "number = 0", "19a"),
    Broken("", EPISODE, "published = ", "# published = ", "17a"),
    Broken(
        "",
        EPISODE,
        "",
        "soundbites = [{ start_ms = 60000, end_ms = 70000, title = 'a' }]\n",
        "49a",
    ),
    Broken("", EPISODE, "number = 2", "number = 99999999999999"),
    Broken("", EPISODE, "", 'type = "court"\n', "19b"),
    Broken("", EPISODE, "", 'cuts = [{ start_ms = 5000, end_ms = 1000, reason = "x" }]\n'),
    Broken("", EPISODE, "", 'cuts = [{ start_ms = 0, end_ms = 99999999, reason = "x" }]\n'),
    Broken("", EPISODE, "", 'host = "A\\u0000B"\n'),
    Broken("", CHAPTERS, '"title": "Introduction"', '"title": ""'),
    Broken("", SHOW, "", 'license = "X"\nlicense_url = "javascript:a()"\n'),
    Broken("", SHOW, '"Technology"', '"Technologie"', "10f"),
    Broken("", SHOW, 'title = "3', 'titel = "3'),
    Broken("", EPISODE, "recording.wav", "../recording.wav"),
    Broken("", EPISODE, "recording.wav", "autre.wav"),
    Broken("", EPISODE, 'title = "', "title = "),
    Broken("", CHAPTERS, '"startTime": 0.0,', '"startTime": 20.0,', "32a"),
    Broken("", CHAPTERS, '"endTime": ', '"endTime": 9', "32c 32d"),
    Broken("", CHAPTERS, '"chapters": [', '"chapters": '),
)
# What no file of the workspace mends, or what takes another recording; followed in other tests.
ELSEWHERE = {"3", "7b", "7c", "52", "40", "55", "22d", "60a", "60b"}
# What Studio writes right whatever people wrote: only damage breaks it, and building again ends
# that, whatever it is.
ONLY_DAMAGED = {"10c", "11b", "20a", "20b", "20c", "21a"}
# Faults in the show's settings that are all told at once: what is there instead of what, and what
# is added above and under it.
AT_ONCE = {"11d", "13b", "50c", "57", "58", "61", "62", "63", "64", "65", "66", "67"}
INSTEAD = (
    ('email = "podcast@medinsoft.test"', 'email = ""'),
    ('description = "', 'description = "3 questions à…" # "'),
)
ABOVE = f"""copyright = "Copyright © 2026 Medinsoft"
license = "Libre"
location = "{"L" * 200}"
block_platforms = ["Apple Podcasts!"]
"""
UNDER = """
[[locations]]
name = "Marseille"
geo = "43,5"
[[social_interact]]
protocol = "pigeon"
uri = "x"
[chat]
server = "https://x/"
protocol = "fax"
[update_frequency]
text = "souvent"
rrule = "FREQ=NEVER"
[[funding]]
url = ""
text = "Soutenez l’émission"
[[podroll]]
guid = "x"
feed = "https://a.example/f.xml"
title = "A"
"""


pytestmark = pytest.mark.usefixtures("without_an_ear")


@pytest.fixture
def show(built_show: Workspace, tmp_path: Path) -> Workspace:
    workspace = copied(built_show, tmp_path / "show")
    build_show(workspace)
    return workspace


def studio(show: Workspace, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["-C", str(show.root), *words], catch_exceptions=False)
    return result.exit_code, result.output


def findings(show: Workspace, *words: str) -> dict[str, str]:
    """The remedy by rule, of what is no more than good to know as well."""
    _, output = studio(show, "check", "--json", *words)
    found = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    return {one["rule"]: one["remedy"] for one in found}


def follow(show: Workspace, remedies: Iterable[str]) -> None:
    """Type every command that they name."""
    commands = dict.fromkeys(
        command for remedy in remedies for command in re.findall(r"`studio ([^`]+)`", remedy)
    )
    for command in commands:
        code, output = studio(show, *shlex.split(command))
        assert code == 0, (command, output)


def built_files(show: Workspace) -> dict[Path, bytes]:
    """What Studio made and can make again."""
    files = show.episode(SLUG)
    mine = {
        files.transcript,
        files.chapters,
        files.machine_chapters,
        files.clock,
        files.build_state,
    }
    folders = (show.site, files.build, files.texts)
    found = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return {path: path.read_bytes() for path in (show.rss, *found) if path not in mine}


def changed_in_place(path: Path) -> None:
    with path.open("r+b") as stream:
        stream.write(b"DAMAGED!")


def written_anew(path: Path) -> None:
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content[: len(content) // 2])


@pytest.mark.parametrize("damage", [changed_in_place, written_anew, Path.unlink])
def test_whatever_built_file_is_damaged_building_again_ends_it(
    show: Workspace, damage: Callable[[Path], None]
) -> None:
    before, known = built_files(show), findings(show)
    published = [path for path in before if path.is_relative_to(show.site)]
    for path in published:
        damage(path)
    remedies = {rule: remedy for rule, remedy in findings(show).items() if rule not in known}
    assert remedies
    follow(show, remedies.values())
    assert {path: path.read_bytes() for path in before} == before
    assert findings(show) == known


@pytest.mark.slow
def test_what_people_wrote_is_mended_where_the_remedy_says(show: Workspace) -> None:
    files = show.episode(SLUG)
    paths = {
        SHOW: show.settings,
        EPISODE: files.settings,
        CHAPTERS: files.chapters,
        ARTICLE_FILE: files.article,
    }
    right = {path: path.read_bytes() for path in paths.values()}
    known = findings(show)
    for broken in BREAKS:
        path, rules = paths[broken.file], set(broken.rules.split())
        text = path.read_text(encoding="utf-8")
        assert broken.right in text, broken
        path.write_text(
            text.replace(broken.right, broken.wrong, 1) if broken.right else broken.wrong + text,
            encoding="utf-8",
        )
        code, told = studio(show, "run")
        if rules:
            found = findings(show)
            assert rules <= found.keys(), (broken, told)
            remedies = [found[rule] for rule in rules]
            assert all(broken.file in remedy for remedy in remedies), (broken, remedies)
        else:
            assert code != 0, broken
            assert "→" in told, broken
            assert broken.file in told, (broken, told)
            for rule in broken.refused.split():
                assert broken.file in RULES[rule].remedy, rule
            remedies = ["`studio run`"]
        path.write_bytes(right[path])
        follow(show, remedies)
        assert findings(show).keys() == known.keys(), broken


def test_faults_that_are_told_at_once_are_mended_where_the_remedies_say(show: Workspace) -> None:
    known, right = findings(show), show.settings.read_text(encoding="utf-8")
    wrong = right
    for old, new in INSTEAD:
        assert old in wrong, old
        wrong = wrong.replace(old, new, 1)
    show.settings.write_text(ABOVE + wrong + UNDER, encoding="utf-8")
    assert studio(show, "run")[0] == 0
    found = findings(show)
    assert found.keys() >= AT_ONCE
    assert all("show.toml" in found[rule] for rule in AT_ONCE)
    show.settings.write_text(right, encoding="utf-8")
    follow(show, [found[rule] for rule in AT_ONCE])
    assert findings(show) == known


def _serial_without_number(show: Workspace) -> None:
    _rewrite(show.settings, "", 'type = "serial"\n')
    _rewrite(show.episode(SLUG).settings, "number = 2\n", "")


def _nobody_named(show: Workspace) -> None:
    path = show.episode(SLUG).transcript
    text = re.sub(r'"speaker":\s*"[^"]*"', '"speaker": null', path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")


def _one_chapter(show: Workspace) -> None:
    path = show.episode(SLUG).chapters
    told = json.loads(path.read_text(encoding="utf-8"))
    first, *_, last = told["chapters"]
    told["chapters"] = [first | {"endTime": last["endTime"]}]
    path.write_text(json.dumps(told), encoding="utf-8")


def _copied_by_hand(show: Workspace) -> None:
    files = show.episode(SLUG)
    left = shutil.ignore_patterns("build")
    for folder in (files.folder, files.texts):
        shutil.copytree(folder, folder.parent / "003-copie", ignore=left)


def _rewrite(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(old, new, 1) if old else new + text, encoding="utf-8")


# What people do to several files, or to one that has no line to change: the rules that it breaks.
BY_HAND: dict[str, Callable[[Workspace], None]] = {
    "19c": _serial_without_number,
    "22c": _nobody_named,
    "32b": _one_chapter,
    "15a": _copied_by_hand,
}


@pytest.mark.slow
def test_what_people_do_by_hand_is_undone_where_the_remedy_says(show: Workspace) -> None:
    known, files = findings(show), show.episode(SLUG)
    assert "34" in known  # its chapter is too short
    mine = (show.settings, files.settings, files.transcript, files.chapters)
    right = {path: path.read_bytes() for path in mine}
    for rule, do in BY_HAND.items():
        do(show)
        assert studio(show, "run")[0] == 0, rule
        found = findings(show)
        assert rule in found, (rule, found)
        assert ("34" in found) == (rule != "32b")  # one long chapter ends it
        assert re.search(r"\.toml|chapters\.json|`studio edit`", found[rule]), found[rule]
        for path, content in right.items():
            path.write_bytes(content)
        for kept in ("episodes", "transcripts"):
            shutil.rmtree(show.root / kept / "003-copie", ignore_errors=True)
        follow(show, ["`studio run`"])
        assert findings(show) == known, rule


def test_what_subscribers_would_lose_is_put_back_or_meant(show: Workspace) -> None:
    settings = show.settings
    settings.write_text(
        settings.read_text(encoding="utf-8") + '\n[publish]\ndestination = "../public"\n',
        encoding="utf-8",
    )
    assert studio(show, "run")[0] == 0
    assert studio(show, "publish")[0] == 0
    path = show.episode(SLUG).settings
    right = path.read_text(encoding="utf-8")
    path.write_text(right.replace("guid-", "autre-"), encoding="utf-8")
    assert studio(show, "run")[0] == 0
    found = findings(show, "--against", "published")
    assert {"48a", "48b"} & found.keys()
    path.write_text(right, encoding="utf-8")
    assert studio(show, "run")[0] == 0
    assert not {rule for rule in findings(show, "--against", "published") if rule[:2] == "48"}
    path.write_text(right.replace("guid-", "autre-"), encoding="utf-8")
    assert studio(show, "run")[0] == 0
    follow(show, found.values())
    assert not {rule for rule in findings(show, "--against", "published") if rule[:2] == "48"}


def test_every_rule_has_a_remedy_that_was_followed() -> None:
    """To build again ends whatever is damaged, to the last bit; every other remedy was followed in
    a test of its own. Those about what was published are followed above.
    """
    followed = ELSEWHERE | ONLY_DAMAGED | AT_ONCE | BY_HAND.keys() | {"34"}
    followed |= {rule for one in BREAKS for rule in f"{one.rules} {one.refused}".split()}
    left = [
        rule.id
        for rule in RULES.values()
        if rule.id not in followed and rule.remedy != BUILD and rule.id[:2] not in {"47", "48"}
    ]
    assert left == []


def test_a_check_says_that_the_editors_journal_is_ahead(show: Workspace) -> None:
    journal = show.episode(SLUG).journal
    journal.parent.mkdir(parents=True, exist_ok=True)
    journal.write_bytes(b"")
    _, told = studio(show, "check")
    assert f"{SLUG}  the editor's journal may have edits that are not in the files yet" in told
    assert told.rstrip().endswith(f"Next: studio -C {show.root} run")
    follow(show, ["`studio run`"])
    assert "journal" not in studio(show, "check")[1]
