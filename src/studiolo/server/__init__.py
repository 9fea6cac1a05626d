"""HTTP: translates between what travels and what the services know, and decides nothing."""
