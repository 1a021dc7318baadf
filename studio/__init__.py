"""Studio: from a recorded interview and its published article to a podcast episode."""

__version__ = "0.2.0"
