"""Commands that read scripts, and change them."""
