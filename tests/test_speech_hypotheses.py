"""What tells a good reading of a window, and what of the speech no reading covers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from studio.model.clock import RecordingMs, Span
from studio.model.transcript import Utterance, Word
from studio.speech.hypotheses import (
    MIN_UNHEARD_MS,
    Decoded,
    EncodedWindow,
    Hypothesis,
    best_hypothesis,
    clamp_word_durations,
    impossible_repeats,
    unheard,
)


def span(start_ms: int, end_ms: int) -> Span:
    return Span(start_ms=RecordingMs(start_ms), end_ms=RecordingMs(end_ms))


def hypothesis(text: str, mean_logprob: float = -0.2) -> Hypothesis:
    return Hypothesis(
        window=span(0, 10_000),
        text=text,
        decoded=Decoded(tokens=(1,), mean_logprob=mean_logprob, no_speech=0.01),
        encoding=EncodedWindow(features=None, encoded_ms=20_000),
    )


def heard(*times: tuple[int, int]) -> list[Utterance]:
    return [
        Utterance(
            start_ms=RecordingMs(start),
            end_ms=RecordingMs(end),
            words=(
                Word(
                    text="mot",
                    start_ms=RecordingMs(start),
                    end_ms=RecordingMs(end),
                    probability=0.9,
                ),
            ),
        )
        for start, end in times
    ]


SENTENCE = "Nous avons ouvert la maison en deux mille quatorze avec trois personnes."


SHORT = "Nous avons ouvert."
VOICE = [span(0, 4_000)]
USUAL_RATE = 15.0


def test_the_most_probable_of_the_full_readings_is_believed() -> None:
    hypotheses = [hypothesis(SENTENCE, -0.5), hypothesis(SENTENCE, -0.3), hypothesis(SHORT, -0.1)]
    assert best_hypothesis(hypotheses, VOICE, USUAL_RATE) is hypotheses[1]
    assert (
        best_hypothesis(hypotheses, VOICE, 0.0) is hypotheses[2]
    )  # nobody knows yet how fast they speak


def test_the_fullest_is_believed_where_each_leaves_a_sentence_out() -> None:
    hypotheses = [hypothesis(SHORT, -0.1), hypothesis(SHORT + " La maison.", -0.5)]
    assert best_hypothesis(hypotheses, VOICE, USUAL_RATE) is hypotheses[1]


def test_what_nobody_can_have_said_is_believed_only_where_there_is_nothing_else() -> None:
    fast = hypothesis(" ".join(str(number) * 9 for number in range(100)), -0.1)
    loop = hypothesis("et voilà " * 12, -0.01)
    spoken = hypothesis(SHORT, -0.9)
    assert best_hypothesis([fast, loop, spoken], VOICE, USUAL_RATE) is spoken
    assert best_hypothesis([fast, loop], VOICE, USUAL_RATE) is loop


def test_a_word_is_not_stretched_back_over_speech_that_was_not_heard() -> None:
    (word,) = clamp_word_durations(heard((1_000, 9_000))[0].words)
    assert (word.start_ms, word.end_ms) == (8_340, 9_000)


def said(*texts: tuple[str, int]) -> list[Word]:
    """Phrases, each with how long it lasts, one after the other."""
    words, start = [], 0
    for text, length_ms in texts:
        parts = text.split()
        for place, part in enumerate(parts):
            edges = [start + length_ms * step // len(parts) for step in (place, place + 1)]
            words.append(
                Word(
                    text=part,
                    start_ms=RecordingMs(edges[0]),
                    end_ms=RecordingMs(edges[1]),
                    probability=0.9,
                )
            )
        start += length_ms
    return words


def test_a_phrase_that_is_written_twice_faster_than_anybody_speaks_stands_once() -> None:
    words = said(
        ("quelque chose comme ça.", 900),
        ("Il y a trop longtemps.", 460),
        ("Il y a trop longtemps.", 1_200),
        ("Ou alors", 500),
    )
    assert impossible_repeats(words) == set(range(4, 9))


def test_what_people_say_twice_stands_twice() -> None:
    assert not impossible_repeats(
        said(("Il y a trop longtemps.", 1_100), ("Il y a trop longtemps.", 1_200))
    )
    assert not impossible_repeats(said(("très très", 200), ("très très", 200)))
    assert not impossible_repeats([])


def test_speech_before_between_and_after_words_is_unheard() -> None:
    voice = [span(0, 10_000), span(12_000, 14_000)]
    assert list(unheard(voice, heard((2_000, 3_000), (4_000, 10_500)))) == [
        span(0, 2_000),
        span(3_000, 4_000),
        span(12_000, 14_000),
    ]


@given(
    edges=st.lists(st.integers(0, 60_000), unique=True, min_size=2, max_size=20).map(sorted),
    words=st.lists(st.tuples(st.integers(0, 60_000), st.integers(40, 9_000)), max_size=20),
)
def test_what_is_unheard_is_speech_that_no_word_covers_and_all_of_it(
    edges: list[int], words: list[tuple[int, int]]
) -> None:
    voice = [span(start, end) for start, end in zip(edges[::2], edges[1::2], strict=False)]
    times = [(start, start + length) for start, length in words]
    silent = {
        ms // 20
        for stretch in voice
        for ms in range(stretch.start_ms, stretch.end_ms, 20)
        if not any(start <= ms < end for start, end in times)
    }
    found = list(unheard(voice, heard(*times)))
    covered = {ms // 20 for stretch in found for ms in range(stretch.start_ms, stretch.end_ms, 20)}
    assert all(stretch.end_ms - stretch.start_ms >= MIN_UNHEARD_MS for stretch in found)
    assert all(
        any(one.start_ms <= stretch.start_ms and stretch.end_ms <= one.end_ms for one in voice)
        for stretch in found
    )
    assert not any(
        start < stretch.end_ms and stretch.start_ms < end
        for stretch in found
        for start, end in times
    )
    missed = sorted(silent - covered)
    runs = "".join("x" if place in set(missed) else " " for place in range(3_001)).split()
    assert all(len(run) * 20 <= MIN_UNHEARD_MS + 40 for run in runs)
