"""A workspace folder, opened; and the one place that wires concrete things together."""
