"""Batch jobs: files that callers have a service score, behind a server."""
