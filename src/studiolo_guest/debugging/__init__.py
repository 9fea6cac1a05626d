"""Looking into a script: the local variables of one that failed."""
