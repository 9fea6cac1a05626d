"""Starting the interpreter of the next script before it is known which script that is.

A script's interpreter takes as long to load pandas as this process takes to load Arrow and the
rest. Most scripts run in the default environment with the available isolation, so that much is
taken for granted, and begun; if it turns out otherwise the start is thrown away.
"""

from studiolo.environments.building.build import is_built
from studiolo.environments.environment import Environment, default_spec, environment_in
from studiolo.environments.location import environments_home
from studiolo.sandbox.errors import UnsupportedArchitectureError
from studiolo.sandbox.policy.configuration import (
    Layers,
    ScriptInterpreter,
    first_message,
    seccomp_filters,
)
from studiolo.sandbox.policy.policy import load_policy
from studiolo.sandbox.process.launcher import Launcher


def script_interpreter(
    environment: Environment, preload: tuple[str, ...] = ()
) -> ScriptInterpreter:
    """The facts about an environment that the sandbox needs."""
    loaded = environment if environment.locked else environment.adds_to
    shown = [environment.path, environment.base_prefix]
    if environment.adds_to is not None:
        shown.append(environment.adds_to.path)
    data = environment.data
    if data is not None:
        shown.append(data.folder)
    return ScriptInterpreter(
        python=environment.python,
        base=environment.base_python,
        directories=shown,
        locked=None if loaded is None else loaded.python,
        preload=preload,
        font_list=(environment.started_from or environment).font_list,
        environments=environment.path.parent if environment.is_shared else None,
        classic=environment.classic,
        variables={} if data is None else data.variables,
    )


def begin(launcher: Launcher, *, program: bool = False) -> None:
    """Tell a started interpreter what it is most likely wanted for: a script, or a service."""
    environment = environment_in(environments_home().absolute(), default_spec())
    if not is_built(environment):
        return
    policy = load_policy()
    try:
        seccomp = seccomp_filters(policy, allow_fork=True)
    except UnsupportedArchitectureError:
        return
    layers = Layers(
        namespaces=True,
        landlock=True,
        seccomp=seccomp,
        jail_user=launcher.jail_user,
    )
    interpreter = script_interpreter(environment)
    private = policy.filesystem.private
    launcher.begin(
        first_message(policy, interpreter, layers, private, many=program, program=program)
    )
