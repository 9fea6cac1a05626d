"""Studiolo's own HTTP API, which the studio's pages use: one noun a file."""
