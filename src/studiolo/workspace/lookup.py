"""Paths on the command line: to a workspace, one of its experiments, or a node of that."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from studiolo.experiments.errors import ExperimentMissingError
from studiolo.experiments.experiment import Experiment, NodeName, experiment_key
from studiolo.experiments.file import FILE_NAME
from studiolo.suggestions import closest
from studiolo.workspace.errors import WorkspaceMissingError
from studiolo.workspace.experiments.experiment_folders import EXPERIMENTS
from studiolo.workspace.folder.root import find_root


@dataclass(frozen=True, kw_only=True)
class ExperimentPlace:
    """An experiment of a workspace, or one of its nodes."""

    #: The workspace's folder.
    root: Path
    #: The experiment's file.
    file: Path
    #: How records name the experiment.
    key: str
    #: What was typed to name the experiment, to be typed again.
    typed: str
    node: NodeName | None = None


def find_target(typed: str) -> ExperimentPlace:
    """The experiment, or the node of one, that is meant by EXPERIMENT or EXPERIMENT/NODE.

    Raises:
        ExperimentMissingError: There is no such experiment.
        WorkspaceMissingError: It is not in a workspace.
    """
    whole = find_experiment(typed)
    if whole is not None:
        return whole
    experiment, _, node = typed.rpartition("/")
    found = find_experiment(experiment) if experiment and node else None
    if found is None:
        raise _missing(typed)
    return replace(found, node=NodeName(node))


def find_experiment(typed: str) -> ExperimentPlace | None:
    """The experiment of that path, or of that name in the workspace that we are in.

    Raises:
        WorkspaceMissingError: It exists, and is not in a workspace.
    """
    for candidate in _candidates(typed):
        file = candidate if candidate.suffix in {".yaml", ".yml"} else candidate / FILE_NAME
        # A name may be longer than the system allows.
        with suppress(OSError):
            if file.is_file():
                root = find_root(file.parent)
                return ExperimentPlace(root=root, file=file, key=_key(file, root), typed=typed)
    return None


def find_history(typed: str) -> tuple[Path, ExperimentPlace | None]:
    """A workspace's folder, and the experiment if it is one that is meant.

    Raises:
        ExperimentMissingError: There is neither.
        WorkspaceMissingError: It exists, and is not in a workspace.
    """
    experiment = find_experiment(typed)
    if experiment is not None:
        return experiment.root, experiment
    if not Path(typed).exists():
        raise _missing(typed)
    return find_root(Path(typed)), None


def _candidates(typed: str) -> Iterator[Path]:
    yield Path(typed)
    if typed and (root := _root_here()) is not None:
        yield root / EXPERIMENTS / typed


def _root_here() -> Path | None:
    try:
        return find_root(Path())
    except WorkspaceMissingError:
        return None


def _key(file: Path, root: Path) -> str:
    """Known without reading the file, which someone may be editing."""
    return experiment_key(Experiment(name="", nodes={}, folder=file.parent), root)


def _missing(typed: str) -> ExperimentMissingError:
    """The error, with what is there: in the workspace that we are in, or that the path is of."""
    root = _root_here()
    if root is None:
        with suppress(WorkspaceMissingError):
            root = find_root(Path(typed))
    files = () if root is None else root.glob(f"{EXPERIMENTS}/*/{FILE_NAME}")
    names = sorted(file.parent.name for file in files)
    parts = typed.strip("/").split("/")
    near = [found for part in parts if (found := closest(part, names)) is not None]
    return ExperimentMissingError(path=typed, neighbours=near, known=names)
