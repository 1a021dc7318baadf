"""User-facing texts in several languages: sentences, catalogues, dates and numbers."""
