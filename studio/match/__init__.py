"""Article and speech side by side, word by word: what every comparison of both reads."""
