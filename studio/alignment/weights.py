"""The limits and weights of corrections, fitted by ``bench/fit.py``; docs/accuracy.md has what
comes of them, leave one interview out.

A weight is what a feature adds to the logarithm of the odds that a proposal mends what was heard.
"""

from __future__ import annotations

# Where nobody listens: which proposals are worth asking the recording about, and, from
# ``SURE_SCORE`` on, which are taken all the same.
UNHEARD: dict[str, float] = {
    "": -3.151,
    "agreement": 1.984,
    "anchors": 1.318,
    "invented": 0.639,
    "likeness": 2.419,
    "name": 0.098,
    "number": 0.159,
    "small": -0.262,
    "spelling": -0.469,
    "words": 0.616,
}
LEAST_WORTH_HEARING = 0.24
SURE_SCORE = 0.40

# Where the recording was asked. Log probabilities that are further from 0 than ``MOST_GAIN`` say no
# more.
HEARD: dict[str, float] = {
    "": -1.978,
    "agreement": 2.167,
    "anchors": 1.093,
    "borne": 0.064,
    "invented": 1.427,
    "language": 0.052,
    "likeness": 1.832,
    "name": 0.966,
    "number": 0.538,
    "small": -0.971,
    "sound": 0.106,
    "spelling": -0.211,
    "words": 0.804,
}
MOST_GAIN = 20.0
# Log probabilities (natural) in the sound, and beyond what the language has against it, under both
# of which the recording contradicts a proposal: none that mended was under both.
LEAST_SOUND, LEAST_BORNE = -20.0, -15.0
LEAST_SCORE = 0.47
# Below this a proposal is not worth showing to a person: one in ten at best.
LEAST_SUGGESTED = 0.1
