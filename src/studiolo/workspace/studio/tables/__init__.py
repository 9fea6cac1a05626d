"""Datasets that users look at: their rows, and plots of their columns."""
