"""Two hundred random edits at the desk: what nobody touched keeps its time, and everything can be
taken away and brought back.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import random
import subprocess
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import docx
import pytest
import srt
from lxml import etree
from markdown_it import MarkdownIt
from support.edit_session import asked, make_episode, sources_of, transcript_on_disk
from support.judges import NODE, ask_node, missing, need

from studio.editor.edit_session import EditSession
from studio.editor.edits import (
    Edit,
    Join,
    MoveBoundary,
    Redo,
    ReplaceSpots,
    SetSpeaker,
    SetText,
    SetVoice,
    SetWords,
    Split,
    Spot,
    Undo,
)
from studio.model.clock import RecordingMs
from studio.model.transcript import Transcript, Word
from studio.transcript.retiming import retime_transcript
from studio.transcript_formats.formats import export_names
from studio.transcript_formats.transcript_io import export_transcript, read_transcript
from studio.workspace.layout import Workspace

EDITS = 200
TYPED = (
    "Medinsoft,",
    "l’idée",
    "2003",
    "«Oui»",
    "12 000",
    "d'accord?",
    "😀",
    "*non*",
    "<b>",
    "a_b",
    "&amp;",
    "[sic]",
    "# un",
    "=1+1",
    "é",
    "A:",
)
VOICES = ("Camille", "Claire Fontanel", "Anne-Noël d’Ici", "<Doe>", None)


@dataclass
class Hand:
    """An editor whose every move is by chance, and who looks at what it did."""

    session: EditSession
    chance: random.Random

    def work(self, count: int) -> None:
        moves: Sequence[Callable[[Transcript], None]] = (
            self.retype, self.retype, self.retype, self.answer, self.split, self.join, self.speak, self.give_voice, self.nudge, self.replace, self.go_back,
        )  # fmt: skip
        for _ in range(count):
            before = self.session.transcript()
            self.chance.choice(moves)(before)
            assert_orderly(self.session.transcript())

    def do(self, *edits: Edit) -> None:
        self.session.apply(asked(*edits, since=self.session.revision))

    def retype(self, before: Transcript) -> None:
        """Words of one segment typed anew; the others of it, and all other segments, keep their
        times.
        """
        at = self.chance.randrange(len(before.segments))
        segment = before.segments[at]
        texts = [word.text for word in segment.words]
        first = self.chance.randint(0, len(texts))
        last = min(len(texts), first + self.chance.randint(0, 3))
        new = [
            word
            for _ in range(
                self.chance.randint(0 if last > first and last - first < len(texts) else 1, 3)
            )
            for word in self.typed()
        ]
        self.do(
            SetText(
                segment=segment.id,
                was=segment.text,
                text=" ".join([*texts[:first], *new, *texts[last:]]),
            )
        )
        after = self.session.transcript()
        assert [one for one in after.segments if one.id != segment.id] == [
            one for one in before.segments if one.id != segment.id
        ]
        now = next(one for one in after.segments if one.id == segment.id).words
        # A sign that was typed by itself belongs to its neighbour, whose time stays all the same.
        assert_kept(segment.words[: max(0, first - 1)], now[: max(0, first - 1)])
        left = len(texts) - last - 1
        if left > 0:
            assert_kept(segment.words[-left:], now[-left:])

    def typed(self) -> list[str]:
        return self.chance.choice(TYPED).split()

    def answer(self, before: Transcript) -> None:
        segment = self.chance.choice(before.segments)
        first = self.chance.randrange(len(segment.words))
        self.do(
            SetWords(
                segment=segment.id,
                first=first,
                was=segment.words[first].text,
                text=" ".join(["mot", *self.typed()]),
            )
        )

    def split(self, before: Transcript) -> None:
        segment = self.chance.choice(before.segments)
        self.do(
            Split(
                segment=segment.id, was=segment.text, at=self.chance.randint(0, len(segment.words))
            )
        )
        assert self.session.transcript().words == before.words

    def join(self, before: Transcript) -> None:
        segment = self.chance.choice(before.segments)
        self.do(Join(segment=segment.id, was=segment.text))
        assert self.session.transcript().words == before.words

    def speak(self, before: Transcript) -> None:
        segment = self.chance.choice(before.segments)
        name = self.chance.choice(VOICES)
        self.do(
            SetSpeaker(
                segment=segment.id,
                was=segment.speaker,
                speaker=name,
                everywhere=self.chance.random() < 0.2,
            )
        )
        assert self.session.transcript().words == before.words

    def give_voice(self, before: Transcript) -> None:
        """Some words of two neighbours, in the middle of them."""
        at = self.chance.randrange(len(before.segments))
        spots: list[Spot] = []
        chosen: list[Word] = []
        for segment in before.segments[at : at + 2]:
            first = self.chance.randrange(len(segment.words))
            words = segment.words[first : first + self.chance.randint(1, 5)]
            chosen += words
            spots.append(
                Spot(segment=segment.id, first=first, was=" ".join(word.text for word in words))
            )
        self.do(SetVoice(spots=tuple(spots), speaker="Une autre"))
        after = self.session.transcript()
        assert after.words == before.words
        speakers = {
            (word.start_ms, word.text): segment.speaker
            for segment in after.segments
            for word in segment.words
        }
        were = {
            (word.start_ms, word.text): segment.speaker
            for segment in before.segments
            for word in segment.words
        }
        changed = {key for key, speaker in speakers.items() if speaker != were[key]}
        assert changed <= {(word.start_ms, word.text) for word in chosen}
        assert all(speakers[word.start_ms, word.text] == "Une autre" for word in chosen)

    def nudge(self, before: Transcript) -> None:
        segment = self.chance.choice(before.segments)
        at, end = self.chance.randrange(len(segment.words)), self.chance.random() < 0.5
        was = segment.words[at].end_ms if end else segment.words[at].start_ms
        moment = RecordingMs(was + self.chance.randint(-400, 400))
        self.do(MoveBoundary(segment=segment.id, at=at, end=end, was_ms=was, start_ms=moment))
        changed = [
            one
            for one, other in zip(before.words, self.session.transcript().words, strict=True)
            if one != other
        ]
        assert len(changed) <= 2

    def replace(self, before: Transcript) -> None:
        spots = []
        for segment in self.chance.sample(before.segments, min(3, len(before.segments))):
            first = self.chance.randrange(len(segment.words))
            spots.append(Spot(segment=segment.id, first=first, was=segment.words[first].text))
        self.do(ReplaceSpots(spots=tuple(spots), text="autre chose"))
        touched = {spot.segment for spot in spots}
        after = self.session.transcript()
        assert [one for one in after.segments if one.id not in touched] == [
            one for one in before.segments if one.id not in touched
        ]

    def go_back(self, before: Transcript) -> None:
        for _ in range(self.chance.randint(1, 3)):
            self.do(Undo())
        if self.chance.random() < 0.5:
            self.do(Redo())
        assert before.words


def assert_kept(before: Sequence[Word], after: Sequence[Word]) -> None:
    """The same words at the same times; only beside new ones may an end have been shared with
    them.
    """
    assert [(word.text, word.start_ms) for word in before] == [
        (word.text, word.start_ms) for word in after
    ]
    assert [word.end_ms for word in before[:-1]] == [word.end_ms for word in after[:-1]]


def assert_orderly(transcript: Transcript) -> None:
    times = [time for word in transcript.words for time in (word.start_ms, word.end_ms)]
    assert times == sorted(times)
    assert all(word.start_ms < word.end_ms for word in transcript.words)
    assert all(
        one.end_ms <= other.start_ms for one, other in itertools.pairwise(transcript.segments)
    )
    assert len({segment.id for segment in transcript.segments}) == len(transcript.segments)
    assert all(segment.words for segment in transcript.segments)


@pytest.fixture(scope="module", params=[1, 2])
def edited(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Workspace:
    """An episode after two hundred edits."""
    workspace = make_episode(tmp_path_factory.mktemp("mains") / "ici")
    before = transcript_on_disk(workspace)
    session = EditSession(sources_of(workspace))
    Hand(session, random.Random(request.param)).work(EDITS)
    assert transcript_on_disk(workspace) == session.transcript() != before
    assert EditSession(sources_of(workspace)).transcript() == session.transcript()
    return workspace


# --- what each form's own judge says; anything odd is an error


def judge_docx(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert parts.testzip() is None
        for name in parts.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(parts.read(name))
    assert len(docx.Document(io.BytesIO(content)).paragraphs) > 10


def judge_html(content: bytes) -> None:
    jar = NODE / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    java = need("java")
    if not jar.is_file():
        missing("npm's vnu-jar")
    answer = subprocess.run(
        [java, "-Xss2m", "-jar", str(jar), "--stdout", "-"],
        input=content,
        capture_output=True,
        check=False,
        timeout=300,
    )
    assert (answer.returncode, answer.stdout.decode()) == (0, "")


def judge_md(content: bytes) -> None:
    """Nothing that was said is taken for markup: only headings, bold names and paragraphs are."""
    tokens = MarkdownIt("commonmark").parse(content.decode("utf-8"))
    inner = [child.type for token in tokens for child in token.children or ()]
    assert {token.tag for token in tokens} <= {"", "h1", "h2", "p"}
    assert set(inner) <= {"text", "text_special", "strong_open", "strong_close", "softbreak"}


def judge_txt(content: bytes) -> None:
    assert not content.startswith(b"\xef\xbb\xbf")
    assert "\x00" not in content.decode("utf-8", errors="strict")


def judge_srt(content: bytes) -> None:
    cues = list(srt.parse(content.decode("utf-8"), ignore_errors=False))
    assert [cue.index for cue in cues] == list(range(1, len(cues) + 1))
    assert all(one.end <= other.start for one, other in itertools.pairwise(cues))


def judge_vtt(content: bytes) -> None:
    answer = json.loads(
        ask_node("vtt.mjs", json.dumps(content.decode("utf-8")) + "\n", "webvtt-parser")
    )
    assert answer["errors"] == []


def judge_json(content: bytes) -> None:
    """The form that is promised to other programs: these keys, whole milliseconds, words without
    spaces.
    """
    told = json.loads(content)
    assert (told["schema"], told["language"]) == (1, "fr")
    for segment in told["segments"]:
        assert {"id", "speaker", "start_ms", "end_ms", "words"} <= set(segment)
        for word in segment["words"]:
            assert [type(word[name]) for name in ("text", "start_ms", "end_ms")] == [str, int, int]
            assert word["text"].split() == [word["text"]]
            assert 0 <= word["probability"] <= 1


def judge_csv(content: bytes) -> None:
    head, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    assert head == ["start", "end", "speaker", "text"]
    assert {len(row) for row in rows} == {4}
    times = [float(cell) for row in rows for cell in row[:2]]
    assert times == sorted(times)


JUDGES = {
    "docx": judge_docx, "html": judge_html, "md": judge_md, "txt": judge_txt,
    "srt": judge_srt, "vtt": judge_vtt, "json": judge_json, "csv": judge_csv,
}  # fmt: skip


@pytest.mark.judge
@pytest.mark.parametrize("form", export_names())
def test_every_export_satisfies_its_judge_and_comes_back_as_it_went(
    edited: Workspace, form: str
) -> None:
    sources = sources_of(edited)
    content = export_transcript(sources, form)
    JUDGES[form](content)
    passages = read_transcript(sources, content, form, Path(f"x.{form}"))
    assert (
        retime_transcript(sources.transcript(), passages, until_ms=sources.facts().duration_ms)
        == sources.transcript()
    )
