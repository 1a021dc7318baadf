"""Many episodes on many machines: jobs through dask.distributed, each one episode's run."""
