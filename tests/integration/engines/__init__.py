"""Engines: the contract that each of them keeps, and an engine for tests."""
