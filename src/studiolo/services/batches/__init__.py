"""Batches: whole files scored by a version of a service, in pieces where that is possible."""
