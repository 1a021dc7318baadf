"""The built site in a browser, served as by a real web server."""
