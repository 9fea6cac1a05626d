"""Datasets: tables, the file formats they come in, and what Visualize shows of them."""
