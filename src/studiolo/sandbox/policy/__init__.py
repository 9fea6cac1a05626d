"""The rights of a run, and the filters and numbers that they become for the kernel."""
