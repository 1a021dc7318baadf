"""The weights of doubts, fitted by ``bench/weights_fit.py`` on fully transcribed interviews.

docs/accuracy.md has what comes of them, leave one interview out.
"""

from __future__ import annotations

# What each signal adds to the logarithm of the odds that a word is wrong; the bias is ``""``.
WEIGHTS: dict[str, float] = {
    "": -0.239,
    "corrected": 3.153,  # Studio put it there, and is so unsure of it
    "disagreeing": 0.87,  # its ending does not agree with the word before
    "extra_agreeing": -0.363,  # the article has nothing there, and so much of what is around
    "mended": -0.804,  # Studio put it there
    "missing": 0.981,  # the article has a few words more beside it, and so much of what is around
    "misspelled": 1.33,  # it sounds and looks like a name of the article, and is not it
    "name": -2.888,  # a name of the article, as the article spells it
    "odd": 1.168,  # it does not go with a neighbour
    "other_agreeing": 0.413,  # the article has other words there, and so much of what is around
    "other_alike": 1.393,  # the same, times how alike both sound
    "same": -1.265,  # the article has the word there
    "same_agreeing": -1.512,  # and so much of what is around
    "small": -0.321,  # a word of grammar
    "suggested": 2.741,  # how probably the article's wording was said instead
    "unknown": 3.389,  # neither a dictionary nor the article knows it
    "unknown_beside": 0.652,  # a neighbour is such a word
    "unsure": 0.556,  # the logarithm of the odds that the engine gave against the word
    "unsure_beside": 0.291,
}
