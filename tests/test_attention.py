"""What a person must look at is told where people end up, and what is made public names what is
doubted in it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import NoReturn

import pytest
from click.testing import CliRunner
from support.edit_session import make_episode, sources_of

from studio.cli import CliContext, main
from studio.cli.attention import EpisodeAttention, print_attention, print_doubts
from studio.editor import open_doubts as open_doubts_module
from studio.editor.doubt_lines import described_doubts, moment_of_doubt
from studio.editor.open_doubts import open_doubts
from studio.model.programme import programme_from_facts
from studio.model.record import bytes_from_record, replace_fields
from studio.model.transcript import Word
from studio.workspace import file_freshness
from studio.workspace.episode_cache import EpisodeCache
from studio.workspace.layout import Workspace
from studio.workspace.sources import EpisodeSources


@pytest.fixture
def sources(tmp_path: Path) -> EpisodeSources:
    """An episode in which one word is nonsense."""
    workspace = make_episode(tmp_path)
    sources = sources_of(workspace)
    programme = programme_from_facts(
        sources.facts(),
        sound=sources.episode.sound,
        cuts=(),
        opening_ms=0,
        closing_ms=0,
        where=sources.files.settings,
    )
    sources.files.programme.write_bytes(bytes_from_record(programme))
    transcript = sources.transcript()
    segment = transcript.segments[1]
    word = segment.words[2]
    nonsense = Word(
        **{
            **{name: getattr(word, name) for name in word.__struct_fields__},
            "text": "trusquinette",
            "probability": 0.1,
        }
    )
    words = (*segment.words[:2], nonsense, *segment.words[3:])
    segments = (
        transcript.segments[0],
        replace_fields(segment, words=words),
        *transcript.segments[2:],
    )
    sources.files.transcript.write_bytes(
        bytes_from_record(replace_fields(transcript, segments=segments))
    )
    return sources_of(workspace)


def test_a_doubted_word_is_named_with_its_moment(
    sources: EpisodeSources, capsys: pytest.CaptureFixture[str]
) -> None:
    doubts = open_doubts(sources)
    found = next(doubt for doubt in doubts if "trusquinette" in doubt.text)
    moment = moment_of_doubt(found, sources.programme())
    print_doubts(sources, within=(moment - 10, moment + 10))
    said = capsys.readouterr().out
    assert "in it is doubted: " in said
    assert "trusquinette" in said
    print_doubts(sources, within=(0, 0))
    assert capsys.readouterr().out == ""
    print_doubts(sources)
    assert f"in {sources.slug} " in capsys.readouterr().out


def test_what_somebody_decided_is_doubted_no_more(sources: EpisodeSources) -> None:
    found = next(doubt for doubt in open_doubts(sources) if "trusquinette" in doubt.text)
    patch = {
        "list": "decisions",
        "at": 0,
        "removed": [],
        "inserted": [{"key": found.key, "verdict": "kept"}],
    }
    entry = {
        "revision": 1,
        "at": "2026-11-23T08:00:00+01:00",
        "client": "",
        "kind": "decide",
        "patches": [patch],
    }
    line = json.dumps(entry)
    sources.files.journal.parent.mkdir(parents=True, exist_ok=True)
    sources.files.journal.write_text(
        f"{line}\n{line[:20]}", encoding="utf-8"
    )  # the next one is being written
    assert all("trusquinette" not in doubt.text for doubt in open_doubts(sources))
    assert sources.files.journal.read_text(encoding="utf-8").endswith(line[:20])


def test_the_most_important_comes_first(
    sources: EpisodeSources, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = replace_fields(sources.facts(), remarks=("its end is missing: 0:00:39.9 can be read",))
    sources.files.facts.write_bytes(bytes_from_record(facts))
    alignment = sources.alignment()
    lost = replace_fields(
        alignment.questions[0], status="absent", start_ms=None, end_ms=None, confidence=0.0
    )
    sources.files.alignment.write_bytes(
        bytes_from_record(replace_fields(alignment, questions=(lost, *alignment.questions[1:])))
    )
    print_attention(CliContext(None), [sources])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "To look at, the most important first:"
    assert "its end is missing" in lines[1]
    assert "question 1 is not found" in lines[2]
    assert "doubted" in lines[-2]
    assert lines[-1].strip() == f"→ studio edit {sources.slug}"


def test_an_unchanged_episode_is_not_read_again_and_a_changed_one_is(
    sources: EpisodeSources,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(file_freshness, "_SETTLED_NS", -1)

    def told() -> str:
        cache = EpisodeCache(sources.workspace, "attention", EpisodeAttention)
        print_attention(CliContext(None), [sources_of(sources.workspace)], cache=cache)
        return capsys.readouterr().out

    facts = replace_fields(sources.facts(), remarks=("its end is missing: 0:00:39.9 can be read",))
    sources.files.facts.write_bytes(bytes_from_record(facts))
    told()  # the words' doubts are kept now
    first = told()
    assert "its end is missing" in first
    with monkeypatch.context() as patch:
        patch.setattr(EpisodeSources, "facts", lambda _: pytest.fail("it was read"))
        assert told() == first
    sources.files.facts.write_bytes(bytes_from_record(replace_fields(facts, remarks=())))
    assert "its end is missing" not in told()


def test_nothing_is_only_said_where_it_is_so(
    tmp_path: Path, sources: EpisodeSources, capsys: pytest.CaptureFixture[str]
) -> None:
    assert described_doubts((), sources.programme(), place="in it") == ""
    print_attention(CliContext(None), [])
    assert capsys.readouterr().out == ""
    said = CliRunner().invoke(main, ["-C", str(workspace_of(sources).root), "status"])
    assert said.exit_code == 0, said.output
    assert "0 to check" not in said.output
    assert " doubted: " in said.output


def test_nothing_is_not_said_before_words_were_searched(
    sources: EpisodeSources, capsys: pytest.CaptureFixture[str]
) -> None:
    """As after ``run --stage align``: the programme, on whose clock doubts are told, comes later."""
    sources.files.programme.unlink()
    sources.files.asr.parent.mkdir(parents=True, exist_ok=True)
    sources.files.asr.touch()
    print_attention(CliContext(None), [sources])
    assert "nothing to look at" not in capsys.readouterr().out


def workspace_of(sources: EpisodeSources) -> Workspace:
    return sources.workspace


def test_what_a_run_doubted_is_kept_until_something_changes(
    sources: EpisodeSources, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = open_doubts(sources)
    assert found
    assert not sources.files.doubts.exists()  # looking writes nothing
    assert open_doubts(sources, keep=True) == found

    def search_again(_: EpisodeSources) -> NoReturn:
        raise LookupError

    monkeypatch.setattr(open_doubts_module, "finder_of_episode", search_again)
    assert open_doubts(sources) == found
    for damaged in (b"{}", b"\xff", b""):
        kept = sources.files.doubts.read_bytes()
        sources.files.doubts.write_bytes(damaged)
        with pytest.raises(LookupError):
            open_doubts(sources)
        sources.files.doubts.write_bytes(kept)
    for path in (sources.files.transcript, sources.files.article, sources.files.alignment):
        before = path.read_bytes()
        path.write_bytes(before + b"\n")
        with pytest.raises(LookupError):
            open_doubts(sources)
        path.write_bytes(before)
    # A title is in no text that is searched; whoever speaks is.
    settings = sources.files.settings.read_text(encoding="utf-8")
    sources.files.settings.write_text(
        re.sub("^title = .*$", 'title = "Another"', settings, flags=re.MULTILINE), encoding="utf-8"
    )
    assert open_doubts(sources_of(sources.workspace)) == found
    for line in ('host = "Somebody Else"', 'type = "bonus"'):
        sources.files.settings.write_text(f"{line}\n{settings}", encoding="utf-8")
        with pytest.raises(LookupError):
            open_doubts(sources_of(sources.workspace))
    assert open_doubts(sources) == found


def test_a_passage_that_is_doubted_twice_is_named_once(sources: EpisodeSources) -> None:
    doubt, *_ = open_doubts(sources)
    voice = replace_fields(doubt, key="voice", kind="voice", weight=0.6)
    programme = sources.programme()
    told = described_doubts((doubt, voice), programme, place="in it")
    assert told == described_doubts((doubt,), programme, place="in it")
