"""uv, which resolves and installs packages: running it, and its words in ours."""
