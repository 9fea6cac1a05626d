"""What a web service has of an experiment: its inputs, its outputs and its parameters."""
