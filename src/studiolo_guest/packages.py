"""The packages of an environment: taking them on, and loading them before they are needed.

Whatever is done here runs code of packages: their start-up files (``.pth``, ``sitecustomize``) and
what they do when they are imported. So it happens behind a confinement only: the zygote's own for
the locked environment, and that of a run for packages that a script chose.
"""

import importlib
import os
import site
import sys
from collections.abc import Sequence


def take_on(python: str) -> None:
    """Become the interpreter of the environment whose Python this is.

    Its packages replace those of an environment that was adopted before; modules that
    are imported already stay.
    """
    environment = os.path.dirname(os.path.dirname(python))
    former = sys.prefix + os.sep
    if sys.prefix not in (sys.base_prefix, environment):
        sys.path[:] = [path for path in sys.path if not path.startswith(former)]
    sys.executable = python
    sys.prefix = sys.exec_prefix = environment
    # Reads the environment's pyvenv.cfg and .pth files, as at an ordinary start.
    site.main()


def preload(modules: Sequence[str]) -> list[str]:
    """Import what runs are likely to need; the modules that can't be imported, with the reason."""
    failed = []
    for module in modules:
        try:
            importlib.import_module(module)
        except Exception as error:  # noqa: BLE001  # a broken package must not take the others down
            failed.append(f"{module}: {error}")
    return failed
