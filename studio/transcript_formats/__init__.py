"""The transcript as people take it away to correct it, and as they bring it back: text, Markdown,
HTML, Word, tables, captions.
"""
