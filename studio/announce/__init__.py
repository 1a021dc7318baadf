"""Telling people of an episode: texts for networks and newsletters, only of words that the article
prints or that were said.
"""
