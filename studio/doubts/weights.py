"""The weights of doubts, fitted by ``bench/fit.py`` on the words of interviews whose every word is
known.

docs/accuracy.md has what comes of them, leave one interview out.
"""

from __future__ import annotations

# What each signal adds to the logarithm of the odds that a word is wrong; the bias is ``""``.
WEIGHTS: dict[str, float] = {
    "": -0.69,
    "corrected": 2.0,  # Studio put it there, and is so unsure of it
    "mended": 0.0,  # Studio put it there
    "suggested": 2.0,  # how probably the article's wording was said instead
    "unsure": 0.64,  # the logarithm of the odds that the engine gave against the word
    # the same of the less sure one of both neighbours: errors come in company
    "unsure_beside": 0.3,
    "same": -1.5,  # the article has the word there
    "same_agreeing": -1.48,  # and so much of what is around
    "other_agreeing": 0.77,  # the article has other words there, and so much of what is around
    "other_alike": 3.53,  # the same, times how alike both sound
    "extra_agreeing": 0.86,  # the article has nothing there, and so much of what is around
    "missing": 2.13,  # the article has a few words more beside it, and so much of what is around
    "name": -2.13,  # a name of the article, as the article spells it
    "misspelled": 0.81,  # it sounds and looks like a name of the article, and is not it
    "unknown": 2.92,  # neither a dictionary nor the article knows it
    "unknown_beside": 0.82,  # a neighbour is such a word
    "odd": 1.79,  # it does not go with a neighbour
    "disagreeing": 0.39,  # its ending does not agree with the word before
    "small": -0.42,  # a word of grammar
}
