"""The web service's side of an experiment: its inputs, its outputs and its parameters."""
