"""The Python that an environment is built for: the one that Studiolo runs on, or an older one."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studiolo.environments import interpreter_facts
from studiolo.environments.errors import PythonMissingError
from studiolo.environments.uv.process import uv_program
from studiolo.files.whole_file import replacing

#: Seconds to find an interpreter, or to ask one about itself.
_PATIENCE = 60


@dataclass(frozen=True, kw_only=True)
class Interpreter:
    """A Python installation, as far as installed packages depend on it."""

    #: The program outside of any virtual environment.
    executable: Path
    #: Major, minor and micro version.
    version: tuple[int, int, int]
    #: The folder of its standard library.
    base_prefix: Path
    #: Everything that makes two interpreters need environments of their own.
    identity: str


def running_interpreter() -> Interpreter:
    """The interpreter of this process, so that no other Python has to be installed."""
    return _interpreter(interpreter_facts.facts())


def interpreter_of(version: tuple[int, int], *, environment: str, home: Path) -> Interpreter:
    """A Python of this machine with that major and minor version: ours, or one that uv finds.

    Args:
        version: Major and minor version.
        environment: What it is for, for the error message.
        home: The folder of all environments, which keeps what was found.

    Raises:
        PythonMissingError: There is none.
        UvMissingError: There is no uv.
    """
    running = running_interpreter()
    if running.version[:2] == version:
        return running
    kept = home / "pythons" / f"{version[0]}.{version[1]}.json"
    found = _kept(kept)
    if found is None:
        found = _found(version)
        if found is None:
            raise PythonMissingError(environment=environment, version=version)
        # Finding it takes a while. In a folder that can't be written to, it is found each time.
        with suppress(OSError):
            kept.parent.mkdir(parents=True, exist_ok=True)
            with replacing(kept) as file:
                file.write(json.dumps(found).encode())
    return _interpreter(found)


def _interpreter(facts: Mapping[str, Any]) -> Interpreter:
    major, minor, micro = map(int, facts["version"].split("."))
    return Interpreter(
        executable=Path(facts["executable"]),
        version=(major, minor, micro),
        base_prefix=Path(facts["base_prefix"]),
        identity=facts["identity"],
    )


def _kept(file: Path) -> Mapping[str, Any] | None:
    """The facts that were found earlier, if the program has not changed since."""
    try:
        facts: Mapping[str, Any] = json.loads(file.read_bytes())
        changed = Path(facts["executable"]).stat().st_mtime_ns
        return facts if facts["changed"] == changed else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _found(version: tuple[int, int]) -> Mapping[str, Any] | None:
    for path in _places(f"{version[0]}.{version[1]}"):
        said = _said([path, "-I", "-S", "-B", interpreter_facts.__file__])
        # A program that can't be asked, or is not there, is none.
        with suppress(OSError, ValueError, KeyError, TypeError):
            facts = json.loads(said)
            return {**facts, "changed": Path(facts["executable"]).stat().st_mtime_ns}
    return None


def _places(wanted: str) -> Iterator[str]:
    """The programs that may be a Python of that version, such as "3.12"."""
    find = ["python", "find", wanted, "--no-project", "--system", "--no-python-downloads"]
    if path := _said([uv_program(), *find]):
        yield path
    # uv finds only the versions that pyenv has switched on.
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    installed = [
        path for path in (pyenv / "versions").glob(f"{wanted}.*") if path.name[-1:].isdigit()
    ]
    for folder in sorted(installed, key=lambda path: -int(path.name.rpartition(".")[2])):
        yield str(folder / "bin" / f"python{wanted}")


def _said(command: list[str]) -> str:
    """The output of a program; "" if it fails."""
    try:
        # As in `run_uv`: uv obeys the settings of a project that it is started in.
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            cwd="/",
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return os.fsdecode(done.stdout).strip() if done.returncode == 0 else ""
