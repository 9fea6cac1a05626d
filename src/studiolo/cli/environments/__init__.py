"""The commands for environments."""
