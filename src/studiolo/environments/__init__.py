"""The Python environments that scripts run in, built with uv and apart from Studiolo's own."""
