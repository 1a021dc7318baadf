"""The weights of doubts, fitted by ``bench/fit.py`` on the words of interviews whose every word is
known.

docs/accuracy.md has what comes of them, leave one interview out.
"""

from __future__ import annotations

# What each signal adds to the logarithm of the odds that a word is wrong; the bias is ``""``.
WEIGHTS: dict[str, float] = {
    "": -0.242,
    "corrected": 1.371,  # Studio put it there, and is so unsure of it
    "disagreeing": 0.803,  # its ending does not agree with the word before
    "extra_agreeing": -0.191,  # the article has nothing there, and so much of what is around
    "mended": -0.654,  # Studio put it there
    "missing": 1.28,  # the article has a few words more beside it, and so much of what is around
    "misspelled": 0.06,  # it sounds and looks like a name of the article, and is not it
    "name": -2.493,  # a name of the article, as the article spells it
    "odd": 1.221,  # it does not go with a neighbour
    "other_agreeing": 0.582,  # the article has other words there, and so much of what is around
    "other_alike": 1.786,  # the same, times how alike both sound
    "same": -1.567,  # the article has the word there
    "same_agreeing": -0.801,  # and so much of what is around
    "small": -0.39,  # a word of grammar
    "suggested": 0.893,  # how probably the article's wording was said instead
    "unknown": 3.495,  # neither a dictionary nor the article knows it
    "unknown_beside": 0.787,  # a neighbour is such a word
    "unsure": 0.553,  # the logarithm of the odds that the engine gave against the word
    "unsure_beside": 0.301,
}
