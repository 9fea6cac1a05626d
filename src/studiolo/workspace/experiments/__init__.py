"""The experiments of a workspace: found, read with parameters, and run."""
