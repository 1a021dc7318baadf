"""Chapters: the article's questions where they are heard, under titles that a telephone can
show.
"""
