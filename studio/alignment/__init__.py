"""Recording ↔ article: which question was asked when, and who asks."""
