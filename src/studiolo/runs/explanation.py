"""What only the host can add to a failure: which environment lacks a library, what is new."""

from dataclasses import replace

from studiolo.environments.environment import Environment
from studiolo.environments.package_names import suggest_package
from studiolo.runs.old_names import advice_for
from studiolo.sandbox.job import Failure


def explained(failure: Failure, environment: Environment) -> Failure:
    """Add what only the host knows: which environment lacks a library, and how to add it."""
    if advice := advice_for(failure.traceback or failure.message):
        return replace(failure, message=f"{failure.message} {advice}")
    if failure.code != "library-missing":
        return failure
    module = failure.subject
    top = module.partition(".")[0]
    package = suggest_package(top)
    if environment.has_package(package):
        message = (
            f"The script imports {module!r}, which the installed package {package} does not have; "
            "it may be of another version than the script was written for."
        )
    else:
        message = (
            f"The script imports {module!r}, which the environment {environment.name!r} does not "
            f"have. Add it with these lines at the top of the script:\n"
            f"  # /// script\n"
            f'  # dependencies = ["{package}"]\n'
            f"  # ///\n"
            "A module of your own goes into the script bundle."
        )
    return replace(failure, message=message)
