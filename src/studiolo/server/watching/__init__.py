"""What operators see of the server: its health, its metrics and its log."""
