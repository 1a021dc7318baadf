"""Stages that only write that they ran."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from studio.artwork.cover import make_cover
from studio.pipeline.stage import Stage, StageTable
from studio.pipeline.stages import STAGES
from studio.pipeline.staleness import read_stage_use
from studio.workspace.digest import Digests
from studio.workspace.layout import Workspace
from support.fake_show import SHOW_TOML, run_show

SLUG = "002-stephane-soto"


ARTICLE = Path(__file__).parent.parent / "article" / f"{SLUG}.txt"


def dummy(stage: Stage[Any]) -> Stage[Any]:
    """The same stage, writing at once what tells all its inputs. Only who speaks when never
    changes: no test here moves a turn.
    """

    def run(sources: Any, draft: Any, progress: Any) -> None:
        used = read_stage_use(
            stage, sources, None, Digests(sources.workspace.root, sources.workspace.digests)
        )
        for output in stage.outputs:
            path = output.find(sources)
            told = (
                [path.name] if stage.name == "turns" else [path.name, used.inputs, used.parameters]
            )
            draft.write(path, json.dumps(told, sort_keys=True).encode())

    return dataclasses.replace(stage, run=run)


DUMMIES = StageTable(episode=tuple(map(dummy, STAGES.episode)), show=tuple(map(dummy, STAGES.show)))


@pytest.fixture(name="cover", scope="session")
def cover_fixture() -> bytes:
    return make_cover("3 questions à…", "Nous")


@pytest.fixture(name="workspace")
def workspace_fixture(tmp_path: Path, cover: bytes) -> Workspace:
    made = Workspace(tmp_path / "show")
    made.feed.mkdir(parents=True)
    made.settings.write_text(SHOW_TOML, encoding="utf-8")
    (made.feed / "cover.jpg").write_bytes(cover)
    (made.feed / "jingle.flac").write_bytes(b"jingle")
    files = made.episode(SLUG)
    files.folder.mkdir(parents=True)
    from studio.article.markdown import markdown_from_article
    from studio.article.read import article_from_file

    files.article.write_text(markdown_from_article(article_from_file(ARTICLE)), encoding="utf-8")
    (files.folder / "son.flac").write_bytes(b"sound")
    files.settings.write_text(
        'number = 2\nguid = "g"\ntitle = "Titre"\nguests = ["Stéphane Soto"]\nrecording '
        '= "son.flac"\n'
        'published = 2026-01-02T03:04:05+01:00\nnotice = ""\n',
        encoding="utf-8",
    )
    run_show(made, table=DUMMIES)
    return made


# No question moves here, so chapters stay, whatever else the alignment has.
TEXTS = [
    "correct",
    "align",
    "soundbites",
    "turns",
    "tag",
    "caption",
    "package",
    "feed",
    "site",
]
