"""Results, runs and progress as text on a terminal."""
