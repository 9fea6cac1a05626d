"""An experiment that is written in Python: put together, checked, run and saved."""

import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from studiolo.datasets.reading_options import ReadingOptions
from studiolo.experiments.errors import ExperimentFileError
from studiolo.experiments.experiment import Experiment, Node, NodeName
from studiolo.experiments.finding import Finding, Severity
from studiolo.experiments.layout import Position
from studiolo.experiments.revision import Revision
from studiolo.modules.definition import EXECUTE_PYTHON_SCRIPT, ModuleId, PortName
from studiolo.runs.experiments.progress import Observer
from studiolo.runs.history.experiment_result import ExperimentResult
from studiolo.runs.planning.selection import Selection
from studiolo.workspace.datasets.dataset_source import (
    DatasetSource,
    file_content,
    file_name,
    node_name,
)
from studiolo.workspace.drafts.draft_file import DraftFile
from studiolo.workspace.drafts.draft_nodes import DraftNodes
from studiolo.workspace.drafts.given_script import ScriptSource, given_script
from studiolo.workspace.drafts.home import Home
from studiolo.workspace.drafts.node_keywords import refuse_ambiguous
from studiolo.workspace.drafts.notebook_progress import watching
from studiolo.workspace.errors import NodeRefusedError


@dataclass(frozen=True, kw_only=True)
class DraftNode:
    """A node of a draft. Given to a port of another node, it is connected to that port."""

    draft: "Draft" = field(repr=False)
    name: NodeName
    #: The output that is meant; None: the first.
    port: PortName | None = None

    def __getitem__(self, port: str) -> "DraftNode":
        """The node, with an output other than the first."""
        return DraftNode(draft=self.draft, name=self.name, port=PortName(port))

    @property
    def node(self) -> Node:
        """The present state of the experiment."""
        return self.draft.nodes[self.name]

    def change(self, *, more: Mapping[str, Any] | None = None, **given: Any) -> Self:
        """Connect ports, set parameters and the rest; takes what `Draft.module` takes.

        A dataset's node takes the version and the reading options of `Draft.dataset`.

        Raises:
            NodeRefusedError: Something in it is not possible; then nothing is changed.
        """
        self.draft.change(self.name, given, more or {})
        return self

    def web_service_parameter(self, parameter: str, *, name: str | None = None) -> Self:
        """Let callers of the experiment's web service set a parameter of the node.

        `Draft.check` says whether the node has it, and whether callers can set it. Its value in the
        experiment is the default.

        Args:
            parameter: The parameter.
            name: The name for callers; the parameter's own if not given. A name that exists already
                sets this parameter, too.
        """
        targets = self.draft.web_service_parameters.setdefault(name or parameter, [])
        if (self.name, parameter) not in targets:
            targets.append((self.name, parameter))
        return self


class Draft:
    """An experiment that can be changed. Nothing is written before it is saved or run."""

    def __init__(
        self,
        home: Home,
        experiment: Experiment,
        *,
        saved: Experiment | None,
        replaced: Mapping[str, Revision] | None = None,
    ) -> None:
        """See `Workspace.new_experiment` and `Workspace.draft`.

        Args:
            home: The workspace.
            experiment: What the draft begins with.
            saved: The content of the experiment's file, which must be the same when the draft is
                saved; None if there is no file.
            replaced: Scripts beside the experiment that may be overwritten, as they are now.
        """
        #: The name that people see.
        self.name = experiment.name
        self.description = experiment.description
        #: The environment of its scripts; None: the default one.
        self.environment = experiment.environment
        #: Where it is saved.
        self.folder = experiment.folder
        self._home = home
        #: What callers of its web service may set; `DraftNode.web_service_parameter` adds to it.
        self.web_service_parameters = {
            name: list(targets) for name, targets in experiment.web_service_parameters.items()
        }
        self._file = DraftFile(experiment.folder, saved=saved, replaced=replaced or {})
        self._scripts = self._file.scripts
        self._nodes = DraftNodes(home, self.folder, self._scripts, experiment.nodes)

    def __repr__(self) -> str:
        return f"<Draft {self.name!r} in {self.folder}: {', '.join(self.nodes) or 'no nodes'}>"

    @property
    def nodes(self) -> Mapping[NodeName, Node]:
        """Its current nodes."""
        return self._nodes.all

    @property
    def experiment(self) -> Experiment:
        """The experiment in its current form."""
        return Experiment(
            name=self.name,
            description=self.description,
            environment=self.environment,
            nodes=self._nodes.all,
            web_service_parameters=self.web_service_parameters,
            folder=self.folder,
            lines=self._file.lines,
            revision=self.revision,
        )

    @property
    def revision(self) -> Revision:
        """The revision of the file that it was made from, or saved to last."""
        return self._file.revision

    def __getitem__(self, name: str) -> DraftNode:
        """A node by its name.

        Raises:
            NodeUnknownError: There is no such node.
        """
        return DraftNode(draft=self, name=self._nodes[name].name)

    def dataset(
        self,
        source: DatasetSource,
        /,
        *,
        name: str | None = None,
        version: int | None = None,
        encoding: str | None = None,
        delimiter: str | None = None,
        decimal: str | None = None,
        sheet: str | None = None,
        comment: str = "",
        replace: bool = False,
    ) -> DraftNode:
        """Add a dataset.

        Args:
            source: A file in the workspace's datasets; or a pandas frame, an Arrow table or a
                `Dataset`, which is written there at once.
            name: The node's name; the file's name without its extension if not given.
                Data that are not in a file yet need one: "cities" is written to cities.parquet,
                "cities.csv" to that file.
            version: Which version of the file; the newest if not given.
            encoding: Encoding of a text file, such as "windows-1252"; UTF-8 if not given.
            delimiter: What separates the fields of delimited text: a character, or "tab".
            decimal: "," where numbers are written as 3,14.
            sheet: Sheet of a workbook; the first that has cells if not given.
            comment: A remark that people see on the node.
            replace: Whether the file may be overwritten if it exists.

        Raises:
            NodeRefusedError: There is no such file, version or sheet, or it can't be read that way.
            NodeNameTakenError: There is a node of that name.
            NameNotGivenError: A frame needs a name.
            DatasetExistsError: The file exists, with different content.
            DatasetError: A file of this format can't hold the frame.
        """
        file = file_name(source, name)
        called = node_name(file) if name is None or not isinstance(source, str | Path) else name
        node = Node(
            name=self._nodes.new_name(called, given=name is not None),
            dataset=file,
            version=version,
            reading=ReadingOptions(
                encoding=encoding, delimiter=delimiter, decimal=decimal, sheet=sheet
            ),
            comment=comment,
        )
        if not isinstance(source, str | Path):
            if given := node.reading.given():
                reason = (
                    f"A {type(source).__name__} is not read from a file, and takes no "
                    f"{' and no '.join(given)}."
                )
                raise NodeRefusedError(node=node.name, reasons=[reason])
            # Before there is a file for nothing.
            self._nodes.as_saved(node)
            self._home.upload(file, file_content(source, file), replace=replace)
        return self.put(node)

    def trained_model(
        self,
        saved: str,
        /,
        *,
        name: str | None = None,
        version: int | None = None,
        comment: str = "",
    ) -> DraftNode:
        """Add a saved model; see `Workspace.save_model`.

        Args:
            saved: Its name.
            name: The node's name; by default the model's, with a number if it is taken.
            version: Which version of it; the newest if not given.
            comment: A remark that people see on the node.

        Raises:
            NodeRefusedError: There is no such model or version, or its files were changed.
            NodeNameTakenError: There is a node of that name.
        """
        called = self._nodes.new_name(name or saved.replace(".", "-"), given=name is not None)
        return self.put(Node(name=called, trained_model=saved, version=version, comment=comment))

    def transform(
        self,
        saved: str,
        /,
        *,
        name: str | None = None,
        version: int | None = None,
        comment: str = "",
    ) -> DraftNode:
        """Add a saved transform; as `trained_model`."""
        called = self._nodes.new_name(name or saved.replace(".", "-"), given=name is not None)
        return self.put(Node(name=called, transform=saved, version=version, comment=comment))

    def module(
        self,
        module: str,
        /,
        *,
        name: str | None = None,
        more: Mapping[str, Any] | None = None,
        **given: Any,
    ) -> DraftNode:
        """Add a module.

        Args:
            module: Its id, such as "split-data".
            name: The node's name; by default the module's id, with a number if it is taken.
            more: Ports and parameters whose names are keywords here, or not Python names.
            **given: A node for each port, such as ``dataset=pima`` or ``dataset=split["…"]``; a
                value for each parameter; and the other keys of a node: ``comment``, ``seed``,
                ``timeout``, ``memory``, ``cpus``, ``port_binding`` and ``environment``. None
                removes what a node had before.

        Raises:
            NodeRefusedError: There is no such module, port, parameter or value.
            NodeNameTakenError: There is a node of that name.
            KeywordAmbiguousError: A keyword could mean two things.
        """
        node = Node(
            name=self._nodes.new_name(name or module, given=name is not None),
            module=ModuleId(module),
        )
        return self._add(node, {"name": name}, given, more or {})

    def script(
        self,
        script: ScriptSource,
        /,
        *,
        name: str | None = None,
        replace: bool | Revision = False,
        more: Mapping[str, Any] | None = None,
        **given: Any,
    ) -> DraftNode:
        """Add an Execute Python Script.

        Args:
            script: A file beside the experiment, or another file, which is copied there; a text of
                more than one line, or a `Script`; or a function, which becomes a script together
                with the imports of the modules that it uses. A script that is not
                beside the experiment is put there when the draft is saved or run.
            name: The node's name, which a text needs; by default the script's, numbered if taken.
            replace: Whether a script may take the place of another text of its name; or the
                revision of that text, if it may do so only as long as the text is that.
            more: As for `module`.
            **given: As for `module`; parameters are those of the script.

        Raises:
            NodeRefusedError: There is no such port, parameter or value.
            NodeNameTakenError: There is a node of that name.
            KeywordAmbiguousError: A keyword could mean two things.
            ScriptExistsError: The script exists, with a different text.
            ScriptChangedError: The text to be replaced has another revision.
            ScriptMissingError: There is no such file.
            ScriptFunctionError: The function depends on what is defined around it.
        """
        taken = given_script(script, name=name, folder=self.folder)
        with self._scripts.taken(taken, replace=replace):
            node = Node(
                name=self._nodes.new_name(name or taken.stem, given=name is not None),
                module=EXECUTE_PYTHON_SCRIPT,
                script=taken.file,
            )
            return self._add(node, {"name": name, "replace": replace or None}, given, more or {})

    def change(
        self, name: NodeName, given: Mapping[str, Any], more: Mapping[str, Any]
    ) -> DraftNode:
        """Change a node; see `DraftNode.change`."""
        node = self[name].node
        return self.put(self._nodes.keywords(node).applied(node, given, more, draft=self))

    def put(self, node: Node) -> DraftNode:
        """Add a node as it is, or replace the one of its name.

        Raises:
            NodeRefusedError: Something in it is wrong that was not wrong before.
        """
        self._nodes.put(node)
        return DraftNode(draft=self, name=node.name)

    def place(self, name: NodeName, position: Position) -> None:
        """Give a node a place on the canvas when the draft is saved."""
        self._file.rearrange(lambda layout: layout.moved({name: position}))

    def remove(self, name: str) -> None:
        """Remove a node. `check` finds what was connected to it.

        Raises:
            NodeUnknownError: There is none of that name.
        """
        node = self[name].name
        self._nodes.remove(node)
        self._file.rearrange(lambda layout: layout.without(node))

    def rename(self, name: str, new_name: str) -> DraftNode:
        """Rename a node; its connections stay.

        Raises:
            NodeUnknownError: There is no node with the old name.
            NodeNameTakenError: There is one with the new name.
            NodeRefusedError: No node can have the new name.
        """
        old = self[name].name
        if old == new_name:
            return self[name]
        new = self._nodes.new_name(new_name, given=True)
        self._nodes.rename(old, new)
        for targets in self.web_service_parameters.values():
            targets[:] = [(new if node == old else node, name) for node, name in targets]
        self._file.rename(old, new)
        return self[new]

    def duplicate(self, name: str, *, new_name: str | None = None) -> DraftNode:
        """Add a node with the same module, parameters and inputs as another; a script is shared.

        Args:
            name: The node.
            new_name: The copy's name; by default the same with a number.

        Raises:
            NodeUnknownError, NodeNameTakenError, NodeRefusedError: As for `rename`.
        """
        old = self[name].name
        new = self._nodes.new_name(new_name or name, given=new_name is not None)
        duplicate = self.put(replace(self._nodes[old], name=new))
        self._file.rearrange(lambda layout: layout.duplicated(old, new))
        return duplicate

    def check(self) -> Sequence[Finding]:
        """The mistakes that would keep it from running, found without running anything."""
        return self._home.check(self.experiment, read_script=self._scripts.read)

    def run(
        self,
        *,
        to: Collection[str] = (),
        only: Collection[str] = (),
        start: Collection[str] = (),
        again: bool = False,
        progress: bool | Observer = False,
        cancelled: threading.Event | None = None,
    ) -> ExperimentResult:
        """Save it and run it, or a part of it.

        Args:
            to: Names of nodes; run up to these.
            only: Run these again, and no other node that has a kept result.
            start: Run these and what comes after them again.
            again: Ignore kept results.
            progress: Whether to show the progress, in a notebook as a table and elsewhere on
                standard error; or an observer for it.
            cancelled: Stops the run once it is set.

        Raises:
            ExperimentFileError: `check` finds errors; they are in its ``findings``.
            StudioloError: It can't be saved, begun or continued. What nodes do wrong
                is in the result.
        """
        errors = [found for found in self.check() if found.severity is Severity.ERROR]
        if errors:
            raise ExperimentFileError(errors)
        self.save()
        experiment = self.experiment
        selection = Selection.of(experiment, to=to, only=only, start=start, again=again)
        with watching(progress) as observer:
            return self._home.run(
                experiment, selection=selection, observer=observer, cancelled=cancelled
            )

    def save(self, *, revision: Revision | None = None) -> Path:
        """Write it to its folder, with the scripts that were given; returns the folder.

        An existing experiment.yaml keeps its comments and its layout.

        Args:
            revision: The revision that the changes were made from, where that is not what this
                draft has read: the one that a browser holds, or that of an `ExperimentChangedError`
                to save over the version that it shows.

        Raises:
            ExperimentChangedError: The file has changed since; nothing is written. The error has
                both versions, and their differences.
            ScriptExistsError, ScriptChangedError: The same of a script.
            ExperimentFileError: The file would not follow its format, such as for a blank name.
            ExperimentUnwritableError, WorkspaceUnwritableError, StoreError: It can't be written.
        """
        with self._home.editing():
            self._file.save(self.experiment, made_from=revision or self.revision)
        return self.folder

    def _add(
        self,
        node: Node,
        own: Mapping[str, Any],
        given: Mapping[str, Any],
        more: Mapping[str, Any],
    ) -> DraftNode:
        keywords = self._nodes.keywords(node)
        refuse_ambiguous(own, keywords, more)
        return self.put(keywords.applied(node, given, more, draft=self))
