"""Announcements of an episode: texts for networks and newsletters, made only of printed or spoken
sentences.
"""
