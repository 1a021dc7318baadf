"""The show's glossary: whole words only, times kept, learnt from what was mended; and which stage a
new name wakes.
"""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from support.dummy_stages import DUMMIES, SLUG, TEXTS, cover_fixture, workspace_fixture  # noqa: F401
from support.fake_show import run_show
from support.outcomes import heard, true_outcome
from support.spoken import GUEST, HOST, transcript_from_lines

from studio.article.names import names_from_article
from studio.article.read import article_from_file
from studio.cli import main
from studio.corrections.glossary import learn_names, replace_spellings, spellings_in
from studio.corrections.proposal import Proposal
from studio.corrections.safeguards import CLEAR, KnownSpellings, veto_reason
from studio.editor.learnt_names import corrected_names, names_learnt
from studio.editor.transcript_diff import diff_transcripts
from studio.model.clock import RecordingMs
from studio.model.glossary import Glossary, GlossaryName, merge_names
from studio.model.record import bytes_from_record, replace_fields
from studio.model.transcript import AsrResult, Correction, Transcript, Utterance
from studio.pipeline.events import StageStarted
from studio.pipeline.stage import StageTable
from studio.pipeline.staged_outputs import StagedOutputs
from studio.pipeline.steps.text_stages import (
    MAX_GLOSSARY_NAMES,
    episode_prompt_names,
    prompt_names,
)
from studio.progress import Progress
from studio.workspace.layout import Workspace
from studio.workspace.settings import toml_with_names
from studio.workspace.sources import EpisodeSources, ShowSources

GLOSSARY = Glossary(
    names=(
        GlossaryName(name="Medinsoft", wrong=("Medessoft", "me d'un sauvet")),
        GlossaryName(name="CES de Las Vegas", wrong=("Cédula Végaz",)),
        GlossaryName(name="thecamp", wrong=("thécan",), used=3),
    )
)


def said(text: str) -> Transcript:
    return transcript_from_lines(((HOST, 1_000, 2_000, "Bonjour."), (GUEST, 3_000, 9_000, text)))


def replaced(text: str, glossary: Glossary = GLOSSARY) -> str:
    return replace_spellings(said(text), glossary).segments[1].text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("au nom de Medessoft.", "au nom de Medinsoft."),
        ("d'medessoft, « MEDESSOFT »", "d'Medinsoft, « Medinsoft »"),
        ("l'aventure me d’un sauvet?", "l'aventure Medinsoft?"),
        ("au Cédula Végaz, et", "au CES de Las Vegas, et"),
        ("au Cédula. Végaz et", "au Cédula. Végaz et"),
        ("Medessofts et xMedessoft et Medessoft-là", "Medessofts et xMedessoft et Medessoft-là"),
        ("Medinsoft et medinsoft", "Medinsoft et medinsoft"),
        ("", ""),
    ],
)
def test_known_spellings_are_replaced_as_whole_words(text: str, expected: str) -> None:
    assert replaced(text or "x") == (expected or "x")


def test_each_replacement_is_recorded_and_others_move_along() -> None:
    before = said("Au Cédula Végaz et chez Medessoft avec lui.")
    last = Correction(
        segment="s0002", word=7, heard="luit.", text="lui.", reason="wording", score=0.8
    )
    after = replace_spellings(replace_fields(before, corrections=(last,)), GLOSSARY)
    assert after.segments[1].text == "Au CES de Las Vegas et chez Medinsoft avec lui."
    records = [(one.word, one.heard, one.text, one.reason) for one in after.corrections]
    assert records == [
        (1, "Cédula Végaz", "CES de Las Vegas", "glossary"),
        (7, "Medessoft", "Medinsoft", "glossary"),
        (9, "luit.", "lui.", "wording"),
    ]
    for one in after.corrections:
        words = after.segments[1].words[one.word : one.word + len(one.text.split())]
        assert " ".join(word.text for word in words) == one.text


def test_what_the_article_has_settled_is_left_alone() -> None:
    settled = Correction(
        segment="s0002", word=1, heard="x", text="Medessoft", reason="name", score=0.9
    )
    before = replace_fields(said("Chez Medessoft."), corrections=(settled,))
    assert replace_spellings(before, GLOSSARY) == before


def test_what_a_person_taught_is_replaced_though_an_article_alone_might_not() -> None:
    """A name that was heard clearly and sounds otherwise: safeguards keep it from the article."""
    taught = Glossary(names=(GlossaryName(name="Medinsoft", wrong=("Larcher",)),))
    before = said("au nom de Larcher.")
    words = before.segments[1].words
    by_article = Proposal(3, 4, "Medinsoft.", similarity=0.2, agreement=0.5, anchors=0, kind="name")
    assert min(word.probability for word in words) > CLEAR
    assert veto_reason(words, by_article, KnownSpellings(frozenset(), frozenset({"medinsoft"})))
    assert replace_spellings(before, taught).segments[1].text == "au nom de Medinsoft."


def test_a_name_is_no_wrong_spelling_of_another() -> None:
    glossary = Glossary(
        names=(
            GlossaryName(name="Paoli"),
            GlossaryName(name="Pauli", wrong=("Paoli", "Pauly")),
            GlossaryName(name="X", wrong=("pauly",)),
        )
    )
    assert replaced("Paoli et Pauly", glossary) == "Paoli et Pauli"


WORDS = st.lists(
    st.text(alphabet="abé'-.,« ", min_size=1, max_size=6), min_size=1, max_size=12
).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(WORDS, st.lists(st.tuples(WORDS, st.lists(WORDS, max_size=3).map(tuple)), max_size=3))
def test_times_stay_and_whole_words_alone_change(
    text: str, names: list[tuple[str, tuple[str, ...]]]
) -> None:
    before = said(text if text.split() else "a")
    glossary = Glossary(names=tuple(GlossaryName(name=name, wrong=wrong) for name, wrong in names))
    after = replace_spellings(before, glossary)
    old, new = before.segments[1].words, after.segments[1].words
    assert after.segments[0] == before.segments[0]
    moments = [moment for word in new for moment in (word.start_ms, word.end_ms)]
    assert moments == sorted(moments)
    if new:
        # A spelling that holds a word of its name (« a a » for « a ») leaves that word its own
        # time.
        assert old[0].start_ms <= new[0].start_ms
        assert new[-1].end_ms <= old[-1].end_ms
    # What no record speaks of stands as it stood, with its times.
    changed = {
        place
        for one in after.corrections
        for place in range(one.word, one.word + len(one.text.split()))
    }
    assert {word for place, word in enumerate(new) if place not in changed} <= set(old)
    wrongs = {
        " ".join(wrong.replace("’", "'").lower().split()) for _, group in names for wrong in group
    }
    for one in after.corrections:
        inner = re.sub(r"^[ .,«']*(?:[cdjlmnst]|qu)?'?", "", one.heard.lower()).strip(" .,«'")
        assert any(inner in wrong or wrong in one.heard.lower() for wrong in wrongs)


def test_without_a_glossary_nothing_changes() -> None:
    before = said("Chez Medessoft.")
    assert replace_spellings(before, Glossary()) is before
    assert spellings_in(before.words, Glossary()) == ()


def test_only_the_spellings_that_were_heard_are_named() -> None:
    assert spellings_in(said("Chez medessoft et thécanal.").words, GLOSSARY) == (
        ("Medessoft", "Medinsoft"),
    )


# --- learning


def test_names_are_learnt_from_what_was_heard_in_their_place() -> None:
    hearing, _ = heard("002")
    names = names_from_article(
        article_from_file(Path(__file__).parent / "article" / "002-stephane-soto.txt")
    )
    learnt = {
        one.name: one.wrong for one in learn_names(hearing, true_outcome("002").transcript, names)
    }
    assert "Medessoft" in learnt["Medinsoft"]
    # « camp » was heard for « Grand », but is a word of its own.
    assert not {"camp", "le camp"} & {wrong for group in learnt.values() for wrong in group}


def hearing_of(transcript: Transcript) -> AsrResult:
    utterances = tuple(
        Utterance(start_ms=one.start_ms, end_ms=one.end_ms, words=one.words)
        for one in transcript.segments
    )
    return AsrResult(
        engine="faster",
        model="base",
        language="fr",
        duration_ms=RecordingMs(9_000),
        voice=(),
        names=(),
        utterances=utterances,
    )


def test_what_a_person_mended_is_learnt_and_everyday_words_are_not() -> None:
    hearing = hearing_of(said("Chez Medessoft avec le camp et Polizzi."))
    mended = said("Chez Medinsoft, avec le thecamp et Polizzi.")
    learnt = learn_names(hearing, mended, ["Medinsoft", "thecamp", "Polizzi", "Absent"])
    assert learnt == (GlossaryName(name="Medinsoft", wrong=("Medessoft",)),)


def test_merging_keeps_everything_and_counts_no_name_twice() -> None:
    more = (
        GlossaryName(name="Medinsoft", wrong=("Medessoft", "Médisoft"), used=5),
        GlossaryName(name="Neu"),
    )
    merged = merge_names(GLOSSARY, more)
    assert [one.name for one in merged.names] == ["Medinsoft", "CES de Las Vegas", "thecamp", "Neu"]
    assert merged.names[0] == GlossaryName(
        name="Medinsoft", wrong=("Medessoft", "me d'un sauvet", "Médisoft"), used=5
    )
    assert merge_names(merged, more) == merged
    assert merged.most_used(2) == ("Medinsoft", "thecamp")


# --- the file


def test_the_file_keeps_what_people_wrote() -> None:
    written = b'# mes noms\n[[names]]\nname = "Medinsoft" # le cluster\nwrong = ["Medessoft"]\n'
    content = toml_with_names(written, GLOSSARY, "x").decode()
    assert content.startswith("# mes noms\n")
    assert "# le cluster" in content
    assert toml_with_names(content.encode(), GLOSSARY, "x").decode() == content


# Without control characters, which no setting may have.
NAME_CHARACTERS = st.characters(
    codec="utf-8", exclude_categories=["Cc"], exclude_characters="\ufffe\uffff"
)


@given(
    st.lists(
        st.builds(
            GlossaryName,
            name=st.text(NAME_CHARACTERS, min_size=1),
            wrong=st.lists(st.text(NAME_CHARACTERS), max_size=2).map(tuple),
            used=st.integers(1, 99),
        ),
        max_size=4,
        unique_by=lambda one: one.name,
    )
)
def test_reading_gives_the_same_glossary(
    tmp_path_factory: pytest.TempPathFactory, names: list[GlossaryName]
) -> None:
    made = Workspace(tmp_path_factory.mktemp("show"))
    made.feed.mkdir()
    made.glossary.write_bytes(toml_with_names(b"", Glossary(names=tuple(names)), made.glossary))
    assert made.load_glossary() == Glossary(names=tuple(names))


@pytest.mark.parametrize(
    "written",
    [
        b"",
        b"# rien\n",
        b"names = []\n",
        b'names = [{name = "Medinsoft", wrong = ["Medessoft"]}]\n',
        b'[[names]]\nname = "Medinsoft"\n\n[[names]]\nname = "Seul" # ici\n',
        b'\xef\xbb\xbf[[names]]\r\nname = "Medinsoft"\r\nwrong = []\r\n',
    ],
)
def test_whatever_somebody_wrote_names_come_and_go(tmp_path: Path, written: bytes) -> None:
    made = Workspace(tmp_path)
    made.feed.mkdir()
    made.glossary.write_bytes(written)
    before = made.load_glossary()
    for glossary in (
        merge_names(before, GLOSSARY.names),
        before,
        merge_names(before, GLOSSARY.names),
        Glossary(),
    ):
        made.glossary.write_bytes(toml_with_names(made.glossary.read_bytes(), glossary, "x"))
        left = [one for one in made.load_glossary().names if one not in glossary.names]
        assert [one.name for one in left] == (
            ["Seul"] if not glossary.names and b"Seul" in written else []
        )
        assert set(glossary.names) <= set(made.load_glossary().names)


# --- in the show


def write_glossary(workspace: Workspace, glossary: Glossary) -> None:
    workspace.glossary.write_bytes(toml_with_names(b"", glossary, workspace.glossary))


def test_a_new_spelling_wakes_correct_where_it_was_heard_and_transcribes_nothing(
    workspace: Workspace,
) -> None:
    def hear(sources: EpisodeSources, draft: StagedOutputs, _: Progress) -> None:
        draft.write(sources.files.asr, bytes_from_record(hearing_of(said("Chez Medessoft."))))

    stages = tuple(
        dataclasses.replace(stage, run=hear, version=9) if stage.name == "transcribe" else stage
        for stage in DUMMIES.episode
    )
    table = StageTable(episode=stages, show=DUMMIES.show)

    def woken() -> list[str]:
        return [
            event.stage
            for event in run_show(workspace, table=table)
            if isinstance(event, StageStarted)
        ]

    assert woken()[0] == "transcribe"
    write_glossary(workspace, Glossary(names=(GlossaryName(name="Ailleurs", wrong=("Allieurs",)),)))
    assert woken() == []
    write_glossary(workspace, GLOSSARY)
    assert woken() == TEXTS
    assert woken() == []


def test_the_most_used_names_are_told_after_the_articles_own(workspace: Workspace) -> None:
    told = episode_prompt_names(ShowSources(workspace).episode(SLUG))
    write_glossary(
        workspace,
        Glossary(
            names=tuple(GlossaryName(name=f"Nom{number}", used=number) for number in range(50))
        ),
    )
    sources = ShowSources(workspace).episode(SLUG)
    heard_names = prompt_names(sources)
    assert episode_prompt_names(sources) == told == heard_names[: len(told)]
    assert heard_names[len(told) :] == tuple(
        f"Nom{number}" for number in range(49, 49 - MAX_GLOSSARY_NAMES, -1)
    )


def studio_says(workspace: Workspace, *words: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, ["-C", str(workspace.root), "glossary", *words])
    assert result.exit_code == code, result.output
    return result.output


def test_the_commands_list_add_and_learn(workspace: Workspace) -> None:
    assert "empty" in studio_says(workspace, "list")
    studio_says(workspace, "add", "Medinsoft", "Médisoft")
    assert "Médisoft" in studio_says(workspace, "list")
    files = workspace.episode(SLUG)
    files.asr.write_bytes(bytes_from_record(hearing_of(said("Chez Medessoft."))))
    files.machine_transcript.write_bytes(
        bytes_from_record(said("Chez Medessoft avec Pauline Krépain."))
    )
    files.transcript.write_bytes(bytes_from_record(said("Chez Medinsoft avec Pauline Crespin.")))
    assert "Medessoft" in studio_says(workspace, "learn", SLUG)
    assert "Medessoft" not in studio_says(workspace, "list")
    assert "Next: " in studio_says(workspace, "learn", SLUG, "--write")
    # Crespin is in no article: a person put it there.
    assert workspace.load_glossary().names == (
        GlossaryName(name="Medinsoft", wrong=("Médisoft", "Medessoft")),
        GlossaryName(name="Crespin", wrong=("Krépain",)),
    )
    # All is known now, whichever episodes are asked.
    assert "Nothing to learn" in studio_says(workspace, "learn", SLUG)
    assert "Nothing to learn" in studio_says(workspace, "learn")
    workspace.glossary.write_text("[[names]]\n", encoding="utf-8")
    assert "glossary.toml" in studio_says(workspace, "list", code=1)


def test_names_that_come_back_from_article_to_article_are_learnt(workspace: Workspace) -> None:
    files = workspace.episode(SLUG)
    for path in (files.machine_transcript, files.transcript):
        path.write_bytes(bytes_from_record(said("Rien.")))
    files.asr.write_bytes(bytes_from_record(hearing_of(said("Rien."))))
    assert names_learnt(ShowSources(workspace), [SLUG]) == ()
    other = workspace.episode("003-autre")
    other.folder.mkdir(parents=True)
    settings = files.settings.read_text(encoding="utf-8")
    other.settings.write_text(settings.replace("number = 2", "number = 3"), encoding="utf-8")
    other.article.write_text(files.article.read_text(encoding="utf-8"), encoding="utf-8")
    learnt = {one.name: one for one in names_learnt(ShowSources(workspace), [SLUG])}
    assert learnt["Medinsoft"] == GlossaryName(name="Medinsoft", used=2)


@pytest.mark.parametrize(
    ("before", "after", "lessons"),
    [
        (
            "avec Stefan Pauli. Alloir adjoint",
            "avec Stéphane Paoli, alors adjoint",
            [("Stéphane Paoli", "Stefan Pauli")],
        ),
        (
            "la ville d'Examprovance",
            "la ville d'Aix-en-Provence",
            [("Aix-en-Provence", "Examprovance")],
        ),
        (
            "Chez me d'un sauvet? Alors",
            "Chez Medinsoft? Alors, euh",
            [("Medinsoft", "me d'un sauvet")],
        ),
        ("Soto, épisode 2", "Soto. Épisode deux", []),  # a sentence's capital
        ("à thecamp aux jeux", "à thecamp, aux enjeux", []),
        ("avec le tékampe demain", "avec thecamp demain", [("thecamp", "tékampe")]),
        (
            "je suis amartique dans",
            "je suis à Martigues dans",
            [("Martigues", "")],
        ),  # « à » was swallowed
        (
            "un entrepôt, Avignon, pour",
            "un entrepôt à Vitrolles, pour",
            [("Vitrolles", "")],
        ),  # Avignon is no way to say Vitrolles
        (
            "merci Stéphanie Soto",
            "merci Stéphane Soto",
            [("Stéphane", "")],
        ),  # there is a Stéphanie, too
    ],
)
def test_what_people_change_tells_which_names_to_teach(
    before: str, after: str, lessons: list[tuple[str, str]]
) -> None:
    comparison = diff_transcripts(said(before), said(after))
    assert [
        (one.name, one.heard) for one in corrected_names(comparison, ["thecamp", "Stéphanie Ragu"])
    ] == lessons
