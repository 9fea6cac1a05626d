"""The set-up of a web service in a workspace."""
