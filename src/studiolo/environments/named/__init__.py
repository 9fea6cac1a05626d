"""Environments with names: the built-in ones, and those of a workspace."""
