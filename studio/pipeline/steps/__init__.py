"""The implementation of the stages: each reads its sources and writes into its staged outputs.
Other packages are imported when a stage runs.
"""
