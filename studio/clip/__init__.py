"""Clips: a sound bite as audio or as a video for social networks."""
