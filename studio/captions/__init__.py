"""Captions: the published transcript as WebVTT, SubRip, Podcasting 2.0 JSON, HTML and text."""
