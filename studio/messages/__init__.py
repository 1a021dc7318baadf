"""What people read, in their own language: sentences, their catalogues, dates and numbers."""
