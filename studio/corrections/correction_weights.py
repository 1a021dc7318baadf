"""The limits and weights of corrections, fitted by ``bench/weights_fit.py``; docs/accuracy.md has
the results of leave-one-interview-out validation.

A weight is the contribution of a feature to the log-odds that a proposal is correct.
"""

from __future__ import annotations

# The rule without audio: which proposals are scored with the recording, and, from ``SURE_SCORE``
# on, which are accepted without.
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
# The minimum probabilities (0 to 1) by the rule above for scoring a proposal with the recording,
# and for accepting it without.
MIN_AUDIO_SCORE = 0.19
SURE_SCORE = 0.40

# The rule with audio. Log probabilities are clipped to ±``MAX_GAIN``.
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
# contradicts it. No correct one was below both.
MIN_SOUND, MIN_BORNE = -20.0, -15.0
# The minimum log-likelihood ratio with audio for a wording that replaces clearly recognised words:
# of 40 such proposals between words of the article, in 21 interviews, 15 are above it, all
# harmless; the first harmful one has -8.
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
# Names that are phonetically less similar are not scored.
MIN_PROMPTED_SIMILARITY = 0.55
# Proposals below this are not shown: at best one in ten is correct.
MIN_SUGGESTED = 0.1
