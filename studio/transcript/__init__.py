"""Operations on transcripts: times for changed texts, three-way merges, where notes belong."""
