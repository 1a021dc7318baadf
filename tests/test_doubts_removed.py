"""What was taken out of a transcription can be listened to and put back."""

from __future__ import annotations

from studio.doubts.removed import removed_doubts
from studio.model.clock import RecordingMs, Span
from studio.model.transcript import RemovedText, Segment, Transcript, Word


def word(text: str, start_ms: int) -> Word:
    return Word(
        text=text,
        start_ms=RecordingMs(start_ms),
        end_ms=RecordingMs(start_ms + 300),
        probability=0.9,
    )


def removed(text: str, start_ms: int, reason: str = "no voice") -> RemovedText:
    words = tuple(word(part, start_ms + 300 * place) for place, part in enumerate(text.split()))
    return RemovedText(
        start_ms=words[0].start_ms, end_ms=words[-1].end_ms, words=words, reason=reason
    )


TRANSCRIPT = Transcript(
    language="fr",
    segments=(
        Segment(
            id="s0001",
            speaker=None,
            start_ms=RecordingMs(1_000),
            end_ms=RecordingMs(10_300),
            words=(word("Bonjour", 1_000), word("Odile.", 1_300), word("Merci", 10_000)),
        ),
    ),
)


def test_a_removed_stretch_is_a_doubt_at_the_word_before_it() -> None:
    (doubt,) = removed_doubts([removed("On y va !", 5_000)], TRANSCRIPT)
    assert (doubt.kind, doubt.text, doubt.segment, doubt.word, doubt.count) == (
        "missing",
        "Odile.",
        "s0001",
        1,
        1,
    )
    assert (doubt.heard, doubt.proposal) == ("On y va !", "Odile. On y va !")
    assert doubt.places == (Span(start_ms=RecordingMs(5_000), end_ms=RecordingMs(6_200)),)


def test_one_before_the_first_word_is_put_before_it() -> None:
    (doubt,) = removed_doubts([removed("Musique", 100)], TRANSCRIPT)
    assert (doubt.text, doubt.proposal) == ("Bonjour", "Musique Bonjour")


def test_where_words_stand_now_there_is_no_doubt() -> None:
    assert not list(removed_doubts([removed("Merci", 9_900)], TRANSCRIPT))
    assert not list(
        removed_doubts([removed("Merci", 9_900)], Transcript(language="fr", segments=()))
    )
    assert not list(removed_doubts([], TRANSCRIPT))
