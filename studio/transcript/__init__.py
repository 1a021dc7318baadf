"""Operations on transcripts: times for changed texts, three-way merges, positions of margin
notes.
"""
