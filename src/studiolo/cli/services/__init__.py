"""The commands for web services."""
