"""What `studiolo` says of itself, and how little it loads to say it."""

import subprocess
import sys
from importlib.metadata import version

import pytest

import studiolo as package

from .command_line import CommandLine


def test_the_version(studiolo: CommandLine) -> None:
    ended = studiolo("--version")
    assert (ended.code, ended.out, ended.err) == (0, f"studiolo {version('studiolo')}\n", "")
    assert package.__version__ == version("studiolo")


@pytest.mark.parametrize("command", [[], ["run"], ["modules"], ["clean"]])
def test_h_is_help(studiolo: CommandLine, command: list[str]) -> None:
    short, long = studiolo(*command, "-h"), studiolo(*command, "--help")
    assert (short.code, short.out) == (0, long.out)
    assert "Usage: studiolo" in short.out


def test_a_shell_completes_commands_and_options(studiolo: CommandLine) -> None:
    assert "--install-completion" in studiolo("-h").out
    asked = {"_STUDIOLO_COMPLETE": "complete_bash", "COMP_CWORD": "1"}
    commands = studiolo(environment={**asked, "COMP_WORDS": "studiolo d"})
    assert commands.out.split() == ["debug", "diff", "doctor"]
    options = studiolo(environment={**asked, "COMP_WORDS": "studiolo run --dat", "COMP_CWORD": "2"})
    assert options.out.split() == ["--dataset1", "--dataset2"]
    modules = studiolo(
        environment={**asked, "COMP_WORDS": "studiolo modules two-class-b", "COMP_CWORD": "2"}
    )
    assert modules.out.split() == ["two-class-boosted-decision-tree"]


def _loaded(code: str) -> set[str]:
    code = f"import sys; from studiolo.cli.application import *; {code}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stdout.split())


def test_a_run_of_a_script_loads_nothing_that_it_does_not_need() -> None:
    loaded = _loaded("command_of('run'); import studiolo.cli.commands.run_script")
    assert not loaded & {"pandas", "sqlalchemy", "alembic", "openpyxl", "rich.live"}


def test_the_help_loads_no_command() -> None:
    assert not any(name.startswith("studiolo.workspace") for name in _loaded("application()"))


def test_reading_scripts_needs_no_workspace() -> None:
    loaded = _loaded("command_of('upgrade'), command_of('check')")
    assert "studiolo.upgrade.script" in loaded
    assert not loaded & {"numpy", "pyarrow", "sqlalchemy", "studiolo.workspace.workspace"}


def test_looking_at_a_workspace_loads_nothing_that_carries_out_runs() -> None:
    loaded = _loaded("command_of('show'), command_of('runs')")
    assert "studiolo.workspace.workspace" in loaded
    assert not loaded & {"studiolo.sandbox.sandbox", "studiolo.runs.engines.local_engine"}
