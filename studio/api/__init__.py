"""The commands as Python functions: `announce`, `check`, `clip`, `new`, `publish`, `report`, `run`
and `upload`, each in a module of that name (docs/python.md); `wordpress` makes the draft of a post.
"""
