"""Text that nobody said: loops, and the sentences that Whisper learned from subtitles and writes
where it hears nothing.

Voice activity comes first, so that silence and music are never heard at all; this is the second
line.
"""

from __future__ import annotations

import re
import zlib

from studio.language.words import plain_words

# Whisper's own limits: text that compresses better repeats itself; text less probable where no
# speech is heard was never said.
HIGHEST_COMPRESSION = 2.4
LOWEST_MEAN_LOGPROB = -1.0
HIGHEST_NO_SPEECH = 0.6
# The same one to four words so many times in a row are a loop; people say « non, non, non ».
LONGEST_REPEAT_WORDS = 4
MOST_REPEATS = 4
# French subtitles on which Whisper was trained end with these.
_SUBTITLE_CREDITS = re.compile(
    r"sous-?titr\w* (?:réalisé|fait|par|st['’]|de|société)|amara\.org|sous-?titrage|❤️ "
    r"par|merci d['’]avoir regardé (?:cette|la) vidéo"
    r"|abonnez-vous à (?:la|ma|notre) chaîne|n['’]oubliez pas de vous abonner",
    re.IGNORECASE,
)


def compression_ratio(text: str) -> float:
    """How often a text repeats itself: its size over its compressed size."""
    content = text.encode()
    return len(content) / len(zlib.compress(content)) if content else 0.0


def is_looped(text: str) -> bool:
    """Whether a text repeats itself as no speaker does."""
    if compression_ratio(text) > HIGHEST_COMPRESSION:
        return True
    words = plain_words(text)
    for size in range(1, LONGEST_REPEAT_WORDS + 1):
        repeats = 0
        for place in range(size, len(words) - size + 1, size):
            repeats = (
                repeats + 1 if words[place : place + size] == words[place - size : place] else 0
            )
            if repeats >= MOST_REPEATS:
                return True
    return False


def is_hallucination(text: str, *, mean_logprob: float, no_speech: float) -> bool:
    """Whether a reading is to be thrown away: a loop, a subtitler's credit, or improbable text
    where no speech is heard.

    :param mean_logprob: mean natural logarithm of the tokens' probabilities.
    :param no_speech: the probability that nobody speaks.
    """
    unlikely = no_speech > HIGHEST_NO_SPEECH and mean_logprob < LOWEST_MEAN_LOGPROB
    return unlikely or is_looped(text) or bool(_SUBTITLE_CREDITS.search(text))
