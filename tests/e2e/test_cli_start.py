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


def test_a_run_of_a_script_loads_nothing_that_it_does_not_need() -> None:
    code = (
        "import sys; from studiolo.cli.application import command_of; command_of('run'); "
        "import studiolo.cli.commands.run_script; print(*sorted(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = set(done.stdout.split())
    assert not loaded & {"pandas", "sqlalchemy", "alembic", "openpyxl", "rich.live"}
