"""The limits and weights of corrections, fitted by ``bench/fit.py``; docs/accuracy.md has what
comes of them, leave one interview out.

A weight is what a feature adds to the logarithm of the odds that a proposal mends what was heard.
"""

from __future__ import annotations

# Where nobody listens: which proposals are worth asking the recording about, and, from
# ``SURE_SCORE`` on, which are taken all the same.
UNHEARD: dict[str, float] = {
    "": -4.181,
    "agreement": 3.26,
    "anchors": 1.449,
    "invented": 0.413,
    "likeness": 3.036,
    "name": 0.065,
    "number": 0.096,
    "small": -0.513,
    "sounds": 1.938,
    "spelling": -1.338,
    "words": 0.819,
}
LEAST_WORTH_HEARING = 0.16
SURE_SCORE = 0.40

# Where the recording was asked. Log probabilities that are further from 0 than ``MOST_GAIN`` say no
# more.
HEARD: dict[str, float] = {
    "": -3.452,
    "agreement": 3.212,
    "anchors": 1.406,
    "borne": 0.071,
    "invented": 1.474,
    "language": 0.044,
    "likeness": 2.472,
    "name": 0.738,
    "number": 0.381,
    "small": -1.124,
    "sound": 0.059,
    "sounds": 1.667,
    "spelling": -0.404,
    "words": 0.423,
}
MOST_GAIN = 20.0
# Log probabilities (natural) in the sound, and beyond what the language has against it, under both
# of which the recording contradicts a proposal: none that mended was under both.
LEAST_SOUND, LEAST_BORNE = -20.0, -15.0
LEAST_SCORE = 0.73
# Below this a proposal is not worth showing to a person: one in ten at best.
LEAST_SUGGESTED = 0.1
