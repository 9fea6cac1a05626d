"""The database that holds a workspace's records: its tables, and the kinds that it may be of."""
