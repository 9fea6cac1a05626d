"""From a request's bytes to the answer's: shapes, turns, threads, time limits."""
