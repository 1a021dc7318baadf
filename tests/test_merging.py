"""Corrections survive a new transcription: what a person changed stands, everything else is the
machine's newest.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.interviews import truth_of
from support.outcomes import HERE, heard
from support.retimed import assert_goes_forward, passages
from support.spoken import transcript_from_lines

from studio.article.read import article_from_file
from studio.model.clock import RecordingMs
from studio.model.plain_transcript import SpokenPassage
from studio.model.record import replace_fields
from studio.model.transcript import Correction, Segment, Transcript, Word
from studio.speakers.speaker_assignment import transcript_from_asr
from studio.transcript.retiming import retime_transcript, words_in_text
from studio.transcript.sequence_diff import diff_blocks
from studio.transcript.transcript_merge import Merge, merge_transcripts

LINES = (
    ("A", 0, 4_000, "Bonjour et bienvenue dans cette émission."),
    ("B", 5_000, 10_000, "Merci, nous avons créé les aféliers rivage en 2015 à Martigues."),
    ("A", 11_000, 13_000, "Et ça marche ?"),
    ("B", 14_000, 19_000, "Très bien, on forme trois cent personnes par an."),
)
BASE = replace_fields(
    transcript_from_lines(LINES),
    segments=tuple(
        replace_fields(
            segment, words=tuple(replace_fields(word, probability=0.7) for word in segment.words)
        )
        for segment in transcript_from_lines(LINES).segments
    ),
)


def person(transcript: Transcript, *changes: tuple[str, str]) -> Transcript:
    """What a person makes of it by writing."""
    texts = passages(transcript)
    for old, new in changes:
        assert sum(old in one.text for one in texts) == 1, old
        texts = [replace_fields(one, text=one.text.replace(old, new)) for one in texts]
    return retime_transcript(transcript, texts)


def machine(transcript: Transcript, *changes: tuple[str, str], by_ms: int = 0) -> Transcript:
    """What a new transcription is: other words, everything a little earlier or later, nothing a
    person's.
    """
    new = person(transcript, *changes)
    segments = tuple(
        replace_fields(
            segment,
            start_ms=segment.start_ms + by_ms,
            end_ms=segment.end_ms + by_ms,
            words=tuple(
                replace_fields(
                    word,
                    start_ms=word.start_ms + by_ms,
                    end_ms=word.end_ms + by_ms,
                    probability=0.8,
                )
                for word in segment.words
            ),
        )
        for segment in new.segments
    )
    return replace_fields(new, segments=segments, corrections=())


def text_of(transcript: Transcript) -> str:
    return " ".join(word.text for word in transcript.words)


def test_a_person_who_changed_nothing_gets_the_new_text() -> None:
    theirs = machine(BASE, ("Très bien", "Assez bien"), by_ms=40)
    assert merge_transcripts(BASE, BASE, theirs) == Merge(theirs, 0, 0)


def test_a_machine_that_hears_the_same_leaves_the_persons_text_alone() -> None:
    mine = person(BASE, ("aféliers rivage", "Ateliers Rivage"), ("Et ça", "Et cela, ça"))
    merge = merge_transcripts(BASE, mine, BASE)
    assert (merge.transcript, merge.carried, merge.conflicts) == (mine, 2, 0)


def test_both_changes_come_together_at_different_places() -> None:
    mine = person(BASE, ("aféliers rivage", "Ateliers Rivage"))
    theirs = machine(BASE, ("trois cent", "trois cents"), by_ms=60)
    merge = merge_transcripts(BASE, mine, theirs)
    assert text_of(merge.transcript) == text_of(mine).replace("trois cent", "trois cents")
    assert (merge.carried, merge.conflicts) == (1, 0)
    now = {word.text: word for word in merge.transcript.words}
    for word in theirs.words:
        if word.text not in {"aféliers", "rivage"}:
            assert now[word.text] == word
    assert now["Ateliers"].probability == 1.0
    assert (
        abs(
            now["Ateliers"].start_ms
            - next(word.start_ms for word in theirs.words if word.text == "aféliers")
        )
        == 0
    )


def test_where_both_changed_the_same_words_the_persons_stand_and_both_are_told() -> None:
    mine = person(BASE, ("aféliers rivage", "Ateliers Rivage"))
    theirs = machine(BASE, ("aféliers rivage", "aux filières visages"))
    merge = merge_transcripts(BASE, mine, theirs)
    assert "les Ateliers Rivage en 2015" in text_of(merge.transcript)
    assert (merge.carried, merge.conflicts) == (1, 1)
    (conflict,) = merge.transcript.corrections
    assert (conflict.text, conflict.heard, conflict.reason) == (
        "Ateliers Rivage",
        "aux filières visages",
        "conflict",
    )
    segment = next(
        segment for segment in merge.transcript.segments if segment.id == conflict.segment
    )
    assert [word.text for word in segment.words[conflict.word : conflict.word + 2]] == [
        "Ateliers",
        "Rivage",
    ]
    # Nobody has decided yet: the next transcription leaves it standing.
    again = merge_transcripts(theirs, merge.transcript, machine(theirs, ("Et ça", "Est-ce que ça")))
    assert [(one.text, one.heard) for one in again.transcript.corrections] == [
        ("Ateliers Rivage", "aux filières visages")
    ]
    # The machine hears it, too: nothing is left to decide.
    agreed = merge_transcripts(
        theirs, merge.transcript, machine(BASE, ("aféliers rivage", "Ateliers Rivage"))
    )
    assert (agreed.conflicts, agreed.transcript.corrections) == (0, ())


def test_what_the_person_took_away_stays_away_and_the_word_before_tells_of_it() -> None:
    mine = person(BASE, ("en 2015 ", ""))
    assert "2015" not in text_of(
        merge_transcripts(BASE, mine, machine(BASE, ("Et ça", "Est-ce que ça"))).transcript
    )
    merge = merge_transcripts(BASE, mine, machine(BASE, ("en 2015", "en deux mille seize")))
    assert "rivage à Martigues" in text_of(merge.transcript)
    (conflict,) = merge.transcript.corrections
    assert (conflict.text, conflict.heard) == ("rivage", "rivage en deux mille seize")


def test_speakers_and_passages_that_a_person_set_stand() -> None:
    texts = passages(BASE)
    halves = [
        SpokenPassage(speaker="B", text="Merci,"),
        SpokenPassage(speaker="C", text=texts[1].text.removeprefix("Merci, ")),
    ]
    named = [texts[0], *halves, *texts[2:]]
    mine = retime_transcript(
        BASE,
        [
            replace_fields(one, speaker="Anne" if one.speaker == "A" else one.speaker)
            for one in named
        ],
    )
    theirs = machine(BASE, ("Et ça marche", "Dites-nous, est-ce que ça marche"))
    merged = merge_transcripts(BASE, mine, theirs).transcript
    assert [(one.speaker, one.words[0].text) for one in merged.segments] == [
        ("Anne", "Bonjour"),
        ("B", "Merci,"),
        ("C", "nous"),
        ("Anne", "Dites-nous,"),
        ("B", "Très"),
    ]
    assert len({segment.id for segment in merged.segments}) == 5


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("nous avons", "nous avions"),
        ("Merci, nous", "Merci nous vous"),
        ("créé les", "créé tous les"),
        ("Martigues.", "Marseille."),
    ],
)
def test_who_speaks_stays_where_the_machine_hears_other_words_now(old: str, new: str) -> None:
    """A turn that a person gave to another person, and joined to the one before, is not broken up
    by what is heard otherwise in it.
    """
    turns = passages(BASE)
    joined = f"{turns[0].text} {turns[1].text}"
    mine = retime_transcript(BASE, [replace_fields(turns[0], text=joined), *turns[2:]])
    merged = merge_transcripts(BASE, mine, machine(BASE, (old, new))).transcript
    first = passages(merged)[0]
    assert (first.speaker, first.text) == ("A", joined.replace(old, new))


def test_whom_the_machine_hears_in_between_speaks_where_nobody_said_otherwise() -> None:
    turns = passages(BASE)
    before, after = turns[1].text.split(" aféliers", 1)
    heard = [
        turns[0],
        replace_fields(turns[1], text=before),
        replace_fields(turns[2], text="Oui."),
        replace_fields(turns[1], text=f"aféliers{after}"),
    ]
    theirs = retime_transcript(BASE, [*heard, *turns[2:]])
    merged = merge_transcripts(
        BASE, person(BASE, ("Très bien", "Très très bien")), theirs
    ).transcript
    assert [one.speaker for one in passages(merged)] == ["A", "B", "A", "B", "A", "B"]


def test_a_word_whose_start_was_set_by_ear_keeps_it() -> None:
    segments = list(BASE.segments)
    first, second, *others = segments[0].words
    moved = (
        replace_fields(first, end_ms=first.end_ms - 90),
        replace_fields(second, start_ms=first.end_ms - 90),
        *others,
    )
    segments[0] = replace_fields(segments[0], words=moved)
    mine = replace_fields(BASE, segments=tuple(segments))
    theirs = machine(BASE, ("Et ça", "Est-ce que ça"))
    merged = merge_transcripts(BASE, mine, theirs).transcript
    assert merged.words[:2] == tuple(
        replace_fields(word, probability=theirs.words[place].probability)
        for place, word in enumerate(moved[:2])
    )
    # Where the machine heard it elsewhere, its time is the newer one.
    elsewhere = machine(BASE, ("Et ça", "Est-ce que ça"), by_ms=30)
    assert merge_transcripts(BASE, mine, elsewhere).transcript.words[:2] == elsewhere.words[:2]


def test_a_recording_whose_start_was_cut_off_moves_everything() -> None:
    mine = person(BASE, ("aféliers rivage", "Ateliers Rivage"))
    theirs = machine(BASE, ("Et ça", "Est-ce que ça"), by_ms=600_000)
    merged = merge_transcripts(BASE, mine, theirs).transcript
    assert "Ateliers Rivage" in text_of(merged)
    assert merged.words[0].start_ms == theirs.words[0].start_ms


def test_corrections_of_the_machine_are_listed_where_their_words_came_in() -> None:
    theirs = machine(BASE, ("trois cent", "trois cents"))
    place = [word.text for word in theirs.segments[3].words].index("cents")
    noted = Correction(
        segment=theirs.segments[3].id,
        word=place,
        heard="sang",
        text="cents",
        reason="wording",
        score=0.9,
    )
    other = Correction(
        segment=theirs.segments[1].id,
        word=5,
        heard="affilié",
        text="aféliers",
        reason="wording",
        score=0.8,
    )
    mine = person(BASE, ("aféliers rivage", "Ateliers Rivage"), ("Très bien", "Oui, très bien"))
    merged = merge_transcripts(
        BASE, mine, replace_fields(theirs, corrections=(noted, other))
    ).transcript
    (left,) = merged.corrections
    segment = next(segment for segment in merged.segments if segment.id == left.segment)
    assert (left.text, segment.words[left.word].text) == ("cents", "cents")


# --- whatever both do


def long_words(chance: random.Random) -> Transcript:
    """Words of which none is there twice, with pauses between them."""
    segments, at = [], 0
    for number in range(chance.randint(1, 5)):
        words = []
        for place in range(chance.randint(1, 9)):
            at += chance.randint(120, 900)
            words.append(
                Word(
                    text=f"mot{number}x{place}",
                    start_ms=RecordingMs(at),
                    end_ms=RecordingMs(at + 100),
                    probability=0.5,
                )
            )
            at += 100
        segments.append(
            Segment(
                id=f"s{number + 1:04}",
                speaker="AB"[number % 2],
                start_ms=words[0].start_ms,
                end_ms=words[-1].end_ms,
                words=tuple(words),
            )
        )
    return Transcript(language="fr", segments=tuple(segments))


def changed_by_machine(transcript: Transcript, chance: random.Random) -> Transcript:
    """Some words are others, some are missing, some are new, all of them a little elsewhere;
    segments are others as well.
    """
    words: list[tuple[Word, str | None, bool]] = []
    latest = 0
    for segment in transcript.segments:
        for place, word in enumerate(segment.words):
            start = max(latest, word.start_ms + chance.randint(-50, 50))
            end = start + chance.randint(60, 110)
            fate = chance.random()
            if fate < 0.12 and len(words) + 1 < len(transcript.words):
                continue
            text = f"neuf{word.text}" if fate < 0.3 else word.text
            new = replace_fields(
                word,
                text=text,
                start_ms=RecordingMs(start),
                end_ms=RecordingMs(end),
                probability=0.6,
            )
            words.append((new, segment.speaker, (place == 0) != (chance.random() < 0.05)))
            latest = end
            if fate > 0.9:
                extra = replace_fields(
                    new,
                    text=f"plus{word.text}",
                    start_ms=RecordingMs(end),
                    end_ms=RecordingMs(end + 20),
                )
                words.append((extra, segment.speaker, False))
                latest = end + 20
    segments: list[Segment] = []
    for word, speaker, begins in words:
        if segments and not begins and segments[-1].speaker == speaker:
            segments[-1] = replace_fields(
                segments[-1], words=(*segments[-1].words, word), end_ms=word.end_ms
            )
        else:
            name = f"s{len(segments) + 1:04}"
            segments.append(
                Segment(
                    id=name,
                    speaker=speaker,
                    start_ms=word.start_ms,
                    end_ms=word.end_ms,
                    words=(word,),
                )
            )
    return replace_fields(transcript, segments=tuple(segments))


def changed_by_person(transcript: Transcript, chance: random.Random) -> Transcript:
    texts = [
        (segment.speaker, [word.text for word in segment.words]) for segment in transcript.segments
    ]
    for number in range(chance.randint(0, 12)):
        place = chance.randrange(len(texts))
        speaker, words = texts[place]
        spot = chance.randrange(len(words)) if words else 0
        match chance.choice(["change", "add", "remove", "join", "split", "speaker"]):
            case "change" if words:
                words[spot] = f"main{number}"
            case "add":
                words.insert(spot, f"main{number}")
            case "remove" if len(words) > 1:
                del words[spot]
            case "join" if place + 1 < len(texts):
                texts[place : place + 2] = [(speaker, words + texts[place + 1][1])]
            case "split" if len(words) > 1:
                texts[place : place + 1] = [(speaker, words[:spot]), (speaker, words[spot:])]
            case "speaker":
                texts[place] = (chance.choice(["A", "B", "C"]), words)
    return retime_transcript(
        transcript,
        [SpokenPassage(speaker=speaker, text=" ".join(words)) for speaker, words in texts],
    )


def texts_in(words: Sequence[Word]) -> list[str]:
    """The words; which apostrophe they have is typography, which re-timing leaves alone."""
    return [word.text.replace("’", "'") for word in words]


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32))
def test_nothing_of_a_person_is_lost_and_nothing_else_is_old(seed: int) -> None:
    chance = random.Random(seed)
    base = long_words(chance)
    mine, theirs = changed_by_person(base, chance), changed_by_machine(base, chance)
    merge = merge_transcripts(base, mine, theirs)
    merged = merge.transcript
    assert_goes_forward(merged.words)
    for before, after in itertools.pairwise(merged.segments):
        assert before.end_ms <= after.start_ms
    assert len({segment.id for segment in merged.segments}) == len(merged.segments)
    now = texts_in(merged.words)
    # Every word that the person wrote is there, in the person's order.
    written = [text for text in texts_in(mine.words) if text.startswith("main")]
    assert [text for text in now if text.startswith("main")] == written
    # A word that the person took away does not come back; one that the machine lost does not stay,
    # unless the person touched its place.
    gone = set(texts_in(base.words)) - set(texts_in(mine.words))
    assert not gone & set(now)
    # What is not the person's is the machine's to the letter and the millisecond; only a word
    # before a new one may share its end.
    known = {word.text: word for word in theirs.words}
    for word, following in itertools.zip_longest(merged.words, merged.words[1:]):
        if word.text in known and not word.text.startswith("main"):
            shared = replace_fields(word, end_ms=known[word.text].end_ms) == known[word.text]
            assert word == known[word.text] or (
                shared and following is not None and following.text not in known
            )
    # Nothing that only the machine changed is left out.
    if mine == base:
        assert merged == theirs
    for one in merged.corrections:
        segment = next(segment for segment in merged.segments if segment.id == one.segment)
        assert segment.words[one.word].text == one.text.split()[0]
    assert merge.conflicts >= len(merged.corrections) > 0 or not merge.conflicts
    # Merging once more with the same new text changes nothing.
    assert texts_in(merge_transcripts(theirs, merged, theirs).transcript.words) == now


@pytest.mark.parametrize("other", ["002-told-durand", "002-told-atelier"])
def test_a_real_second_hearing(other: str) -> None:
    """The same recording heard twice, each time told other names; a person corrected the first text
    as the truth has it.
    """
    article = article_from_file(HERE / "article" / "002-stephane-soto.txt")
    transcripts = []
    for name in ("002", other):
        hearing, voices = heard(name)
        transcripts.append(
            transcript_from_asr(hearing, voices, article, host="Host", guests=article.guests)
        )
    base, theirs = transcripts
    truth = truth_of("002-stephane-soto")["utterances"]
    half = truth[: len(truth) // 2]
    until = round(half[-1]["end"] * 1000)
    spoken = words_in_text(" ".join(utterance["text"] for utterance in half))
    rest = [segment for segment in base.segments if segment.start_ms >= until]
    mine = retime_transcript(
        base,
        [
            SpokenPassage(speaker="Host", text=" ".join(spoken)),
            *(SpokenPassage(speaker=one.speaker, text=one.text) for one in rest),
        ],
    )
    merge = merge_transcripts(base, mine, theirs)
    assert_goes_forward(merge.transcript.words)
    assert merge.carried > 20
    now = texts_in(merge.transcript.words)
    # What the person changed is there word for word.
    for block in diff_blocks(texts_in(base.words), texts_in(mine.words)):
        if not block.alike and block.other_last > block.other_first:
            wanted = texts_in(mine.words)[block.other_first : block.other_last]
            assert any(now[at : at + len(wanted)] == wanted for at in range(len(now))), wanted
    # The other half, which nobody touched, is the new one.
    touched = mine.words[len(spoken) - 1].end_ms
    fresh = [word for word in theirs.words if word.start_ms > touched + 3000]
    assert set(fresh) <= set(merge.transcript.words)
    assert merge.conflicts < merge.carried
