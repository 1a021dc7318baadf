"""The limits of this package, each with its unit, trade-off and source."""

# Words in one pair, at most: heard, printed. A name that was misheard as one word may be written as
# four; longer blocks were never right in the interviews of the tests, and cost time.
MAX_HEARD = 3
MAX_PRINTED = 4
# Costs of a word that the other side lacks, in edits: a sound of it, and the word itself. More
# leaves fewer words alone, and pairs words that have nothing to do with each other. By trial on the
# four interviews of before (bench/corrections.py).
UNPAIRED_SOUND = 0.6
UNPAIRED_WORD = 0.3
# Edits that a pair costs for every word more than one against one: single words are paired where
# possible. The same trial.
JOINED = 0.05
# Share of the longer side by which the lengths in sounds may differ; beyond it they cannot be the
# same words. Saves time only.
LENGTHS_APART = 0.6
# Same words in a row that both texts have: this many are taken as they are, and only what is
# between is searched. Saves time; shorter runs could be chance.
ANCHOR_WORDS = 6

# Similarity of sounds, 0 to 1, from which on two words of a pair count as one, misheard or
# inflected. Lower finds more of what was said and lights sentences that were not; by trial on the
# twenty-one interviews of docs/accuracy.md.
ONE_WORD = 0.6
