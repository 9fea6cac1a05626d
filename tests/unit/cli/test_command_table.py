"""The table of commands, held against the modules that it names."""

from inspect import getdoc

import pytest

from studiolo.cli.application import command_of
from studiolo.cli.command_table import COMMAND_TABLE


@pytest.mark.parametrize("name", COMMAND_TABLE)
def test_the_help_lists_the_first_line_of_each_docstring(name: str) -> None:
    commands = command_of(name).registered_commands
    own = [command.callback for command in commands if command.name == name]
    if own:
        assert len(commands) == 1
        assert (getdoc(own[0]) or "").splitlines()[0] == COMMAND_TABLE[name].help
    else:
        assert all(getdoc(command.callback) for command in commands)
