"""Of two decodings of the same words the one that the article has is believed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from studio.article.read import article_from_markdown
from studio.corrections.article_alternatives import with_printed_alternatives
from studio.model.clock import RecordingMs
from studio.model.glossary import Glossary, GlossaryName
from studio.model.transcript import AlternativeHypothesis, AsrResult, Utterance, Word
from studio.pipeline.steps.text_stages import misspelled_names

ARTICLE = article_from_markdown(
    "# 3 questions à Lucien Arnoux\n\n💬 **Et les poissons ?**\n\nUne loutre monte, puis redescend.\n",
    "article.md",
)


def words_of(text: str) -> tuple[Word, ...]:
    return tuple(
        Word(
            text=one,
            start_ms=RecordingMs(500 * place),
            end_ms=RecordingMs(500 * place + 400),
            probability=0.5,
        )
        for place, one in enumerate(text.split())
    )


def heard_as(text: str, other: str, place: int, count: int, gain: float) -> AsrResult:
    words, instead = words_of(text), words_of(other)
    return AsrResult(
        engine="faster",
        model="base",
        language="fr",
        duration_ms=RecordingMs(10_000),
        voice=(),
        names=(),
        utterances=(Utterance(start_ms=words[0].start_ms, end_ms=words[-1].end_ms, words=words),),
        alternatives=(
            AlternativeHypothesis(
                first=place, last=place + count, words=instead[place:], gain=gain
            ),
        ),
    )


@pytest.mark.parametrize(
    ("heard", "other", "gain", "expected"),
    [
        # The article has the other word, in whatever form.
        ("nous avons une lutte", "nous avons une loutre", -9.0, "nous avons une loutre"),
        ("nous avons une lutte", "nous avons une loutres", -9.0, "nous avons une loutres"),
        # The sound speaks much more for what stands.
        ("nous avons une lutte", "nous avons une loutre", -26.0, "nous avons une lutte"),
        # The article has neither, or the one that stands.
        ("nous avons une lutte", "nous avons une flotte", -0.1, "nous avons une lutte"),
        ("nous avons une loutre", "nous avons une lutte", -0.1, "nous avons une loutre"),
        # Small words and numbers stand in every article.
        ("nous avons une lutte", "nous avons une 3", -0.1, "nous avons une lutte"),
    ],
)
def test_the_article_speaks_for_its_words(
    heard: str, other: str, gain: float, expected: str
) -> None:
    result = with_printed_alternatives(heard_as(heard, other, 3, 1, gain), ARTICLE)
    assert " ".join(word.text for word in result.words) == expected
    assert result.alternatives == ()


def test_nothing_comes_in_that_was_not_heard() -> None:
    """The article says more than anybody: without a decoding that has it, nothing changes."""
    hearing = heard_as("nous avons une lutte", "nous avons une flotte", 3, 1, -5.0)
    assert with_printed_alternatives(hearing, ARTICLE).words == hearing.words


def test_a_misspelling_that_only_an_alternative_has_counts_as_heard() -> None:
    """Else a name that is added to the glossary would not correct the transcript anew."""
    sources: Any = SimpleNamespace(
        show_sources=SimpleNamespace(
            glossary=Glossary(names=(GlossaryName(name="Sotto", wrong=("sautot", "sauteau")),))
        ),
        asr=lambda: heard_as("voici monsieur rideau", "voici monsieur sauteau", 2, 1, -1.0),
    )
    assert misspelled_names(sources) == [["sauteau", "Sotto"]]
