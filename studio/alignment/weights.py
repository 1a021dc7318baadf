"""The limits and weights of corrections, fitted by ``bench/fit.py``; docs/accuracy.md has the
results of leave-one-interview-out validation.

A weight is what a feature adds to the logarithm of the odds that a proposal mends what was heard.
"""

from __future__ import annotations

# Where nobody listens: which proposals are worth asking the recording about, and, from
# ``SURE_SCORE`` on, which are taken all the same.
UNHEARD: dict[str, float] = {
    "": -4.14,
    "agreement": 3.236,
    "anchors": 1.25,
    "invented": 0.468,
    "likeness": 3.126,
    "name": 0.122,
    "number": 0.029,
    "small": -0.446,
    "sounds": 1.517,
    "spelling": -1.965,
    "words": 0.733,
}
LEAST_WORTH_HEARING = 0.18
SURE_SCORE = 0.40

# Where the recording was asked. Log probabilities that are further from 0 than ``MOST_GAIN`` say no
# more.
HEARD: dict[str, float] = {
    "": -3.038,
    "agreement": 3.238,
    "anchors": 1.023,
    "borne": 0.088,
    "invented": 1.454,
    "language": 0.04,
    "likeness": 2.596,
    "name": 0.775,
    "number": 0.042,
    "small": -0.536,
    "sound": 0.088,
    "sounds": 1.211,
    "spelling": -1.462,
    "words": 0.569,
}
MOST_GAIN = 20.0
# Log probabilities (natural) in the sound, and beyond what the language has against it, under both
# of which the recording contradicts a proposal: none that mended was under both.
LEAST_SOUND, LEAST_BORNE = -20.0, -15.0
LEAST_SCORE = 0.48
# Below this a proposal is not worth showing to a person: one in ten at best.
LEAST_SUGGESTED = 0.1
