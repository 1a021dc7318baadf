"""Whisper: weights, voice activity, two engines behind one interface, word times."""
