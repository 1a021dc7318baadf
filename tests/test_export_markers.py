"""Exports that colleagues' programs take, each read back by a parser that nobody here wrote."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import docx
import opentimelineio as otio
from click.testing import CliRunner
from support.small_show import SLUG, copied

from studio.cli import main
from studio.model.clock import Programme, RecordingMs, Span
from studio.model.episode import Cut
from studio.model.plain_transcript import Heading
from studio.model.transcript import Segment, Transcript, Word
from studio.transcript_formats.document import SPEAKER_STYLE, SPEECH_STYLE
from studio.transcript_formats.markers import edl_from_programme, labels_from_transcript
from studio.workspace.layout import Workspace


def ms(moment: int) -> RecordingMs:
    return RecordingMs(moment)


TRANSCRIPT = Transcript(
    language="fr",
    segments=(
        Segment(
            id="s0001",
            speaker="Ada\tLovelace",
            start_ms=ms(1_234),
            end_ms=ms(2_500),
            words=(Word(text="Bon\njour", start_ms=ms(1_234), end_ms=ms(2_500), probability=1.0),),
        ),
    ),
)
CHAPTERS = [Heading(start_ms=ms(0), text="Début"), Heading(start_ms=ms(25_000), text="Suite")]
CUTS = [Cut(start_ms=ms(10_000), end_ms=ms(20_000), reason="digression")]
PROGRAMME = Programme(
    kept=(Span(start_ms=ms(0), end_ms=ms(10_000)), Span(start_ms=ms(20_000), end_ms=ms(30_040)))
)


def test_audacity_labels_are_rows_of_a_table() -> None:
    text = labels_from_transcript(TRANSCRIPT, CHAPTERS, CUTS, "fr")
    rows = list(csv.reader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE))
    assert rows == [
        ["0.000000", "0.000000", "Chapitre : Début"],
        ["1.234000", "2.500000", "Ada Lovelace : Bon jour"],
        ["10.000000", "20.000000", "Coupe : digression"],
        ["25.000000", "25.000000", "Chapitre : Suite"],
    ]


def test_the_edit_decision_list_has_what_is_kept_and_the_chapters() -> None:
    assert edl_from_programme(PROGRAMME, CHAPTERS, "Ada\n: un", "prise 1.wav") == (
        """TITLE: Ada : un
FCM: NON-DROP FRAME

001  AX       A     C        00:00:00:00 00:00:10:00 01:00:00:00 01:00:10:00
* FROM CLIP NAME: prise 1.wav
* LOC: 01:00:00:00 BLUE    Début
002  AX       A     C        00:00:20:00 00:00:30:01 01:00:10:00 01:00:20:01
* FROM CLIP NAME: prise 1.wav
* LOC: 01:00:15:00 BLUE    Suite
"""
    )


def test_a_foreign_reader_finds_the_same_in_the_edit_decision_list() -> None:
    """The adapter is a plug-in of it: otio-cmx3600-adapter."""
    text = edl_from_programme(PROGRAMME, CHAPTERS, "Ada", "prise.wav")
    timeline = otio.adapters.read_from_string(text, "cmx_3600", rate=25)
    clips = list(timeline.find_clips())
    assert [clip.name for clip in clips] == ["prise.wav", "prise.wav"]
    assert [
        (clip.source_range.start_time.value, clip.source_range.duration.value) for clip in clips
    ] == [(0, 250), (500, 251)]
    assert [[one.name for one in clip.markers] for clip in clips] == [["Début"], ["Suite"]]


def exported(workspace: Workspace, form: str, target: Path) -> Path:
    words = ["-C", str(workspace.root), "export", SLUG, "--to", form, "--output", str(target)]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    assert "import" not in result.output
    return target


def test_the_command_writes_each(built_show: Workspace, tmp_path: Path) -> None:
    workspace = copied(built_show, tmp_path / "show")
    document = docx.Document(str(exported(workspace, "layout", tmp_path / "a.docx")))
    styles = [one.style.name for one in document.paragraphs if one.style is not None]
    assert styles[0] == "Title"
    assert {"Heading 1", SPEAKER_STYLE, SPEECH_STYLE} <= set(styles)
    # Nothing but styles: no run has a format of its own.
    runs = [run for one in document.paragraphs for run in one.runs]
    assert all(run.bold is None and run.font.size is None for run in runs)
    labels = exported(workspace, "audacity", tmp_path / "a.txt").read_text(encoding="utf-8")
    assert "Chapitre : " in labels
    edl = exported(workspace, "edl", tmp_path / "a.edl").read_text(encoding="utf-8")
    assert edl.count("FROM CLIP NAME: recording.wav") == 1
