"""`studiolo save-model` and `studiolo save-transform`."""
