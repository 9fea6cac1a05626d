"""Commands and views for finding out why a script fails."""
