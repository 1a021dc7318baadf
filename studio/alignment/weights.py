"""The limits and weights of corrections, fitted by ``bench/fit.py``; docs/accuracy.md has what
comes of them, leave one interview out.

A weight is what a feature adds to the logarithm of the odds that a proposal mends what was heard.
"""

from __future__ import annotations

# Where nobody listens: which proposals are worth asking the recording about, and, from
# ``SURE_SCORE`` on, which are taken all the same.
UNHEARD: dict[str, float] = {
    "": -4.185,
    "agreement": 3.304,
    "anchors": 1.429,
    "invented": 0.486,
    "likeness": 3.104,
    "name": 0.058,
    "number": 0.023,
    "small": -0.881,
    "sounds": 1.549,
    "spelling": -1.902,
    "words": 0.876,
}
LEAST_WORTH_HEARING = 0.17
SURE_SCORE = 0.40

# Where the recording was asked. Log probabilities that are further from 0 than ``MOST_GAIN`` say no
# more.
HEARD: dict[str, float] = {
    "": -3.077,
    "agreement": 3.073,
    "anchors": 1.237,
    "borne": 0.095,
    "invented": 1.488,
    "language": 0.046,
    "likeness": 2.606,
    "name": 0.639,
    "number": 0.042,
    "small": -0.855,
    "sound": 0.078,
    "sounds": 1.139,
    "spelling": -1.232,
    "words": 0.674,
}
MOST_GAIN = 20.0
# Log probabilities (natural) in the sound, and beyond what the language has against it, under both
# of which the recording contradicts a proposal: none that mended was under both.
LEAST_SOUND, LEAST_BORNE = -20.0, -15.0
LEAST_SCORE = 0.53
# Below this a proposal is not worth showing to a person: one in ten at best.
LEAST_SUGGESTED = 0.1
