"""Static pages: the show's, and one an episode, where the published article can be read and
heard.
"""
