"""Doubts: where a transcript is probably wrong, how probably, and what may have been said
instead.
"""
