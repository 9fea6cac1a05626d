"""Measurements: ours and the peers', interleaved, as ratios."""
