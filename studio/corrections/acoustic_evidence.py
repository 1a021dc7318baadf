"""Acoustic evidence for each proposal: how much more probable the recording makes it than the
transcribed words.

The whole text of a short window is scored twice, as it was heard and as it would be, so that the
words around count as well: a wording that does not fit its sentence is improbable too. A name that
the model hardly knows is improbable with any sound; so both wordings are scored a second time
without sound, which gives the language model's share of the difference.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from studio.corrections.proposal import Proposal
from studio.language.punctuation import MARKS, PAUSES
from studio.model.transcript import Transcript, Word
from studio.model.word_windows import window_of_words, window_span, word_windows
from studio.model.wording import Wording

# Log probabilities (natural) of texts where they may have been said, or where nothing sounds: see
# ``studio.speech.scoring``.
Score = Callable[[Sequence[Wording]], Sequence[float]]

# Without sound, a wording is scored with this many words around it: more cost time and change
# nothing.
WORDS_BEFORE, WORDS_AFTER = 8, 3


class AcousticGain(NamedTuple):
    """How much more probable (natural logarithm) a proposal is than what was heard: in this sound,
    and with no sound at all.
    """

    sound: float
    language: float


def acoustic_gains_of(
    transcript: Transcript, proposals: Sequence[Proposal], score: Score
) -> list[AcousticGain]:
    """The gain of each proposal, with and without sound."""
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
    """How much more probable (natural logarithm) a proposal is than the recognised words: to a
    model without prompt, and to one with the proposal in its prompt.
    """

    unprompted: float
    prompted: float


def prompted_gains_of(
    transcript: Transcript, proposals: Sequence[Proposal], score: Score
) -> list[PromptedGain]:
    """Scores of names when the model has their spelling in its prompt: otherwise it finds unknown
    names improbable.
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
    """How much more probable the second one of each two is; each is asked about once."""
    asked = list(dict.fromkeys(wanted))
    known = dict(zip(asked, score(asked), strict=True))
    scores = [known[one] for one in wanted]
    return [after - before for before, after in zip(scores[::2], scores[1::2], strict=True)]


def _both(words: Sequence[Word], proposal: Proposal, first: int, last: int) -> tuple[str, str]:
    """Words ``first`` to ``last`` (excluded) as they were heard, and with the proposal."""
    new = " ".join(with_heard_punctuation(proposal.text, words[proposal.first : proposal.last]))
    changed = [_text(words, first, proposal.first), new, _text(words, proposal.last, last)]
    return _text(words, first, last), " ".join(filter(None, changed))


def with_heard_punctuation(text: str, old: Sequence[Word]) -> list[str]:
    """The article's words with the marks that were heard after the old ones: the article's own
    belong to its own sentence.
    """
    texts = text.replace("’", "'").split()
    tail = old[-1].text[len(old[-1].text.rstrip(PAUSES)) :]
    texts[-1] = texts[-1].rstrip(PAUSES) + tail
    return texts


def _text(words: Sequence[Word], first: int, last: int) -> str:
    return " ".join(word.text for word in words[first:last])
