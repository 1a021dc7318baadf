"""Remedies of files that are missing, in the way or of another kind, each followed to the letter."""

from __future__ import annotations

import io
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image
from support.edit_session import SLUG as EDITED
from support.edit_session import asked, make_episode, sources_of
from support.example_show import COVER_URL, ITEM, SHOW
from support.made_sounds import speechlike, write_wav
from support.remedies import Followed, of_value, require_that_it_helps
from support.small_show import ARTICLE, SLUG, add_episode, make_show
from support.tag_sheet import CHAPTERS, SHEET

from studio.api.new import new
from studio.artwork.cover import read_picture
from studio.cli import main
from studio.editor.edit_session import EditSession
from studio.editor.edits import SetText
from studio.editor.machine_transcript import machine_transcript_of
from studio.editor.replay import episode_with_edits
from studio.errors import StudioError
from studio.feed.rss import item_from_episode
from studio.model.record import bytes_from_record, replace_fields
from studio.tags.id3 import TagChapter, writable_sheet
from studio.workspace.layout import Workspace
from studio.workspace.new_episode import EpisodeOptions
from studio.workspace.renaming import adopt_moved
from studio.workspace.run_lock import lock_workspace
from studio.workspace.sources import ShowSources


def picture(form: str) -> bytes:
    packed = io.BytesIO()
    Image.new("RGB", (900, 900), "navy").save(packed, form)
    return packed.getvalue()


def tagged(chapters: tuple[TagChapter, ...]) -> object:
    return writable_sheet(replace_fields(SHEET, chapters=chapters), Path("a.mp3"), most_chapters=4)


def pictured(mend: Callable[[Path, Path], object]) -> Callable[[Path], object]:
    """An episode whose picture is not there, mended by hand.

    :param mend: gets the settings and the place of the picture.
    """

    def read(folder: Path) -> object:
        show = make_show(folder / "show")
        add_episode(show, extra='picture = "a.jpg"')
        files = show.episode(SLUG)
        mend(files.settings, files.folder / "a.jpg")
        return ShowSources(show).episode(SLUG).picture

    return read


def compared(run: Callable[[Workspace], object]) -> Callable[[Path], object]:
    """What a person changed in a transcript."""

    def compare(folder: Path) -> object:
        show = make_episode(folder / "show")
        run(show)
        return machine_transcript_of(sources_of(show))

    return compare


def ran(show: Workspace) -> None:
    """As a run notes what it made."""
    sources = sources_of(show)
    sources.files.machine_transcript.parent.mkdir(parents=True, exist_ok=True)
    sources.files.machine_transcript.write_bytes(bytes_from_record(sources.transcript()))


def opened(show: Workspace) -> None:
    EditSession(sources_of(show))


def beside_a_page(open_page: bool) -> Callable[[Path], object]:
    """A command while a page is open whose edits do not reach the files, and once it is closed."""

    def ask(folder: Path) -> object:
        show = make_episode(folder / "show")
        session = EditSession(sources_of(show))
        first = session.transcript().segments[0]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("studio.editor.episode_files.EditedFiles.write", lambda *_: None)
            edit = SetText(segment=first.id, was=first.text, text="Un")
            session.apply(asked(edit, since=session.revision))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("studio.editor.replay._WAIT_S", 0.1)
            with lock_workspace(show.state / "editor" / EDITED, f"studio edit {EDITED}"):
                if open_page:
                    return episode_with_edits(show, EDITED)
            return episode_with_edits(show, EDITED)

    return ask


FOLLOWED = (
    of_value(
        "Open it in a picture program and save it as a JPEG.",
        lambda content: read_picture(content, "cover.jpg"),
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        picture("JPEG"),
    ),
    of_value(
        "Name a JPEG or a PNG of feed/ as cover.",
        lambda url: item_from_episode(SHOW, replace_fields(ITEM, image_url=url)),
        "https://atelier.test/cover.webp",
        COVER_URL,
    ),
    Followed(
        "Put it there, or take picture out of episode.toml.",
        pictured(lambda *_: None),
        pictured(lambda _, path: path.write_bytes(picture("JPEG"))),
    ),
    Followed(
        "or take picture out of episode.toml.",
        pictured(lambda *_: None),
        pictured(
            lambda path, _: path.write_text(
                path.read_text(encoding="utf-8").replace('picture = "a.jpg"', ""), encoding="utf-8"
            )
        ),
    ),
    of_value("Fix the episode's chapters.json.", tagged, CHAPTERS[::-1], CHAPTERS),
    of_value(
        "Fix the episode's chapters.json.",
        tagged,
        (replace_fields(CHAPTERS[0], title=" "),),
        CHAPTERS[:1],
    ),
    of_value(
        "Make 4 at most.", tagged, (*CHAPTERS, replace_fields(CHAPTERS[3], id="ch4")), CHAPTERS
    ),
    Followed("Open it with `studio edit`, or", compared(lambda _: None), compared(opened)),
    Followed("or `studio run`.", compared(lambda _: None), compared(ran)),
    Followed(
        "The editor's page says why; close it, then run this command again.",
        beside_a_page(True),
        beside_a_page(False),
    ),
)


@pytest.mark.parametrize("one", FOLLOWED, ids=lambda one: one.remedy)
def test_a_file_is_taken_once_the_remedy_was_followed(tmp_path: Path, one: Followed) -> None:
    require_that_it_helps(one, tmp_path)


@pytest.fixture
def show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A show of one episode; the current folder has an article and a recording."""
    workspace = make_show(tmp_path / "show")
    add_episode(workspace)
    write_wav(tmp_path / "made.wav", speechlike(2.0, rate_hz=16_000, seed=5), rate_hz=16_000)
    (tmp_path / "a.md").write_text(ARTICLE, encoding="utf-8")
    (tmp_path / "a.jpg").write_bytes(picture("JPEG"))
    monkeypatch.chdir(tmp_path)
    return workspace


def refused(show: Workspace, *words: str) -> str:
    result = CliRunner().invoke(main, ["-C", str(show.root), *words], catch_exceptions=False)
    assert result.exit_code not in {0, 70}, result.output
    return " ".join(result.output.split())


def done(show: Workspace, *words: str) -> None:
    result = CliRunner().invoke(main, ["-C", str(show.root), *words], catch_exceptions=False)
    assert result.exit_code == 0, result.output


NEW = ("new", "--article", "a.md", "--recording", "made.wav")


def test_a_number_that_is_taken_is_replaced_by_another(show: Workspace) -> None:
    wrong = (*NEW, "--number", "2", "--slug", "002-zoe")
    assert "Give another number with --number." in refused(show, *wrong)
    done(show, *NEW, "--number", "3", "--slug", "003-zoe")


def test_a_picture_that_cannot_be_read_is_named_anew(show: Workspace) -> None:
    def make(picture: str) -> None:
        options = EpisodeOptions(picture=Path(picture), number=3)
        new(show, Path("a.md"), [Path("made.wav")], options=options)

    with pytest.raises(StudioError) as caught:
        make("b.jpg")
    assert caught.value.remedy == "Name a picture with --picture."
    make("a.jpg")


def test_an_article_is_named_as_the_table_shows_it(show: Workspace) -> None:
    show.episode(SLUG).article.unlink()
    Path("articles").mkdir()
    shutil.move("a.md", "articles/zoe.md")
    adopt = ("adopt", "--articles", "articles", "--no-hearing", "--take")
    told = refused(show, *adopt, f"{SLUG}=zoé")
    assert "Give the file's name as the table shows it." in told
    done(show, *adopt, f"{SLUG}=zoe.md")
    assert show.episode(SLUG).article.is_file()


def test_a_file_is_named_instead_of_a_pipe(show: Workspace) -> None:
    os.mkfifo("pipe.md")
    told = refused(show, "new", "--article", "pipe.md", "--recording", "made.wav")
    assert "Put or name a file instead." in told
    done(show, *NEW, "--number", "3")


def test_of_two_folders_with_texts_one_is_moved_away(show: Workspace) -> None:
    """A person renamed an episode's folder, and something is where its texts go."""
    moved = show.episode("002-soto")
    show.episode(SLUG).folder.rename(moved.folder)
    moved.texts.mkdir()
    (moved.texts / "chapters.json").write_text("{}", encoding="utf-8")
    with pytest.raises(StudioError) as caught:
        adopt_moved(show, "002-soto", old=SLUG)
    assert "Move away the one that is not wanted." in str(caught.value.remedy)
    moved.texts.rename(show.root / "away")
    adopt_moved(show, "002-soto", old=SLUG)
    assert moved.transcript.is_file()


def test_a_journal_that_contradicts_itself_is_moved_away(tmp_path: Path) -> None:
    show = make_episode(tmp_path / "show")
    session = EditSession(sources_of(show))
    first = session.transcript().segments[0]
    edit = SetText(segment=first.id, was=first.text, text="Un")
    session.apply(asked(edit, since=session.revision))
    with pytest.raises(StudioError) as caught:
        session.compare(99)
    assert caught.value.remedy == "Choose one of the list."
    session.compare(session.revision)
    journal = sources_of(show).files.journal
    opening, *others = journal.read_bytes().splitlines(keepends=True)
    entry = json.loads(opening)
    entry["patches"] = []
    journal.write_bytes(json.dumps(entry).encode() + b"\n" + b"".join(others))
    with pytest.raises(StudioError) as caught:
        EditSession(sources_of(show))
    assert caught.value.remedy == "Move the file away to start a new journal."
    journal.rename(tmp_path / "away.jsonl")
    assert EditSession(sources_of(show)).transcript().segments[0].text == "Un"
