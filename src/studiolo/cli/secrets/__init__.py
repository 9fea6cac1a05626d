"""Secrets on the command line."""
