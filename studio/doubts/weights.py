"""The weights of doubts, fitted by ``bench/fit.py`` on fully transcribed interviews.

docs/accuracy.md has what comes of them, leave one interview out.
"""

from __future__ import annotations

# What each signal adds to the logarithm of the odds that a word is wrong; the bias is ``""``.
WEIGHTS: dict[str, float] = {
    "": -0.244,
    "corrected": 2.217,  # Studio put it there, and is so unsure of it
    "disagreeing": 0.777,  # its ending does not agree with the word before
    "extra_agreeing": -0.194,  # the article has nothing there, and so much of what is around
    "mended": -0.724,  # Studio put it there
    "missing": 1.277,  # the article has a few words more beside it, and so much of what is around
    "misspelled": -0.015,  # it sounds and looks like a name of the article, and is not it
    "name": -2.491,  # a name of the article, as the article spells it
    "odd": 1.216,  # it does not go with a neighbour
    "other_agreeing": 0.579,  # the article has other words there, and so much of what is around
    "other_alike": 1.791,  # the same, times how alike both sound
    "same": -1.608,  # the article has the word there
    "same_agreeing": -0.741,  # and so much of what is around
    "small": -0.387,  # a word of grammar
    "suggested": 1.718,  # how probably the article's wording was said instead
    "unknown": 3.478,  # neither a dictionary nor the article knows it
    "unknown_beside": 0.791,  # a neighbour is such a word
    "unsure": 0.553,  # the logarithm of the odds that the engine gave against the word
    "unsure_beside": 0.301,
}
