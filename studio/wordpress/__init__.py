"""The draft of a post on a WordPress site: its text, the REST API, what may be written there."""
