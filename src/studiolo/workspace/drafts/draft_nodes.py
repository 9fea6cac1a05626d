"""The nodes of a draft: each is right when it is put there, but for what it may still lack."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from studiolo.errors import StudioloError
from studiolo.experiments.errors import ExperimentFileError
from studiolo.experiments.experiment import Experiment, Node, NodeName
from studiolo.experiments.file import as_saved
from studiolo.experiments.finding import Severity
from studiolo.modules.declaration import read_script_parameters
from studiolo.runs.errors import NodeUnknownError
from studiolo.workspace.drafts.draft_scripts import DraftScripts
from studiolo.workspace.drafts.home import Home
from studiolo.workspace.drafts.node_keywords import Keywords
from studiolo.workspace.errors import NodeNameTakenError, NodeRefusedError

#: What a node may still lack while it is written.
_LATER = {"input-missing", "parameter-missing"}


class DraftNodes:
    """The nodes by name, in the order of the experiment."""

    def __init__(
        self, home: Home, folder: Path, scripts: DraftScripts, nodes: Mapping[NodeName, Node]
    ) -> None:
        """Begin with these.

        Args:
            home: The workspace, which checks them.
            folder: The experiment's.
            scripts: The scripts of the draft.
            nodes: The nodes.
        """
        self._home = home
        self._folder = folder
        self._scripts = scripts
        self._nodes = dict(nodes)

    @property
    def all(self) -> Mapping[NodeName, Node]:
        """The nodes as they are now; a copy."""
        return dict(self._nodes)

    def __getitem__(self, name: str) -> Node:
        """A node by its name.

        Raises:
            NodeUnknownError: There is no such node.
        """
        if name not in self._nodes:
            raise NodeUnknownError(node=name, known=list(self._nodes))
        return self._nodes[NodeName(name)]

    def new_name(self, name: str, *, given: bool) -> NodeName:
        """The name of a new node; one that was not given gets a number if it is taken.

        Raises:
            NodeNameTakenError: It was given, and is taken.
        """
        if given and name in self._nodes:
            raise NodeNameTakenError(node=name)
        free = name
        number = 2
        while free in self._nodes:
            free = f"{name} {number}"
            number += 1
        return NodeName(free)

    def put(self, node: Node) -> None:
        """Add a node as it is, or replace the one of its name.

        Raises:
            NodeRefusedError: Something in it is wrong that was not wrong before.
        """
        node = self.as_saved(node)
        reasons = self._mistakes(node)
        before = self._nodes.get(node.name)
        if reasons and before is not None:
            known = self._mistakes(before)
            reasons = [reason for reason in reasons if reason not in known]
        if reasons:
            raise NodeRefusedError(node=node.name, reasons=reasons)
        self._nodes[node.name] = node

    def remove(self, node: NodeName) -> None:
        """Remove a node; what was connected to it stays as it is."""
        del self._nodes[node]

    def rename(self, old: NodeName, new: NodeName) -> None:
        """Rename a node, and what is connected to it.

        Raises:
            NodeRefusedError: No node can have the new name.
        """
        self.as_saved(replace(self._nodes[old], name=new))
        self._nodes = {
            new if node.name == old else node.name: _renamed(node, old, new)
            for node in self._nodes.values()
        }

    def keywords(self, node: Node) -> Keywords:
        """The meaning of keywords for a node; none where its module is unknown."""
        if node.module is None:
            return Keywords()
        try:
            definition = self._home.catalogue.find(node.module)
            parameters = [parameter.name for parameter in definition.parameters]
            if node.script is not None:
                source = self._scripts.read(self._folder / node.script).source
                parameters += [own.name for own in read_script_parameters(source)]
        except StudioloError:
            # The check of the node says so.
            return Keywords()
        ports = frozenset(str(port.name) for port in definition.inputs)
        return Keywords(ports=ports, parameters=frozenset(parameters))

    def as_saved(self, node: Node) -> Node:
        """The node as its file would give it back, which shows what a file can't express.

        Raises:
            NodeRefusedError: A file can't express it.
        """
        try:
            return as_saved(self._around(node)).nodes[node.name]
        except ExperimentFileError as error:
            reasons = [finding.message for finding in error.findings]
            raise NodeRefusedError(node=node.name, reasons=reasons) from error

    def _mistakes(self, node: Node) -> list[str]:
        """Mistakes that would keep a node from running, but for what it may still lack."""
        found = self._home.check(self._around(node), read_script=self._scripts.read)
        return [
            finding.message
            for finding in found
            if finding.node == node.name
            and finding.severity is Severity.ERROR
            and finding.code not in _LATER
        ]

    def _around(self, node: Node) -> Experiment:
        """The part of the experiment that decides whether the node is right: it and its sources."""
        sources = {source.node for source in node.inputs.values()}
        known = {name: other for name, other in self._nodes.items() if name in sources}
        return Experiment(name="draft", nodes={**known, node.name: node}, folder=self._folder)


def _renamed(node: Node, old: NodeName, new: NodeName) -> Node:
    """A node after another one, or itself, was renamed."""
    inputs = {
        port: replace(source, node=new) if source.node == old else source
        for port, source in node.inputs.items()
    }
    return replace(node, name=new if node.name == old else node.name, inputs=inputs)
