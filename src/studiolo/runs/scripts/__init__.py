"""Scripts: running one alone, and what is found in the source of any."""
