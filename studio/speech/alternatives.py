"""Alternative transcriptions of one passage: it is decoded again on its own, with known words
around it.

Its window is encoded once and searched three times with five beams: prompted with the words before
it and the names; with the names only; and with the words before it and the article's words near
there. Of each text the words that stand in the passage's place are cut out. Added to them are the
passage's own words with one replaced by a homophone, because beams explore other sounds. Each
wording is scored with the whole window, so that a short one is not preferred for being short.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from studio.alignment.word_pairs import pairs_of
from studio.language.homophones import homophones_of
from studio.language.punctuation import PAUSES
from studio.language.words import plain_words
from studio.model.record import Record
from studio.speech.engine import ScoringEngine, Tokenizer
from studio.speech.hypotheses import EncodedWindow
from studio.speech.prompts import name_tokens
from studio.speech.vad import SAMPLE_RATE_HZ
from studio.speech.window_decoding import MORE_BEAMS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# At most this many are shown; more would be noise.
MAX_ALTERNATIVES = 5
# Minimum log-probability gain (natural logarithm) of the window with an alternative. By judgement:
# the correct alternatives among 126 doubts of three recordings had -12.0 and more.
MIN_GAIN = -15.0
# No passage has more tokens. A beam that repeats itself would continue for half a minute.
MAX_TOKENS_PER_SECOND = 12
# This many wordings with a homophone are scored, the most frequent ones of each word. Of 126 doubts
# that were wrong in three interviews, one of the alternatives is right for 40 with them, 29
# without.
MAX_HOMOPHONES = 8


class PassageToDecode(Record, frozen=True):
    """Words of a transcript to decode again, and the words around them within one window."""

    before: tuple[str, ...]
    words: tuple[str, ...]
    after: tuple[str, ...]


class Alternative(Record, frozen=True):
    """Another wording of the passage, with the marks of the old one at its end.

    :param gain: how much more probable (natural logarithm) the window is with it than with the
        present words; below 0 it is less probable.
    """

    text: str
    gain: float


class AlternativeFinder:
    """Decodes passages again with one loaded model, one at a time."""

    def __init__(self, engine: ScoringEngine) -> None:
        self._engine = engine
        self._mutex = threading.Lock()

    def find(
        self,
        samples: NDArray[np.float32],
        passage: PassageToDecode,
        language: str,
        names: Sequence[str],
        printed: Sequence[str] = (),
    ) -> tuple[Alternative, ...]:
        """At most ``MAX_ALTERNATIVES`` other wordings, the most probable first.

        :param samples: of the passage's window, from the first word before to the last after: half
            a minute at most, mono, 16 kHz, −1 to 1.
        :param language: two letters, e.g. ``fr``.
        :param names: names to expect, in the spelling wanted.
        :param printed: words of the article near this passage.
        """
        # Three searches: names as prompt with the words before the passage, the same without them
        # (a wrong word before it would be continued), and the article's words as prompt.
        going_on = " ".join(passage.before)
        searches = [(names, going_on), (names, "")]
        # Of 70 doubtful passages of five interviews, one of the alternatives mends 37 with this
        # search and 30 without it (``python -m bench.alternatives``).
        searches += [(printed, going_on)] if printed else []
        with self._mutex:
            encoding = self._engine.encode(samples)
            tokenizer = self._engine.tokenizer(language)
            heard = [
                text
                for prompt, written in searches
                for text in self._engine.best_texts(
                    encoding,
                    name_tokens(prompt, tokenizer),
                    tokenizer,
                    written=written,
                    beams=MORE_BEAMS,
                    most_tokens=len(samples) * MAX_TOKENS_PER_SECOND // SAMPLE_RATE_HZ,
                )
            ]
            # dict.fromkeys keeps the first of equal wordings, in the searches' order.
            found = list(
                dict.fromkeys(
                    [
                        *filter(None, (wording_in(passage, text.split()) for text in heard)),
                        *(homophone_wordings(passage.words) if language == "fr" else ()),
                    ]
                )
            )
            gains = self._gains(encoding, passage, found, tokenizer)
        # All wordings are scored in the same window; the gain is the logarithm of how many times
        # more probable one is than the present words.
        ranked = sorted(zip(gains, found, strict=True), reverse=True)
        return tuple(
            Alternative(text=text, gain=round(gain, 2))
            for gain, text in distinct_wordings(ranked, passage.words)[:MAX_ALTERNATIVES]
            if gain >= MIN_GAIN
        )

    def _gains(
        self,
        encoding: EncodedWindow,
        passage: PassageToDecode,
        found: Sequence[str],
        tokenizer: Tokenizer,
    ) -> list[float]:
        texts = [
            " ".join([*passage.before, *words, *passage.after])
            for words in (passage.words, *(text.split() for text in found))
        ]
        logprobs = self._engine.token_logprobs([encoding] * len(texts), texts, tokenizer)
        stands, *others = map(sum, logprobs)
        return [other - stands for other in others]


def homophone_wordings(words: Sequence[str]) -> list[str]:
    """The words with one of them written as another word that sounds the same."""
    others = [homophones_of(word) for word in words]
    return [
        " ".join([*words[:place], rows[rank], *words[place + 1 :]])
        for rank in range(max(map(len, others), default=0))
        for place, rows in enumerate(others)
        if rank < len(rows)
    ][:MAX_HOMOPHONES]


def distinct_wordings(
    ranked: Sequence[tuple[float, str]], stands: Sequence[str]
) -> list[tuple[float, str]]:
    """The first of each group of texts with the same words, without the present words: « Je dis,
    ferme » is not a different choice from « je dis ferme ».
    """
    known = {tuple(plain_words(" ".join(stands)))}
    kept = []
    for gain, text in ranked:
        words = tuple(plain_words(text))
        if words not in known:
            known.add(words)
            kept.append((gain, text))
    return kept


def wording_in(passage: PassageToDecode, heard: Sequence[str]) -> str:
    """The words of a window's text in the passage's place, with the marks at their end; empty if
    there are none, or the same words.
    """
    known = (*passage.before, *passage.words, *passage.after)
    first, last = len(passage.before), len(passage.before) + len(passage.words)
    begin, end = 0, len(heard)
    for pair in pairs_of(tuple(heard), known):
        if pair.last == pair.first or pair.printed_last == pair.printed_first:
            continue
        if pair.printed_last <= first:
            begin = max(begin, pair.last)
        elif pair.printed_first >= last:
            end = min(end, pair.first)
    words = list(heard[begin:end])
    if not words or plain_words(" ".join(words)) == plain_words(" ".join(passage.words)):
        return ""
    if passage.words:
        old = passage.words[-1]
        words[-1] = words[-1].rstrip(PAUSES) + old[len(old.rstrip(PAUSES)) :]
    return " ".join(words)
