"""What the README tells people to type works: its `sh` and `python` blocks are run."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from studiolo.environments.environment import Environment

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8") if (ROOT / "README.md").exists() else ""
_BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = _BLOCK.findall(README)


def test_there_is_something_to_run() -> None:
    assert BLOCKS or not README.strip()


@pytest.mark.parametrize(("language", "text"), BLOCKS, ids=[text[:40] for _, text in BLOCKS])
def test_a_block_of_the_readme_works(
    language: str, text: str, tmp_path: Path, default_environment: Environment
) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    for command in _commands(language, text):
        done = subprocess.run(
            command,
            shell=isinstance(command, str),
            cwd=tmp_path,
            env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        assert done.stdout or done.stderr, f"{command} says nothing"


def _commands(language: str, text: str) -> list[str | list[str]]:
    if language == "python":
        return [[sys.executable, "-c", text]]
    lines = text.replace("\\\n", " ").splitlines()
    # What `make` does, CI does itself.
    return [line for line in lines if line.strip() and not line.startswith(("#", "make "))]
