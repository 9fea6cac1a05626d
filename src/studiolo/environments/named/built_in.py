"""The environments that come with Studiolo."""

from pathlib import Path
from typing import Final

from studiolo.environments.environment import (
    CLASSIC,
    DEFAULT,
    EnvironmentSpec,
    default_spec,
    packaged_spec,
)
from studiolo.environments.errors import EnvironmentUnknownError
from studiolo.environments.interpreter import interpreter_of

#: Their names.
NAMES: Final = (DEFAULT, CLASSIC)
#: The last Python that pandas 1.5 and the other libraries of `classic` have wheels for.
_PYTHON_OF_CLASSIC: Final = (3, 11)


def built_in_spec(name: str, *, home: Path) -> EnvironmentSpec:
    """The specification of a built-in environment by its name.

    Args:
        name: One of `NAMES`.
        home: The folder of all environments.

    Raises:
        EnvironmentUnknownError: No built-in environment has that name.
        PythonMissingError: The Python that it needs is not installed.
        UvMissingError: There is no uv, which would find that Python.
    """
    if name == DEFAULT:
        return default_spec()
    if name == CLASSIC:
        interpreter = interpreter_of(_PYTHON_OF_CLASSIC, environment=name, home=home)
        return packaged_spec(CLASSIC, interpreter, classic=True)
    raise EnvironmentUnknownError(name=name, known=NAMES)
