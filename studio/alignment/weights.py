"""The limits and weights of corrections, fitted by ``bench/fit.py``; docs/accuracy.md has the
results of leave-one-interview-out validation.

A weight is what a feature adds to the logarithm of the odds that a proposal mends what was heard.
"""

from __future__ import annotations

# Where nobody listens: which proposals are worth asking the recording about, and, from
# ``SURE_SCORE`` on, which are taken all the same.
UNHEARD: dict[str, float] = {
    "": -3.391,
    "agreement": 2.57,
    "anchors": 1.229,
    "invented": 0.54,
    "likeness": 2.243,
    "name": -0.327,
    "near": 0.78,
    "number": 0.338,
    "small": -0.742,
    "sounds": 1.277,
    "spelling": -1.653,
    "words": 0.749,
}
LEAST_WORTH_HEARING = 0.19
SURE_SCORE = 0.40

# Where the recording was asked. Log probabilities that are further from 0 than ``MOST_GAIN`` say no
# more.
HEARD: dict[str, float] = {
    "": -2.535,
    "agreement": 2.188,
    "anchors": 1.105,
    "borne": 0.042,
    "invented": 1.438,
    "language": -0.003,
    "likeness": 1.989,
    "name": -0.179,
    "near": 1.106,
    "number": 0.64,
    "small": -0.488,
    "sound": 0.111,
    "sounds": 1.199,
    "spelling": -1.071,
    "words": 0.646,
}
MOST_GAIN = 20.0
# Log probabilities (natural) in the sound, and beyond what the language has against it, under both
# of which the recording contradicts a proposal: none that mended was under both.
LEAST_SOUND, LEAST_BORNE = -20.0, -15.0
LEAST_SCORE = 0.45
# Below this a proposal is not worth showing to a person: one in ten at best.
LEAST_SUGGESTED = 0.1
