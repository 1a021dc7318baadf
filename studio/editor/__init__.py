"""The editor: a local page for correcting the machine's transcript."""
