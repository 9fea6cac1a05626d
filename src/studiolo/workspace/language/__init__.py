"""Help while a script is typed: completion, hover, signatures and diagnostics, by pyrefly."""
