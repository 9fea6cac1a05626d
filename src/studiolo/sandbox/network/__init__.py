"""The network of a run that may reach targets by name: a proxy of the host, and nothing else."""
