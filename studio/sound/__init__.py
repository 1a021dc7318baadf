"""Sound: what a recording is, the master made of it, the tags in the finished file."""
