"""Alignment of article and recording: questions, paragraphs, and word by word."""
