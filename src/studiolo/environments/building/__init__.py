"""Building environments with uv: each once, whole, and offline afterwards."""
