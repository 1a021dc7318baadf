"""The weights of doubts, fitted by ``bench/fit.py`` on the words of interviews whose every word is
known.

docs/accuracy.md has what comes of them, leave one interview out.
"""

from __future__ import annotations

# What each signal adds to the logarithm of the odds that a word is wrong; the bias is ``""``.
WEIGHTS: dict[str, float] = {
    "": -0.024,
    "corrected": -0.202,  # Studio put it there, and is so unsure of it
    "disagreeing": 0.1,  # its ending does not agree with the word before
    "extra_agreeing": -0.917,  # the article has nothing there, and so much of what is around
    "mended": -0.392,  # Studio put it there
    "missing": 1.361,  # the article has a few words more beside it, and so much of what is around
    "misspelled": 0.643,  # it sounds and looks like a name of the article, and is not it
    "name": -2.915,  # a name of the article, as the article spells it
    "odd": 0.896,  # it does not go with a neighbour
    "other_agreeing": 0.209,  # the article has other words there, and so much of what is around
    "other_alike": 2.452,  # the same, times how alike both sound
    "same": -1.959,  # the article has the word there
    "same_agreeing": -1.216,  # and so much of what is around
    "small": -0.398,  # a word of grammar
    "suggested": 2.817,  # how probably the article's wording was said instead
    "unknown": 3.31,  # neither a dictionary nor the article knows it
    "unknown_beside": 0.598,  # a neighbour is such a word
    "unsure": 0.632,  # the logarithm of the odds that the engine gave against the word
    # the same of the less sure one of both neighbours: errors come in company
    "unsure_beside": 0.287,
}
