"""The stage table, staleness and its reasons, the runner, and the implementation of the stages."""
