"""``studio status`` tells where there is voice without words, and what was taken out as a
hallucination.
"""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner
from support.small_show import SLUG, add_episode, make_show

from studio.cli import main
from studio.model.clock import RecordingMs, Span
from studio.model.record import bytes_from_record
from studio.model.transcript import AsrResult, RemovedText, Word


def moment(start_ms: int, end_ms: int) -> Span:
    return Span(start_ms=RecordingMs(start_ms), end_ms=RecordingMs(end_ms))


def test_status_tells_stretches_without_words(tmp_path: Path) -> None:
    workspace = make_show(tmp_path / "show")
    add_episode(workspace)
    words = (
        Word(
            text="Musique", start_ms=RecordingMs(8_000), end_ms=RecordingMs(9_000), probability=0.2
        ),
    )
    hearing = AsrResult(
        engine="faster",
        model="base",
        language="fr",
        duration_ms=RecordingMs(51_000),
        voice=(moment(0, 51_000),),
        names=(),
        utterances=(),
        removed=(
            RemovedText(
                start_ms=words[0].start_ms, end_ms=words[0].end_ms, words=words, reason="no voice"
            ),
        ),
        unheard=(moment(20_000, 25_000),),
    )
    path = workspace.episode(SLUG).asr
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes_from_record(hearing))
    said = CliRunner().invoke(main, ["-C", str(workspace.root), "status"]).output
    assert "0:20 to 0:25 of the recording: voice, but no words" in said
    assert "0:08 to 0:09 of the recording: taken out (no voice): Musique" in said
    lines = [
        json.loads(line)
        for line in CliRunner()
        .invoke(main, ["-C", str(workspace.root), "status", "--json"])
        .output.splitlines()
    ]
    (figures,) = [line for line in lines if "not_heard" in line]
    assert [(one["start_ms"], one["text"]) for one in figures["not_heard"]] == [
        (8_000, "Musique"),
        (20_000, ""),
    ]
