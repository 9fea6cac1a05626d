"""Runs that a person looks into: a console, or a debugger."""
