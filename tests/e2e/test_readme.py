"""What the README tells people to type works: its `sh` and `python` blocks are run."""

import os
import re
import subprocess
import sys
from pathlib import Path

from studiolo.environments.environment import Environment
from studiolo.modules.declaration import read_declaration
from studiolo.modules.definition import ModuleId

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8") if (ROOT / "README.md").exists() else ""
_BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = _BLOCK.findall(README)


def test_there_is_something_to_run() -> None:
    assert BLOCKS or not README.strip()


def test_the_blocks_of_the_readme_work_one_after_the_other(
    tmp_path: Path, default_environment: Environment
) -> None:
    for language, text in BLOCKS:
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


def test_the_module_of_the_readme_is_one() -> None:
    (text,) = re.findall(r"^```py\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    declared = read_declaration(text, id=ModuleId("size-in-words"), path=None)
    assert declared.name == "Size in Words"
    assert [parameter.name for parameter in declared.parameters] == ["column"]


def _commands(language: str, text: str) -> list[str | list[str]]:
    if language == "python":
        return [[sys.executable, "-c", text]]
    lines = text.replace("\\\n", " ").splitlines()
    # What `make` does, CI does itself.
    return [line for line in lines if line.strip() and not line.startswith(("#", "make "))]
