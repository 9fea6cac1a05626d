"""Workspaces that tests build of texts and run for real: sandbox, records, blobs and all."""

import shutil
import textwrap
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studiolo.experiments.experiment import NodeName
from studiolo.runs.experiments.progress import NodeProgress, Observer
from studiolo.runs.history.experiment_result import ExperimentResult
from studiolo.runs.planning.selection import Selection
from studiolo.store.identity import RunId
from studiolo.store.run_record import NodeState
from studiolo.workspace.folder.sample import new_workspace
from studiolo.workspace.workspace import Workspace


class WorkspaceFolder:
    """A workspace as it lies on the disk, with one experiment unless told otherwise."""

    def __init__(self, root: Path) -> None:
        self.root = root if root.exists() else new_workspace(root, samples=False)

    def dataset(self, name: str, content: str | bytes) -> Path:
        """Put a dataset file there."""
        return _written(self.root / "datasets" / name, content)

    def module(self, name: str, source: str) -> Path:
        """Put a module of the workspace's own there."""
        return _written(self.root / "modules" / name, _dedented(source))

    def script(self, name: str, source: str, *, experiment: str = "experiment") -> Path:
        """Put a script beside the experiment."""
        return _written(self.folder(experiment) / name, _dedented(source))

    def experiment(
        self, nodes: str, *, scripts: Mapping[str, str] | None = None, name: str = "experiment"
    ) -> Path:
        """Write an experiment; ``nodes`` is what stands below that key. Gives its folder."""
        body = textwrap.indent(_dedented(nodes), "  ") or "  {}"
        text = f"studiolo: 1\nname: {name}\nnodes:\n{body}"
        for script, source in (scripts or {}).items():
            self.script(script, source, experiment=name)
        _written(self.folder(name) / "experiment.yaml", text)
        return self.folder(name)

    def change(self, old: str, new: str, *, file: str = "experiment.yaml") -> None:
        """Replace a text that stands once in a file of the experiment."""
        path = self.folder() / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def folder(self, name: str = "experiment") -> Path:
        """An experiment's folder."""
        return self.root / "experiments" / name

    def run(self, name: str = "experiment", **options: Any) -> "Ran":
        """Run an experiment as a process of its own would: everything is opened anew."""
        with Workspace(self.root) as workspace:
            return run_in(workspace, name, **options)

    @property
    def blobs(self) -> Mapping[str, int]:
        """The sizes of the blobs that are kept, by digest."""
        return {path.name: path.stat().st_size for path in self.blob_files()}

    def blob_files(self) -> list[Path]:
        """Their files."""
        return sorted((self.root / ".studiolo" / "blobs").glob("??/*"))

    def copy(self, root: Path) -> "WorkspaceFolder":
        """The same workspace at another place."""
        shutil.copytree(self.root, root)
        return WorkspaceFolder(root)


@dataclass
class Watcher(Observer):
    """Remembers what an observer is told, and can be waited with."""

    told: list[NodeProgress] = field(default_factory=list)
    console: dict[NodeName, str] = field(default_factory=dict)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def node_changed(self, progress: NodeProgress) -> None:
        with self._changed:
            self.told.append(progress)
            self._changed.notify_all()

    def console_written(self, node: NodeName, text: str) -> None:
        with self._changed:
            self.console[node] = self.console.get(node, "") + text
            self._changed.notify_all()

    def wait_for_console(self, node: str, text: str) -> None:
        """Until the node has printed it."""
        with self._changed:
            said = self._changed.wait_for(
                lambda: text in self.console.get(NodeName(node), ""), timeout=60
            )
        assert said, self.console

    def wait_for_state(self, node: str, state: str) -> None:
        """Until that is told of the node."""
        with self._changed:
            told = self._changed.wait_for(
                lambda: any((it.node, it.state) == (node, state) for it in self.told), timeout=60
            )
        assert told, self.told


@dataclass(frozen=True, kw_only=True)
class Ran:
    """A run that is over, with what a closed workspace could not say any more."""

    id: RunId
    result: ExperimentResult
    states: Mapping[str, NodeState]
    #: What was wrong with the nodes that failed.
    failures: Mapping[str, str]
    reasons: Mapping[str, str]
    tables: Mapping[str, Mapping[str, dict[str, list[Any]]]]

    @property
    def status(self) -> str:
        return self.result.status

    def table(self, node: str, port: str | None = None) -> dict[str, list[Any]]:
        """A dataset that a node gave, by column; at its first output if none is named."""
        tables = self.tables[node]
        return tables[port] if port is not None else next(iter(tables.values()))

    def failure(self, node: str) -> tuple[str, int | None, str]:
        """The code, the classic number and the message of a failed node."""
        failure = self.result[node].failure
        assert failure is not None, self.states[node]
        return failure.code, failure.classic_number, failure.message

    def ran(self) -> set[str]:
        """The nodes that were carried out in this run."""
        return {n for n, state in self.states.items() if state is NodeState.FINISHED}

    def kept(self) -> set[str]:
        """The nodes for which a kept result stands in."""
        return {n for n, state in self.states.items() if state is NodeState.KEPT}


def run_in(
    workspace: Workspace,
    name: str = "experiment",
    *,
    parameters: Mapping[tuple[str, str], str] | None = None,
    to: Collection[str] = (),
    only: Collection[str] = (),
    start: Collection[str] = (),
    again: bool = False,
    read: bool = True,
    **options: Any,
) -> Ran:
    """Check and run an experiment of an open workspace; ``read`` all that it gave."""
    checked = workspace.checked(name, parameters)
    assert checked.findings == []
    selection = Selection.of(checked.experiment, to=to, only=only, start=start, again=again)
    return ran(workspace.run(checked, selection=selection, **options), read=read)


def ran(result: ExperimentResult, *, read: bool = True) -> Ran:
    """What a test asks of a run, read while its workspace is open."""
    return Ran(
        id=result.id,
        result=result,
        states={name: node.state for name, node in result.nodes.items()},
        failures={n: node.failure.message for n, node in result.nodes.items() if node.failure},
        reasons={name: node.record.reason for name, node in result.nodes.items()},
        tables={name: dict(_tables(result, name)) for name in result.nodes} if read else {},
    )


def _tables(result: ExperimentResult, name: str) -> Iterator[tuple[str, dict[str, list[Any]]]]:
    node = result[name]
    for port in node.ports:
        if node.kept is not None and node.kept.outputs[port]["kind"] == "dataset":
            yield port, node.dataset(port).table.to_pydict()


@contextmanager
def writable(path: Path) -> Iterator[None]:
    """A blob, which nobody may write to, as something that went wrong finds it."""
    mode = path.stat().st_mode
    path.chmod(0o644)
    try:
        yield
    finally:
        path.chmod(mode)


def spoil(path: Path) -> None:
    """Let one byte in the middle of a blob's file rot."""
    with writable(path):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 0xFF
        path.write_bytes(content)


def _written(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def _dedented(text: str) -> str:
    return textwrap.dedent(text).lstrip("\n")
