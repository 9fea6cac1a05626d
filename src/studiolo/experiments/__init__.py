"""Experiments: the graph as data, its checks and its file format."""
