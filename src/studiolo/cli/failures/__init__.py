"""Views of what is known of a failure."""
