"""Remedies of commands on a show that is built, each followed to the letter."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner
from support.small_show import SLUG, copied

from studio.cli import main
from studio.workspace.layout import Workspace

pytestmark = [pytest.mark.usefixtures("without_an_ear"), pytest.mark.slow]


class Followed(NamedTuple):
    """What a person did, the command that is refused, what it says to do, and that.

    :param file: the file that is changed: its place below the show, or a name of an episode's.
    :param wrong: what is done to its content; None takes the file away.
    :param mend: what the remedy says to do with it by hand; None puts back what was there.
    :param right: what is typed then: the command that it names, or the same again.
    """

    remedy: str
    refused: str
    right: str
    file: str = ""
    wrong: Callable[[bytes], bytes | None] = lambda content: content
    mend: Callable[[Path], object] | None = None


def added(line: str) -> Callable[[bytes], bytes]:
    return lambda content: f"{line}\n".encode() + content


def under(lines: str) -> Callable[[Path], object]:
    """Add lines at the end, as the remedy has them."""
    return lambda path: path.write_bytes(path.read_bytes() + f"\n{lines}\n".encode())


def without(line: str) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(path.read_bytes().replace(f"{line}\n".encode(), b""))


def entry(revision: int) -> bytes:
    told = {"revision": revision, "at": "2026-01-15T06:00:00+01:00", "client": "", "kind": "opened"}
    told |= {"patches": []}
    return json.dumps(told).encode() + b"\n"


SHOW, EPISODE, CHAPTERS, COVER = (
    "feed/show.toml",
    f"episodes/{SLUG}/episode.toml",
    f"transcripts/{SLUG}/chapters.json",
    "feed/cover.jpg",
)
ARTICLE = f"episodes/{SLUG}/article.md"
SOUNDBITE = "soundbites = [{ start_ms = 4000, end_ms = 1000, title = 'a' }]"
ELSEWHERE = 'hosted = "https://host.example/feed.xml"'
FOLLOWED = (
    # Where the show is published.
    Followed(
        'Add two lines to it: [publish], and under it destination = "../public"',
        "publish",
        "publish --dry-run",
        SHOW,
        mend=under('[publish]\ndestination = "../public"'),
    ),
    Followed("Publish first: `studio publish`.", "publish --rollback", "publish", SHOW),
    Followed(
        "Nothing was published there: check without --against.",
        "check --against published",
        f"check {SLUG}",
        SHOW,
        wrong=lambda content: content.replace(b"../public", b"../other"),
    ),
    Followed(
        "Publish it: `studio publish`. Else write that feed's address as hosted.",
        f"upload {SLUG}",
        f"upload {SLUG}",
        SHOW,
        mend=lambda path: path.write_bytes(added(ELSEWHERE)(path.read_bytes())),
    ),
    Followed(
        "Upload there what `studio upload SLUG` lists. When the show moves, take hosted out",
        "publish",
        f"upload {SLUG}",
        SHOW,
        wrong=added(ELSEWHERE),
        mend=lambda _: None,
    ),
    Followed(
        "take hosted out of", "publish", "publish", SHOW, added(ELSEWHERE), without(ELSEWHERE)
    ),
    # Files of an episode and of the show.
    Followed("Put it back, or make the episode again", "run", "run", ARTICLE, lambda _: None),
    Followed("Put the cover there, or name another one", "run", "run", COVER, lambda _: None),
    Followed("Put a square JPEG of 3000 × 3000 pixels there.", "run", "run", COVER, lambda _: b"x"),
    Followed(
        "Restore it; or correct its name in episode.toml or show.toml;",
        "run",
        "run",
        EPISODE,
        added('picture = "rien.jpg"'),
        without('picture = "rien.jpg"'),
    ),
    Followed("Fix its start_ms and end_ms.", "run", "run", EPISODE, added(SOUNDBITE)),
    Followed(
        "Fix it, or delete it and run `studio run`.",
        "run",
        "run",
        CHAPTERS,
        lambda _: b"{",
        Path.unlink,
    ),
    Followed(
        "Move the file away to start a new one.",
        "run",
        "run",
        "journal",
        lambda _: entry(1) + entry(5),
        lambda path: path.rename(path.with_name("moved.jsonl")),
    ),
)


def studio(show: Workspace, command: str) -> tuple[int, str]:
    words = ["-C", str(show.root), *shlex.split(command)]
    result = CliRunner().invoke(main, words, catch_exceptions=False)
    return result.exit_code, " ".join(result.output.split())


def test_what_is_refused_is_done_once_the_remedy_was_followed(
    built_show: Workspace, tmp_path: Path
) -> None:
    show = copied(built_show, tmp_path / "show")
    assert studio(show, "run")[0] == 0
    for one in FOLLOWED:
        journal = show.episode(SLUG).journal
        path = journal if one.file == "journal" else show.root / one.file
        right = path.read_bytes() if path.is_file() else None
        path.parent.mkdir(parents=True, exist_ok=True)
        changed = one.wrong(right or b"")
        if changed is None:
            path.unlink()
        else:
            path.write_bytes(changed)
        code, told = studio(show, one.refused)
        assert code not in {0, 70}, (one.remedy, told)
        assert one.remedy.replace("`studio", f"`studio -C {show.root}") in told, told
        if one.mend is not None:
            one.mend(path)
        elif right is not None:
            path.write_bytes(right)
        code, told = studio(show, one.right)
        assert code == 0, (one.remedy, told)
        # Where the show is published stays; what a remedy was tried with does not.
        if "[publish]" not in one.remedy and right is not None:
            path.write_bytes(right)
            assert studio(show, "run")[0] == 0, one.remedy


@pytest.mark.parametrize("command", [f"report {SLUG}", f"proof {SLUG}"])
def test_what_is_not_built_is_named_with_the_command_that_builds_it(
    built_show: Workspace, tmp_path: Path, command: str
) -> None:
    show = copied(built_show, tmp_path / "show")
    for path in show.episode(SLUG).build.rglob("*"):
        if path.is_file():
            path.unlink()
    code, told = studio(show, command)
    assert code not in {0, 70}, told
    assert f"Run `studio -C {show.root} run {SLUG}`." in told
    assert studio(show, f"run {SLUG}")[0] == 0
    assert studio(show, command)[0] == 0
