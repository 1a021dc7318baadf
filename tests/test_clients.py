"""Podcast clients that nobody here wrote subscribe to a built show over loopback HTTP, and download
its episode.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.judges import missing, need
from support.servers import bad_line
from support.small_show import SLUG, TITLE, add_episode, build_show, copied, named, served

from studio.model.record import plain_from_json
from studio.workspace.layout import Workspace

PUBLISHED = 1_768_453_200  # 2026-01-15T06:00:00+01:00


@pytest.fixture(scope="module")
def feed(built_show: Workspace) -> Iterator[str]:
    with served(built_show) as address:
        yield f"{address}feed.xml"


def enclosure(show: Workspace) -> Any:
    return plain_from_json(show.episode(SLUG).enclosure.read_bytes())


def tell(*command: str | Path, **environment: str) -> str:
    """What a client says. Its files all go where the test tells it."""
    answer = subprocess.run(
        [str(word) for word in command],
        capture_output=True,
        check=False,
        timeout=120,
        env={**os.environ, "LC_ALL": "C.UTF-8", **environment},
    )
    said = (answer.stdout + answer.stderr).decode("utf-8", "replace")
    assert answer.returncode == 0, said
    return said


@pytest.mark.judge
def test_gpodder_subscribes_updates_and_downloads_the_same_bytes(
    feed: str, built_show: Workspace, tmp_path: Path
) -> None:
    gpo = need("gpo")
    home = {
        "GPODDER_HOME": str(tmp_path),
        "GPODDER_DOWNLOAD_DIR": str(tmp_path / "downloads"),
        "HOME": str(tmp_path),
    }
    tell(gpo, "subscribe", feed, **home)
    tell(gpo, "update", feed, **home)
    tell(gpo, "download", feed, **home)
    media = built_show.episode(SLUG).mp3
    (downloaded,) = (tmp_path / "downloads").rglob("*.mp3")
    assert downloaded.read_bytes() == media.read_bytes()
    with sqlite3.connect(tmp_path / "Database") as database:
        database.row_factory = sqlite3.Row
        (show,) = database.execute("SELECT * FROM podcast").fetchall()
        (episode,) = database.execute("SELECT * FROM episode").fetchall()
    database.close()
    assert show["title"] == "3 questions à…"
    assert episode["title"] == TITLE
    assert episode["guid"] == f"guid-{SLUG}"
    assert episode["published"] == PUBLISHED
    assert episode["total_time"] == round(enclosure(built_show)["duration_ms"] / 1000)
    assert episode["file_size"] == media.stat().st_size
    assert episode["mime_type"] == "audio/mpeg"
    assert episode["link"].endswith(f"/{SLUG}/")
    assert "Comment a commencé l’aventure Medinsoft ?" in episode["description_html"]


@pytest.mark.judge
def test_gpodder_goes_on_where_the_line_broke(
    feed: str, built_show: Workspace, tmp_path: Path
) -> None:
    gpo = need("gpo")
    home = {
        "GPODDER_HOME": str(tmp_path),
        "GPODDER_DOWNLOAD_DIR": str(tmp_path / "downloads"),
        "HOME": str(tmp_path),
    }
    media = built_show.episode(SLUG).mp3.read_bytes()
    with bad_line(feed.removesuffix("feed.xml"), ".mp3") as (address, ranges):
        tell(gpo, "subscribe", f"{address}feed.xml", **home)
        tell(gpo, "update", f"{address}feed.xml", **home)
        tell(gpo, "download", f"{address}feed.xml", **home)
        tell(gpo, "download", f"{address}feed.xml", **home)
    (downloaded,) = (tmp_path / "downloads").rglob("*.mp3")
    assert downloaded.read_bytes() == media
    assert ranges == ["", f"bytes={len(media) // 2}-"]


@pytest.mark.judge
def test_newsboat_reads_the_feed_as_it_was_meant(
    feed: str, built_show: Workspace, tmp_path: Path
) -> None:
    newsboat = need("newsboat")
    urls, cache, settings = tmp_path / "urls", tmp_path / "cache.db", tmp_path / "config"
    urls.write_text(feed + "\n", encoding="utf-8")
    settings.write_text("", encoding="utf-8")
    tell(newsboat, "-u", urls, "-c", cache, "-C", settings, "-x", "reload", HOME=str(tmp_path))
    with sqlite3.connect(cache) as database:
        database.row_factory = sqlite3.Row
        (show,) = database.execute("SELECT * FROM rss_feed").fetchall()
        (episode,) = database.execute("SELECT * FROM rss_item").fetchall()
    database.close()
    assert show["title"] == "3 questions à…"
    assert (episode["title"], episode["guid"], episode["pubDate"]) == (
        TITLE,
        f"guid-{SLUG}",
        PUBLISHED,
    )
    assert episode["enclosure_url"].endswith("/" + named(built_show.site, f"{SLUG}/{SLUG}.mp3"))
    assert episode["enclosure_type"] == "audio/mpeg"
    assert "Comment a commencé l’aventure Medinsoft ?" in episode["content"]


@pytest.mark.judge
def test_podcast_archiver_archives_the_episode_with_what_it_is(
    feed: str, built_show: Workspace, tmp_path: Path
) -> None:
    program = Path(sys.executable).with_name("podcast-archiver")
    if not program.exists():
        missing("podcast-archiver")
    (tmp_path / "archive").mkdir()
    tell(
        program,
        "--feed",
        feed,
        "--dir",
        tmp_path / "archive",
        "--write-info-json",
        "--quiet",
        HOME=str(tmp_path),
        XDG_CONFIG_HOME=str(tmp_path),
    )
    (media,) = (tmp_path / "archive").rglob("*.mp3")
    assert media.read_bytes() == built_show.episode(SLUG).mp3.read_bytes()
    (info,) = (tmp_path / "archive").rglob("*.json")
    known = json.loads(info.read_text(encoding="utf-8"))
    assert known["title"] == TITLE
    assert known["guid"] == f"guid-{SLUG}"


@pytest.mark.judge
def test_who_subscribed_gets_the_next_episode_and_nothing_twice(
    built_show: Workspace, tmp_path: Path
) -> None:
    """gPodder, newsboat and podcast-archiver each follow a show that grows while they are
    subscribed.
    """
    gpo, newsboat, archiver = (
        need("gpo"),
        need("newsboat"),
        Path(sys.executable).with_name("podcast-archiver"),
    )
    show = copied(built_show, tmp_path / "show")
    home = {
        "GPODDER_HOME": str(tmp_path),
        "GPODDER_DOWNLOAD_DIR": str(tmp_path / "downloads"),
        "HOME": str(tmp_path),
    }
    own = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    archive = tmp_path / "archive"
    archive.mkdir()
    (tmp_path / "config").write_text("", encoding="utf-8")

    def follow(feed: str) -> None:
        tell(gpo, "update", feed, **home)
        tell(gpo, "download", feed, **home)
        tell(
            newsboat,
            "-u",
            tmp_path / "urls",
            "-c",
            tmp_path / "cache.db",
            "-C",
            tmp_path / "config",
            "-x",
            "reload",
            **own,
        )
        tell(archiver, "--feed", feed, "--dir", archive, "--quiet", **own)

    with served(show) as address:
        feed = f"{address}feed.xml"
        (tmp_path / "urls").write_text(feed + "\n", encoding="utf-8")
        tell(gpo, "subscribe", feed, **home)
        follow(feed)
        heard = {
            path: path.stat().st_mtime_ns
            for folder in ("downloads", "archive")
            for path in (tmp_path / folder).rglob("*.mp3")
        }
        assert len(heard) == 2
        add_episode(
            show, "003-grace", number=3, title="Grace", published="2026-02-15T06:00:00+01:00"
        )
        build_show(show)
        follow(feed)
    after = {
        path: path.stat().st_mtime_ns
        for folder in ("downloads", "archive")
        for path in (tmp_path / folder).rglob("*.mp3")
    }
    assert {path: after.get(path) for path in heard} == heard
    fresh = {path.read_bytes() for path in set(after) - set(heard)}
    assert len(after) == 4
    assert fresh == {show.episode("003-grace").mp3.read_bytes()}
    with sqlite3.connect(tmp_path / "cache.db") as database:
        titles = [
            title for (title,) in database.execute("SELECT title FROM rss_item ORDER BY pubDate")
        ]
    database.close()
    assert titles == [TITLE, "Grace"]
