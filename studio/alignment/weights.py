"""The limits and weights of corrections, fitted by ``bench/fit.py``; docs/accuracy.md has what
comes of them, leave one interview out.

A weight is what a feature adds to the logarithm of the odds that a proposal mends what was heard.
"""

from __future__ import annotations

# Where nobody listens: which proposals are worth asking the recording about, and, from
# ``SURE_SCORE`` on, which are taken all the same.
UNHEARD: dict[str, float] = {
    "": -3.331,
    "agreement": 2.13,
    "anchors": 1.473,
    "invented": 0.557,
    "likeness": 2.815,
    "name": -0.468,
    "number": 0.153,
    "small": -0.237,
    "spelling": -0.845,
    "words": 0.336,
}
LEAST_WORTH_HEARING = 0.27
SURE_SCORE = 0.40

# Where the recording was asked. Log probabilities that are further from 0 than ``MOST_GAIN`` say no
# more.
HEARD: dict[str, float] = {
    "": -1.862,
    "agreement": 2.206,
    "anchors": 1.316,
    "borne": 0.088,
    "invented": 1.548,
    "language": 0.044,
    "likeness": 2.022,
    "name": 0.07,
    "number": 0.564,
    "small": -0.556,
    "sound": 0.125,
    "spelling": -0.56,
    "words": 0.338,
}
MOST_GAIN = 20.0
# Log probabilities (natural) in the sound, and beyond what the language has against it, under both
# of which the recording contradicts a proposal: none that mended was under both.
LEAST_SOUND, LEAST_BORNE = -20.0, -15.0
LEAST_SCORE = 0.51
# Below this a proposal is not worth showing to a person: one in ten at best.
LEAST_SUGGESTED = 0.1
