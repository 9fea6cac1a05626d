"""The surroundings of a node: what is wired into it, and what its script can use."""
