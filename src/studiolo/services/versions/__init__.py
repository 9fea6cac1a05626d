"""Versions of a service: frozen when it is published, and found by digest."""
