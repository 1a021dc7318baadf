"""The published article: text, Markdown, Word or HTML read as an ``Article``, and its names."""
