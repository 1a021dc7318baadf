"""A format is one entry of one list: everything else learns it from there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What came of a show that was built, checked and exported with a dummy entry in each list."""
    program = Path(__file__).parent / "support" / "dummy_entries.py"
    root = tmp_path_factory.mktemp("dummies") / "show"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(
        [sys.executable, program, root],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_a_caption_format_is_written_announced_linked_served_and_checked(
    built: dict[str, Any],
) -> None:
    assert built["findings"] == []
    assert built["when broken"] == ["it has no time"]
    assert built["type"] == "application/x-dummy"
    assert built["in the feed"] and built["on the page"]


def test_a_caption_format_with_a_reader_is_exported_and_imported(built: dict[str, Any]) -> None:
    assert built["read back"] == built["said"] > 50


def test_a_transcript_format_that_is_only_read_is_imported_and_not_exported(
    built: dict[str, Any],
) -> None:
    assert built["only read"] == ["Merci beaucoup."]
    assert "sbv" not in built["exported as"] and "dummy" in built["exported as"]


def test_an_article_format_is_read(built: dict[str, Any]) -> None:
    assert built["questions"] == 3


def test_a_tag_is_written_into_every_container(built: dict[str, Any]) -> None:
    assert built["publisher"] == built["artist in M4A"] == "Medinsoft"


def test_what_browsers_play_has_the_type_it_is_served_with(built: dict[str, Any]) -> None:
    assert built["plays"] is True
    assert built["served as"] == "audio/aiff"


def test_an_element_of_the_podcast_namespace_is_written_and_no_rule_breaks(
    built: dict[str, Any],
) -> None:
    assert built["element"]
    assert built["of the element"] == []
