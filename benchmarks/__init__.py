"""What `make bench` runs: ours and the peers, taking turns in one run, as ratios.

Each file is one row of the table in docs/explanation/speed.md and can be run by itself:
``python -m benchmarks.runs``.
"""

from studiolo.cli.processor import sort_without_avx512

# As the command line does before NumPy is loaded; peers in the same process have it too.
sort_without_avx512()
