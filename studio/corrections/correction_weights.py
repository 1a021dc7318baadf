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
# If the log-probability (natural) of a proposal in the audio is below the first limit and its
# difference from what the language model has against it is below the second, the recording
# contradicts it. No right correction was below both.
MIN_SOUND, MIN_BORNE = -20.0, -15.0
# Log probability in the sound from which on it confirms a wording that takes the place of clear
# words: of 40 between words of the article, in 21 interviews, 15 are above it and none of these
# spoils a word; the first that does has -8.
MIN_HEARD_SOUND = -7.0
MIN_SCORE = 0.47
# A name that the article has near this place is accepted, even if function words or uncertain
# words disappear with it or the rule is unsure, if the model finds it this much more probable
# (natural logarithm) with the name in its prompt, and without a prompt not less probable than the
# second limit. Of such names in 26 interviews none was wrong; with 2.7 one was (« des trucs »),
# and one below -15 (``bench/prompted_names.py`` prints them).
MIN_PROMPTED, MIN_UNPROMPTED = 4.0, -15.0
# The same for names so long that they hardly resemble other words by chance: of 21 more between
# these limits and those above none was wrong.
MIN_LONG_PROMPTED, MIN_LONG_UNPROMPTED = 1.0, -25.0
# Names that sound less like what was heard are not asked about.
MIN_PROMPTED_SIMILARITY = 0.55
# Below this a proposal is not worth showing to a person: one in ten at best.
MIN_SUGGESTED = 0.1
