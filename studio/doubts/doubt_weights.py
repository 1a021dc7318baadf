"""The weights of doubts, fitted by ``bench/weights_fit.py`` on fully transcribed interviews.

docs/accuracy.md has the results with leave-one-interview-out.
"""

from __future__ import annotations

# The weight of each feature in the log-odds of a word being wrong; the bias is ``""``.
WEIGHTS: dict[str, float] = {
    "": -0.239,
    "corrected": 3.153,  # a correction by Studio, times its uncertainty
    "disagreeing": 0.87,  # its ending does not agree with the preceding word
    "extra_agreeing": -0.363,  # nothing in the article, times the agreement of the context
    "mended": -0.804,  # Studio put it there
    "missing": 0.981,  # more words in the article beside it, times that agreement
    "misspelled": 1.33,  # it is similar to a name of the article, but different
    "name": -2.888,  # a name of the article, in its spelling
    "odd": 1.168,  # an implausible sequence with a neighbour
    "other_agreeing": 0.413,  # other words in the article, times the agreement of the context
    "other_alike": 1.393,  # the same, times the phonetic similarity
    "same": -1.265,  # the article has the word there
    "same_agreeing": -1.512,  # the same, times the agreement of the context
    "small": -0.321,  # a function word
    "suggested": 2.741,  # the probability that the article's wording was said instead
    "unknown": 3.389,  # in neither a dictionary nor the article
    "unknown_beside": 0.652,  # the same for a neighbour
    "unsure": 0.556,  # the engine's log-odds against the word
    "unsure_beside": 0.291,
}
