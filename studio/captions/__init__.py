"""The transcript as people and apps read it while they listen: WebVTT, SubRip, Podcasting 2.0 JSON,
HTML, text.
"""
