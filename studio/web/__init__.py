"""Shared by all packages that publish: addresses, media types, slugs, licences."""
