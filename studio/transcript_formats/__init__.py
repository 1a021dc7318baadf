"""The transcript as people take it away to correct it, and as they bring it back: text, Markdown,
HTML, Word, tables, captions.
"""

# The endings of the files that it knows.
FORMS = ("docx", "html", "md", "txt", "srt", "vtt", "json", "csv")
