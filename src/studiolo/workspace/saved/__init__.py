"""Saved models and transforms: results that a workspace keeps by name, in files people can see."""
