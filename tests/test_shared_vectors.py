"""Page and server of the editor write times alike (tests/editing/words.json); what both find is in
test_editor_find.py. Journals of before replace words as the server finds them here.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from judges import need

import studio.editor
from studio.editor.edit_application import places_of
from studio.model.clock import RecordingMs
from studio.model.transcript import Segment, Word
from studio.text.typography import stamp_from_ms

HERE = Path(__file__).parent
VECTORS = (HERE / "editing" / "words.json").read_text(encoding="utf-8")
CASES: dict[str, Any] = json.loads(VECTORS)
MODULE = Path(studio.editor.__file__).parent / "static" / "words.js"


@pytest.mark.parametrize(("moment_ms", "shown"), CASES["stamp"])
def test_the_server_writes_times_so(moment_ms: int, shown: str) -> None:
    assert stamp_from_ms(moment_ms) == shown


@pytest.mark.parametrize("case", CASES["places"], ids=lambda case: case["find"])
def test_the_server_finds_words_there(case: dict[str, Any]) -> None:
    start, end = RecordingMs(0), RecordingMs(1)
    words = tuple(
        Word(text=text, start_ms=start, end_ms=end, probability=1.0) for text in case["words"]
    )
    segment = Segment(id="s0001", speaker=None, start_ms=start, end_ms=end, words=words)
    found = places_of([segment], case["find"], exact=case["exact"])
    assert [[first, count] for _, first, count in found] == case["places"]


@pytest.mark.judge
def test_the_page_answers_the_same(tmp_path: Path) -> None:
    module = tmp_path / "words.mjs"  # node takes a .js for CommonJS
    shutil.copyfile(MODULE, module)
    done = subprocess.run(
        [need("node"), HERE / "judges" / "words.mjs", module],
        input=VECTORS.encode(),
        capture_output=True,
        check=True,
        timeout=60,
    )
    answer = json.loads(done.stdout)
    assert answer["stamp"] == [shown for _, shown in CASES["stamp"]]
