"""Publish the built site to its destination, atomically and without sending anything twice."""
