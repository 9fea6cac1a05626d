"""Web services: published experiments that score what callers send."""
