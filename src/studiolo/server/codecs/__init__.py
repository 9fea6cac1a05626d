"""The shapes in which requests come and replies go, one module each."""
