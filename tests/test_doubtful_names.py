"""A name of the article that the recording contradicts is a doubt, never replaced."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from support.spoken import transcript_from_lines

from studio.article.read import article_from_markdown
from studio.corrections.doubtful_names import MIN_GAIN, with_doubtful_names
from studio.doubts.finder import DoubtFinder
from studio.model.clock import RecordingMs
from studio.model.record import replace_fields
from studio.model.transcript import Correction, Suggestion, Transcript, UnpromptedWording
from studio.model.wording import Wording

NAMES = ("Antoine Kuhlmann", "Mulhouse")
SAID = "On doit tout à Antoine Kuhlmann, le directeur"


def transcript_of(text: str, *more: str) -> Transcript:
    lines = [
        ("Claire Bon", 10_000 * place, 10_000 * place + 8_000, one)
        for place, one in enumerate((text, *more))
    ]
    transcript = transcript_from_lines(lines)
    return replace_fields(
        transcript,
        segments=tuple(
            replace_fields(
                segment,
                words=tuple(replace_fields(word, probability=0.8) for word in segment.words),
            )
            for segment in transcript.segments
        ),
    )


def unprompted_at(transcript: Transcript, word: str, text: str) -> UnpromptedWording:
    (found,) = (one for one in transcript.words if one.text.startswith(word))
    return UnpromptedWording(start_ms=found.start_ms, end_ms=found.end_ms, text=text)


def likes(part: str, gain: float) -> Callable[[Sequence[Wording]], list[float]]:
    """A recording in which wordings with these letters are more probable, if they are prompted."""
    return lambda asked: [gain if part in one.text and part in one.prompt else 0.0 for one in asked]


def suggestions(transcript: Transcript, other: str, gain: float) -> list[tuple[str, str]]:
    unprompted = [unprompted_at(transcript, "Kuhlmann", other)]
    found = with_doubtful_names(transcript, NAMES, unprompted, likes(other.strip(","), gain))
    return [(one.heard, one.text) for one in found.suggestions if one.doubts_name]


def test_a_prompted_name_that_was_heard_otherwise_is_doubtful_and_stays() -> None:
    transcript = transcript_of(SAID)
    assert suggestions(transcript, "Rulman,", MIN_GAIN) == [("Kuhlmann,", "Rulman,")]
    unprompted = [unprompted_at(transcript, "Kuhlmann", "Rulman,")]
    made = with_doubtful_names(transcript, NAMES, unprompted, likes("Rulman", 9.0))
    assert made.segments == transcript.segments


@pytest.mark.parametrize(
    ("other", "gain"),
    [
        ("Rulman,", MIN_GAIN - 0.1),
        # The same sounds, spelled as somebody hears them.
        ("Culmane,", 20.0),
        # Another passage.
        ("voilà ce que nous disions,", 20.0),
    ],
)
def test_less_probable_the_same_or_another_passage_is_no_doubt(other: str, gain: float) -> None:
    assert suggestions(transcript_of(SAID), other, gain) == []


def test_a_name_that_is_heard_without_the_prompt_elsewhere_is_not_doubtful() -> None:
    transcript = transcript_of("Ici Kuhlmann, le directeur", "Et monsieur Kuhlmann est parti")
    first, _ = (one for one in transcript.words if one.text.startswith("Kuhlmann"))
    unprompted = [UnpromptedWording(start_ms=first.start_ms, end_ms=first.end_ms, text="Rulman,")]
    made = with_doubtful_names(transcript, NAMES, unprompted, likes("Rulman", 20.0))
    assert made.suggestions == ()


def test_only_the_words_that_sound_different_are_compared() -> None:
    transcript = transcript_of(SAID)
    first, last = (
        next(one for one in transcript.words if one.text.startswith(name))
        for name in ("Antoine", "Kuhlmann")
    )
    unprompted = [
        UnpromptedWording(start_ms=first.start_ms, end_ms=last.end_ms, text="en Toine Rulman,")
    ]
    made = with_doubtful_names(transcript, NAMES, unprompted, likes("Rulman", 9.0))
    assert [(one.heard, one.text) for one in made.suggestions] == [("Kuhlmann,", "Rulman,")]


def test_a_correction_is_doubtful_because_of_what_it_replaced() -> None:
    transcript = transcript_of(SAID)
    (segment,) = transcript.segments
    place = [word.text for word in segment.words].index("Kuhlmann,")
    correction = Correction(
        segment=segment.id,
        word=place,
        heard="Rulman,",
        text="Kuhlmann,",
        reason="name",
        score=0.8,
    )

    def doubtful(reason: str, *unprompted: UnpromptedWording) -> list[str]:
        corrected = replace_fields(
            transcript, corrections=(replace_fields(correction, reason=reason),)
        )
        made = with_doubtful_names(corrected, NAMES, unprompted, likes("Rulman", 9.0))
        return [one.text for one in made.suggestions]

    assert doubtful("name") == ["Rulman,"]
    # A person wrote in the glossary which name it is.
    assert doubtful("glossary", unprompted_at(transcript, "Kuhlmann", "Rulman,")) == []


def test_a_doubtful_name_is_a_doubt_of_its_own_with_both_names() -> None:
    article = article_from_markdown(
        "# Claire Bon\n\n**💬 Qui ?**\n\nOn doit tout à Antoine Kuhlmann, le directeur.\n",
        "article.md",
    )
    transcript = transcript_of(SAID)
    word = next(one for one in transcript.words if one.text == "Kuhlmann,")
    suggestion = Suggestion(
        start_ms=word.start_ms,
        end_ms=RecordingMs(word.end_ms),
        heard="Kuhlmann,",
        text="Rulman,",
        score=0.3,
        doubts_name=True,
    )

    def doubts(*made: Suggestion) -> list[tuple[str, str, str, tuple[str, ...]]]:
        finder = DoubtFinder(article, NAMES, suggestions=made)
        return [
            (one.kind, one.text, one.heard, one.candidates)
            for one in finder.doubts(transcript)
            if "Kuhlmann" in one.text
        ]

    assert doubts() == []
    assert doubts(suggestion) == [("name", "Kuhlmann,", "Rulman,", ("Rulman,",))]
