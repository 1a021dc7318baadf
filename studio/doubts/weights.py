"""The weights of doubts, fitted by ``bench/fit.py`` on the words of interviews whose every word is
known.

docs/accuracy.md has what comes of them, leave one interview out.
"""

from __future__ import annotations

# What each signal adds to the logarithm of the odds that a word is wrong; the bias is ``""``.
WEIGHTS: dict[str, float] = {
    "": -0.253,
    "corrected": 1.72,  # Studio put it there, and is so unsure of it
    "disagreeing": 0.906,  # its ending does not agree with the word before
    "extra_agreeing": -0.102,  # the article has nothing there, and so much of what is around
    "mended": -0.584,  # Studio put it there
    "missing": 1.382,  # the article has a few words more beside it, and so much of what is around
    "misspelled": 0.77,  # it sounds and looks like a name of the article, and is not it
    "name": -2.599,  # a name of the article, as the article spells it
    "odd": 1.264,  # it does not go with a neighbour
    "other_agreeing": 0.742,  # the article has other words there, and so much of what is around
    "other_alike": 1.993,  # the same, times how alike both sound
    "same": -1.415,  # the article has the word there
    "same_agreeing": -0.99,  # and so much of what is around
    "small": -0.379,  # a word of grammar
    "suggested": 2.62,  # how probably the article's wording was said instead
    "unknown": 3.451,  # neither a dictionary nor the article knows it
    "unknown_beside": 0.837,  # a neighbour is such a word
    "unsure": 0.546,  # the logarithm of the odds that the engine gave against the word
    "unsure_beside": 0.292,
}
