"""The draft of a post on a WordPress site: its text, the REST API, and which changes are safe."""
