"""Which published article belongs to which episode: evidence and confidence; doubtful pairs are not
assigned.
"""
