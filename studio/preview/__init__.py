"""A local preview of the built site, served as by a production web server."""
