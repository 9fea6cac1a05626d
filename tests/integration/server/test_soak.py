"""The soak of the benchmarks, shortened: nothing lost, nothing mixed, nothing left behind."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
SECONDS = "12"


def test_a_server_under_everything_at_once() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks.soak", SECONDS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
