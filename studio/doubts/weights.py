"""The weights of doubts, fitted by ``bench/fit.py`` on fully transcribed interviews.

docs/accuracy.md has what comes of them, leave one interview out.
"""

from __future__ import annotations

# What each signal adds to the logarithm of the odds that a word is wrong; the bias is ``""``.
WEIGHTS: dict[str, float] = {
    "": -0.238,
    "corrected": 2.958,  # Studio put it there, and is so unsure of it
    "disagreeing": 1.028,  # its ending does not agree with the word before
    "extra_agreeing": -0.366,  # the article has nothing there, and so much of what is around
    "mended": -0.8,  # Studio put it there
    "missing": 1.108,  # the article has a few words more beside it, and so much of what is around
    "misspelled": 1.326,  # it sounds and looks like a name of the article, and is not it
    "name": -2.914,  # a name of the article, as the article spells it
    "odd": 1.227,  # it does not go with a neighbour
    "other_agreeing": 0.366,  # the article has other words there, and so much of what is around
    "other_alike": 1.764,  # the same, times how alike both sound
    "same": -1.385,  # the article has the word there
    "same_agreeing": -1.315,  # and so much of what is around
    "small": -0.322,  # a word of grammar
    "suggested": 2.632,  # how probably the article's wording was said instead
    "unknown": 3.38,  # neither a dictionary nor the article knows it
    "unknown_beside": 0.652,  # a neighbour is such a word
    "unsure": 0.554,  # the logarithm of the odds that the engine gave against the word
    "unsure_beside": 0.291,
}
