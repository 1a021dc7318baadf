"""Doubts: passages of a transcript that are probably wrong, with probabilities and alternatives."""
