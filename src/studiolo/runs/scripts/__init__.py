"""Scripts: one run by itself, and what is found in the source of any."""
