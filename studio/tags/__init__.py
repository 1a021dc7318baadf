"""Tags of finished episodes: ID3v2.3, MP4 atoms, Vorbis comments, from one table of fields."""
