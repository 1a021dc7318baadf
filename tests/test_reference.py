"""The reference engine writes down what the recording says, where it says it, and hears what the
quick engine hears.
"""

from __future__ import annotations

import difflib
import itertools
import re
import shutil
import warnings
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.errors import ModelError
from studio.model.clock import RecordingMs, Span
from studio.model.transcript import Utterance
from studio.progress import no_progress
from studio.speech.token_merge import Piece, words_from_pieces

# Greetings, the first question with the start of its answer; and later a passage of the answer.
STRETCHES = (
    Span(start_ms=RecordingMs(4_300), end_ms=RecordingMs(9_600)),
    Span(start_ms=RecordingMs(10_000), end_ms=RecordingMs(17_400)),
    Span(start_ms=RecordingMs(58_900), end_ms=RecordingMs(72_900)),
)
RECORDING = Path(__file__).parents[1] / "episodes" / "002-stephane-soto" / "recording.flac"


def pieces_from(*texts: str) -> list[Piece]:
    """Pieces of 100 ms, one after the other, each less probable than the one before."""
    return [
        Piece(text, 100 * place, 100 * place + 100, 1 - place / 100)
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
        [Piece(" «", 0, 400, 0.1), Piece(" Oui", 400, 600, 0.9), Piece(" !", 600, 2000, 0.2)]
    )
    assert (word.text, word.start_ms, word.end_ms, word.probability) == ("«Oui!", 400, 600, 0.9)


def test_joined_letters_share_time_and_probability() -> None:
    (word,) = words_from_pieces([Piece(" l", 0, 100, 0.5), Piece("'eau", 100, 300, 0.9)])
    assert (word.start_ms, word.end_ms, word.probability) == (0, 300, 0.8)


@given(st.lists(st.tuples(st.booleans(), st.text(alphabet="aé9'«»?.,-\u00a0 ", max_size=5))))
def test_no_letter_is_lost_and_no_word_has_a_space(spelled: list[tuple[bool, str]]) -> None:
    pieces = pieces_from(*((" " if spaced else "") + text for spaced, text in spelled))
    words = words_from_pieces(pieces)
    assert all(word.text and not re.search(r"\s", word.text) for word in words)
    said = "".join(letter for piece in pieces for letter in piece.text if letter.isalnum())
    assert "".join(letter for word in words for letter in word.text if letter.isalnum()) == said


@pytest.fixture(scope="module")
def heard(weights: Path) -> tuple[Utterance, ...]:
    """What the engine hears when it is told to listen to these stretches only."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from faster_whisper.audio import decode_audio

    from studio.speech.openai_engine import OpenAIEngine

    told: list[float] = []
    engine = OpenAIEngine(weights, device="cpu")
    found = engine.transcribe(
        decode_audio(str(RECORDING)),
        STRETCHES,
        language="fr",
        names=("Medinsoft",),
        progress=lambda done, total: told.append(done / total),
    )
    assert told[-1] == 1
    assert told == sorted(told)
    return found


def letters(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


@pytest.mark.whisper
def test_words_stay_in_the_stretches_and_in_order(heard: tuple[Utterance, ...]) -> None:
    words = [word for utterance in heard for word in utterance.words]
    assert len(words) > 30
    assert all(word.start_ms < word.end_ms for word in words)
    assert all(first.end_ms <= second.start_ms for first, second in itertools.pairwise(words))
    assert all(
        any(span.start_ms <= word.start_ms and word.end_ms <= span.end_ms for span in STRETCHES)
        for word in words
    )
    assert all(0 < word.probability <= 1 for word in words)
    assert not any(re.search(r"\s", word.text) for word in words)


@pytest.mark.whisper
def test_it_hears_what_the_quick_engine_hears(heard: tuple[Utterance, ...], weights: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from faster_whisper.audio import decode_audio

        from studio.speech.faster_whisper_engine import FasterWhisperEngine

        quick = FasterWhisperEngine(weights, device="cpu").transcribe(
            decode_audio(str(RECORDING)),
            STRETCHES,
            language="fr",
            names=("Medinsoft",),
            progress=no_progress,
        )
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
    import numpy as np

    from studio.speech.openai_engine import OpenAIEngine

    engine = OpenAIEngine(weights, device="cpu")
    assert (
        engine.transcribe(
            np.zeros(16_000 * 5, dtype=np.float32),
            (),
            language="fr",
            names=(),
            progress=no_progress,
        )
        == ()
    )


@pytest.mark.whisper
def test_more_names_than_whisper_remembers_do_no_harm(weights: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from faster_whisper.audio import decode_audio

    from studio.speech.openai_engine import OpenAIEngine

    names = [f"Marguerite Yourcenar {place}" for place in range(200)]
    found = OpenAIEngine(weights, device="cpu").transcribe(
        decode_audio(str(RECORDING)),
        STRETCHES[:1],
        language="fr",
        names=names,
        progress=no_progress,
    )
    assert all(utterance.words for utterance in found)


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
