"""A small show that is really built, without Whisper: the words are given, everything else is
Studio's own work.
"""

from __future__ import annotations

import io
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image

from studio.feed.guid import guid_from_url
from studio.model.record import bytes_from_record
from studio.pipeline.runner import Choice, run_stages
from studio.pipeline.stage import StageTable
from studio.pipeline.stages import STAGES
from studio.preview.server import Preview, serve_preview
from studio.web.addresses import feed_address
from studio.web.media_types import plain_place
from studio.workspace.layout import Workspace
from support.made_sounds import speechlike, write_wav
from support.spoken import GUEST, INTERVIEW, transcript_from_lines

BASE_URL = "https://podcast.medinsoft.test/show/"
SLUG = "002-stephane-soto"
TITLE = "Stéphane Soto : « Nous étions des petits » & l’après ; n°2"
ARTICLE = """# Episode 2 – 3 questions à Stéphane Soto

> « Nous étions quelques éditeurs de logiciels »

Au départ de l’aventure Medinsoft, Stéphane Soto a connu la montée en puissance.

## 💬 Comment a commencé l’aventure Medinsoft ?

Au départ, fin 2003, nous étions quelques éditeurs de logiciels. A l’époque, l’informatique se vivait essentiellement sous forme de \
hardware, de logiciels et de SSII (société de services et d’ingénierie en informatique) ainsi que de distributeurs de matériels. \
Nous étions loin des Gafam.

L’association a commencé doucement avec la création d’un GIE, puis s’est développée autour du business pour faire grandir ces TPE et PME.

## 💬 Très vite, vous avez trouvé une recette optimum pour chacun ?

Oui.

## 💬 Et la lune ?

La lune est un satellite naturel dont personne ne parle dans cet enregistrement, ni de près ni de loin.
"""
# Every stage that needs no ear.
DEAF_STAGES = StageTable(
    episode=tuple(
        stage for stage in STAGES.episode if stage.name not in {"transcribe", "diarise", "correct"}
    ),
    show=STAGES.show,
)


def make_show(root: Path, base_url: str = BASE_URL, extra: str = "") -> Workspace:
    """A show without an episode."""
    workspace = Workspace(root)
    workspace.feed.mkdir(parents=True)
    workspace.settings.write_text(
        f"""title = "3 questions à…"
description = "Des gens d’ici.\\n\\nUn invité, quelques questions."
base_url = "{base_url}"
guid = "{guid_from_url(feed_address(base_url))}"
author = "Medinsoft"
host = "Camille Renaud"
categories = [{{ name = "Technology" }}]
owner = {{ name = "Medinsoft", email = "podcast@medinsoft.test" }}
{extra}
""",
        encoding="utf-8",
    )
    picture = io.BytesIO()
    Image.new("RGB", (1400, 1400), "navy").save(picture, "JPEG")
    (workspace.feed / "cover.jpg").write_bytes(picture.getvalue())
    return workspace


def add_episode(
    workspace: Workspace,
    slug: str = SLUG,
    *,
    number: int = 2,
    title: str = TITLE,
    published: str = "2026-01-15T06:00:00+01:00",
    extra: str = "",
) -> None:
    """An episode whose words are given."""
    files = workspace.episode(slug)
    files.folder.mkdir(parents=True)
    files.article.write_text(ARTICLE, encoding="utf-8")
    files.settings.write_text(
        f'number = {number}\nguid = "guid-{slug}"\ntitle = "{title}"\nguests = ["{GUEST}"]\n'
        f'recording = "recording.wav"\npublished = {published}\n{extra}\n',
        encoding="utf-8",
    )
    write_wav(
        files.folder / "recording.wav",
        speechlike(51.0, rate_hz=16_000, seed=number),
        rate_hz=16_000,
    )
    files.texts.mkdir(parents=True)
    files.transcript.write_bytes(bytes_from_record(transcript_from_lines(INTERVIEW)))


def named(site: Path, place: str) -> str:
    """The place on a site of a file whose name changes with what is in it, by its name without
    that.
    """
    folder = (site / place).parent
    (found,) = [path for path in folder.iterdir() if plain_place(path.name) == Path(place).name]
    return found.relative_to(site).as_posix()


def build_show(workspace: Workspace) -> None:
    """Bring everything that needs no ear up to date."""
    done = run_stages(workspace, DEAF_STAGES, Choice(), lambda _: None, command="test")
    assert not done.failures, done.failures


def copied(built: Workspace, root: Path, settings: str = "") -> Workspace:
    """A copy that a test may change, with more lines of settings.

    The times of its files are new: nothing is up to date by these alone.
    """
    shutil.copytree(built.root, root, copy_function=shutil.copy)
    workspace = Workspace(root)
    if settings:
        given = workspace.settings.read_text(encoding="utf-8")
        workspace.settings.write_text(given + settings, encoding="utf-8")
    return workspace


class Kill(BaseException):
    """As a kill: nothing that follows runs, not even what handles errors."""


def killing(step: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """What makes functions of which the call of this number, counted over all of them, and all
    after it kill instead.
    """
    left = step

    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def called(*arguments: Any, **options: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                raise Kill
            return function(*arguments, **options)

        return called

    return counted


@contextmanager
def running(preview: Preview) -> Iterator[str]:
    """Let a web server answer while the block runs; its address."""
    thread = threading.Thread(target=preview.run, daemon=True)
    thread.start()
    try:
        yield preview.address
    finally:
        preview.end()
        thread.join()


@contextmanager
def served(workspace: Workspace) -> Iterator[str]:
    """The built show behind a web server on loopback; the address of its root."""
    with (
        serve_preview(workspace.site, workspace.load_show().base_url, port=0) as preview,
        running(preview) as address,
    ):
        yield address
