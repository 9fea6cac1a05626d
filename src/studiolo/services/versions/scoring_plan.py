"""The scoring plan of an experiment: what runs for each request, and what is there before.

Everything that no request can change is computed when the experiment is published. What remains is
a program, or several in a row where the nodes need different environments.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from studiolo.environments.request import EnvironmentRequest
from studiolo.experiments.allowance import Allowance, merged
from studiolo.experiments.experiment import NodeName
from studiolo.experiments.web_service.interface import ServiceInterface
from studiolo.modules.definition import PYTHON_DEVICE, PortKind, PortName
from studiolo.runs.engines.local_engine import job_of
from studiolo.runs.planning.plan import SAVED_PORTS, Plan, Step
from studiolo.sandbox.exchange.job import Connected
from studiolo.sandbox.exchange.program import CallInput, Program, ProgramStep, Source, StepOutput
from studiolo.sandbox.exchange.sealed_table import SealedTable
from studiolo.services.errors import ServiceGraphError

#: Rows with which a program is rehearsed before its first call.
_SAMPLE_ROWS = 3
#: What ports for trained models are called, of modules and of saved models.
_TRAINED: Final = SAVED_PORTS[PortKind.MODEL]


@dataclass(frozen=True, kw_only=True)
class ParameterPlace:
    """Where the value of a web-service parameter goes."""

    stage: int
    step: int
    parameter: str


@dataclass(frozen=True, kw_only=True)
class ModelPlace:
    """Where a trained model is connected, which was there before any request."""

    stage: int
    step: int
    port: str


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Steps that run in one process: they have one environment, and reach and know the same.

    Its program's inputs are inputs of the service, or outputs of the stages before.
    """

    #: Its lock is None only in a version that was published before versions kept it.
    environment: EnvironmentRequest
    program: Program
    #: Python devices that leave it: the position of the step, by the name of the value.
    devices: Mapping[str, int] = field(default_factory=dict)
    #: Targets in the network that its process may reach.
    allow: Sequence[Allowance] = ()
    #: The names of the secrets that its process is given.
    secrets: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class ScoringPlan:
    """The stages that a request goes through."""

    stages: Sequence[Stage]
    #: By the service's output: the name under which a stage, or the request, gives it.
    outputs: Mapping[str, str]
    parameters: Mapping[str, Sequence[ParameterPlace]] = field(default_factory=dict)
    #: By the names of saved models, and of the nodes that trained others.
    models: Mapping[str, Sequence[ModelPlace]] = field(default_factory=dict)

    @property
    def nodes(self) -> Sequence[NodeName]:
        """The nodes that run for each request, in their order."""
        return [NodeName(step.node) for stage in self.stages for step in stage.program.steps]


@dataclass(frozen=True, kw_only=True)
class PublishedRun:
    """The run that publishing made: what its nodes gave."""

    #: The value at an output port of a node.
    output: Callable[[NodeName, PortName], Connected]
    #: The datasets that a step's parameters stand for.
    files: Callable[[Step], Mapping[str, Connected]]
    #: The dataset in the zip of a dataset step.
    unpacked: Callable[[Step, Any], SealedTable]


def scoring_plan(plan: Plan, interface: ServiceInterface, run: PublishedRun) -> ScoringPlan:
    """The scoring plan of a planned experiment.

    Args:
        plan: All of its steps.
        interface: Its Web Service Input and Output nodes.
        run: A run of it, for what no request changes.

    Raises:
        ServiceGraphError: A service can't do what one of its nodes does.
    """
    return _Compiler(plan, interface, run).compiled()


class _Compiler:
    def __init__(self, plan: Plan, interface: ServiceInterface, run: PublishedRun) -> None:
        self._plan = plan
        self._interface = interface
        self._run = run
        self._names = {node: name for name, node in interface.inputs.items()}
        self._set = {node for one in interface.parameters for node, _ in one.targets}
        self._ends = [self._source_of_output(node) for node in interface.outputs.values()]
        self._each_time = self._each_request()

    def compiled(self) -> ScoringPlan:
        stages = list(self._stages())
        where = {
            name: (number, position)
            for number, steps in enumerate(stages)
            for position, name in enumerate(steps)
        }
        return ScoringPlan(
            stages=[
                Stage(
                    environment=_environment_of(self._plan.steps[steps[0]]),
                    program=self._program(number, steps, where),
                    devices=self._devices(number, where),
                    allow=merged(self._plan.steps[steps[0]].node.allow),
                    secrets=sorted(set(self._plan.steps[steps[0]].node.secrets)),
                )
                for number, steps in enumerate(stages)
            ],
            outputs={
                name: self._label(*end)
                for name, end in zip(self._interface.outputs, self._ends, strict=True)
            },
            parameters={
                one.name: [
                    ParameterPlace(stage=where[node][0], step=where[node][1], parameter=parameter)
                    for node, parameter in one.targets
                    if node in where
                ]
                for one in self._interface.parameters
            },
            models=self._models(where),
        )

    def _models(
        self, where: Mapping[NodeName, tuple[int, int]]
    ) -> Mapping[str, Sequence[ModelPlace]]:
        """The trained models that no request changes."""
        found: dict[str, list[ModelPlace]] = {}
        for name, (stage, step) in where.items():
            for port, (node, output) in self._plan.steps[name].sources.items():
                if output == _TRAINED and node not in where:
                    saved = self._plan.steps[node].saved
                    called = node if saved is None else saved.saved.name
                    place = ModelPlace(stage=stage, step=step, port=port)
                    found.setdefault(called, []).append(place)
        return found

    def _each_request(self) -> Sequence[NodeName]:
        """The nodes that run for each request, in an order in which they can."""
        needed = self._needed()
        ends = {node for node, _ in self._ends}
        found: list[NodeName] = []
        for name, step in self._plan.steps.items():
            if name not in needed or name in self._names or step.definition is None:
                continue
            changes = any(node in self._names or node in found for node in step.needs)
            again = name in self._set or not step.definition.deterministic or name in ends
            if changes or again:
                self._refuse_effects(step)
                found.append(name)
        return found

    def _needed(self) -> set[NodeName]:
        """The nodes that the outputs depend on."""
        needed: set[NodeName] = set()
        waiting = [node for node, _ in self._ends]
        while waiting:
            node = waiting.pop()
            if node not in needed:
                needed.add(node)
                # Nodes before a Web Service Input only show what the input looks like.
                waiting += [] if node in self._names else self._plan.steps[node].needs
        return needed

    def _refuse_effects(self, step: Step) -> None:
        assert step.definition is not None
        writes = [e.file for e in step.definition.exports.values() if step.parameters.get(e.file)]
        if writes:
            raise ServiceGraphError(
                node=step.name,
                problem=f"writes a file for each request (its parameter {writes[0]})",
                remedy="Leave the parameter empty, or take the node out of the scoring path.",
            )

    def _source_of_output(self, node: NodeName) -> tuple[NodeName, PortName]:
        """The node and the port that a Web Service Output is connected to."""
        source, port = next(iter(self._plan.steps[node].sources.values()))
        if self._plan.steps[source].definition is None:
            raise ServiceGraphError(
                node=node,
                problem=f"returns what is in {source!r}, which no request changes",
                remedy="Connect it to a node behind a Web Service Input.",
            )
        return source, port

    def _stages(self) -> Iterator[list[NodeName]]:
        """The nodes in a row that may be in one process; see `Stage`.

        A Python device is there once its process has ended, so a node that takes one comes after.
        """
        current: list[NodeName] = []
        for name in self._each_time:
            step = self._plan.steps[name]
            other = current and _surroundings(step) != _surroundings(self._plan.steps[current[0]])
            takes_device = any(
                node in current and port == PYTHON_DEVICE for node, port in step.sources.values()
            )
            if other or takes_device:
                yield current
                current = []
            current.append(name)
        if current:
            yield current

    def _program(
        self, stage: int, steps: Sequence[NodeName], where: Mapping[NodeName, tuple[int, int]]
    ) -> Program:
        program = Program(
            steps=[self._step(name, stage, where) for name in steps],
            outputs=self._leaving(stage, where),
        )
        return replace(program, sample={name: self._sample(name) for name in program.inputs})

    def _sample(self, label: str) -> SealedTable:
        """A few rows of what the run had there."""
        node, port = next(
            (node, port)
            for step in self._plan.steps.values()
            for node, port in step.sources.values()
            if self._label(node, port) == label
        )
        given = self._run.output(node, port)
        assert isinstance(given, SealedTable)
        dataset = given.dataset
        return SealedTable.of_dataset(replace(dataset, table=dataset.table.slice(0, _SAMPLE_ROWS)))

    def _step(
        self, name: NodeName, stage: int, where: Mapping[NodeName, tuple[int, int]]
    ) -> ProgramStep:
        step = self._plan.steps[name]
        constants: dict[PortName, Connected] = {}
        sources: dict[PortName, Source] = {}
        for port, (node, output) in step.sources.items():
            if node in where and where[node][0] == stage:
                sources[port] = StepOutput(step=where[node][1], port=output)
            elif node in where or node in self._names:
                sources[port] = CallInput(name=self._label(node, output))
            else:
                constants[port] = self._constant(step, port, node, output)
        # A seed that was drawn for one run is not drawn for all requests.
        job = replace(job_of(step, constants, self._run.files(step)), seed=step.node.seed)
        return ProgramStep(node=name, job=job, sources=sources)

    def _constant(self, step: Step, port: PortName, node: NodeName, output: PortName) -> Connected:
        given = self._run.output(node, output)
        assert step.definition is not None
        takes = step.definition.input(port)
        if takes is None or takes.kind is not PortKind.DATASET or isinstance(given, SealedTable):
            return given
        return self._run.unpacked(self._plan.steps[node], given)

    def _leaving(
        self, stage: int, where: Mapping[NodeName, tuple[int, int]]
    ) -> Mapping[str, StepOutput]:
        """The values of a stage's program that later stages or the reply need, by their names."""
        return {
            self._label(node, port): StepOutput(step=where[node][1], port=port)
            for node, port in self._wanted(stage, where)
            if port != PYTHON_DEVICE
        }

    def _devices(self, stage: int, where: Mapping[NodeName, tuple[int, int]]) -> Mapping[str, int]:
        """The Python devices of a stage that later stages or the reply need."""
        return {
            self._label(node, port): where[node][1]
            for node, port in self._wanted(stage, where)
            if port == PYTHON_DEVICE
        }

    def _wanted(
        self, stage: int, where: Mapping[NodeName, tuple[int, int]]
    ) -> Sequence[tuple[NodeName, PortName]]:
        """The outputs of a stage's nodes that later stages or the reply need."""
        wanted = list(self._ends)
        for name in self._each_time:
            if where[name][0] > stage:
                wanted += self._plan.steps[name].sources.values()
        return [(node, port) for node, port in wanted if node in where and where[node][0] == stage]

    def _label(self, node: NodeName, port: PortName) -> str:
        """The name of a value between stages; an input of the service has its own."""
        # No input is called so: names of nodes and inputs have no slash.
        return self._names.get(node) or f"{node}/{port}"


def returns_model(plan: Plan, node: NodeName) -> bool:
    """Whether a Web Service Output returns a trained model, and not a dataset."""
    return _TRAINED in plan.steps[node].sources


def _surroundings(step: Step) -> tuple[object, ...]:
    """Where the nodes of one process agree: no script sees what only another may reach or know."""
    node = step.node
    return _environment_of(step), merged(node.allow), frozenset(node.secrets)


def _environment_of(step: Step) -> EnvironmentRequest:
    assert step.environment is not None
    return step.environment
