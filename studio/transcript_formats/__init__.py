"""Transcripts exported for correction and imported again: text, Markdown, HTML, Word, tables,
captions.
"""

# Formats that are only written, with their suffixes: a document for layout, Audacity labels, an
# edit decision list.
WRITTEN_ONLY = {"layout": "docx", "audacity": "labels.txt", "edl": "edl"}
