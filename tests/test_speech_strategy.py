"""How a recording is read, with an engine that knows every word: each is written once, whatever the
windows and streams.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.model.clock import RecordingMs, Span
from studio.model.record import replace_fields
from studio.model.transcript import Utterance, Word
from studio.model.wording import Wording
from studio.progress import no_progress
from studio.speech import strategy, unheard_speech
from studio.speech.chunks import MAX_DURATION_MS, chunks_from_voice, split_at_timestamps
from studio.speech.engine import Tokenizer
from studio.speech.hypotheses import Decoded, EncodedWindow, Hypothesis
from studio.speech.pause_windows import EDGE_MS, windows_at_pauses
from studio.speech.pause_windows import MAX_DURATION_MS as MAX_SPEECH_MS
from studio.speech.repeats import repeats_neighbours
from studio.speech.rescoring import Score
from studio.speech.strategy import RecognisedSpeech, transcribe_samples
from studio.speech.token_merge import SpelledWord
from studio.speech.unheard_speech import found_in_other_hypothesis, found_in_unheard
from studio.speech.window_decoding import BATCH_WINDOWS
from studio.speech.window_text import WindowText
from studio.speech.word_timing import adjust_word_times

EOT, STAMPS = 50_000, 60_000
WORD_MS = 400


def span(start_ms: int, end_ms: int) -> Span:
    return Span(start_ms=RecordingMs(start_ms), end_ms=RecordingMs(end_ms))


class Words:
    """A vocabulary in which every word of a text is a token, made as it comes."""

    eot, timestamp_begin = EOT, STAMPS

    def __init__(self) -> None:
        self.known: list[str] = []

    def encode(self, text: str) -> list[int]:
        for word in text.split():
            if word not in self.known:
                self.known.append(word)
        return [self.known.index(word) for word in text.split()]

    def decode(self, tokens: Sequence[int]) -> str:
        return "".join(f" {self.known[token]}" for token in tokens)


class Scripted:
    """An engine that hears one word each half second where there is speech, and otherwise what it
    is told to make up.
    """

    name, workers = "scripted", 2

    def __init__(
        self,
        script: dict[int, str],
        heard: Callable[[Span, Sequence[str], str], str | None] = lambda *_: None,
    ) -> None:
        self.script, self.heard, self.words = script, heard, Words()
        self.prompts: list[tuple[Span, list[str]]] = []
        self.improbable: set[str] = set()
        # Where nothing is heard by who is told nothing.
        self.silent: Span | None = None

    def tokenizer(self, _: str) -> Words:
        return self.words

    def encode(self, samples: np.ndarray) -> EncodedWindow:
        return EncodedWindow(
            features=span(int(samples[0]), int(samples[1])), encoded_ms=MAX_DURATION_MS
        )

    def decode(
        self,
        encodings: Sequence[EncodedWindow],
        prompts: Sequence[Sequence[int]],
        tokenizer: Tokenizer,
        *,
        beams: int,
        timestamps: bool = True,
    ) -> list[Decoded]:
        assert timestamps
        assert beams
        assert len({len(prompt) for prompt in prompts}) == 1
        made = []
        for encoding, prompt in zip(encodings, prompts, strict=True):
            window, before = (
                encoding.features,
                [self.words.known[token] for token in prompt if token < EOT],
            )
            self.prompts.append((window, before))
            text = " ".join(
                word
                for start, word in self._inside(window)
                if before
                or self.silent is None
                or not self.silent.start_ms <= start < self.silent.end_ms
            )
            instead = self.heard(window, before, text)
            tokens = tokenizer.encode(text if instead is None else instead)
            probable = -0.2 if instead is None else -0.3
            made.append(
                Decoded(
                    (STAMPS, *tokens, STAMPS + (window.end_ms - window.start_ms) // 20),
                    probable,
                    0.01,
                )
            )
        return made

    def align(
        self,
        encodings: Sequence[EncodedWindow],
        tokens: Sequence[Sequence[int]],
        lengths_ms: Sequence[int],
        tokenizer: Tokenizer,
    ) -> list[list[SpelledWord]]:
        assert tokenizer is self.words
        aligned = []
        for encoding, some, length_ms in zip(encodings, tokens, lengths_ms, strict=True):
            window = encoding.features
            assert length_ms == window.end_ms - window.start_ms
            texts = {self.words.known[token].removesuffix("x") for token in some}
            starts = [
                start - window.start_ms
                for start, word in self._inside(window)
                if word in texts or self.silent is None
            ] or [0]
            starts += [
                starts[-1] + 500 * step for step in range(1, 1 + max(0, len(some) - len(starts)))
            ]
            aligned.append(
                [
                    SpelledWord(
                        f" {self.words.known[token]}",
                        start,
                        start + WORD_MS,
                        0.1 if self.words.known[token] in self.improbable else 0.9,
                    )
                    for token, start in zip(some, starts, strict=False)
                ]
            )
        return aligned

    def _inside(self, window: Span) -> list[tuple[int, str]]:
        return [
            (start, word)
            for start, word in self.script.items()
            if window.start_ms <= start and start + WORD_MS <= window.end_ms
        ]


class _Levels:
    @staticmethod
    def part(window: Span) -> np.ndarray:
        return np.array([window.start_ms, window.end_ms])


@pytest.fixture(autouse=True)
def windows_as_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scripted engine is given the window's edges instead of its sound."""
    monkeypatch.setattr(strategy, "match_gain", lambda *_: _Levels)


def script_of(seconds: int) -> dict[int, str]:
    """Two words a second, none twice, unlike each other as speech is: what compresses well is taken
    for a loop.
    """
    letters = np.random.default_rng(7).integers(0, 26, (2 * seconds, 6))
    return {
        500 * place: "".join(chr(97 + letter) for letter in row)
        for place, row in enumerate(letters)
    }


def transcribe(
    engine: Scripted,
    seconds: int,
    voice: Sequence[Span],
    names: Sequence[str] = (),
    score: Score = lambda asked: [0.0] * len(asked),
) -> RecognisedSpeech:
    samples = np.random.default_rng(1).normal(0, 0.1, seconds * 16_000).astype(np.float32)
    return transcribe_samples(
        engine,
        samples,
        voice,
        language="fr",
        names=names,
        score=score,
        progress=no_progress,
    )


def texts(heard: RecognisedSpeech) -> list[str]:
    return [word.text for utterance in heard.utterances for word in utterance.words]


def stretches(seconds: int) -> list[Span]:
    """Ten seconds of voice each, with hardly a pause."""
    return [
        span(start, min(start + 10_000, seconds * 1000))
        for start in range(0, seconds * 1000, 10_000)
    ]


@pytest.mark.parametrize("seconds", [5, 31, 95, 200, 400])
def test_every_word_is_written_once_and_in_order(seconds: int) -> None:
    engine = Scripted(script_of(seconds))
    assert texts(transcribe(engine, seconds, stretches(seconds))) == list(engine.script.values())


def test_a_window_is_told_the_names_and_what_was_said_before_it() -> None:
    engine = Scripted(script_of(70))
    transcribe(engine, 70, stretches(70), names=("Odile", "Marchand"))
    first, second = engine.prompts[:2]
    assert first[1] == ["Odile,", "Marchand"]
    assert second[1][:2] == ["Odile,", "Marchand"]
    assert second[1][2:] == [
        word for start, word in engine.script.items() if start < second[0].start_ms
    ]


def test_every_stream_knows_what_was_said_before_its_own_part() -> None:
    engine = Scripted(script_of(400))
    transcribe(engine, 400, stretches(400))
    unprepared = [window for window, before in engine.prompts if not before and window.start_ms]
    assert unprepared  # run-ups: what is read there is thrown away
    chunks = chunks_from_voice(stretches(400), 400_000, 8)
    for chunk in chunks[1:]:
        own = [
            before
            for window, before in engine.prompts
            if chunk.seek_ms < window.start_ms <= chunk.start_ms + MAX_DURATION_MS
        ]
        assert any(own)


def test_a_loop_is_decoded_again_in_other_ways() -> None:
    engine = Scripted(
        script_of(20), lambda _, before, __: "et voilà " * 30 if "Odile" in before else None
    )
    assert texts(transcribe(engine, 20, stretches(20), names=("Odile",))) == list(
        engine.script.values()
    )


def test_a_lost_sentence_is_decoded_again() -> None:
    # After what was said before it, the second window writes one word only.
    engine = Scripted(
        script_of(70),
        lambda window, before, _: "Bref" if before and 0 < window.start_ms < 40_000 else None,
    )
    assert texts(transcribe(engine, 70, stretches(70))) == list(engine.script.values())


def test_improbable_words_without_voice_are_taken_out_and_kept() -> None:
    engine = Scripted(
        {0: "Bonjour", **{40_000 + start: word for start, word in script_of(20).items()}},
        lambda *_: None,
    )
    engine.improbable = {"Bonjour"}
    found = transcribe(engine, 60, [span(40_000, 60_000)])
    assert texts(found) == list(engine.script.values())[1:]
    assert [(one.text, one.reason) for one in found.removed] == [("Bonjour", "no voice")]


def test_probable_words_without_voice_stay() -> None:
    engine = Scripted(
        {0: "Bonjour", **{40_000 + start: word for start, word in script_of(20).items()}}
    )
    assert texts(transcribe(engine, 60, [span(40_000, 60_000)])) == list(engine.script.values())


def test_what_names_and_context_spoil_is_read_again_untold() -> None:
    def prompt_spoils(_: Span, before: Sequence[str], text: str) -> str | None:
        return " ".join(f"{word}x" for word in text.split()) if "Vialatte" in before else None

    script = script_of(40)
    engine = Scripted(script, prompt_spoils)
    engine.improbable = {f"{word}x" for word in script.values()}
    assert texts(transcribe(engine, 40, stretches(40), names=("Vialatte",))) == list(
        script.values()
    )


def test_a_redecoding_that_leaves_words_out_is_not_believed() -> None:
    def untold_is_short(_: Span, before: Sequence[str], text: str) -> str | None:
        if "Vialatte" in before:
            return " ".join(f"{word}x" for word in text.split())
        return " ".join(text.split()[::2])

    script = script_of(40)
    engine = Scripted(script, untold_is_short)
    engine.improbable = {f"{word}x" for word in script.values()}
    assert texts(transcribe(engine, 40, stretches(40), names=("Vialatte",))) == [
        f"{word}x" for word in script.values()
    ]


def test_a_redecoding_that_has_no_word_where_somebody_speaks_is_not_believed() -> None:
    def prompt_spoils(_: Span, before: Sequence[str], text: str) -> str | None:
        return " ".join(f"{word}x" for word in text.split()) if "Vialatte" in before else None

    script = script_of(40)
    engine = Scripted(script, prompt_spoils)
    engine.improbable = {f"{word}x" for word in script.values()}
    engine.silent = span(10_000, 12_000)
    heard = texts(transcribe(engine, 40, [span(0, 40_000)], names=("Vialatte",)))
    assert heard[20:24] == [f"{word}x" for word in list(script.values())[20:24]]


def test_words_that_are_heard_between_those_of_an_utterance_stand_in_their_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A gap inside an utterance is heard by itself. That the second reading has nothing there, either,
    speaks against nothing.
    """
    script = script_of(40)
    for start in range(10_000, 14_000, 500):
        del script[start]
    between = Utterance(
        start_ms=RecordingMs(11_000),
        end_ms=RecordingMs(12_000),
        words=(
            Word(
                text="entre",
                start_ms=RecordingMs(11_000),
                end_ms=RecordingMs(11_400),
                probability=0.9,
            ),
            Word(
                text="deux",
                start_ms=RecordingMs(11_500),
                end_ms=RecordingMs(12_000),
                probability=0.9,
            ),
        ),
    )
    monkeypatch.setattr(strategy, "found_in_unheard", lambda *_, **__: [between])
    heard = transcribe(Scripted(script), 40, [span(0, 40_000)])
    inside = [word for start, word in script.items() if start < 10_000]
    assert texts(heard)[len(inside) :][:2] == ["entre", "deux"]
    words = [word for utterance in heard.utterances for word in utterance.words]
    assert all(one.end_ms <= other.start_ms for one, other in itertools.pairwise(words))


def test_what_is_probable_is_not_read_again() -> None:
    engine = Scripted(script_of(40))
    transcribe(engine, 40, stretches(40), names=("Vialatte",))
    told = [window for window, before in engine.prompts if "Vialatte" in before]
    # The second reading, which is told no names, is the other half.
    assert told
    assert len(engine.prompts) == 2 * len(told) == 2 * len(set(told))


@given(
    pieces=st.lists(
        st.tuples(st.integers(1, 40_000), st.integers(1, 5_000)), min_size=1, max_size=30
    )
)
def test_windows_at_pauses_hold_all_speech_once(pieces: list[tuple[int, int]]) -> None:
    voice, at = [], 0
    for length, pause in pieces:
        voice.append(span(at, at + length))
        at += length + pause
    windows = list(windows_at_pauses(voice, at))
    assert all(
        one.sound.end_ms - one.sound.start_ms <= MAX_SPEECH_MS + 2 * EDGE_MS for one in windows
    )
    assert windows[0].own.start_ms == 0
    assert windows[-1].own.end_ms == at
    assert all(one.own.end_ms == other.own.start_ms for one, other in itertools.pairwise(windows))
    for piece in voice:
        for moment in (piece.start_ms, piece.end_ms - 1):
            (own,) = [one for one in windows if one.own.start_ms <= moment < one.own.end_ms]
            assert own.sound.start_ms <= moment < own.sound.end_ms


def test_without_voice_nothing_is_read() -> None:
    engine = Scripted(script_of(10))
    assert transcribe(engine, 10, ()) == RecognisedSpeech((), ())
    assert not engine.prompts


@given(
    st.lists(st.integers(0, 30_000), min_size=1, max_size=80),
    st.integers(1, 700),
    st.integers(1, 8),
)
def test_streams_cover_a_recording_once(lengths: list[int], seconds: int, most: int) -> None:
    edges = [edge for edge in itertools.accumulate(lengths) if edge <= seconds * 1000]
    voice = [
        span(start, end) for start, end in zip(edges[::2], edges[1::2], strict=False) if end > start
    ]
    chunks = chunks_from_voice(voice, seconds * 1000, most)
    assert 1 <= len(chunks) <= most
    assert (chunks[0].start_ms, chunks[-1].end_ms) == (0, seconds * 1000)
    assert all(one.end_ms == other.start_ms for one, other in itertools.pairwise(chunks))
    assert all(0 <= chunk.seek_ms <= chunk.start_ms < chunk.end_ms for chunk in chunks)


@pytest.mark.parametrize(
    ("tokens", "parts", "next_ms"),
    [
        ([STAMPS, 1, 2, STAMPS + 100], [[STAMPS, 1, 2, STAMPS + 100]], None),
        ([STAMPS, 1, STAMPS + 50, STAMPS + 50, 2], [[STAMPS, 1, STAMPS + 50]], 1_000),
        (
            [STAMPS, 1, STAMPS + 50, STAMPS + 60, 2, STAMPS + 90],
            [[STAMPS, 1, STAMPS + 50], [STAMPS + 60, 2, STAMPS + 90]],
            None,
        ),
        (
            [STAMPS, 1, STAMPS + 50, STAMPS + 60, 2, STAMPS + 90, STAMPS + 90],
            [[STAMPS, 1, STAMPS + 50], [STAMPS + 60, 2, STAMPS + 90]],
            1_800,
        ),
        ([1, 2], [[1, 2]], None),
        ([], [], None),
    ],
)
def test_whispers_own_timestamps_part_a_window(
    tokens: list[int], parts: list[list[int]], next_ms: int | None
) -> None:
    found, seek_ms = split_at_timestamps(tokens, STAMPS)
    assert [list(part.tokens) for part in found] == parts
    assert seek_ms == next_ms


def utterance_of(text: str, start_ms: int, probability: float = 0.9) -> Utterance:
    """A word each 400 ms."""
    words = tuple(
        Word(
            text=word,
            start_ms=RecordingMs(start_ms + WORD_MS * place),
            end_ms=RecordingMs(start_ms + WORD_MS * (place + 1)),
            probability=probability,
        )
        for place, word in enumerate(text.split())
    )
    return Utterance(start_ms=words[0].start_ms, end_ms=words[-1].end_ms, words=words)


@pytest.mark.parametrize(
    ("other", "probability", "found"),
    [
        ("et la grêle vous pourrez suivre", 0.8, True),
        ("et la grêle vous pourrez suivre", 0.2, False),
        # Its times are wrong, not its number.
        ("avec des tableaux", 0.8, False),
    ],
)
def test_where_nothing_was_heard_another_reading_is_believed(
    other: str, probability: float, *, found: bool
) -> None:
    heard = [
        utterance_of("solidarité avec des tableaux", 0),
        utterance_of("la vraie question", 4_500),
    ]
    said = [
        utterance_of("solidarité avec des chameaux", 0),
        utterance_of(other, 1_800, probability),
        utterance_of("la vraie question", 4_500),
    ]
    joined = found_in_other_hypothesis(heard, said, [span(0, 1_700), span(1_700, 6_000)])
    assert [" ".join(word.text for word in one.words) for one in joined] == [other] * found


def test_where_nobody_speaks_another_reading_is_not_asked() -> None:
    heard = [utterance_of("bonjour", 0), utterance_of("la vraie question", 4_500)]
    said = [utterance_of("Sous-titres de personne", 1_800)]
    assert not list(found_in_other_hypothesis(heard, said, [span(0, 400), span(4_500, 6_000)]))


def test_what_only_the_second_reading_has_inside_an_utterance_is_put_in_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And is asked about in the order of time: a text of a span that ends before it begins cannot
    be scored.
    """
    script = script_of(20)
    gone = {script[start] for start in range(4_000, 7_000, 500)}
    calls = itertools.count()

    def forgetful(utterances: Sequence[Utterance], *others: Any) -> tuple[Utterance, ...]:
        made = adjust_word_times(utterances, *others)
        if next(calls):
            return made
        return tuple(
            replace_fields(one, words=tuple(word for word in one.words if word.text not in gone))
            for one in made
        )

    monkeypatch.setattr(strategy, "adjust_word_times", forgetful)

    def score(wanted: Sequence[Wording]) -> list[float]:
        assert all(where.start_ms < where.end_ms for where, _, _ in wanted if where)
        return [0.0] * len(wanted)

    heard = transcribe(Scripted(script), 20, [span(0, 20_000)], score=score)
    assert texts(heard) == list(script.values())


def test_a_stretch_that_is_heard_only_with_its_neighbours_is_heard() -> None:
    """Alone, or with what was said before it, the engine hears nothing there."""
    script = script_of(40)

    lost = [word for start, word in script.items() if 20_000 <= start < 22_000]

    def deaf(window: Span, _: Sequence[str], text: str) -> str | None:
        hears = window.start_ms >= 20_000 and window.end_ms >= 26_000
        return None if hears else " ".join(word for word in text.split() if word not in lost)

    voice = [span(0, 13_900), span(14_000, 19_900), span(20_000, 21_900), span(22_000, 26_400)]
    engine = Scripted(script, deaf)
    engine.silent = span(0, 0)  # words keep their times where others are missing
    heard = transcribe(engine, 40, [*voice, span(26_500, 40_000)])
    assert [word for word in texts(heard) if word in lost] == lost


@pytest.mark.parametrize("length_ms", [1_000, 30_000, 30_001, 95_000])
def test_no_window_is_longer_than_the_model_takes(
    length_ms: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Span] = []

    def read(_: object, windows: Sequence[Span], *__: object, **___: object) -> list[WindowText]:
        assert len(windows) <= BATCH_WINDOWS  # each keeps its encoding
        opened.extend(windows)
        return [WindowText(one.start_ms, one.end_ms, 0.0, [], [], ()) for one in windows]

    monkeypatch.setattr(unheard_speech, "_best_texts", read)
    voice = [span(6_000, 6_000 + length_ms)]
    decoder: Any = SimpleNamespace(workers=1)
    found = found_in_unheard(decoder, [], voice, names=(), usual_rate=0.0)
    assert found == []
    assert opened
    assert sum(one.end_ms - one.start_ms for one in opened) >= length_ms
    assert all(0 < one.end_ms - one.start_ms <= MAX_DURATION_MS for one in opened)


@pytest.mark.parametrize(
    ("found", "is_beside"),
    [
        ("y a trop longtemps", True),
        ("y trop longtemps", True),  # a small word is lost when it is read again
        ("Ou alors", True),
        ("la grêle, les crues", False),
        ("trop de choses", False),
    ],
)
def test_what_is_read_again_beside_itself_was_said_once(found: str, *, is_beside: bool) -> None:
    said = "Il y a trop longtemps. Ou alors il faut".split()
    words = [
        Word(
            text=text,
            start_ms=RecordingMs(300 * place + (3_000 if place > 4 else 0)),
            end_ms=RecordingMs(300 * place + 250 + (3_000 if place > 4 else 0)),
            probability=0.9,
        )
        for place, text in enumerate(said)
    ]
    assert repeats_neighbours(found, span(1_600, 4_400), words) is is_beside


@pytest.mark.parametrize(
    ("text", "mean_logprob", "is_believed"),
    [
        ("tout ça, vous pourrez suivre", -0.5, True),
        ("tout ça, vous pourrez suivre", -1.2, False),
        ("As " * 60, -0.1, False),  # a loop, whatever its probability
    ],
)
def test_what_is_read_where_nothing_was_heard_has_to_be_possible_and_probable(
    text: str, mean_logprob: float, *, is_believed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = span(0, 4_000)
    decoded = Decoded((), mean_logprob, 0.0)
    hypothesis = Hypothesis(
        window, text, decoded, EncodedWindow(features=None, encoded_ms=MAX_DURATION_MS)
    )
    decoder: Any = SimpleNamespace(
        workers=1,
        open=lambda windows, _: [SimpleNamespace(hypotheses=[hypothesis]) for _ in windows],
        decode=lambda _: None,
    )
    word = Word(text=text, start_ms=RecordingMs(0), end_ms=RecordingMs(4_000), probability=0.9)
    heard = Utterance(start_ms=word.start_ms, end_ms=word.end_ms, words=(word,))

    def written(believed: Sequence[object]) -> list[WindowText]:
        return [WindowText(0, 4_000, mean_logprob, [heard], [], ()) for _ in believed]

    monkeypatch.setattr(unheard_speech, "texts_from_hypotheses", lambda _, some, __: written(some))
    found = found_in_unheard(decoder, [], [window], names=(), usual_rate=0.0)
    assert bool(found) is is_believed
