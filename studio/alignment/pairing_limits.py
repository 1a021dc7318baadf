"""The limits of this package, each with its unit, trade-off and source."""

# The maximum number of spoken and of printed words in one pair. A name that was recognised as one
# word may have four; longer blocks were never correct in the test interviews, and cost time.
MAX_HEARD = 3
MAX_PRINTED = 4
# The cost of an unpaired word in edits: per phoneme, and per word. Higher costs leave fewer words
# unpaired, but pair unrelated words. By trial on four interviews (bench/corrections.py).
UNPAIRED_SOUND = 0.6
UNPAIRED_WORD = 0.3
# The cost in edits for each word beyond one-to-one, so that single words are paired if possible.
# The same trial.
JOINED = 0.05
# The maximum difference in phonemes, as a share of the longer side; beyond it they cannot be the
# same words. Only saves time.
LENGTHS_APART = 0.6
# The number of consecutive equal words that are paired without a search. Saves time; shorter runs
# could be coincidences.
ANCHOR_WORDS = 6

# The minimum phonetic similarity, 0 to 1, at which two words of a pair count as the same,
# misrecognised or inflected. Lower values find more spoken words, but highlight sentences that were
# not spoken; by trial on the twenty-one interviews of docs/accuracy.md.
ONE_WORD = 0.6
