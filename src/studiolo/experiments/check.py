"""The check of an experiment: every mistake that would keep it from running."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ParamSpec, Protocol, TypeVar

from studiolo.datasets.reading_options import ReadingOptions
from studiolo.errors import Fact, StudioloError
from studiolo.experiments.experiment import (
    ENVIRONMENT_PLACE,
    Experiment,
    Node,
    NodeName,
    SavedName,
    Source,
)
from studiolo.experiments.file import FILE_NAME
from studiolo.experiments.finding import Finding, Severity
from studiolo.experiments.graph import find_cycles
from studiolo.experiments.spelling import Spelling, listed
from studiolo.experiments.web_service.check import service_mistakes
from studiolo.modules.definition import (
    EXECUTE_PYTHON_SCRIPT,
    InputPort,
    ModuleDefinition,
    ModuleId,
    OutputPort,
    Parameter,
    ParameterKind,
    PortKind,
    PortName,
)
from studiolo.modules.script import Script
from studiolo.modules.values import checked_value
from studiolo.suggestions import those_known

_CYCLE_SHOWN = 10


class ModuleCatalogue(Protocol):
    """Knows the modules that a node can name."""

    def find(self, id: ModuleId, /) -> ModuleDefinition:  # noqa: A002
        """The module of that id; raises a StudioloError if it can't be had."""


def check_experiment(
    experiment: Experiment,
    catalogue: ModuleCatalogue,
    *,
    datasets: Callable[[str, int | None], PortKind | None],
    reading: Callable[[str, int | None, ReadingOptions], None],
    files: Callable[[str], None],
    read_script: Callable[[Path], Script],
    script_parameters: Callable[[str], Sequence[Parameter]],
    saved: Callable[[SavedName, int | None], Sequence[str]],
    dataset_names: Sequence[str] = (),
    environments: Sequence[str] = (),
) -> list[Finding]:
    """Find what is wrong with an experiment, as far as it can be known before it runs.

    Args:
        experiment: The experiment.
        catalogue: The available modules.
        datasets: What the dataset file of that name holds, in that version, or in the newest for
            None; None if there is no such file or version.
        reading: Raises a StudioloError if a dataset file can't be read with these options.
        files: Raises a StudioloError if the file of that name can't be a parameter's value.
        read_script: Reads a script; raises a StudioloError if it can't.
        script_parameters: The parameters that the text of a script declares; raises a
            StudioloError if it is none.
        saved: What a person should know about a saved model or transform in that version, a
            sentence each; raises a StudioloError if it can't be used.
        dataset_names: The existing dataset files, to suggest one for a misspelt name.
        environments: The environments that nodes can name.

    Returns:
        The findings, in the order of the file.
    """
    # Many nodes name the same module, dataset or script.
    look_up = _LookUps(
        module=_asked_once(lambda module: _Module.of(catalogue.find(module))),
        dataset=_asked_once(datasets),
        reading=_asked_once(reading),
        files=_asked_once(files),
        script_parameters=_asked_once(lambda path: script_parameters(read_script(path).source)),
        saved=_asked_once(saved),
        dataset_names=dataset_names,
        environments=environments,
    )
    checker = _Checker(experiment, look_up)
    for node in experiment.nodes.values():
        checker.check_node(node)
    checker.check_environment()
    checker.check_cycles()
    checker.check_service()
    return sorted(checker.findings, key=lambda found: found.line or 0)


@dataclass(frozen=True, kw_only=True)
class _Module:
    """A module, with what it has by name."""

    id: ModuleId
    inputs: Mapping[str, InputPort]
    outputs: Mapping[str, OutputPort]
    parameters: Sequence[Parameter]
    #: Parameters that name a file that the module's run makes.
    written: frozenset[str]

    @classmethod
    def of(cls, definition: ModuleDefinition) -> "_Module":
        return cls(
            id=definition.id,
            inputs={port.name: port for port in definition.inputs},
            outputs={port.name: port for port in definition.outputs},
            parameters=definition.parameters,
            written=frozenset(export.file for export in definition.exports.values()),
        )


@dataclass(frozen=True, kw_only=True)
class _LookUps:
    """The questions that the checker has for the rest of the program."""

    module: Callable[[ModuleId], _Module]
    dataset: Callable[[str, int | None], PortKind | None]
    reading: Callable[[str, int | None, ReadingOptions], None]
    files: Callable[[str], None]
    script_parameters: Callable[[Path], Sequence[Parameter]]
    saved: Callable[[SavedName, int | None], Sequence[str]]
    dataset_names: Sequence[str]
    environments: Sequence[str]


class _Checker:
    """Goes through an experiment, node by node, and gathers findings."""

    def __init__(self, experiment: Experiment, look_up: _LookUps) -> None:
        self.findings: list[Finding] = []
        self._experiment = experiment
        self._file = experiment.folder / FILE_NAME
        self._look_up = look_up
        self._spelling = Spelling()

    def check_node(self, node: Node) -> None:
        if node.dataset is not None:
            self._check_dataset(node, node.dataset, node.version, "dataset")
            self._check_reading(node, node.dataset)
        if node.saved is not None:
            self._check_saved(node, node.saved)
        if node.module is None:
            return
        try:
            module = self._look_up.module(node.module)
        except StudioloError as error:
            self._refuse(error, node.name, "module")
            # Its edges may still begin nowhere.
            for port, source in node.inputs.items():
                self._source_exists(node, port, source)
            return
        for name, source in node.inputs.items():
            self._check_edge(node, module, name, source)
        self._check_required_inputs(node, module)
        parameters = self._parameters(node, module)
        if parameters is not None:
            self._check_parameters(node, module, parameters)

    def check_cycles(self) -> None:
        for cycle in find_cycles(self._experiment):
            shown = [f'"{name}"' for name in [*cycle, cycle[0]]]
            if len(shown) > _CYCLE_SHOWN:
                shown = [*shown[: _CYCLE_SHOWN - 2], "…", shown[-1]]
            message = (
                f"The nodes {' → '.join(shown)} form a circle, so none of them can run first. "
                "Remove one of these connections."
            )
            first = min(cycle, key=lambda name: self._line((name,)) or 0)
            self._find(
                "node-cycle",
                message,
                first,
                facts={"nodes": [str(name) for name in cycle][:_CYCLE_SHOWN]},
            )

    def check_service(self) -> None:
        for mistake in service_mistakes(self._experiment, self._known_parameters):
            self.findings.append(
                Finding(
                    code=mistake.code,
                    message=mistake.message,
                    file=self._file,
                    line=self._line(mistake.place),
                    node=mistake.node,
                    severity=Severity.WARNING if mistake.is_warning else Severity.ERROR,
                )
            )

    def _known_parameters(self, node: Node) -> Sequence[Parameter] | None:
        """The parameters of a node; None where they are unknown, which is found elsewhere."""
        if node.module is None:
            return ()
        try:
            module = self._look_up.module(node.module)
            if module.id != EXECUTE_PYTHON_SCRIPT:
                return module.parameters
            if node.script is None:
                return None
            return self._look_up.script_parameters(self._experiment.folder / node.script)
        except StudioloError:
            return None

    def _check_dataset(self, node: Node, name: str, version: int | None, *place: str) -> None:
        if self._look_up.dataset(name, version) is not None:
            return
        if version is not None and self._look_up.dataset(name, None) is not None:
            message = (
                f'The dataset "{name}" has no version {version}. Leave the version out to use '
                "the newest."
            )
            self._find(
                "dataset-version-missing",
                message,
                node.name,
                "version",
                facts={"name": name, "version": version},
            )
            return
        hint = self._spelling.hint(name, self._look_up.dataset_names)
        message = f'There is no dataset file "{name}" in the workspace\'s folder datasets.{hint}'
        self._find("dataset-file-missing", message, node.name, *place, facts={"file": name})

    def _check_reading(self, node: Node, name: str) -> None:
        if not node.reading.given() or self._look_up.dataset(name, node.version) is None:
            return
        # One after the other, so that each has its line.
        for option, value in node.reading.given().items():
            try:
                self._look_up.reading(name, node.version, ReadingOptions(**{option: value}))
            except StudioloError as error:
                self._refuse(error, node.name, option)

    def _check_saved(self, node: Node, saved: SavedName) -> None:
        try:
            notes = self._look_up.saved(saved, node.version)
        except StudioloError as error:
            place = "version" if error.code == "saved-version-missing" else node.kinds[0]
            self._refuse(error, node.name, place)
            return
        for note in notes:
            self._find(
                "saved-environment-differs",
                note,
                node.name,
                node.kinds[0],
                severity=Severity.WARNING,
            )

    # Edges.

    def _source_exists(self, node: Node, port: PortName, source: Source) -> bool:
        nodes = self._experiment.nodes
        if source.node in nodes:
            return True
        hint = self._spelling.hint(source.node, nodes.keys())
        message = (
            f'The input "{port}" of node "{node.name}" comes from a node "{source.node}", which '
            f"does not exist.{hint}"
        )
        self._find(
            "node-unknown",
            message,
            node.name,
            "inputs",
            port,
            facts={"port": port, "source": source.node},
        )
        return False

    def _check_edge(self, node: Node, module: _Module, name: PortName, source: Source) -> None:
        port = module.inputs.get(name)
        if port is None:
            hint = self._spelling.hint(name, module.inputs.keys())
            message = (
                f'The module {module.id} of node "{node.name}" has no input "{name}".{hint} '
                f"Its inputs: {listed(module.inputs) or 'none'}."
            )
            self._find("port-unknown", message, node.name, "inputs", name, facts={"port": name})
        if not self._source_exists(node, name, source):
            return
        begins = self._experiment.nodes[source.node]
        kinds = self._kinds_of(begins, source, node, name)
        if port is None or not kinds or port.kind in kinds:
            return
        message = (
            f'This wires a {kinds[0]}, "{source}", into the port "{name}" of node "{node.name}", '
            f"which takes a {port.kind}."
        )
        self._find(
            "port-kind-mismatch",
            message,
            node.name,
            "inputs",
            name,
            facts={"port": name, "source": str(source), "given": kinds[0], "taken": port.kind},
        )

    def _kinds_of(
        self, begins: Node, source: Source, node: Node, name: PortName
    ) -> Sequence[PortKind]:
        """The kind of value on an edge; None if it is unknown and has been reported."""
        if begins.module is None:
            if source.port is not None:
                what = begins.kinds[0].replace("_", " ")
                message = (
                    f'The node "{source.node}" is a {what} and has no output "{source.port}". '
                    f"Write {source.node} alone."
                )
                self._find(
                    "port-unknown",
                    message,
                    node.name,
                    "inputs",
                    name,
                    facts={"port": source.port, "of": source.node},
                )
                return ()
            if begins.saved is not None:
                return (begins.saved.kind,)
            kind = self._look_up.dataset(begins.dataset or "", begins.version)
            # A zip can be a packed dataset, which only shows when it is opened.
            return (PortKind.ZIP, PortKind.DATASET) if kind is PortKind.ZIP else _one(kind)
        try:
            module = self._look_up.module(begins.module)
        except StudioloError:
            return ()
        if source.port is None:
            output = next(iter(module.outputs.values()), None)
        else:
            output = module.outputs.get(source.port)
        if output is None:
            wanted = "output" if source.port is None else f'output "{source.port}"'
            hint = self._spelling.hint(source.port or "", module.outputs.keys())
            message = (
                f'The module {module.id} of node "{source.node}" has no {wanted}.{hint} '
                f"Its outputs: {listed(module.outputs) or 'none'}."
            )
            self._find(
                "port-unknown",
                message,
                node.name,
                "inputs",
                name,
                facts={"port": source.port or "", "of": source.node},
            )
            return ()
        return (output.kind,)

    def _check_required_inputs(self, node: Node, module: _Module) -> None:
        for name, port in module.inputs.items():
            if port.optional or name in node.inputs:
                continue
            message = (
                f'The input "{name}" of node "{node.name}" ({module.id}) is not connected. '
                f"It needs a {port.kind}."
            )
            self._find(
                "input-missing",
                message,
                node.name,
                "inputs",
                facts={"port": name, "taken": port.kind},
            )

    # Scripts and parameters.

    def check_environment(self) -> None:
        """Check the environment that the experiment names for its scripts."""
        name = self._experiment.environment
        if name is not None and (message := self._unknown("The experiment", name)):
            line = self._line((ENVIRONMENT_PLACE,))
            self.findings.append(
                Finding(
                    code="environment-unknown",
                    message=message,
                    file=self._file,
                    line=line,
                    facts={"name": name},
                )
            )

    def _unknown(self, who: str, environment: str) -> str:
        """A message about an environment that does not exist; "" if it does."""
        known = self._look_up.environments
        if environment in known:
            return ""
        hint = self._spelling.hint(environment, known)
        said = f'{who} names the environment "{environment}", which does not exist.{hint}'
        return f"{said}{those_known(list(known))}"

    def _parameters(self, node: Node, module: _Module) -> Sequence[Parameter] | None:
        """The parameters of a node; None where they are unknown and that has been reported."""
        if module.id != EXECUTE_PYTHON_SCRIPT:
            if node.script is not None:
                message = (
                    f'The node "{node.name}" names a script, but its module {module.id} takes '
                    f"none. Delete the line, or make the module {EXECUTE_PYTHON_SCRIPT}."
                )
                self._find("script-not-taken", message, node.name, "script")
            if node.environment is not None:
                message = (
                    f'The node "{node.name}" names an environment, but its module {module.id} has '
                    f"its own. Delete the line: only {EXECUTE_PYTHON_SCRIPT} takes one."
                )
                self._find("environment-not-taken", message, node.name, "environment")
            return module.parameters
        unknown = node.environment and self._unknown(f'The node "{node.name}"', node.environment)
        if unknown:
            self._find(
                "environment-unknown",
                unknown,
                node.name,
                "environment",
                facts={"name": node.environment or ""},
            )
        if node.script is None:
            message = (
                f'The node "{node.name}" has no script. Name a file beside the experiment, such '
                "as script: rank_features.py"
            )
            self._find("script-not-given", f"{message}.", node.name, "module")
            return None
        try:
            own = self._look_up.script_parameters(self._experiment.folder / node.script)
        except StudioloError as error:
            self._refuse(error, node.name, "script")
            return None
        return [*module.parameters, *own]

    def _check_parameters(
        self, node: Node, module: _Module, parameters: Iterable[Parameter]
    ) -> None:
        known = {parameter.name: parameter for parameter in parameters}
        for name, value in node.parameters.items():
            parameter = known.get(name)
            if parameter is None:
                hint = self._spelling.hint(name, known.keys())
                message = (
                    f'The node "{node.name}" ({module.id}) has no parameter "{name}".{hint} '
                    f"Its parameters: {listed(known) or 'none'}."
                )
                self._find(
                    "parameter-unknown",
                    message,
                    node.name,
                    "parameters",
                    name,
                    facts={"parameter": name, "known": list(known)},
                )
            else:
                self._check_value(node, module, parameter, value)
        for name, parameter in known.items():
            if parameter.required and name not in node.parameters:
                message = (
                    f'The node "{node.name}" ({module.id}) gives no value for its parameter '
                    f'"{name}", which has no default.'
                )
                self._find(
                    "parameter-missing", message, node.name, "parameters", facts={"parameter": name}
                )

    def _check_value(self, node: Node, module: _Module, parameter: Parameter, value: Any) -> None:
        try:
            checked = checked_value(parameter, value)
        except StudioloError as error:
            self._refuse(error, node.name, "parameters", parameter.name)
            return
        names_file = parameter.kind is ParameterKind.FILE and parameter.name not in module.written
        if names_file and isinstance(checked, str) and checked:
            place = "parameters", parameter.name
            self._check_dataset(node, checked, None, *place)
            if self._look_up.dataset(checked, None) is None:
                return
            try:
                self._look_up.files(checked)
            except StudioloError as error:
                self._refuse(error, node.name, *place)

    def _find(
        self,
        code: str,
        message: str,
        node: NodeName,
        *place: str,
        severity: Severity = Severity.ERROR,
        facts: Mapping[str, Fact] | None = None,
    ) -> None:
        self.findings.append(
            Finding(
                code=code,
                message=message,
                file=self._file,
                line=self._line((node, *place)),
                node=node,
                severity=severity,
                facts={"node": node} | dict(facts or {}),
            )
        )

    def _refuse(self, error: StudioloError, node: NodeName, *place: str) -> None:
        """Note what an error has found out."""
        self._find(error.code, str(error), node, *place, facts=error.facts())

    def _line(self, place: tuple[str, ...]) -> int | None:
        """The line of the thing at that place, or of the innermost thing around it."""
        while place:
            if (line := self._experiment.lines.get(place)) is not None:
                return line
            place = place[:-1]
        return None


_Asked = ParamSpec("_Asked")
_Answer = TypeVar("_Answer")


def _asked_once(question: Callable[_Asked, _Answer]) -> Callable[_Asked, _Answer]:
    """Keeps the answers to a question, refusals too, which `functools.cache` would not keep."""
    answers: dict[object, _Answer | StudioloError] = {}

    def answer(*args: _Asked.args, **kwargs: _Asked.kwargs) -> _Answer:
        if args not in answers:
            try:
                answers[args] = question(*args, **kwargs)
            except StudioloError as error:
                answers[args] = error
        found = answers[args]
        if isinstance(found, StudioloError):
            # Raised again and again, it would remember every place it came by.
            raise found.with_traceback(None)
        return found

    return answer


def _one(kind: PortKind | None) -> Sequence[PortKind]:
    return () if kind is None else (kind,)
