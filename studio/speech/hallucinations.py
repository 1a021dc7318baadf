"""Hallucinations: loops, and the sentences that Whisper learned from subtitles and writes in
silence.

A hallucination is a whole stretch of improbable text over little speech. Real speech is not one,
even if people talk about subtitles, ask listeners to subscribe, or say « non » six times: the text
is probable, and the voice detector finds a voice there.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from studio.language.words import plain_words

# Whisper's own limits: text that compresses better repeats itself; less probable text without
# detected speech was not said.
MAX_COMPRESSION = 2.4
MIN_MEAN_LOGPROB = -1.0
MAX_NO_SPEECH = 0.6
# The same one to four words this many times in a row may be a loop; people say « non, non, non ».
MAX_REPEAT_WORDS = 4
MAX_REPEATS = 4
# Maximum letters per second of a speaker. The times of a few improbable words are sometimes too
# short by more than half.
MAX_LETTERS_PER_S = 26.0
# Share of a stretch in which the detector finds a voice: below the first there is no speech, below
# the second little.
SILENT_SHARE = 0.2
LITTLE_SHARE = 0.5
# Minimum mean log-probability (natural) of text over hardly any voice: clear speech over music
# reaches it, words hallucinated from music and laughter do not.
PROBABLE_WITHOUT_VOICE = -0.6
# The log-probability for a probability that single precision rounds to 0.
MIN_PROBABILITY = 1e-30
# Subtitlers' credits on which Whisper was trained. The first kind is never spoken; presenters say
# the second, which counts as a hallucination only where little voice is found.
_SIGNED = re.compile(
    r"sous-?titr\w* (?:réalisé\w*|fait\w*|par|st['’]? ?\d*|société)\b.*|sous-?titrage "
    r"(?:st['’]? ?\d+|société).*|.*amara\.org.*|❤️ par .*",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:sous-?titrage|merci d['’]avoir "
    r"(?:regardé|suivi)\b.*|abonnez-vous\b.*|n['’]oubliez pas de vous abonner\b.*)",
    re.IGNORECASE,
)

RemovalReason = Literal["loop", "credits", "no speech", "no voice", "too fast"]


@dataclass(frozen=True)
class HypothesisPart:
    """A stretch of a hypothesis, as Whisper's own timestamps bound it.

    :param seconds: its duration.
    :param voiced: the share of it with a detected voice, 0 to 1.
    :param mean_logprob: mean natural logarithm of the probabilities of its tokens.
    :param no_speech: the model's no-speech probability of its window.
    """

    text: str
    seconds: float
    voiced: float
    mean_logprob: float
    no_speech: float


def compression_ratio(text: str) -> float:
    """How repetitive a text is: its size divided by its compressed size."""
    content = text.encode()
    return len(content) / len(zlib.compress(content)) if content else 0.0


def letters_in(text: str) -> int:
    """The number of letters and digits in a text."""
    return sum(letter.isalnum() for letter in text)


def is_looped(text: str) -> bool:
    """Whether a text repeats itself as speakers hardly ever do: a reason to decode again, not to
    discard it.
    """
    if compression_ratio(text) > MAX_COMPRESSION:
        return True
    words = plain_words(text)
    for size in range(1, MAX_REPEAT_WORDS + 1):
        repeats = 0
        for place in range(size, len(words) - size + 1, size):
            repeats = (
                repeats + 1 if words[place : place + size] == words[place - size : place] else 0
            )
            if repeats >= MAX_REPEATS:
                return True
    return False


def is_hallucination(text: str, *, mean_logprob: float, no_speech: float) -> bool:
    """Whether a text is doubtful by its wording: a loop, a subtitler's credit, or improbable text
    without detected speech.

    :param mean_logprob: mean natural logarithm of the tokens' probabilities.
    :param no_speech: the no-speech probability.
    """
    unlikely = no_speech > MAX_NO_SPEECH and mean_logprob < MIN_MEAN_LOGPROB
    return unlikely or is_looped(text) or _is(_SIGNED, text) or _is(_CLOSING, text)


def hallucination_reason(stretch: HypothesisPart) -> RemovalReason | None:
    """Why a stretch is discarded, or None if it is kept."""
    improbable = stretch.mean_logprob < PROBABLE_WITHOUT_VOICE
    if _is(_SIGNED, stretch.text) or (
        _is(_CLOSING, stretch.text) and (stretch.voiced < LITTLE_SHARE or improbable)
    ):
        return "credits"
    if (
        stretch.no_speech > MAX_NO_SPEECH
        and stretch.mean_logprob < MIN_MEAN_LOGPROB
        and stretch.voiced < LITTLE_SHARE
    ):
        return "no speech"
    if compression_ratio(stretch.text) > MAX_COMPRESSION:
        return "loop"
    if letters_in(stretch.text) > 2 * MAX_LETTERS_PER_S * stretch.seconds and (
        improbable or is_looped(stretch.text)
    ):
        return "too fast"
    if stretch.voiced < SILENT_SHARE and improbable:
        return "no voice"
    return "loop" if is_looped(stretch.text) and stretch.voiced < LITTLE_SHARE else None


def _is(pattern: re.Pattern[str], text: str) -> bool:
    """Whether the whole text matches."""
    return bool(pattern.fullmatch(text.strip(" .!?…\"'«»-–—♪")))


def mean_logprob_of(probabilities: Sequence[float]) -> float:
    """The mean natural logarithm of probabilities; 0 if there are none."""
    return (
        sum(math.log(max(one, MIN_PROBABILITY)) for one in probabilities) / len(probabilities)
        if probabilities
        else 0.0
    )
