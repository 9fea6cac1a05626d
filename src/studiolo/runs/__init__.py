"""Runs: carrying out what modules say, in sandboxes."""
