"""The limits and weights of corrections, fitted by ``bench/fit.py``; docs/accuracy.md has what
comes of them, leave one interview out.

A weight is what a feature adds to the logarithm of the odds that a proposal mends what was heard.
"""

from __future__ import annotations

# Where nobody listens: which proposals are worth asking the recording about, and, from
# ``SURE_SCORE`` on, which are taken all the same.
UNHEARD: dict[str, float] = {
    "": -3.314,
    "agreement": 2.004,
    "anchors": 1.393,
    "invented": 0.715,
    "likeness": 2.674,
    "name": 0.036,
    "number": 0.162,
    "small": -0.165,
    "spelling": -0.582,
    "words": 0.488,
}
LEAST_WORTH_HEARING = 0.26
SURE_SCORE = 0.40

# Where the recording was asked. Log probabilities that are further from 0 than ``MOST_GAIN`` say no
# more.
HEARD: dict[str, float] = {
    "": -2.133,
    "agreement": 2.148,
    "anchors": 1.215,
    "borne": 0.073,
    "invented": 1.667,
    "language": 0.048,
    "likeness": 2.077,
    "name": 0.805,
    "number": 0.558,
    "small": -0.832,
    "sound": 0.113,
    "spelling": -0.3,
    "words": 0.607,
}
MOST_GAIN = 20.0
# Log probabilities (natural) in the sound, and beyond what the language has against it, under both
# of which the recording contradicts a proposal: none that mended was under both.
LEAST_SOUND, LEAST_BORNE = -20.0, -15.0
LEAST_SCORE = 0.55
# Below this a proposal is not worth showing to a person: one in ten at best.
LEAST_SUGGESTED = 0.1
