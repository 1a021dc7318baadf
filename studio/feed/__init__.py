"""The feed: RSS 2.0 with feedgen and our Podcasting 2.0 extension, show notes, and feeds of other
hosts.
"""
