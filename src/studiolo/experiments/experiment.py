"""An experiment: datasets and modules wired into a graph, as data."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple, NewType

from studiolo.datasets.reading_options import ReadingOptions
from studiolo.experiments.allowance import Allowance
from studiolo.experiments.revision import UNSAVED, Revision
from studiolo.modules.definition import ModuleId, PortKind, PortName

#: The keys of a node that say what the node is; it has one of them.
NODE_KINDS = ("dataset", "trained_model", "transform", "module")
#: Names a node within its experiment; any text without a dot or a slash.
NodeName = NewType("NodeName", str)


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where an edge begins."""

    node: NodeName
    #: None: the node's first output.
    port: PortName | None = None

    def __str__(self) -> str:
        return self.node if self.port is None else f"{self.node}.{self.port}"


#: In `Experiment.lines`, what stands below the web-service parameters; no node is called so.
WEB_SERVICE_PLACE: Final = "/web_service_parameters"
#: In `Experiment.lines`, the place of the experiment's own environment.
ENVIRONMENT_PLACE: Final = "/environment"
#: The names of saved models and transforms, which are those of folders; a phrase for messages.
SAVED_NAME_RULE: Final = 'a text without "/", "\\" and line breaks that does not begin with a dot'
#: No file system takes much longer names of folders, and no name needs it.
_LONGEST_NAME: Final = 100


def is_saved_name(name: str) -> bool:
    """Whether a text can be the name of a saved model or transform."""
    return (
        bool(name)
        and name == name.strip()
        and len(name) <= _LONGEST_NAME
        and len(name.encode(errors="replace")) <= 2 * _LONGEST_NAME
        and name.isprintable()
        and not name.startswith(".")
        and "/" not in name
        and "\\" not in name
    )


class SavedName(NamedTuple):
    """The name of a saved model or transform."""

    #: `PortKind.MODEL` or `PortKind.TRANSFORM`.
    kind: PortKind
    name: str


@dataclass(frozen=True, kw_only=True)
class NodeLimits:
    """The limits of a node; None where those of the workspace or the policy apply."""

    #: Seconds.
    timeout: int | None = None
    #: Bytes.
    memory: int | None = None
    cpus: int | None = None


@dataclass(frozen=True, kw_only=True)
class Node:
    """A dataset, a saved model, a saved transform or a module in an experiment.

    Exactly one of ``dataset``, ``trained_model``, ``transform`` and ``module`` is set.
    """

    name: NodeName
    #: A file in the workspace's `datasets` folder, such as "pima-indians-diabetes.csv".
    dataset: str | None = None
    #: A saved model, by its name in the workspace's `models` folder.
    trained_model: str | None = None
    #: A saved transform, by its name in the workspace's `transforms` folder.
    transform: str | None = None
    #: Which version of the dataset, model or transform, from 1; None: the newest.
    version: int | None = None
    #: How the dataset's file is read.
    reading: ReadingOptions = field(default_factory=ReadingOptions)
    module: ModuleId | None = None
    #: For Execute Python Script: a file beside the experiment's.
    script: str | None = None
    #: For Execute Python Script: the environment that its script runs in; None: see `Experiment`.
    environment: str | None = None
    #: By input port.
    inputs: Mapping[PortName, Source] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    #: "connected" or "slot"; for Execute Python Script.
    port_binding: str = "connected"
    #: For the same random numbers in each run.
    seed: int | None = None
    limits: NodeLimits = field(default_factory=NodeLimits)
    #: Targets in the network that it may reach, beside those that the workspace allows.
    allow: Sequence[Allowance] = ()
    #: Names of secrets that it is given.
    secrets: Sequence[str] = ()
    #: Whether a kept result may stand in for it although it may reach targets or has secrets.
    cache: bool = False
    comment: str = ""

    @property
    def saved(self) -> SavedName | None:
        """The saved model or transform that the node is; None for a dataset or a module."""
        if self.trained_model is not None:
            return SavedName(PortKind.MODEL, self.trained_model)
        if self.transform is not None:
            return SavedName(PortKind.TRANSFORM, self.transform)
        return None

    @property
    def kinds(self) -> list[str]:
        """The keys that say what the node is; exactly one, unless its file is wrong."""
        return [key for key in NODE_KINDS if getattr(self, key) is not None]


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """A graph of nodes, in the order of its file."""

    #: The name that people see; need not be unique.
    name: str
    nodes: Mapping[NodeName, Node]
    description: str = ""
    #: The environment of scripts whose nodes and metadata blocks name none; None: the default.
    environment: str | None = None
    #: By the names that callers of its web service use: the parameters that they may set, each with
    #: its node.
    web_service_parameters: Mapping[str, Sequence[tuple[NodeName, str]]] = field(
        default_factory=dict
    )
    #: Its folder, which has the files that nodes refer to by name.
    folder: Path
    #: Lines of the file, from 1, by what is on them: ("rank",), ("rank", "inputs", "dataset1"),
    #: ("rank", "parameters", "trees"), (WEB_SERVICE_PLACE, "trees"). Empty for an
    #: experiment that was not read from a file.
    lines: Mapping[tuple[str, ...], int] = field(default_factory=dict, compare=False)
    #: The revision of the file that it was read from.
    revision: Revision = field(default=UNSAVED, compare=False)


def experiment_key(experiment: Experiment, root: Path) -> str:
    """How records name an experiment: its folder's path in the workspace."""
    with suppress(ValueError):
        return experiment.folder.resolve().relative_to(root.resolve()).as_posix()
    return experiment.folder.as_posix()
