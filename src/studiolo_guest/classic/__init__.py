"""Retired calls of libraries with the meaning that they had, for the environment `classic`."""
