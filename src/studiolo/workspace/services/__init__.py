"""The verbs for web services that the command line and the server share."""
