"""What the commands do, for Python: `check`, `clip`, `new`, `publish` and `report`, each a function
of its command's name in a module of that name (docs/python.md).
"""
