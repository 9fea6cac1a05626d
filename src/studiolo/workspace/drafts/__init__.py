"""Experiments written in Python: the draft, its nodes and scripts, and conflicts between drafts."""
