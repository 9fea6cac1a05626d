"""Studiolo as its users meet it: the command line, the examples, the README."""
