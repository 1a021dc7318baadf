"""Many episodes on many machines: jobs through dask.distributed, one per episode."""
