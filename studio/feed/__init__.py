"""The feed: RSS 2.0 with feedgen and our Podcasting 2.0 extension, show notes, feeds of others."""
