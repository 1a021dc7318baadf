"""Static pages: those of the show, and one per episode with the published article and its audio."""
