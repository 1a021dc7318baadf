"""The built site in a browser, as a real web server would give it."""
