"""What `init`, `new` and `import` refuse is told with a remedy, which, followed, is taken: and
nothing was changed before.
"""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import NamedTuple

import docx
import numpy as np
import pytest
from click.testing import CliRunner
from support.edit_session import SLUG, make_episode, sources_of
from support.made_sounds import speechlike, write_wav
from support.small_show import make_show

from studio.article.read import article_from_file
from studio.cli import main
from studio.workspace.layout import Workspace

ARTICLE = "# 3 questions à Zoé Œuvrard\n\n## 💬 Où ?\n\nIci, à Marseille.\n"
PAGE = "<main><h1>3 questions à Zoé Œuvrard</h1><h2>Où ?</h2><p>Ici, à Marseille.</p></main>"
RATE_HZ = 16_000


class Refused(NamedTuple):
    """What a person gives; what the remedy asks for, in its own words; and what follows it.

    :param wrong: the article's name and content, or the recording's; None where it is not there.
    :param right: the same, mended.
    """

    wrong: tuple[str, bytes | None]
    told: str
    right: tuple[str, bytes]
    options: tuple[str, ...] = ()
    then: tuple[str, ...] = ()


def word(text: str = ARTICLE) -> bytes:
    document, packed = docx.Document(), io.BytesIO()
    for line in text.replace("#", "").split("\n\n"):
        document.add_paragraph(line.strip())
    document.save(packed)
    return packed.getvalue()


def wav(folder: Path, seconds: float, loud: float = 1.0) -> bytes:
    sound = np.asarray(speechlike(seconds, rate_hz=RATE_HZ, seed=5)) * loud
    return write_wav(folder / "made.wav", sound, rate_hz=RATE_HZ).read_bytes()


MD = ("a.md", ARTICLE.encode())
ARTICLES = (
    Refused(("a.md", None), "Check the name", MD),
    Refused(("a.md", b" \n"), "Name the file that holds the article", MD),
    Refused(("a.pages", b"x"), "save it as .docx", ("a.docx", word())),
    Refused(("a.odt", b"x"), "save it as .docx", ("a.docx", word())),
    Refused(("a", ARTICLE.encode()), "An article is one of", MD),
    Refused(("a.eml", b"From: a@b.test"), "save it as .txt", ("a.txt", ARTICLE.encode())),
    Refused(("a.gdoc", b"{}"), "Google Docs and save it as .docx", ("a.docx", word())),
    Refused(("a.txt", b"%PDF-1.7\n"), "save it as .docx", ("a.docx", word())),
    Refused(("a.html", b"A: b\nMIME-Version: 1.0\n\n"), "as HTML", ("a.html", PAGE.encode())),
    Refused(("a.txt", word()), "the ending of its kind, such as .docx", ("a.docx", word())),
    Refused(("a.docx", b"PK\x03\x04x"), "save", ("a.docx", word())),
    Refused(("a.docx", b"\xd0\xcf\x11\xe0" * 90), "save it as .docx", ("a.docx", word())),
    Refused(("a.md", bytes(range(256)) * 9), "UTF-8", MD),
    Refused(("a.md", "é".encode() * 9 + b"\xff"), "UTF-8", MD),
    Refused(
        ("a.md", b"# 3 questions \xc3\xa0 Zo\xc3\xa9\n\nUn texte.\n"), "Put 💬 before each", MD
    ),
    Refused(
        ("a.md", "# 3 questions à Zoé\n\n## Où ?\n\n## Et ?\n\nOui.\n".encode()),
        "Write its answer under it",
        ("a.md", "# 3 questions à Zoé\n\n## Où ?\n\nIci.\n\n## Et ?\n\nOui.\n".encode()),
    ),
    Refused(("a.md", "## 💬 Où ?\n\nIci.\n".encode()), "Put the title first", MD),
    Refused(
        ("a.md", "# Un entretien\n\n## Où ?\n\nIci.\n".encode()),
        "--guest",
        ("a.md", "# Un entretien\n\n## Où ?\n\nIci.\n".encode()),
        then=("--guest", "Zoé Œuvrard"),
    ),
    Refused(
        ("a.md", "# 3 questions à Zoé et Ada Brun\n\n## Où ?\n\nIci.\n".encode()),
        '--guest "Zoé Brun" --guest "Ada Brun"',
        ("a.md", "# 3 questions à Zoé et Ada Brun\n\n## Où ?\n\nIci.\n".encode()),
        then=("--guest", "Zoé Brun", "--guest", "Ada Brun"),
    ),
    Refused(
        ("a.txt", "Bonjour Camille,\n\nOù ?\nIci, à Marseille.\n".encode()),
        "Put the title first",
        ("a.txt", "Zoé Œuvrard, plongeuse\n\nBonjour Camille,\n\nOù ?\nIci.\n".encode()),
        then=("--guest", "Zoé Œuvrard"),
    ),
    Refused(
        MD,
        "Give a number from 1 to 65535",
        MD,
        options=("--season", "99999"),
        then=("--season", "2"),
    ),
    Refused(MD, "Give a positive number", MD, options=("--number", "-3"), then=("--number", "3")),
    Refused(
        MD,
        "Write the article's whole address",
        MD,
        options=("--link", "nulle part"),
        then=("--link", "https://exemple.fr/a/"),
    ),
    Refused(MD, "", MD, options=("--slug", "../x"), then=("--slug", "003-zoe")),
    Refused(MD, "", MD, options=("--picture", "a.md"), then=()),
)


@pytest.fixture
def show(tmp_path: Path) -> Workspace:
    return make_show(tmp_path / "show")


def studio(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, list(words), catch_exceptions=False)
    return result.exit_code, result.output


def files_of(folder: Path) -> list[str]:
    """Every file but Studio's own notes."""
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(name for name in found if not name.startswith(".studio"))


def attempt(
    show: Workspace, given: tuple[str, bytes | None], other: tuple[str, str], *options: str
) -> tuple[int, str]:
    """``studio new`` with one file in its right place, and another one."""
    name, content = given
    path = show.root.parent / name
    if content is not None:
        path.write_bytes(content)
    option, kind = other[0], "--recording" if other[0] == "--article" else "--article"
    return studio("-C", str(show.root), "new", kind, str(path), option, other[1], *options)


def refuse_and_mend(show: Workspace, one: Refused, other: tuple[str, str]) -> None:
    before = files_of(show.root)
    code, told = attempt(show, one.wrong, other, *one.options)
    assert code not in {0, 70}, told
    assert one.told in told, told
    assert "→" in told or "Usage" in told, told
    assert files_of(show.root) == before
    code, told = attempt(show, one.right, other, *one.then)
    assert code == 0, told


@pytest.mark.parametrize("one", ARTICLES, ids=lambda one: f"{one.wrong[0]} {one.told}")
def test_an_article_is_taken_once_the_remedy_was_followed(show: Workspace, one: Refused) -> None:
    wav(show.root.parent, 2.0)
    refuse_and_mend(show, one, ("--recording", str(show.root.parent / "made.wav")))


def test_a_recording_is_taken_once_the_remedy_was_followed(show: Workspace) -> None:
    folder = show.root.parent
    good, silent, short = wav(folder, 2.0), wav(folder, 2.0, loud=0.0), wav(folder, 0.2)
    (folder / "a.md").write_text(ARTICLE, encoding="utf-8")
    for number, (wrong, told) in enumerate(
        (
            (None, "Check the name"),
            (b"", "Copy or export it again"),
            (b"un texte\n" * 99, "Give a sound file"),
            (b"ffconcat version 1.0\nfile made.wav\n", "Give the recording itself"),
            (silent, "Check which microphone"),
            (short, "Give the whole recording"),
            (good[: len(good) // 3], "Copy or export it again"),
        )
    ):
        name = f"{number}.wav"
        one = Refused((name, wrong), told, (name, good), then=("--number", str(number + 1)))
        refuse_and_mend(show, one, ("--article", str(folder / "a.md")))


def test_samples_that_are_no_numbers_and_a_track_that_is_not_there(show: Workspace) -> None:
    folder = show.root.parent
    sound = np.asarray(speechlike(2.0, rate_hz=RATE_HZ, seed=5)).astype("<f4")
    sound[99] = np.nan
    data = sound.tobytes()
    head = struct.pack("<4sIHHIIHH", b"fmt ", 16, 3, 1, RATE_HZ, 4 * RATE_HZ, 4, 32)
    body = b"WAVE" + head + struct.pack("<4sI", b"data", len(data)) + data
    damaged = struct.pack("<4sI", b"RIFF", len(body)) + body
    (folder / "a.md").write_text(ARTICLE, encoding="utf-8")
    good = wav(folder, 2.0)
    article = ("--article", str(folder / "a.md"))
    one = Refused(("n.wav", damaged), "Export it again with 24 bits", ("n.wav", good))
    refuse_and_mend(show, one, article)
    refuse_and_mend(
        show,
        Refused(
            ("n.wav", good),
            "Choose one of those that",
            ("n.wav", good),
            options=("--track", "9", "--number", "4"),
            then=("--track", "1", "--number", "4"),
        ),
        article,
    )


def test_an_episode_that_exists_is_gone_on_with_or_gets_another_number(show: Workspace) -> None:
    sound = str(show.root.parent / "made.wav")
    wav(show.root.parent, 2.0)
    assert attempt(show, MD, ("--recording", sound), "--number", "3")[0] == 0
    refuse_and_mend(
        show,
        Refused(MD, "--number", MD, options=("--number", "3"), then=("--number", "4")),
        ("--recording", sound),
    )


def test_what_is_no_question_of_the_hosts_goes_back_into_its_answer(show: Workspace) -> None:
    aside = "Est-ce que ça valait le coup ?"
    asked = "Comment avez-vous commencé ?\n\nPar un café."
    text = f"Entretien avec Zoé Œuvrard\n\n{asked}\n\n{aside}\n\nOui.\n\nQuel est votre métier ?\n\nA.\n"
    wav(show.root.parent, 2.0)
    sound = ("--recording", str(show.root.parent / "made.wav"))
    code, told = attempt(show, ("a.txt", text.encode()), sound)
    assert code == 0, told
    assert aside in told.partition("perhaps the guest's own")[2]
    (slug,) = show.slugs()
    path = show.episode(slug).article
    article = path.read_text(encoding="utf-8")
    assert f"## 💬 {aside}" in article
    path.write_text(article.replace(f"## 💬 {aside}", aside), encoding="utf-8")
    first, _ = article_from_file(path).exchanges
    assert [one.text for one in first.answer] == ["Par un café.", aside, "Oui."]


def test_init_is_taken_once_the_remedy_was_followed(tmp_path: Path) -> None:
    for number, (wrong, right) in enumerate(
        (
            (("--url", "exemple"), ("--url", "https://exemple.fr/podcast/")),
            (("--url", "https://[x/"), ("--url", "https://exemple.fr/")),
            (("--title", ""), ("--title", "Trois")),
        )
    ):
        folder = tmp_path / str(number)
        title = () if "--title" in wrong else ("--title", "Trois")
        code, told = studio("init", str(folder), *title, *wrong)
        assert code not in {0, 70}, (wrong, told)
        assert "→" in told or "Usage" in told, told
        assert not folder.exists()
        code, told = studio("init", str(folder), *title, *right)
        assert code == 0, told
    code, told = studio("init", str(tmp_path / "0"), "--title", "Trois")
    assert code != 0
    assert "→" in told


IMPORTS: tuple[tuple[str, bytes, str], ...] = (
    ("a.pdf", b"x", "Save it as one of"),
    ("a.txt", b"", "Give the file that `studio"),
    ("a.json", b"{", "Give the JSON file that Studio wrote"),
    ("a.json", b'{"version": "1.0.0"}', "Give the JSON file that Studio wrote"),
    ("a.csv", b"a,b\n1,2\n", "Keep the first row"),
    ("a.docx", b"PK\x03\x04", "save"),
    ("a.txt", b"\xff\xfe\x00" * 9, "UTF-8"),
    ("a.txt", b"bonjour " * 60_000, "Give the transcript of this episode alone."),
    (
        "a.txt",
        b'File type = "ooTextFile"\nObject class = "TextGrid"\n',
        "Open it in the program that made it and export it as .srt or .docx.",
    ),
    ("a.txt", "Rien de tout cela n’a été dit. ".encode() * 60, "--force"),
)


@pytest.mark.parametrize(("name", "wrong", "told"), IMPORTS, ids=lambda one: str(one)[:20])
def test_an_import_is_taken_once_the_remedy_was_followed(
    tmp_path: Path, name: str, wrong: bytes, told: str
) -> None:
    workspace = make_episode(tmp_path / "ici")
    before = workspace.episode(SLUG).transcript.read_bytes()
    path = tmp_path / name
    path.write_bytes(wrong)
    code, output = studio("-C", str(workspace.root), "import", SLUG, str(path))
    assert code not in {0, 70}, output
    assert told.replace("`studio", f"`studio -C {workspace.root}") in output or told in output
    assert workspace.episode(SLUG).transcript.read_bytes() == before
    form = "docx" if name.endswith((".docx", ".pdf")) else path.suffix[1:]
    mended = tmp_path / f"mended.{form}"
    words = ("export", SLUG, "--to", form, "--output", str(mended))
    assert studio("-C", str(workspace.root), *words)[0] == 0
    code, output = studio("-C", str(workspace.root), "import", SLUG, str(mended))
    assert code == 0, output
    assert sources_of(workspace).transcript().segments
