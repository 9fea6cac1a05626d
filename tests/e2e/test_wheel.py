"""The wheel, installed where there is no checkout: the command, the samples and the package."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from uv import find_uv_bin

from studiolo.environments.environment import Environment

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of an environment that has the wheel and what it needs, nothing else."""
    folder = tmp_path_factory.mktemp("wheel")
    uv("build", "--wheel", "--quiet", "--out-dir", folder, ROOT)
    (wheel,) = folder.glob("*.whl")
    # The versions of the lock file are in uv's cache already.
    locked = uv("export", "--frozen", "--no-dev", "--no-emit-project", "--no-hashes")
    (folder / "locked.txt").write_text(locked, encoding="utf-8")
    uv("venv", "--quiet", "--python", sys.executable, folder / "venv")
    python = folder / "venv" / "bin" / "python"
    constrained = ("--constraint", folder / "locked.txt", wheel)
    uv("pip", "install", "--quiet", "--python", python, *constrained)
    return python.parent


def test_the_command_and_the_package_work_outside_of_the_checkout(
    installed: Path, tmp_path: Path, default_environment: Environment
) -> None:
    assert "Made the workspace" in ran(tmp_path, installed / "studiolo", "new", "mine")
    said = ran(tmp_path, installed / "studiolo", "run", "mine/experiments/rank-features")
    assert "finished in" in said
    where = ran(tmp_path, installed / "python", "-c", "import studiolo; print(studiolo.__file__)")
    assert where.startswith(str(installed.parent))


def uv(*arguments: str | Path) -> str:
    return ran(ROOT, find_uv_bin(), *arguments)


def ran(folder: Path, *command: str | Path) -> str:
    """What a command that succeeds writes on its standard output."""
    outside = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    done = subprocess.run(
        command, cwd=folder, env=outside, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
