"""Experiments taken out of a workspace: to another one, or as a Python program."""
