"""Commands that change scripts."""
