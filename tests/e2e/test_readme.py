"""What the README tells people to type works: its `sh` and `python` blocks are run."""

import os
import re
import subprocess
import sys
from pathlib import Path

from studiolo.environments.environment import Environment
from studiolo.modules.declaration import read_declaration
from studiolo.modules.definition import ModuleId

from .workspace_folder import WorkspaceFolder

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8") if (ROOT / "README.md").exists() else ""
_BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = _BLOCK.findall(README)
(MODULE,) = re.findall(r"^```py\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


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
    declared = read_declaration(MODULE, id=ModuleId("size-in-words"), path=None)
    assert declared.name == "Size in Words"
    assert [parameter.name for parameter in declared.parameters] == ["column"]


def test_the_module_of_the_readme_runs(tmp_path: Path, default_environment: Environment) -> None:
    folder = WorkspaceFolder(tmp_path)
    folder.write("modules/size_in_words.py", MODULE)
    folder.write("datasets/files.csv", "bytes\n1500\n3200000\n")
    folder.experiment(
        "sizes",
        """
        name: Sizes
        nodes:
          files: {dataset: files.csv}
          words: {module: size-in-words, inputs: {dataset: files}}
        """,
    )
    ended = folder("run", "experiments/sizes")
    assert ended.code == 0, ended.err
    shown = folder("show", "experiments/sizes/words", "--output", "-")
    assert shown.out == "bytes,size\n1500,1.5 kB\n3200000,3.2 MB\n", shown.err


def _commands(language: str, text: str) -> list[str | list[str]]:
    if language == "python":
        return [[sys.executable, "-c", text]]
    lines = text.replace("\\\n", " ").splitlines()
    # The test has activated the environment already.
    return [line for line in lines if line.strip() and not line.startswith(("#", ". .venv/"))]
