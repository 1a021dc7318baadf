"""Whisper: weights, voice activity, two engines behind one door, word times."""
