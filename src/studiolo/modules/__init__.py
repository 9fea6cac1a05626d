"""Modules: what a node of an experiment can be."""
