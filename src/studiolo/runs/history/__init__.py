"""Runs that have ended: their results, and how they differ."""
