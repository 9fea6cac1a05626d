"""Retired calls of pandas with the meaning that they had."""
