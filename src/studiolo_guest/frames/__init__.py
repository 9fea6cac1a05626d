"""Datasets as pandas frames and back: a sealed memory file in, an Arrow stream out."""
