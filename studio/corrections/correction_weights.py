"""The limits and weights of corrections, fitted by ``bench/weights_fit.py``; docs/accuracy.md has
the results of leave-one-interview-out validation.

A weight is what a feature adds to the logarithm of the odds that a proposal mends what was heard.
"""

from __future__ import annotations

# Without sound: which proposals are worth scoring with the recording, and, from ``SURE_SCORE`` on,
# which are accepted anyway.
TEXT_ONLY_WEIGHTS: dict[str, float] = {
    "": -3.458,
    "agreement": 2.585,
    "anchors": 1.197,
    "invented": 0.503,
    "similarity": 2.399,
    "name": -0.358,
    "near": 0.751,
    "number": 0.33,
    "small": -0.699,
    "sounds": 1.287,
    "spelling": -1.716,
    "words": 0.748,
}
# Probabilities (0 to 1) by the rule above, from which on a proposal is scored with the recording,
# and from which on it is accepted without.
MIN_AUDIO_SCORE = 0.19
SURE_SCORE = 0.40

# Where the recording was asked. Log probabilities that are further from 0 than ``MAX_GAIN`` say no
# more.
ACOUSTIC_WEIGHTS: dict[str, float] = {
    "": -2.588,
    "agreement": 2.224,
    "anchors": 1.112,
    "borne": 0.043,
    "invented": 1.396,
    "language": -0.004,
    "similarity": 2.102,
    "name": -0.175,
    "near": 1.065,
    "number": 0.612,
    "small": -0.487,
    "sound": 0.109,
    "sounds": 1.224,
    "spelling": -1.128,
    "words": 0.645,
}
# Natural logarithms.
MAX_GAIN = 20.0
# Log probabilities (natural) in the sound, and beyond what the language has against it, under both
# of which the recording contradicts a proposal: none that mended was under both.
MIN_SOUND, MIN_BORNE = -20.0, -15.0
# Log probability in the sound from which on it confirms a wording that takes the place of clear
# words: of 40 between words of the article, in 21 interviews, 15 are above it and none of these
# spoils a word; the first that does has -8.
MIN_HEARD_SOUND = -7.0
MIN_SCORE = 0.47
# A name that is printed about there is taken, though small or unsure words would go with it or the
# rule is not sure of it, where a model that was told the name finds it so much more probable than
# what was heard (natural logarithm), and one that was told nothing not less than so much. Of 26
# interviews none of such names was wrong; from 2.7 on one was (« des trucs »), and one under -15
# (``bench/prompted_names.py`` prints them).
MIN_PROMPTED, MIN_UNPROMPTED = 4.0, -15.0
# The same for names so long that they are not like other words by chance: of 21 more between these
# limits and those above none was wrong.
MIN_LONG_PROMPTED, MIN_LONG_UNPROMPTED = 1.0, -25.0
# Names that sound less like what was heard are not asked about.
MIN_PROMPTED_SIMILARITY = 0.55
# Below this a proposal is not worth showing to a person: one in ten at best.
MIN_SUGGESTED = 0.1
