"""Clips: a sound bite as people pass it on, as sound or as a video for social networks."""
