"""Tests against real files and processes; a package, so that they can share how to make them."""
