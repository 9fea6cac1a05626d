"""Starting the interpreter of the next script before anybody knows which script that is.

A script's interpreter takes as long to load pandas as this process takes to load Arrow and the
rest. Most scripts run in the default environment with the isolation that there is, so that much is
taken for granted, and begun; if it turns out otherwise the start is thrown away.
"""

import os

from studiolo.environments.build import is_built
from studiolo.environments.environment import Environment, default_spec, environment_in
from studiolo.environments.location import environments_home
from studiolo.sandbox.configuration import (
    JAIL_USER,
    Layers,
    ScriptInterpreter,
    first_message,
    seccomp_filter,
)
from studiolo.sandbox.errors import UnsupportedArchitectureError
from studiolo.sandbox.launcher import Launcher
from studiolo.sandbox.policy import load_policy


def script_interpreter(
    environment: Environment, preload: tuple[str, ...] = ()
) -> ScriptInterpreter:
    """What the sandbox needs to know of an environment."""
    return ScriptInterpreter(
        python=environment.python,
        directories=[environment.path, environment.base_prefix],
        preload=preload,
        font_list=environment.font_list,
    )


def begin(launcher: Launcher) -> None:
    """Tell a started interpreter what it is most likely wanted for."""
    environment = environment_in(environments_home().absolute(), default_spec())
    if not is_built(environment):
        return
    policy = load_policy()
    try:
        seccomp = seccomp_filter(policy, allow_fork=True)
    except UnsupportedArchitectureError:
        return
    layers = Layers(
        namespaces=True,
        landlock=True,
        seccomp=seccomp,
        jail_user=JAIL_USER if os.geteuid() == 0 else None,
    )
    interpreter = script_interpreter(environment)
    private = policy.filesystem.private
    launcher.begin(first_message(policy, interpreter, layers, private, many=False))
