"""The reference engine writes down what the recording says, where it says it, and hears what the
quick engine hears.
"""

from __future__ import annotations

import difflib
import itertools
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.errors import ModelError
from studio.model.transcript import Utterance
from studio.progress import no_progress
from studio.sound.recording import read_samples
from studio.speech.engine import Engine
from studio.speech.strategy import RecognisedSpeech, transcribe_samples
from studio.speech.token_merge import SpelledWord, words_from_pieces
from studio.speech.vad import SAMPLE_RATE_HZ, voice_from_samples

# Greetings, the first question with the start of its answer, up to a pause: at the end of a sound
# that breaks off within a word this engine repeats itself for minutes.
HEARD_S = 17.4
RECORDING = Path(__file__).parents[1] / "episodes" / "002-stephane-soto" / "recording.flac"


def pieces_from(*texts: str) -> list[SpelledWord]:
    """Pieces of 100 ms, one after the other, each less probable than the one before."""
    return [
        SpelledWord(text, 100 * place, 100 * place + 100, 1 - place / 100)
        for place, text in enumerate(texts)
    ]


@pytest.mark.parametrize(
    ("spelled", "words"),
    [
        ([" Bonjour", ",", " Stéphane", " ?"], ["Bonjour,", "Stéphane?"]),
        ([" l", "'organisme"], ["l'organisme"]),
        ([" l", "'", "idée", "."], ["l'idée."]),
        ([" «", " Il", " faut", " »", ",", " dit", "-il", "…"], ["«Il", "faut»,", "dit-il…"]),
        ([" –", " Oui", " !"], ["–Oui!"]),
        ([" 50", " %"], ["50", "%"]),
        (["Au", " début"], ["Au", "début"]),
        ([".", " Oui"], ["Oui"]),
        ([" Oui", " «"], ["Oui"]),
        (["", " ", " Oui"], ["Oui"]),
        ([], []),
    ],
)
def test_marks_go_to_their_words(spelled: list[str], words: list[str]) -> None:
    assert [word.text for word in words_from_pieces(pieces_from(*spelled))] == words


@pytest.mark.parametrize(
    ("spelled", "word"),
    [
        ("n'aissent", "naissent"),
        ("N'aissent,", "Naissent,"),
        ("d’emain", "demain"),
        ("«qu'and", "«qu'and"),  # « quand » wants no second u
        ("l'organisme", "l'organisme"),
        ("d'Ornano", "d'Ornano"),
        ("d'ocaml", "d'ocaml"),
        ("l'un", "l'un"),
        ("aujourd'hui", "aujourd'hui"),
    ],
)
def test_a_word_that_no_apostrophe_parts_in_french_is_written_whole(
    spelled: str, word: str
) -> None:
    assert [one.text for one in words_from_pieces(pieces_from(f" {spelled}"))] == [word]


def test_marks_lend_neither_time_nor_probability() -> None:
    (word,) = words_from_pieces(
        [
            SpelledWord(" «", 0, 400, 0.1),
            SpelledWord(" Oui", 400, 600, 0.9),
            SpelledWord(" !", 600, 2000, 0.2),
        ]
    )
    assert (word.text, word.start_ms, word.end_ms, word.probability) == ("«Oui!", 400, 600, 0.9)


def test_joined_letters_share_time_and_probability() -> None:
    (word,) = words_from_pieces(
        [SpelledWord(" l", 0, 100, 0.5), SpelledWord("'eau", 100, 300, 0.9)]
    )
    assert (word.start_ms, word.end_ms, word.probability) == (0, 300, 0.8)


@given(st.lists(st.tuples(st.booleans(), st.text(alphabet="aé9'«»?.,-\u00a0 ", max_size=5))))
def test_no_letter_is_lost_and_no_word_has_a_space(spelled: list[tuple[bool, str]]) -> None:
    pieces = pieces_from(*((" " if spaced else "") + text for spaced, text in spelled))
    words = words_from_pieces(pieces)
    assert all(word.text and not re.search(r"\s", word.text) for word in words)
    said = "".join(letter for piece in pieces for letter in piece.text if letter.isalnum())
    assert "".join(letter for word in words for letter in word.text if letter.isalnum()) == said


def transcribe(engine: Engine) -> RecognisedSpeech:
    """The start of the recording, as that engine hears it."""
    samples = read_samples(RECORDING)[: round(HEARD_S * SAMPLE_RATE_HZ)]
    return transcribe_samples(
        engine,
        samples,
        voice_from_samples(samples),
        language="fr",
        names=("Medinsoft",),
        score=lambda asked: [0.0] * len(asked),
        progress=no_progress,
    )


@pytest.fixture(scope="module")
def heard(weights: Path) -> tuple[Utterance, ...]:
    """What openai-whisper hears."""
    from studio.speech.openai_engine import OpenAIEngine

    return transcribe(OpenAIEngine(weights, device="cpu")).utterances


def letters(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


@pytest.mark.whisper
def test_words_stand_in_order_and_none_is_empty(heard: tuple[Utterance, ...]) -> None:
    words = [word for utterance in heard for word in utterance.words]
    assert len(words) > 30  # of 34
    assert all(word.start_ms < word.end_ms for word in words)
    assert all(first.end_ms <= second.start_ms for first, second in itertools.pairwise(words))
    assert all(0 < word.probability <= 1 for word in words)
    assert not any(re.search(r"\s", word.text) for word in words)


@pytest.mark.whisper
def test_it_hears_what_the_quick_engine_hears(heard: tuple[Utterance, ...], weights: Path) -> None:
    from studio.speech.faster_whisper_engine import FasterWhisperEngine

    quick = transcribe(FasterWhisperEngine(weights, device="cpu")).utterances
    texts = [
        letters("".join(word.text for utterance in found for word in utterance.words))
        for found in (heard, quick)
    ]
    assert difflib.SequenceMatcher(None, texts[0], texts[1], autojunk=False).ratio() > 0.85
    # Words that both hear stand at the same place.
    places = [
        [(word.text.lower(), word.start_ms) for utterance in found for word in utterance.words]
        for found in (heard, quick)
    ]
    blocks = difflib.SequenceMatcher(
        None, [text for text, _ in places[0]], [text for text, _ in places[1]], autojunk=False
    )
    apart = [
        abs(places[0][block.a + step][1] - places[1][block.b + step][1])
        for block in blocks.get_matching_blocks()
        for step in range(block.size)
    ]
    assert len(apart) > 20
    assert sorted(apart)[len(apart) * 9 // 10] <= 200


@pytest.mark.whisper
def test_silence_yields_no_words(weights: Path) -> None:
    from studio.speech.openai_engine import OpenAIEngine

    engine = OpenAIEngine(weights, device="cpu")
    silence = np.zeros(SAMPLE_RATE_HZ * 5, dtype=np.float32)
    assert (
        transcribe_samples(
            engine,
            silence,
            (),
            language="fr",
            names=(),
            score=lambda asked: [0.0] * len(asked),
            progress=no_progress,
        ).utterances
        == ()
    )


@pytest.mark.whisper
def test_weights_that_do_not_fit_are_refused(weights: Path, tmp_path: Path) -> None:
    """A tensor whose shape was turned around: every name is right, the model is not."""
    from studio.speech.openai_engine import OpenAIEngine

    folder = tmp_path / "base"
    shutil.copytree(weights, folder)
    path = folder / "model.bin"
    content = bytearray(path.read_bytes())
    name = b"decoder/layer_0/ffn/linear_0/weight\0"
    place = content.index(name) + len(name) + 1
    content[place : place + 8] = content[place + 4 : place + 8] + content[place : place + 4]
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"decoder\.blocks\.0\.mlp\.0\.weight"):
        OpenAIEngine(folder, device="cpu")


@pytest.mark.whisper
def test_a_gpu_that_is_not_there_is_said(weights: Path) -> None:
    import torch

    from studio.speech.openai_engine import OpenAIEngine

    if torch.cuda.is_available():
        pytest.skip("this machine has one")
    with pytest.raises(ModelError, match="CUDA"):
        OpenAIEngine(weights, device="cuda")
