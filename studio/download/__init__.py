"""Documents and files of other people's web servers: guarded, bounded, polite, resumable."""
