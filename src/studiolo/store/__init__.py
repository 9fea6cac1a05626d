"""The memory of a workspace: records in a database, and results as blobs beside it."""
