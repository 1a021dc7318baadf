"""Other programs correct the transcript: everything comes back, and only what they changed is
changed.
"""

from __future__ import annotations

import io
import json
import random
import re
from pathlib import Path

import docx
import pytest
import srt
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from support.edit_session import SLUG, files_of, make_episode, sources_of, transcript_on_disk
from support.judges import ask_node
from support.spoken import transcript_from_lines

from studio.captions.formats import VTT, captions_from_transcript
from studio.cli import main
from studio.editor.edited_captions import import_edited_captions
from studio.errors import EXIT_CODES, WorkspaceError
from studio.model.clock import Programme, RecordingMs, Span
from studio.model.record import bytes_from_record, replace_fields
from studio.model.transcript import Segment, Transcript
from studio.transcript.retiming import retime_transcript
from studio.transcript_formats.formats import export_names
from studio.transcript_formats.transcript_io import export_transcript, read_transcript
from studio.workspace.build_state import BuildState, StageRecord, write_build_state
from studio.workspace.digest import digest_from_bytes
from studio.workspace.disk import write_file
from studio.workspace.layout import Workspace

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SAID = (
    'oui l’idée voilà» d\'accord ? 12 000 € *étoile* <b> & \\n [sic] a_b # "quoi" 😀 -non - '
    "=1+1 'tu 3.5% «mot» Medinsoft, A: fin."
)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return make_episode(tmp_path_factory.mktemp("là") / "ici")


def come_back(workspace: Workspace, content: bytes, form: str) -> Transcript:
    sources = sources_of(workspace)
    old = sources.transcript()
    return retime_transcript(
        old,
        read_transcript(sources, content, form, f"x.{form}"),
        until_ms=sources.facts().duration_ms,
    )


@pytest.mark.parametrize("form", export_names())
def test_every_export_comes_back_as_it_went(workspace: Workspace, form: str) -> None:
    content = export_transcript(sources_of(workspace), form)
    assert come_back(workspace, content, form) == transcript_on_disk(workspace)
    assert export_transcript(sources_of(workspace), form) == content


@pytest.mark.parametrize("form", export_names())
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 2**32))
def test_whatever_is_said_comes_back(workspace: Workspace, form: str, seed: int) -> None:
    chance = random.Random(seed)
    lines = []
    at = 0
    for _ in range(chance.randint(1, 8)):
        words = [chance.choice(SAID.split()) for _ in range(chance.randint(1, 20))]
        length = 250 * len(words)
        lines.append(
            (
                chance.choice(["Camille", "Claire Fontanel", "Rémi : l'autre", "J. <Doe>", None]),
                at,
                at + length,
                " ".join(words),
            )
        )
        at += length + chance.choice([0, 0, 900])
    files = files_of(workspace)
    before = files.transcript.read_bytes()
    try:
        write_file(files.transcript, bytes_from_record(transcript_from_lines(lines)))
        back = come_back(workspace, export_transcript(sources_of(workspace), form), form)
        told = [
            (segment.speaker, [word.text for word in segment.words]) for segment in back.segments
        ]
        assert told == [
            (segment.speaker, [word.text for word in segment.words])
            for segment in transcript_on_disk(workspace).segments
        ]
        assert back == transcript_on_disk(workspace)
    finally:
        files.transcript.write_bytes(before)


def changed(old: Transcript, new: Transcript) -> tuple[list[Segment], list[Segment]]:
    return [one for one in old.segments if one not in new.segments], [
        one for one in new.segments if one not in old.segments
    ]


@pytest.mark.parametrize("form", ["txt", "md", "html", "srt", "vtt", "csv", "json"])
def test_a_word_that_is_mended_elsewhere_is_mended_here_alone(
    workspace: Workspace, form: str
) -> None:
    old = transcript_on_disk(workspace)
    text = export_transcript(sources_of(workspace), form).decode("utf-8")
    assert "amartique" in text
    new = come_back(workspace, text.replace("amartique", "à Martigues").encode(), form)
    (before,), (after,) = changed(old, new)
    assert after.text == before.text.replace("amartique", "à Martigues")
    assert (after.id, after.start_ms, after.end_ms, after.speaker) == (
        before.id,
        before.start_ms,
        before.end_ms,
        before.speaker,
    )
    kept = [word for word in before.words if word.text != "amartique"]
    assert [word for word in after.words if word in before.words] == kept


def word_document(workspace: Workspace) -> docx.document.Document:
    return docx.Document(io.BytesIO(export_transcript(sources_of(workspace), "docx")))


def bytes_of(document: docx.document.Document) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def test_the_word_document_is_laid_out_for_review(workspace: Workspace) -> None:
    document = word_document(workspace)
    headings = [
        paragraph.text
        for paragraph in document.paragraphs
        if str(getattr(paragraph.style, "name", "")).startswith("Heading 2")
    ]
    assert headings == [question.text for question in sources_of(workspace).alignment().questions]
    line = next(paragraph for paragraph in document.paragraphs if "amartique" in paragraph.text)
    assert [run.bold for run in line.runs] == [None, True, None]
    assert line.runs[0].text == "[0:10] "
    assert line.runs[1].text == "Camille : "


def test_tracked_changes_count_as_accepted(workspace: Workspace) -> None:
    document = word_document(workspace)
    line = next(paragraph for paragraph in document.paragraphs if "amartique" in paragraph.text)
    run = line.runs[2]
    before, after = run.text.split("amartique")
    run.text = before
    gone = etree.fromstring(
        f'<w:del xmlns:w="{W[1:-1]}" w:id="1" '
        'w:author="A"><w:r><w:delText>amartique</w:delText></w:r></w:del>'
    )
    put = etree.fromstring(
        f'<w:ins xmlns:w="{W[1:-1]}" w:id="2" '
        'w:author="A"><w:r><w:t>à\u00a0Martigues</w:t></w:r></w:ins>'
    )
    rest = etree.fromstring(
        f'<w:r xmlns:w="{W[1:-1]}"><w:t xml:space="preserve">{after}</w:t></w:r>'
    )
    for element in (rest, put, gone):
        run._r.addnext(element)
    (_,), (mended,) = changed(
        transcript_on_disk(workspace), come_back(workspace, bytes_of(document), "docx")
    )
    assert mended.text == "Aujourd'hui, je suis à Martigues dans une ancienne poste"


def test_a_paragraph_split_and_a_name_changed_in_word(workspace: Workspace) -> None:
    document = word_document(workspace)
    line = next(paragraph for paragraph in document.paragraphs if "amartique" in paragraph.text)
    line.runs[1].text = "Anne Noël : "
    head, tail = line.runs[2].text.split(" dans ")
    line.runs[2].text = head
    line.insert_paragraph_before("")
    following = document.add_paragraph(f"dans {tail}")
    line._p.addnext(following._p)
    new = come_back(workspace, bytes_of(document), "docx")
    place = next(place for place, segment in enumerate(new.segments) if "amartique" in segment.text)
    assert [(segment.speaker, segment.text) for segment in new.segments[place : place + 2]] == [
        ("Anne Noël", "Aujourd'hui, je suis amartique"),
        ("Anne Noël", "dans une ancienne poste"),
    ]
    assert new.words == transcript_on_disk(workspace).words


def test_a_voice_renamed_in_subtitles_is_renamed_for_the_turn(workspace: Workspace) -> None:
    text = export_transcript(sources_of(workspace), "srt").decode("utf-8")
    new = come_back(
        workspace,
        re.sub(r"Camille(\s?:\s+Bonjour)", r"Claire Fontanel\1", text, count=1).encode(),
        "srt",
    )
    old = transcript_on_disk(workspace)
    assert [segment.speaker for segment in new.segments[:7]] == ["Claire Fontanel"] * 7
    assert [segment.speaker for segment in new.segments[7:]] == [
        segment.speaker for segment in old.segments[7:]
    ]
    assert new.words == old.words


def test_captions_of_the_episode_lack_what_was_cut_and_it_stays(workspace: Workspace) -> None:
    files, old = files_of(workspace), transcript_on_disk(workspace)
    cut = Span(start_ms=old.segments[2].start_ms, end_ms=old.segments[4].end_ms)
    programme = Programme(
        kept=(
            Span(start_ms=RecordingMs(0), end_ms=cut.start_ms),
            Span(start_ms=cut.end_ms, end_ms=RecordingMs(179_000)),
        ),
        opening_ms=4000,
    )
    write_file(files.programme, bytes_from_record(programme))
    try:
        text = captions_from_transcript(old, programme, "")[VTT]
        assert "amartique" not in text
        new = come_back(workspace, text.replace("bienvenue", "Bienvenus", 1).encode(), "vtt")
        (_,), (mended,) = changed(old, new)
        assert mended.text == "Bienvenus dans ce nouvel épisode."
    finally:
        files.programme.unlink()


@pytest.mark.judge
def test_exports_satisfy_those_who_know_the_formats(workspace: Workspace) -> None:
    sources = sources_of(workspace)
    assert (
        len(list(srt.parse(export_transcript(sources, "srt").decode("utf-8"), ignore_errors=False)))
        > 30
    )
    question = json.dumps(export_transcript(sources, "vtt").decode("utf-8"))
    answer = json.loads(ask_node("vtt.mjs", question + "\n", "webvtt-parser"))
    assert answer["errors"] == []


@pytest.mark.parametrize(
    ("form", "content"),
    [
        ("docx", b"PK"),
        ("json", b"{"),
        ("json", b'{"version":"1"}'),
        ("csv", b"a,b\r\n1,2\r\n"),
        ("txt", b""),
        ("vtt", b"WEBVTT\n"),
        ("md", b"# x\n"),
    ],
)
def test_what_is_no_transcript_is_refused(workspace: Workspace, form: str, content: bytes) -> None:
    with pytest.raises(WorkspaceError):
        read_transcript(sources_of(workspace), content, form, "x")


def test_a_table_that_excel_saved_comes_back(workspace: Workspace) -> None:
    text = export_transcript(sources_of(workspace), "csv").decode("utf-8-sig")
    rows = re.sub(r"^([\d.]+),([\d.]+),([^,]*),", r"\1;\2;\3;", text, flags=re.MULTILINE).replace(
        "start,end,speaker,text", "start;end;speaker;text"
    )
    assert come_back(workspace, rows.encode(), "csv") == transcript_on_disk(workspace)


# --- captions that were corrected where Studio wrote them


@pytest.fixture
def captioned(tmp_path: Path) -> Workspace:
    """An episode whose captions are on record as Studio's."""
    workspace = make_episode(tmp_path / "ici")
    files, transcript = files_of(workspace), transcript_on_disk(workspace)
    programme = Programme(
        kept=(Span(start_ms=RecordingMs(2000), end_ms=RecordingMs(179_000)),), opening_ms=4000
    )
    write_file(files.programme, bytes_from_record(programme))
    path = files.caption(".vtt")
    write_file(path, captions_from_transcript(transcript, programme, "")[VTT].encode())
    record = StageRecord(
        version=1,
        inputs={"transcript.json": digest_from_bytes(files.transcript.read_bytes())},
        parameters={},
        origins={},
        outputs={workspace.relative(path): digest_from_bytes(path.read_bytes())},
    )
    write_build_state(files.build_state, BuildState(stages={"caption": record}, intents={}))
    return workspace


def mend_captions(workspace: Workspace, old: str, new: str) -> Path:
    path = files_of(workspace).caption(".vtt")
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def test_the_next_run_takes_in_captions_that_were_corrected(captioned: Workspace) -> None:
    before = transcript_on_disk(captioned)
    assert import_edited_captions(sources_of(captioned)) == ""
    mend_captions(captioned, "amartique", "à Martigues")
    result = CliRunner().invoke(
        main, ["-C", str(captioned.root), "run", SLUG, "--stage", "inspect"]
    )
    assert "transcript.vtt was edited by hand: taken in (1 place)" in result.output
    (old,), (new,) = changed(before, transcript_on_disk(captioned))
    assert new.text == old.text.replace("amartique", "à Martigues")


def test_captions_and_transcript_both_changed_are_both_kept(captioned: Workspace) -> None:
    path = mend_captions(captioned, "amartique", "à Martigues")
    files = files_of(captioned)
    files.transcript.write_bytes(files.transcript.read_bytes().replace(b"amartique", b"Martigue"))
    theirs, mine = files.transcript.read_bytes(), path.read_bytes()
    assert "kept as transcript.edited-1.vtt" in import_edited_captions(sources_of(captioned))
    assert files.transcript.read_bytes() == theirs
    assert path.with_name("transcript.edited-1.vtt").read_bytes() == mine
    assert import_edited_captions(sources_of(captioned)) == ""


# --- as a person types it


def test_export_import_and_diff_from_the_command_line(tmp_path: Path) -> None:
    workspace = make_episode(tmp_path / "ici")
    before = transcript_on_disk(workspace)
    file = tmp_path / "relu.txt"

    def run(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(main, ["-C", str(workspace.root), *words])
        return result.exit_code, result.output

    assert run("export", SLUG, "--to", "txt", "--output", str(file))[0] == 0
    code, output = run("export", SLUG, "--to", "txt", "--output", str(file))
    assert code == EXIT_CODES["conflict"]
    assert "already exists" in output
    file.write_text(
        file.read_text(encoding="utf-8").replace("amartique", "à Martigues"), encoding="utf-8"
    )
    code, output = run("import", SLUG, str(file))
    assert (
        code,
        "1 changed, 1 added, 0 removed" in output,
        "amartique → à Martigues" in output,
    ) == (0, True, True)
    assert "à Martigues" in transcript_on_disk(workspace).segments[2].text
    code, output = run("diff", SLUG)
    assert "amartique → à Martigues" in output
    assert "Name for the glossary: Martigues" in output
    file.write_text("[0:01] Camille : Tout autre chose, d'un autre jour.", encoding="utf-8")
    now = transcript_on_disk(workspace)
    code, output = run("import", SLUG, str(file))
    assert code == EXIT_CODES["conflict"]
    assert "in common" in output
    assert transcript_on_disk(workspace) == now
    assert run("import", SLUG, str(file), "--force")[0] == 0
    assert len(transcript_on_disk(workspace).segments) == 1
    assert run("import", SLUG, str(tmp_path / "relu.pdf"))[0] == 2
    assert replace_fields(before) == before


def test_new_words_that_come_back_in_every_passage_are_asked_about(tmp_path: Path) -> None:
    workspace = make_episode(tmp_path / "ici")
    before = transcript_on_disk(workspace)
    file = tmp_path / "relu.txt"
    lines = [f"Relecture ~ {segment.text}" for segment in before.segments]
    file.write_text("\n\n".join(lines), encoding="utf-8")
    result = CliRunner().invoke(main, ["-C", str(workspace.root), "import", SLUG, str(file)])
    assert result.exit_code == EXIT_CODES["conflict"]
    assert "« Relecture" in result.output
    assert "--force" in result.output
    assert transcript_on_disk(workspace) == before


def test_a_person_at_a_terminal_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = make_episode(tmp_path / "ici")
    before = transcript_on_disk(workspace)
    file = tmp_path / "relu.txt"
    file.write_text("[0:01] Camille : Tout autre chose, d'un autre jour.", encoding="utf-8")
    answers = iter([False, True])
    monkeypatch.setattr("studio.cli.import_._agreed", lambda *_: next(answers))
    assert (
        CliRunner().invoke(main, ["-C", str(workspace.root), "import", SLUG, str(file)]).exit_code
        == EXIT_CODES["conflict"]
    )
    assert transcript_on_disk(workspace) == before
    assert (
        CliRunner().invoke(main, ["-C", str(workspace.root), "import", SLUG, str(file)]).exit_code
        == 0
    )
    assert len(transcript_on_disk(workspace).segments) == 1
