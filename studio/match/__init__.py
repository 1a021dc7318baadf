"""Word-level alignment of article and speech, which every comparison of the two uses."""
