"""Tests against the real sandbox; a package, so that they can share how to reach it."""
