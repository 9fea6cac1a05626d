"""The exchange between the host and a run, checked before it is believed."""
