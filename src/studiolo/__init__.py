"""Studiolo runs Azure Machine Learning Studio (classic) scripts, each in a fresh sandbox."""
