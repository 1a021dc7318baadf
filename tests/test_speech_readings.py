"""What tells a good reading of a window, and what of the speech no reading covers."""

from __future__ import annotations

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from studio.model.clock import RecordingMs, Span
from studio.model.transcript import Utterance, Word
from studio.speech.hypotheses import (
    SHORTEST_UNHEARD_MS,
    Encoding,
    Hypothesis,
    fullest,
    halves,
    improbable_of,
    unheard,
    unstretched,
)


def span(start_ms: int, end_ms: int) -> Span:
    return Span(start_ms=RecordingMs(start_ms), end_ms=RecordingMs(end_ms))


def hypothesis(text: str, start_ms: int = 0, end_ms: int = 10_000) -> Hypothesis:
    return Hypothesis(
        window=span(start_ms, end_ms),
        tokens=(1,),
        text=text,
        mean_logprob=-0.2,
        no_speech=0.01,
        encoding=Encoding(features=None, row=0),
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


def likely(mean_logprob: float, start_ms: int, length_ms: int = 10_000) -> Hypothesis:
    return dataclasses.replace(
        hypothesis(SENTENCE, start_ms, start_ms + length_ms), mean_logprob=mean_logprob
    )


def test_every_improbable_reading_is_searched_again_the_least_probable_first() -> None:
    hypotheses = [
        likely(-0.5, 0),
        likely(-0.1, 10_000),
        likely(-0.9, 20_000),
        likely(-0.41, 30_000),
    ]
    assert [one.mean_logprob for one in improbable_of(hypotheses)] == [-0.9, -0.5, -0.41]


def test_of_the_others_the_least_probable_are_searched_as_long_as_there_is_time() -> None:
    short = [likely(-0.25, 0, 6_000), likely(-0.3, 6_000, 6_000), likely(-0.22, 12_000, 6_000)]
    assert [one.mean_logprob for one in improbable_of(short)] == [-0.3, -0.25]


def test_what_was_heard_with_certainty_is_not_searched_again() -> None:
    assert improbable_of([likely(-0.1, 0), likely(-0.2, 10_000)]) == []
    assert improbable_of([]) == []


def test_the_fullest_reading_is_kept() -> None:
    whole = [hypothesis(SENTENCE)]
    cut = [
        hypothesis(SENTENCE, 0, 5_000),
        hypothesis("Et depuis nous n’avons jamais fermé.", 5_000, 10_000),
    ]
    assert fullest([whole, cut]) == cut


def test_more_letters_than_anybody_can_say_are_not_the_fullest_reading() -> None:
    spoken = [hypothesis(SENTENCE)]
    assert fullest([spoken, [hypothesis(" ".join(SENTENCE for _ in range(9)))]]) == spoken


def test_a_window_of_which_nothing_can_have_been_said_has_no_reading() -> None:
    assert not fullest([[hypothesis("Sous-titres réalisés par la communauté d'Amara.org")], []])


def test_a_window_is_cut_at_the_pause_nearest_to_its_middle() -> None:
    voice = [span(0, 4_000), span(4_500, 16_000), span(16_400, 29_000)]
    assert halves(span(0, 29_000), voice) == [span(0, 16_000), span(16_400, 29_000)]


def test_a_window_without_a_pause_is_not_cut() -> None:
    assert halves(span(0, 29_000), [span(0, 29_000)]) == []


def test_a_word_is_not_stretched_back_over_speech_that_was_not_heard() -> None:
    (utterance,) = unstretched(heard((1_000, 9_000)))
    assert (utterance.words[0].start_ms, utterance.words[0].end_ms) == (8_340, 9_000)


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
    assert all(stretch.end_ms - stretch.start_ms >= SHORTEST_UNHEARD_MS for stretch in found)
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
    assert all(len(run) * 20 <= SHORTEST_UNHEARD_MS + 40 for run in runs)
