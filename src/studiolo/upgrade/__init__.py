"""Old scripts in today's spelling."""
