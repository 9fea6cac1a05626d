"""YAML as experiments are written in it: read strictly, and changed in place."""
