"""The commands, as a person types them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from support.made_sounds import silence, speechlike, write_wav

import studio
from studio.cli import COMMANDS, main
from studio.errors import EXIT_CODES
from studio.pipeline.stages import STAGES
from studio.temporary_folder import FRESH
from studio.workspace.layout import Workspace

ARTICLES = Path(__file__).parent / "article"
DOCS = Path(__file__).parent.parent / "docs"
HEAVY = {
    "torch",
    "numpy",
    "rich",
    "lxml",
    "whisper",
    "faster_whisper",
    "ctranslate2",
    "PIL",
    "mutagen",
    "feedgen",
    "pydub",
    "msgspec",
}


def studio_says(*words: object, code: int = 0) -> Result:
    result = CliRunner().invoke(main, [str(word) for word in words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("founded") / "Émission d’« essai »"
    studio_says(
        "init",
        root,
        "--title",
        "3 questions à…",
        "--host",
        "Claire",
        "--author",
        "L’Atelier",
        "--url",
        "https://a.example/b",
    )
    return root


@pytest.fixture
def workspace(founded: Path, tmp_path: Path) -> Workspace:
    root = tmp_path / founded.name
    shutil.copytree(founded, root)
    return Workspace(root)


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_wav(tmp_path_factory.mktemp("sound") / "l’été « 2 » 'x'.WAV", speechlike(2.0))


def everything(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".studio" not in path.parts
    }


# Help


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys\nfrom studio.cli import main\nmain(['--help'], "
        f"standalone_mode=False)\nprint(sorted({HEAVY!r} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert "Commands:" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


def test_every_command_is_in_help_and_in_the_docs() -> None:
    page = (DOCS / "commands.md").read_text(encoding="utf-8")
    overview = studio_says("--help").output
    for name in COMMANDS:
        command = main.get_command(click.Context(main), name)
        assert command is not None
        assert command.help
        assert re.search(rf"^  {name} +\S.*[^.]\.$", overview, re.MULTILINE), (
            f"{name}: no short help that is a whole sentence"
        )
        section = page.partition(f"\n## studio {name}")[2].partition("\n## ")[0]
        assert section, f"docs/commands.md has no section on {name}"
        parts = command.commands.items() if isinstance(command, click.Group) else ()
        for part, _ in parts:
            assert f"`studio {name} {part}" in section
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert f"- `{parameter.opts[0]}" in section, f"{name} {parameter.opts[0]}"
        documented = re.findall(r"^- `(--[a-z-]+)", section, re.MULTILINE)
        assert sorted(documented) == sorted(
            option.opts[0] for option in command.params if isinstance(option, click.Option)
        )


def test_version() -> None:
    assert studio_says("-V").output == f"studio, version {studio.__version__}\n"
    assert studio_says("--version").output == studio_says("-V").output


@pytest.mark.parametrize(
    "words",
    [
        ["nothing"],
        ["run", "--stage", "nothing"],
        ["run", "--force"],
        ["run", "--stage", "tag", "--force", "--keep"],
        ["-C", "/nowhere", "run"],
        ["new"],
        ["init"],
        ["new", "--article", "a", "--recording", "b", "--published", "tomorrow"],
    ],
    ids=" ".join,
)
def test_what_is_not_understood_is_2(words: list[str]) -> None:
    assert "Traceback" not in studio_says(*words, code=2).output


def test_outside_a_workspace_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for words in (["run"], ["status"], ["check"], ["run", "--dry-run"]):
        result = studio_says(*words, code=1)
        assert "is in no workspace" in result.stderr
        assert "→" in result.stderr
        assert not result.stdout


# init


def test_init_makes_a_show_ready_for_its_first_episode(workspace: Workspace) -> None:
    show = workspace.load_show()
    assert (show.title, show.host, show.author, show.base_url) == (
        "3 questions à…",
        "Claire",
        "L’Atelier",
        "https://a.example/b/",
    )
    assert {"feed/show.toml", "feed/cover.jpg", "feed/jingle.flac", ".gitignore"} <= set(
        everything(workspace.root)
    )
    assert (workspace.root / "episodes").is_dir()
    assert (workspace.root / "transcripts").is_dir()
    assert "studio -C" in studio_says("-C", workspace.root, "status").output


def test_init_refuses_a_folder_that_holds_something(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    assert "is not empty" in studio_says("init", tmp_path, "--title", "x", code=1).stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
    assert "is empty" in studio_says("init", tmp_path / "new", "--title", " ", code=1).stderr
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("title", "description"),
    [("Le port", "Le port."), ("3 questions à…", "3 questions à…"), ("Et si ?", "Et si ?")],
)
def test_a_show_without_description_is_described_by_its_title(
    tmp_path: Path, title: str, description: str
) -> None:
    studio_says("init", tmp_path / "show", "--title", title)
    assert Workspace(tmp_path / "show").load_show().description == description


def test_init_in_an_empty_folder_keeps_that_folder(tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    before = folder.stat().st_ino
    studio_says("init", folder, "--title", "x")
    assert folder.stat().st_ino == before
    assert sorted(path.name for path in folder.iterdir()) == [
        ".gitignore",
        "episodes",
        "feed",
        "transcripts",
    ]


# new


def new(
    workspace: Workspace,
    recording: Path,
    *more: object,
    article: str = "002-stephane-soto.txt",
    code: int = 0,
) -> Result:
    return studio_says(
        "-C",
        workspace.root,
        "new",
        "--article",
        ARTICLES / article,
        "--recording",
        recording,
        *more,
        code=code,
    )


def test_new_understands_the_article_and_copies_the_recording(
    workspace: Workspace, recording: Path
) -> None:
    said = new(
        workspace,
        recording,
        "--notice",
        "Voix de synthèse.",
        "--published",
        "2026-11-23T08:00:00+01:00",
    ).stdout
    for word in (
        "2, 002-stephane-soto",
        "Stéphane Soto",
        "ont vu grand",
        "4. Le grand Opening",
        "0:02",
        "Claire",
    ):
        assert word in said, word
    assert (
        said.splitlines()[-1] == f"Next: studio -C {_quoted(workspace.root)} run 002-stephane-soto"
    )
    episode = workspace.load_episode("002-stephane-soto")
    files = workspace.episode("002-stephane-soto")
    assert files.recording(episode.recording).read_bytes() == recording.read_bytes()
    assert (
        episode.title.replace("\xa0", " ")
        == "Stéphane Soto : « Nous étions des petits qui ont vu grand »"
    )
    assert (episode.number, episode.recording, episode.notice) == (
        2,
        "recording.wav",
        "Voix de synthèse.",
    )
    assert episode.published.isoformat() == "2026-11-23T08:00:00+01:00"
    assert len(workspace.load_article("002-stephane-soto").exchanges) == 4
    assert len(episode.guid) == 36


def _quoted(path: Path) -> str:
    import shlex

    return shlex.quote(str(path))


def test_two_guests_share_a_slug_and_a_title(workspace: Workspace, recording: Path) -> None:
    new(workspace, recording, article="table.txt")
    assert workspace.slugs() == ("009-odile-marchand-et-remi-sautel",)
    assert workspace.load_episode(workspace.slugs()[0]).title.startswith(
        "Odile Marchand et Rémi Sautel"
    )


def test_guids_differ(workspace: Workspace, recording: Path) -> None:
    new(workspace, recording)
    new(workspace, recording, "--number", "3")
    assert len({workspace.load_episode(slug).guid for slug in workspace.slugs()}) == 2


def refused(
    workspace: Workspace,
    said: str,
    recording: Path,
    *more: object,
    article: str = "002-stephane-soto.txt",
    code: int = 1,
) -> None:
    before = everything(workspace.root)
    result = new(workspace, recording, *more, article=article, code=code)
    assert said in result.stderr
    assert "\n  → " in result.stderr
    assert everything(workspace.root) == before
    assert not list((workspace.root / "episodes").glob(f"{FRESH}*"))


def test_a_number_or_a_slug_that_is_taken(workspace: Workspace, recording: Path) -> None:
    new(workspace, recording)
    refused(workspace, "is the slug of an episode that exists", recording)
    refused(workspace, "is episode 2 already", recording, "--slug", "another")
    refused(
        workspace,
        "is the slug of an episode that exists",
        recording,
        "--slug",
        "002-stephane-soto",
        "--number",
        "7",
    )
    refused(workspace, "is not a valid slug", recording, "--slug", "../away")
    refused(workspace, "counted from 1", recording, "--number", "0")


def test_recordings_that_are_none(workspace: Workspace, recording: Path, tmp_path: Path) -> None:
    text = tmp_path / "text.mp3"
    text.write_text("no sound", encoding="utf-8")
    (tmp_path / "empty.wav").touch()
    truncated = tmp_path / "truncated.wav"
    truncated.write_bytes(recording.read_bytes()[:60_000])
    refused(workspace, "does not exist", tmp_path / "missing.wav")
    refused(workspace, "text.mp3", text)
    refused(workspace, "is empty", tmp_path / "empty.wav")
    refused(workspace, "truncated", truncated)
    refused(workspace, "is silent", write_wav(tmp_path / "silent.wav", silence(2.0)))


def test_articles_that_are_none(workspace: Workspace, recording: Path, tmp_path: Path) -> None:
    for name, content in {
        "questions.txt": b"Episode 2 - 3 questions \xc3\xa0 Ada\n\nUn texte sans question.\n",
        "bytes.txt": bytes(range(256)) * 20,
        "answer.txt": "Episode 2 – 3 questions à Ada\n💬 Pourquoi ?\n💬 Comment ?\nAinsi.\n".encode(),
    }.items():
        (tmp_path / name).write_bytes(content)
        refused(workspace, name, recording, article=str(tmp_path / name))
    refused(workspace, "does not exist", recording, article="missing.txt")


def written(folder: Path, text: str) -> str:
    article = folder / f"{len(list(folder.iterdir()))}.txt"
    article.write_text(text, encoding="utf-8")
    return str(article)


def test_an_article_without_number_gets_the_next_one(
    workspace: Workspace, recording: Path, tmp_path: Path
) -> None:
    new(
        workspace,
        recording,
        "--number",
        "5",
        article=written(tmp_path, "3 questions à Ada Lovelace\n💬 Pourquoi ?\nParce que.\n"),
    )
    said = new(
        workspace,
        recording,
        article=written(tmp_path, "3 questions à Grace Hopper\n💬 Pourquoi ?\nParce que.\n"),
    ).stdout
    assert "6 (the next that is free: the article gives none), 006-grace-hopper" in said
    assert workspace.slugs() == ("005-ada-lovelace", "006-grace-hopper")


NOBODY = "Le port de demain\n💬 Pourquoi ?\nParce que.\n"


def test_nobody_named_is_refused_and_a_guest_can_be_named(
    workspace: Workspace, recording: Path, tmp_path: Path
) -> None:
    article = written(tmp_path, NOBODY)
    refused(workspace, "does not say who answers", recording, article=article)
    new(
        workspace, recording, "--guest", "Ada  Lovelace", "--guest", "Grace Hopper", article=article
    )
    (slug,) = workspace.slugs()
    assert slug == "001-ada-lovelace-et-grace-hopper"
    assert (
        workspace.load_episode(slug).guests
        == workspace.load_article(slug).guests
        == ("Ada Lovelace", "Grace Hopper")
    )


def test_nobody_named_is_asked_on_a_terminal(
    workspace: Workspace, recording: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []

    def ask(article: Path) -> tuple[str, ...]:
        asked.append(article)
        return ("Ada Lovelace",)

    monkeypatch.setattr("studio.cli.new._asked_guests", ask)
    monkeypatch.setattr("studio.cli.new._can_ask", lambda: True)
    new(workspace, recording, article=written(tmp_path, NOBODY))
    assert len(asked) == 1
    assert workspace.slugs() == ("001-ada-lovelace",)


def test_everything_can_be_said(workspace: Workspace, recording: Path, tmp_path: Path) -> None:
    article = written(
        tmp_path,
        "S02E15 – 3 questions à Ada Lovelace\n💬 Pourquoi ?\nParce que.\nPropos "
        "recueillis par Jean Dupont\n",
    )
    new(workspace, recording, article=article)
    episode = workspace.load_episode("s02e15-ada-lovelace")
    assert (episode.season, episode.number, episode.host, episode.author) == (
        2,
        15,
        "Jean Dupont",
        "Jean Dupont",
    )
    more = (
        "--number",
        "1",
        "--season",
        "3",
        "--type",
        "bonus",
        "--link",
        "https://a.test/x",
        "--author",
        "Zoé",
        "--date",
        "2026-11-23T08:00:00Z",
    )
    new(workspace, recording, *more, article=article)
    other = workspace.load_episode("s03e01-ada-lovelace")
    assert (other.season, other.number, other.type, other.link, other.author) == (
        3,
        1,
        "bonus",
        "https://a.test/x",
        "Zoé",
    )
    assert other.published.isoformat() == "2026-11-23T08:00:00+00:00"


def test_each_season_counts_from_one(workspace: Workspace, recording: Path, tmp_path: Path) -> None:
    for season in ("1", "2"):
        new(workspace, recording, "--number", "1", "--season", season)
    assert workspace.slugs() == ("s01e01-stephane-soto", "s02e01-stephane-soto")
    refused(
        workspace,
        "is episode 1 of season 2 already",
        recording,
        "--number",
        "1",
        "--season",
        "2",
        "--slug",
        "x",
    )
    refused(workspace, "counted from 1", recording, "--season", "0")


def test_a_trailer_has_no_question_and_no_number(
    workspace: Workspace, recording: Path, tmp_path: Path
) -> None:
    text = (
        "Bande-annonce – Voix du Sud\n\nBientôt, une nouvelle émission sur le numérique en "
        "Provence.\n"
    )
    said = new(workspace, recording, article=written(tmp_path, text)).stdout
    assert "no number, bande-annonce-voix-du-sud (trailer)" in said
    episode = workspace.load_episode("bande-annonce-voix-du-sud")
    assert (episode.type, episode.number, episode.guests) == ("trailer", None, ())
    assert workspace.load_article(episode_slug := workspace.slugs()[0]).exchanges == ()
    assert episode_slug == "bande-annonce-voix-du-sud"
    new(
        workspace,
        recording,
        "--type",
        "bonus",
        article=written(tmp_path, "Les coulisses\n\nUn texte sans question."),
    )
    assert workspace.load_episode("les-coulisses").type == "bonus"


def test_a_paragraph_that_may_be_a_question_is_told(
    workspace: Workspace, recording: Path, tmp_path: Path
) -> None:
    text = "3 questions à Ada Lovelace\n💬 Pourquoi ?\nParce que.\nEt demain ?\nOui.\n"
    said = new(workspace, recording, article=written(tmp_path, text)).stdout
    assert "line 4: Et demain ?" in said


def test_a_full_disk_leaves_no_half_episode(
    workspace: Workspace, recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        refused(workspace, "the disk is full", recording, code=EXIT_CODES["disk"])
    new(workspace, recording)


# run, status, check


def test_a_dry_run_tells_every_stage_in_order_and_changes_nothing(
    workspace: Workspace, recording: Path
) -> None:
    new(workspace, recording)
    before = everything(workspace.root)
    lines = studio_says("-C", workspace.root, "run", "--dry-run", "--json").stdout.splitlines()
    events = [json.loads(line) for line in lines]
    # « enclosure » is for sound that came from another host, « mix » for several microphones, « clean »
    # for voices that a network cleans.
    names = [name for name in STAGES.names if name not in {"enclosure", "mix", "overlaps", "clean"}]
    assert [event["stage"] for event in events] == names
    assert all(
        event["event"] == "planned" and event["runs"] and event["reasons"] == ["never ran"]
        for event in events
    )
    assert everything(workspace.root) == before
    said = studio_says("-C", workspace.root, "run", "--dry-run").stdout
    assert f"{len(names)} stages would run." in said


def test_a_dry_run_does_not_call_a_broken_episode_up_to_date(
    workspace: Workspace, recording: Path
) -> None:
    new(workspace, recording)
    workspace.episode("002-stephane-soto").settings.write_text("number = ", encoding="utf-8")
    said = studio_says(
        "-C", workspace.root, "run", "--dry-run", "--stage", "inspect", code=1
    ).stdout
    assert "Nothing would run." in said
    assert said.splitlines()[-1].endswith("status")


def test_a_real_stage_runs_once_and_tells_scripts(workspace: Workspace, recording: Path) -> None:
    new(workspace, recording)
    settings = workspace.episode("002-stephane-soto").settings
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("level = true", "level = false"),
        encoding="utf-8",
    )  # nobody to level
    run = ("-C", workspace.root, "run", "--stage", "master", "--json")
    events = [json.loads(line) for line in studio_says(*run).stdout.splitlines()]
    finished = [event["stage"] for event in events if event["event"] == "finished"]
    assert finished == ["inspect", "programme", "master"]
    assert any(event["event"] == "progress" and event["done"] == event["total"] for event in events)
    assert events[-1] == {"event": "done", "ran": 3, "failures": []}
    assert [json.loads(line) for line in studio_says(*run).stdout.splitlines()] == [
        {"event": "done", "ran": 0, "failures": []}
    ]
    said = studio_says("-C", workspace.root, "status").stdout
    assert re.search(r"002-stephane-soto +fresh +fresh +missing", said)
    assert re.search(r"0:0[12], -19\.\d LUFS, true peak -\d+\.\d dBTP", said)


def test_a_failure_is_told_at_the_end_and_is_1(workspace: Workspace, recording: Path) -> None:
    new(workspace, recording)
    workspace.episode("002-stephane-soto").recording("recording.wav").write_bytes(b"")
    result = studio_says("-C", workspace.root, "run", "--stage", "inspect", code=1)
    assert "002-stephane-soto, inspect\n" in result.stderr
    assert "is empty (zero bytes)" in result.stderr
    assert result.stdout.splitlines()[-1].endswith("status")
    assert not workspace.episode("002-stephane-soto").facts.exists()


def test_status_shows_a_broken_episode_and_the_others(
    workspace: Workspace, recording: Path
) -> None:
    new(workspace, recording)
    new(workspace, recording, "--number", "3")
    workspace.episode("003-stephane-soto").settings.write_text("number = ", encoding="utf-8")
    said = studio_says("-C", workspace.root, "status").stdout
    assert re.search(r"003-stephane-soto +failed", said)
    assert re.search(r"002-stephane-soto +missing", said)


def test_status_tells_in_one_line_of_an_episode_that_was_never_made(
    workspace: Workspace, recording: Path
) -> None:
    new(workspace, recording)
    said = studio_says("-C", workspace.root, "status").stdout
    told = [line for line in said.splitlines() if line.startswith("002-stephane-soto ")]
    assert told[1:] == ["002-stephane-soto  all stages  missing: never ran"]


def test_check_before_anything_was_built(workspace: Workspace, recording: Path) -> None:
    new(workspace, recording)
    assert "no built episode" in studio_says("-C", workspace.root, "check", code=1).stderr
    assert (
        "is not an episode"
        in studio_says("-C", workspace.root, "check", "007-nobody", code=1).stderr
    )


def test_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_MODELS", str(tmp_path))
    said = studio_says("models", "list").stdout
    assert re.search(r"base .*absent", said)
    assert "studio models fetch base" in said
    assert "not a Whisper model" in studio_says("models", "fetch", "hugo", code=1).stderr
    assert "was not fetched" in studio_says("models", "verify", "base", code=1).stderr


def test_a_narrow_terminal_has_the_stages_by_state(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from studio.cli import terminal

    rows = [("002-stephane-soto", ["fresh", "stale", "fresh"])]
    terminal.print_states("episode", ["inspect", "transcribe", "master"], rows)
    assert capsys.readouterr().out.splitlines()[0].split() == [
        "episode",
        "inspect",
        "transcribe",
        "master",
    ]
    monkeypatch.setattr(terminal, "_FILE_WIDTH", 40)
    terminal.print_states("episode", ["inspect", "transcribe", "master"], rows)
    said = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert said == ["002-stephane-soto", "  fresh    inspect master", "  stale    transcribe"]


def test_a_part_of_the_work_is_followed_by_the_rest(workspace: Workspace, recording: Path) -> None:
    new(workspace, recording)
    said = studio_says(
        "-C", workspace.root, "run", "002-stephane-soto", "--stage", "inspect"
    ).stdout
    assert said.splitlines()[-1].endswith("run 002-stephane-soto")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--force"], "--force needs --stage"),
        (["--renew-sound", "--dry-run"], "--renew-sound changes what is published"),
        (["--stage", "correct", "--force", "--keep"], "--force rebuilds the file"),
        (["--workers", "2"], "need --all"),
        (["--all", "--keep"], "--all can only be combined"),
        (["--all", "--on", "tcp://a:1", "--workers", "2"], "--on uses a scheduler's workers"),
    ],
)
def test_options_of_a_run_that_do_not_go_together(
    tmp_path: Path, words: list[str], said: str
) -> None:
    result = CliRunner().invoke(main, ["-C", str(tmp_path), "run", *words])
    assert result.exit_code == 2
    assert said in " ".join(result.output.replace("│", " ").split())
