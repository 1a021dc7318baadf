"""Which published article belongs to which episode: evidence, confidence, and no guess."""
