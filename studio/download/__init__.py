"""Downloads from other web servers: guarded, limited in size, rate-limited, resumable."""
