"""From the built site to where listeners reach it: nothing half, nothing twice, nothing lost."""
