"""The environments that scripts and nodes ask for by name."""

from pathlib import Path
from typing import Final

from studiolo.environments.environment import (
    CLASSIC,
    DEFAULT,
    EnvironmentSpec,
    default_spec,
    packaged_lock,
)
from studiolo.environments.errors import EnvironmentUnknownError
from studiolo.environments.interpreter import interpreter_of

#: The names that can be asked for.
NAMES: Final = (DEFAULT, CLASSIC)
#: The last Python that pandas 1.5 and the other libraries of `classic` have wheels for.
_PYTHON_OF_CLASSIC: Final = (3, 11)


def spec_named(name: str, *, home: Path) -> EnvironmentSpec:
    """The specification of an environment by its name.

    Args:
        name: One of `NAMES`.
        home: The folder of all environments.

    Raises:
        EnvironmentUnknownError: No environment has that name.
        PythonMissingError: The Python that it needs is not installed.
        UvMissingError: There is no uv, which would find that Python.
    """
    if name == DEFAULT:
        return default_spec()
    if name == CLASSIC:
        interpreter = interpreter_of(_PYTHON_OF_CLASSIC, environment=name, home=home)
        lock = packaged_lock(CLASSIC)
        return EnvironmentSpec(name=CLASSIC, lock=lock, interpreter=interpreter, classic=True)
    raise EnvironmentUnknownError(name=name, known=NAMES)
