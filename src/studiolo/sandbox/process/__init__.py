"""The processes of a sandbox: started, watched and ended."""
