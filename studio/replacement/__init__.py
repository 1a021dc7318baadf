"""Replacing a recording by another one of the same conversation: the user's markers are carried
over to its clock.
"""
