"""Chapters: the article's questions at their times, with titles short enough for a phone."""
