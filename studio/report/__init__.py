"""The report: differences between article and recording, on one page for review."""
