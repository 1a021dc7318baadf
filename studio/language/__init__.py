"""French as Studio compares it: words, dictionary forms, numbers. Knows nothing of articles and
recordings.
"""
