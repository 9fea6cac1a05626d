"""Sandboxes of this machine, made for scripts and engines."""
