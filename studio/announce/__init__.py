"""Announcements of an episode: texts for social networks and newsletters, made only of printed or
spoken sentences.
"""
