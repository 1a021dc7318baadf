"""The workspace's layout, the stage table, what is stale and why, the runner, atomic files."""
