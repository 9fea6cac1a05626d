"""The JSON documents that describe runs, results and findings, as types.

The keys are in docs/reference: keys may be added, and none is removed without a note.
"""
