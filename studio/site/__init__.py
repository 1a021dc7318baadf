"""Static pages: those of the show, and one for each episode, with the published article and its
audio.
"""
