"""A workspace's folder: how it is made, its settings, and what it remembers of its runs."""
