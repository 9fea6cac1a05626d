"""Studiolo runs Azure Machine Learning Studio (classic) scripts, each in a fresh sandbox.

`run_script` runs one script; `open_runner` keeps a sandbox warm for many.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from studiolo.datasets.dataset import Dataset
    from studiolo.errors import StudioloError
    from studiolo.modules.script import Script
    from studiolo.runs.script_result import ScriptResult
    from studiolo.sandbox.isolation import Isolation
    from studiolo.workspace.workshop import RunSettings, open_runner, run_script

__all__ = [
    "Dataset",
    "Isolation",
    "RunSettings",
    "Script",
    "ScriptResult",
    "StudioloError",
    "open_runner",
    "run_script",
]

#: Loaded when first used: the command line starts a script's interpreter before it imports the
#: libraries that most of these need.
_HOMES = {
    "Dataset": "studiolo.datasets.dataset",
    "Isolation": "studiolo.sandbox.isolation",
    "RunSettings": "studiolo.workspace.workshop",
    "Script": "studiolo.modules.script",
    "ScriptResult": "studiolo.runs.script_result",
    "StudioloError": "studiolo.errors",
    "open_runner": "studiolo.workspace.workshop",
    "run_script": "studiolo.workspace.workshop",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
