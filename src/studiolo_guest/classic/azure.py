"""A stand-in for `azureml.core.Run`: what a script logs is printed, and its images are kept."""

import os
import shutil
import sys
from typing import Any, Final


class Run:
    """The run of a script, as Azure ML designer handed it out."""

    id = "studiolo"
    experiment = None

    @classmethod
    def get_context(cls, *_: Any, **__: Any) -> "Run":
        """The run that this script is in."""
        return cls()

    def log(self, name: str, value: Any, description: str = "", **_: Any) -> None:
        """Print a named value."""
        sys.stdout.write(f"{name}: {value}{f' ({description})' if description else ''}\n")

    def log_list(self, name: str, value: Any, description: str = "", **_: Any) -> None:
        """Print a named list."""
        self.log(name, list(value), description)

    def log_row(self, name: str, description: str = "", **values: Any) -> None:
        """Print a named row."""
        self.log(name, ", ".join(f"{k}={v}" for k, v in values.items()), description)

    def log_table(self, name: str, value: Any, description: str = "", **_: Any) -> None:
        """Print a named table."""
        self.log(name, value, description)

    def log_image(self, name: str, path: Any = None, plot: Any = None, **_: Any) -> None:
        """Keep a picture: a figure, or a file."""
        target = f"{''.join(c if c.isalnum() or c in ' -_' else '_' for c in name)}.png"
        if plot is not None:
            plot.savefig(target)
        elif path is not None and os.path.abspath(path) != os.path.abspath(target):
            shutil.copyfile(path, target)

    def upload_file(self, name: str, path_or_stream: Any, **_: Any) -> None:
        """Keep a file, as far as it is a picture of the working directory."""
        target = os.path.basename(name)
        if isinstance(path_or_stream, str) and os.path.abspath(path_or_stream) != os.path.abspath(
            target
        ):
            shutil.copyfile(path_or_stream, target)

    def tag(self, key: str, value: Any = None) -> None:
        """Print a tag."""
        self.log(key, value)

    def complete(self, **_: Any) -> None:
        """Nothing: the run ends with the script."""


def _core(module: Any) -> None:
    module.Run = Run


def _run(module: Any) -> None:
    module.Run, module._OfflineRun = Run, Run


def _package(module: Any) -> None:
    module.__doc__ = "A stand-in for the parts of Azure ML that scripts use."


#: By name: what fills it.
MODULES: Final = {"azureml": _package, "azureml.core": _core, "azureml.core.run": _run}
