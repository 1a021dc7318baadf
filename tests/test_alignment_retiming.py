"""A corrected text gets its times back: untouched words keep theirs, new ones lie between, nothing
goes backwards.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.retimed import assert_goes_forward, passages
from support.spoken import GUEST, HOST, INTERVIEW, transcript_from_lines

from studio.model.clock import RecordingMs
from studio.model.plain_transcript import CueText, SpokenPassage
from studio.model.record import replace_fields
from studio.model.transcript import Correction, Segment, Transcript, Word
from studio.transcript.retiming import (
    passages_from_cues,
    retime_transcript,
    retime_words,
    words_in_text,
)

TRANSCRIPT = transcript_from_lines(INTERVIEW)
WORDS = [
    "alors",
    "Medinsoft",
    "euh",
    "SSII,",
    "l’idée",
    "2003",
    "un",
    "« oui »",
    "pas",
    "voilà.",
    "e\u0301té",
    "😀",
    "?",
]


def spoken(*words: tuple[str, int, int]) -> list[Word]:
    return [
        Word(text=text, start_ms=RecordingMs(start), end_ms=RecordingMs(end), probability=0.5)
        for text, start, end in words
    ]


def times(words: Sequence[Word]) -> list[tuple[str, int, int]]:
    return [(word.text, word.start_ms, word.end_ms) for word in words]


def test_an_untouched_text_is_the_same_transcript() -> None:
    assert retime_transcript(TRANSCRIPT, passages(TRANSCRIPT)) == TRANSCRIPT


def test_french_typography_changes_nothing() -> None:
    set_by_a_word_processor = [
        SpokenPassage(
            speaker=one.speaker,
            text=one.text.replace("'", "’").replace("?", "\u202f?").replace(" au ", "\u00a0au "),
        )
        for one in passages(TRANSCRIPT)
    ]
    assert retime_transcript(TRANSCRIPT, set_by_a_word_processor) == TRANSCRIPT


def test_a_sign_that_was_a_word_of_its_own_stays_one() -> None:
    old = spoken(
        ("«", 0, 10), ("Bonjour", 10, 300), ("»", 300, 310), ("?", 310, 320), ("oui", 900, 1000)
    )
    assert retime_words(old, ["« Bonjour » ? oui"]) == tuple(old)


def test_one_word_for_one_word_takes_its_time_and_is_a_persons() -> None:
    old = spoken(("nous", 0, 100), ("mets", 100, 300), ("disons", 900, 1200))
    assert retime_words(old, ["nous", "mais", "disons"]) == (
        old[0],
        replace_fields(old[1], text="mais", probability=1.0),
        old[2],
    )


def test_capitals_and_punctuation_keep_the_time() -> None:
    old = spoken(("les", 0, 100), ("gafam", 100, 300))
    assert times(retime_words(old, ["Les", "Gafam."])) == [("Les", 0, 100), ("Gafam.", 100, 300)]


def test_several_words_share_the_time_of_one_by_their_letters() -> None:
    assert times(retime_words(spoken(("daccord", 1000, 1900)), ["bien", "sûr", "ça"])) == [
        ("bien", 1000, 1399), ("sûr", 1399, 1699), ("ça", 1699, 1900)
    ]  # fmt: skip


def test_no_word_is_stretched_over_a_pause() -> None:
    old = spoken(("un", 0, 400), ("deux", 3000, 3400), ("fin", 3400, 3600))
    for new in (
        ["alpha", "bêta", "gamma", "fin"],
        ["tout", "fin"],
        ["alpha", "bêta", "gamma", "delta", "fin"],
    ):
        for word in retime_words(old, new)[:-1]:
            assert word.end_ms <= 400 or word.start_ms >= 3000, (new, word)


def test_a_word_that_was_added_stays_near_its_neighbour() -> None:
    old = spoken(("un", 0, 400), ("deux", 5000, 5400))
    (_, added, _) = retime_words(old, ["un", "petit", "deux"])
    assert (added.start_ms, added.end_ms) == (400, 400 + 5 * 70)
    (first, *_) = retime_words(old, ["donc", "un", "deux"], from_ms=0)
    assert (
        first.start_ms == 0
    )  # nothing is before the start of the recording: the word after makes room
    (*_, last) = retime_words(old, ["un", "deux", "trois"], until_ms=5500)
    assert (last.start_ms, last.end_ms) == (5400, 5500)


def test_where_there_is_no_room_the_word_before_shares_its_time() -> None:
    old = spoken(("on", 0, 400), ("est", 400, 700))
    new = retime_words(old, ["on", "n'", "est"])
    assert_goes_forward(new)
    assert (new[0].start_ms, new[2]) == (0, old[1])


def test_segments_are_joined_and_split_and_keep_who_they_are() -> None:
    texts = passages(TRANSCRIPT)
    joined = replace_fields(texts[4], text=texts[4].text + " " + texts[5].text)
    halves = [replace_fields(texts[7], text=half) for half in texts[7].text.split(" avec ", 1)]
    new = retime_transcript(
        TRANSCRIPT,
        [
            *texts[:4],
            joined,
            texts[6],
            halves[0],
            replace_fields(halves[1], text="avec " + halves[1].text, speaker=HOST),
        ],
    )
    assert new.words == tuple(word for segment in TRANSCRIPT.segments[:8] for word in segment.words)
    assert [segment.id for segment in new.segments] == [
        "s0001",
        "s0002",
        "s0003",
        "s0004",
        "s0006",
        "s0007",
        "s0011",
        "s0008",
    ]
    assert (new.segments[4].start_ms, new.segments[4].end_ms) == (12717, 29405)
    assert [segment.speaker for segment in new.segments[-2:]] == [GUEST, HOST]


def test_a_correction_is_listed_until_somebody_changes_it() -> None:
    noted = replace_fields(
        TRANSCRIPT,
        corrections=(
            Correction(
                segment="s0004", word=4, heard="Mets", text="Medinsoft?", reason="name", score=0.9
            ),
            Correction(
                segment="s0001", word=3, heard="Stef", text="Stéphane", reason="name", score=0.8
            ),
        ),
    )
    texts = passages(noted)
    texts[0] = replace_fields(texts[0], text=texts[0].text.replace("Trois", "Bonjour ! Trois"))
    texts[3] = replace_fields(texts[3], text="Comment a commencé Médinsofte ?")
    (left,) = retime_transcript(noted, texts).corrections
    assert (left.segment, left.word, left.text) == ("s0001", 4, "Stéphane")


def test_whatever_is_typed_every_word_is_there_once() -> None:
    assert words_in_text("« Bonjour ! » dit-il : 12 000 €…") == [
        "«Bonjour!»",
        "dit-il:",
        "12",
        "000€…",
    ]
    assert words_in_text("\u200b \x00") == []
    assert words_in_text("?") == ["?"]


Text = tuple[str | None, list[str]]


def long_words(chance: random.Random) -> Transcript:
    """Words of which none is there twice, at least 60 ms between them."""
    lines, at = [], 0
    for number in range(chance.randint(1, 6)):
        line = []
        for place in range(chance.randint(1, 12)):
            at += chance.randint(60, 900)
            length = chance.randint(40, 500)
            line.append(
                Word(
                    text=f"mot{number}x{place}",
                    start_ms=RecordingMs(at),
                    end_ms=RecordingMs(at + length),
                    probability=0.5,
                )
            )
            at += length
        lines.append(line)
    return Transcript(
        language="fr",
        segments=tuple(
            Segment(
                id=f"s{number:04}",
                speaker="AB"[number % 2],
                start_ms=line[0].start_ms,
                end_ms=line[-1].end_ms,
                words=tuple(line),
            )
            for number, line in enumerate(lines, 1)
        ),
    )


def edit(texts: list[Text], chance: random.Random) -> None:
    place = chance.randrange(len(texts))
    speaker, words = texts[place]
    spot = chance.randrange(max(1, len(words)))
    match chance.choice(["change", "add", "remove", "join", "split", "speaker"]):
        case "change" if words:
            words[spot] = chance.choice(WORDS)
        case "add" if sum(len(own) for _, own in texts) < 60:
            words.insert(spot, chance.choice(WORDS))
        case "remove" if words and chance.random() < 0.3:
            del words[spot]
        case "join" if place + 1 < len(texts):
            texts[place : place + 2] = [(speaker, words + texts[place + 1][1])]
        case "split" if len(words) > 1:
            texts[place : place + 1] = [(speaker, words[:spot]), (speaker, words[spot:])]
        case "speaker":
            texts[place] = (chance.choice(["A", "B", None]), words)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_two_hundred_edits_leave_the_rest_alone(seed: int) -> None:
    chance = random.Random(seed)
    old = long_words(chance)
    texts: list[Text] = [
        (segment.speaker, [word.text for word in segment.words]) for segment in old.segments
    ]
    for _ in range(200):
        edit(texts, chance)
    new = retime_transcript(
        old, [SpokenPassage(speaker=speaker, text=" ".join(words)) for speaker, words in texts]
    )
    assert_goes_forward(new.words)
    for segment in new.segments:
        assert segment.start_ms <= segment.words[0].start_ms
        assert segment.words[-1].end_ms <= segment.end_ms
    for before, after in itertools.pairwise(new.segments):
        assert before.end_ms <= after.start_ms
    assert len({segment.id for segment in new.segments}) == len(new.segments)
    assert [word.text for word in new.words] == [
        word for _, words in texts for word in words_in_text(" ".join(words))
    ]
    now = {word.text: word for word in new.words}
    # Additions are short beside the gaps between these words: none has to give way.
    assert [now[word.text] for word in old.words if word.text in now] == [
        word for word in old.words if word.text in now
    ]


def test_captions_ask_for_the_words_of_a_transcript_only_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They are gathered anew each time: for each of three hours of words that took 20 s."""
    known, gathered = TRANSCRIPT.words, 0

    def counted(_: Transcript) -> tuple[Word, ...]:
        nonlocal gathered
        gathered += 1
        return known

    monkeypatch.setattr(Transcript, "words", property(counted))
    passages_from_cues(TRANSCRIPT, [CueText(speaker=None, text="autre")], lambda _: True)
    assert gathered == 1
