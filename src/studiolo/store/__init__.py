"""What is remembered: records in a database, and results as blobs beside it."""
