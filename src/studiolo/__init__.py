"""Studiolo runs Azure Machine Learning Studio (classic) scripts, each in a fresh sandbox.

`run_script` runs one script; `open_runner` keeps a sandbox warm for many; `open_workspace` opens a
folder of experiments, which can be written, run and looked at from Python; `client` calls a web
service.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from studiolo.calling.service_client import ServiceClient, client
    from studiolo.datasets.dataset import Dataset
    from studiolo.datasets.reading.files import DatasetFile
    from studiolo.errors import StudioloError
    from studiolo.experiments.finding import Finding
    from studiolo.modules.script import Script
    from studiolo.runs.engines.run_settings import RunSettings
    from studiolo.runs.history.experiment_result import ExperimentResult, NodeResult
    from studiolo.runs.scripts.script_result import ScriptResult
    from studiolo.sandbox.policy.isolation import Isolation
    from studiolo.workspace.drafts.draft import Draft, DraftNode
    from studiolo.workspace.folder.sample import new_workspace
    from studiolo.workspace.sandboxes.script_runs import open_runner, run_script
    from studiolo.workspace.workspace import Workspace, open_workspace

    __version__: str

__all__ = [
    "Dataset",
    "DatasetFile",
    "Draft",
    "DraftNode",
    "ExperimentResult",
    "Finding",
    "Isolation",
    "NodeResult",
    "RunSettings",
    "Script",
    "ScriptResult",
    "ServiceClient",
    "StudioloError",
    "Workspace",
    "__version__",
    "client",
    "new_workspace",
    "open_runner",
    "open_workspace",
    "run_script",
]

#: Loaded when first used: the command line starts a script's interpreter before it imports the
#: libraries that most of these need.
_HOMES = {
    "Dataset": "studiolo.datasets.dataset",
    "DatasetFile": "studiolo.datasets.reading.files",
    "Draft": "studiolo.workspace.drafts.draft",
    "DraftNode": "studiolo.workspace.drafts.draft",
    "ExperimentResult": "studiolo.runs.history.experiment_result",
    "Finding": "studiolo.experiments.finding",
    "Isolation": "studiolo.sandbox.policy.isolation",
    "NodeResult": "studiolo.runs.history.experiment_result",
    "RunSettings": "studiolo.runs.engines.run_settings",
    "Script": "studiolo.modules.script",
    "ScriptResult": "studiolo.runs.scripts.script_result",
    "ServiceClient": "studiolo.calling.service_client",
    "StudioloError": "studiolo.errors",
    "Workspace": "studiolo.workspace.workspace",
    "client": "studiolo.calling.service_client",
    "new_workspace": "studiolo.workspace.folder.sample",
    "open_runner": "studiolo.workspace.sandboxes.script_runs",
    "open_workspace": "studiolo.workspace.workspace",
    "run_script": "studiolo.workspace.sandboxes.script_runs",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return importlib.import_module("importlib.metadata").version("studiolo")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
