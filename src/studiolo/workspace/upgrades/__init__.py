"""Old code of a workspace in today's spelling: scripts, bundles, experiments."""
