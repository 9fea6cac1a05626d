"""All benchmarks, each in a process of its own."""

import subprocess
import sys

_ALL = (
    "runs",
    "handover",
    "cold_start",
    "csv_reading",
    "profile",
    "experiments",
    "services",
    "service_start",
    "batches",
    "network",
    "environments",
    "upgrade",
    "studio",
)


def main() -> None:
    """Run them one after the other: at the same time they would measure each other."""
    for name in _ALL:
        print(f"\n== {name}", flush=True)
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=True)


if __name__ == "__main__":
    main()
