"""French text analysis: words, lemmas, numbers, sounds. Independent of articles and recordings."""
