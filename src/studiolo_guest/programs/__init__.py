"""Programs: the steps of a published experiment, run one after another in one process."""
