"""The editor: a local page on which people correct what the machine heard."""
