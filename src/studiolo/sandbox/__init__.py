"""Where scripts run: fresh, single-use processes that may do only what the policy allows."""
