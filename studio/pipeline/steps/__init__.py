"""What each stage does: it reads its sources, asks the rooms, and writes into its draft. Rooms are
imported when a stage runs.
"""
