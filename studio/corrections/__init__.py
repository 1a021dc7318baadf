"""Corrections of the transcript: the article, French spelling and the show's glossary propose them,
the recording decides.
"""
