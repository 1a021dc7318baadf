"""Fit again everything that hearing, corrections, questions and doubts weigh, and print what each
limit rests on.

    python -m bench.fit [--weights base] [--interviews FOLDER] [--cache FOLDER] [--write]

In the order in which a recording goes through it, each told by leaving one interview out:

1. when a doubtful window is decoded again (``bench/redecoding.py``) and which of two decodings is
   believed (``bench/rescoring.py``): tables, from which a person chooses;
2. how the article's exchanges are found (``bench/exchange_fit.py``), and when the article is
   another recording's (``bench/pair_fit.py``);
3. when a name is taken by a model that was given it as a prompt (``bench/prompted_names.py``): a table;
4. which corrections are taken and how sure a doubt is (``bench/weights_fit.py``).

What 2 and 4 fit is put into the code with ``--write``; without it nothing is changed. What was
decoded and scored is kept in the cache, so that a run that was stopped continues. docs/limits.md
lists the limits.
"""

from __future__ import annotations

from bench import exchange_fit, pair_fit, prompted_names, redecoding, rescoring, weights_fit
from bench.corpus import Recogniser, interviews_in, recogniser_parser

# One is left out, and of the others one article is compared with another's recording.
FEWEST = 3


def main() -> None:
    """Read the arguments, then fit one after the other."""
    parser = recogniser_parser(__doc__)
    parser.add_argument("--write", action="store_true", help="put what was fitted into the code")
    chosen = parser.parse_args()
    interviews = interviews_in(chosen.interviews)
    if sum(bool(one.article.exchanges) for one in interviews) < FEWEST:
        parser.error(f"fitting on the others takes {FEWEST} interviews at least")
    recogniser = Recogniser(chosen.weights, chosen.cache)
    print("\n# Windows that are decoded again\n", flush=True)
    redecoding.print_limits(interviews, chosen.weights)
    print("\n# Of two decodings\n", flush=True)
    rescoring.print_limits(interviews, chosen.weights, chosen.cache)
    print("\n# Exchanges\n", flush=True)
    exchange_fit.fit(interviews, recogniser, write=chosen.write)
    print("\n# Another recording's article\n", flush=True)
    pair_fit.fit(interviews, recogniser, write=chosen.write)
    print("\n# Told names\n", flush=True)
    prompted_names.print_limits(interviews, recogniser)
    print("\n# Corrections and doubts\n", flush=True)
    weights_fit.fit(interviews, recogniser, write=chosen.write)


if __name__ == "__main__":
    main()
