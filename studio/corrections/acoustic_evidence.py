"""Acoustic evidence for each proposal: its log-likelihood ratio against the transcribed words,
given the recording.

The whole text of a short window is scored twice, as transcribed and as proposed, so that the
context counts as well: a wording that does not fit its sentence is improbable, too. A name that the
model hardly knows is improbable with any audio; so both wordings are scored again without audio,
which gives the language model's share of the difference.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from studio.corrections.proposal import Proposal
from studio.language.punctuation import MARKS, PAUSES
from studio.model.transcript import Transcript, Word
from studio.model.word_windows import window_of_words, window_span, word_windows
from studio.model.wording import Wording

# Log probabilities (natural) of texts at their position, or without audio: see
# ``studio.speech.scoring``.
Score = Callable[[Sequence[Wording]], Sequence[float]]

# The number of context words for scoring without audio: more cost time and change nothing.
WORDS_BEFORE, WORDS_AFTER = 8, 3


class AcousticGain(NamedTuple):
    """The log-likelihood ratio (natural) of a proposal against the transcribed words: with the
    audio, and without.
    """

    sound: float
    language: float


def acoustic_gains_of(
    transcript: Transcript, proposals: Sequence[Proposal], score: Score
) -> list[AcousticGain]:
    """The gain of each proposal, with and without audio."""
    words = transcript.words
    windows = word_windows(words, [(one.first, one.last) for one in proposals])
    wanted: list[Wording] = []
    for proposal in proposals:
        first, last = window_of_words(windows, proposal.first, proposal.last)
        span = window_span(words, first, last)
        wanted += [Wording(span, text) for text in _both(words, proposal, first, last)]
        near = max(first, proposal.first - WORDS_BEFORE), min(last, proposal.last + WORDS_AFTER)
        wanted += [Wording(None, text) for text in _both(words, proposal, *near)]
    gains = iter(_differences(wanted, score))
    return [AcousticGain(sound, language) for sound, language in zip(gains, gains, strict=True)]


class PromptedGain(NamedTuple):
    """The log-likelihood ratio (natural) of a proposal against the recognised words: without
    prompt, and with the proposal in the prompt.
    """

    unprompted: float
    prompted: float


def prompted_gains_of(
    transcript: Transcript, proposals: Sequence[Proposal], score: Score
) -> list[PromptedGain]:
    """Scores of names with their spelling in the model's prompt: otherwise unknown names are
    improbable.
    """
    words = transcript.words
    windows = word_windows(words, [(one.first, one.last) for one in proposals])
    wanted: list[Wording] = []
    for proposal in proposals:
        first, last = window_of_words(windows, proposal.first, proposal.last)
        span, texts = window_span(words, first, last), _both(words, proposal, first, last)
        wanted += [
            Wording(span, text, prompted)
            for prompted in ("", proposal.text.strip(MARKS))
            for text in texts
        ]
    gains = iter(_differences(wanted, score))
    return [
        PromptedGain(unprompted, prompted)
        for unprompted, prompted in zip(gains, gains, strict=True)
    ]


def _differences(wanted: Sequence[Wording], score: Score) -> list[float]:
    """The log-likelihood ratio of the second wording of each pair against the first; each wording
    is scored once.
    """
    asked = list(dict.fromkeys(wanted))
    known = dict(zip(asked, score(asked), strict=True))
    scores = [known[one] for one in wanted]
    return [after - before for before, after in zip(scores[::2], scores[1::2], strict=True)]


def _both(words: Sequence[Word], proposal: Proposal, first: int, last: int) -> tuple[str, str]:
    """Words ``first`` to ``last`` (exclusive) as transcribed, and with the proposal."""
    new = " ".join(with_heard_punctuation(proposal.text, words[proposal.first : proposal.last]))
    changed = [_text(words, first, proposal.first), new, _text(words, proposal.last, last)]
    return _text(words, first, last), " ".join(filter(None, changed))


def with_heard_punctuation(text: str, old: Sequence[Word]) -> list[str]:
    """The article's words with the punctuation of the transcribed ones: the article's own
    punctuation belongs to another sentence.
    """
    texts = text.replace("’", "'").split()
    tail = old[-1].text[len(old[-1].text.rstrip(PAUSES)) :]
    texts[-1] = texts[-1].rstrip(PAUSES) + tail
    return texts


def _text(words: Sequence[Word], first: int, last: int) -> str:
    return " ".join(word.text for word in words[first:last])
