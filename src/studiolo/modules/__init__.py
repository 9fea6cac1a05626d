"""Modules: what a node of an experiment can be. So far one, Execute Python Script."""
