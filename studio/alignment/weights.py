"""The limits and weights of corrections, fitted by ``bench/fit.py``; docs/accuracy.md has what
comes of them, leave one interview out.

A weight is what a feature adds to the logarithm of the odds that a proposal mends what was heard.
"""

from __future__ import annotations

# Where nobody listens: which proposals are worth asking the recording about, and, from
# ``SURE_SCORE`` on, which are taken all the same.
UNHEARD: dict[str, float] = {
    "": -4.062,
    "agreement": 3.256,
    "anchors": 1.242,
    "invented": 0.459,
    "likeness": 3.075,
    "name": 0.063,
    "number": 0.03,
    "small": -0.638,
    "sounds": 1.422,
    "spelling": -1.931,
    "words": 0.708,
}
LEAST_WORTH_HEARING = 0.19
SURE_SCORE = 0.40

# Where the recording was asked. Log probabilities that are further from 0 than ``MOST_GAIN`` say no
# more.
HEARD: dict[str, float] = {
    "": -3.014,
    "agreement": 3.223,
    "anchors": 1.029,
    "borne": 0.084,
    "invented": 1.428,
    "language": 0.038,
    "likeness": 2.589,
    "name": 0.675,
    "number": 0.043,
    "small": -0.648,
    "sound": 0.089,
    "sounds": 1.15,
    "spelling": -1.414,
    "words": 0.55,
}
MOST_GAIN = 20.0
# Log probabilities (natural) in the sound, and beyond what the language has against it, under both
# of which the recording contradicts a proposal: none that mended was under both.
LEAST_SOUND, LEAST_BORNE = -20.0, -15.0
LEAST_SCORE = 0.55
# Below this a proposal is not worth showing to a person: one in ten at best.
LEAST_SUGGESTED = 0.1
