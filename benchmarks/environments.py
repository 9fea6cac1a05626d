"""The first run of a script that names a package, and its further runs.

Beside the first run: a virtual environment made by hand. Beside the others: the same script without
the package. Packages come from uv's cache; nothing is downloaded while it is measured.
"""

import itertools
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.turns import print_noise, print_turns, take_turns
from studiolo.environments.removal import KeptEnvironment, kept_environments

_PACKAGE = "humanize==4.12.1"
_METADATA = f"""# /// script
# dependencies = ["{_PACKAGE},>={{least}}"]
# ///
"""
_SCRIPT = """
import pandas as pd
{imported}

def azureml_main(dataframe1=None, dataframe2=None):
    return pd.DataFrame({{"n": [1000, 10**6]}}),
"""
_BY_HAND = "\nazureml_main()[0].to_csv('plain.csv', index=False)\n"
_UV = str(Path(sys.executable).with_name("uv"))


def main() -> None:
    """Run the comparison and print it."""
    print_noise()
    with TemporaryDirectory() as name:
        folder = Path(name)
        script = _SCRIPT.format(imported="import humanize")
        (folder / "plain.py").write_text(script + _BY_HAND)
        (folder / "ordinary.py").write_text(_SCRIPT.format(imported=""))
        # Each has a requirement of its own, which has to be resolved.
        scripts = (_METADATA.format(least=f"0.{number}") + script for number in itertools.count())
        (folder / "packaged.py").write_text(next(scripts))
        _run(folder, "packaged.py")
        used = [kept for kept in kept_environments() if kept.path.name.startswith("script-")]
        made = max(used, key=lambda kept: kept.last_used)
        first = {
            "studiolo": partial(_first_run, folder, made, scripts),
            "uv venv, uv pip install, python": partial(_by_hand, folder),
        }
        print("the first run of a script that names a package")
        print_turns(take_turns(first, 5))
        further = {
            "studiolo": partial(_run, folder, "packaged.py"),
            "studiolo, without the package": partial(_run, folder, "ordinary.py"),
        }
        print("its further runs")
        print_turns(take_turns(further, 15))


def _first_run(folder: Path, made: KeptEnvironment, scripts: Iterator[str]) -> None:
    made.remove()
    (folder / "packaged.py").write_text(next(scripts))
    (folder / "packaged.py.lock").unlink()
    _run(folder, "packaged.py")


def _run(folder: Path, script: str) -> None:
    command = [sys.executable, "-m", "studiolo", "run", script, "--output", "ours.csv"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def _by_hand(folder: Path) -> None:
    python = folder / "by-hand" / "bin" / "python"
    shutil.rmtree(folder / "by-hand", ignore_errors=True)
    for command in (
        [_UV, "venv", "--quiet", "by-hand"],
        [_UV, "pip", "install", "--quiet", "--python", str(python), "pandas", _PACKAGE],
        [str(python), "plain.py"],
    ):
        subprocess.run(command, cwd=folder, check=True, capture_output=True)


if __name__ == "__main__":
    main()
