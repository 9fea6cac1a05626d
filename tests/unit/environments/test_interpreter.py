"""The Python of an environment, found on this machine."""

import sys
from pathlib import Path

import pytest

from studiolo.environments import interpreter
from studiolo.environments.errors import PythonMissingError
from studiolo.environments.interpreter import interpreter_of

#: One that Studiolo does not run on, so that it has to be looked for.
OTHER = (sys.version_info.major, sys.version_info.minor + 20)


@pytest.fixture(autouse=True)
def _pythons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with no Python but those of pyenv, one of which can't be started."""
    facts = '{"version": "%s", "executable": "%s", "base_prefix": "/", "identity": "x"}'
    for number in (8, 9, 10):
        name = f"{OTHER[0]}.{OTHER[1]}"
        program = tmp_path / "pyenv" / "versions" / f"{name}.{number}" / "bin" / f"python{name}"
        program.parent.mkdir(parents=True)
        said = facts % (f"{name}.{number}", program)
        answer = "exit 1" if number == 10 else f"echo '{said}'"
        program.write_text(f"#!/bin/sh\n{answer}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setattr(interpreter, "uv_program", lambda: "false")


def test_the_newest_of_pyenv_that_works(tmp_path: Path) -> None:
    found = interpreter_of(OTHER, environment="x", home=tmp_path / "home")
    assert found.version == (*OTHER, 9)
    assert found.executable.is_relative_to(tmp_path / "pyenv")


def test_one_that_is_nowhere(tmp_path: Path) -> None:
    missing = (OTHER[0], OTHER[1] + 1)
    with pytest.raises(PythonMissingError, match="pyenv install"):
        interpreter_of(missing, environment="x", home=tmp_path / "home")
