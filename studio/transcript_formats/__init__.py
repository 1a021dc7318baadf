"""Transcripts exported for correction and imported again: text, Markdown, HTML, Word, tables,
captions.
"""

# What it writes for other programs and does not read back, with the ending of the file: a text for
# layout, labels of Audacity, an edit decision list.
WRITTEN_ONLY = {"layout": "docx", "audacity": "labels.txt", "edl": "edl"}
