"""Benchmarks by name, or all of them, each in a process of its own."""

import argparse
import subprocess
import sys
from collections.abc import Sequence

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
#: These run only when they are named.
_LONG = ("soak",)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run them one after the other: at the same time they would measure each other."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=f"Run benchmarks. Without a name: all but {', '.join(_LONG)}.",
    )
    known = (*_ALL, *_LONG)
    parser.add_argument("name", nargs="*", help=", ".join(known))
    names = parser.parse_args(arguments).name
    unknown = [name for name in names if name not in known]
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(known)}")
    for name in names or _ALL:
        print(f"\n== {name}", flush=True)
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=True)


if __name__ == "__main__":
    main()
