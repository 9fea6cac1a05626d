"""The help page of an endpoint: what to send, what comes back, programs that do it, and a form."""
