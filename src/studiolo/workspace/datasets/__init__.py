"""The datasets of a workspace: files, their versions, and uploads."""
