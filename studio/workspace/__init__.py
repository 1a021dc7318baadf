"""The workspace on the disk: layout, settings, build state, locks, atomic writes, parsed
sources.
"""
