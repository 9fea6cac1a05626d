"""The operators' view of the server: its health, its metrics and its log."""
