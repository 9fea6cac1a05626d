"""Where steps run, and how many at once."""
