"""The input and the output of a run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

import pyarrow as pa

from studiolo.errors import Fact
from studiolo.modules.definition import InputPort, OutputPort, PortKind, PortName
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.sandbox.exchange.sealed_table import SealedTable
from studiolo.sandbox.exchange.variables import FrameVariables
from studiolo.sandbox.network.traffic import NetworkConnection
from studiolo.sandbox.policy.isolation import IsolationReport


class PortBinding(StrEnum):
    """Which argument a connected dataset port becomes."""

    #: The first connected one is the first argument (classic).
    CONNECTED = "connected"
    #: Each has its own place, None where nothing is connected (Azure ML designer).
    SLOT = "slot"


class Status(StrEnum):
    """How a run ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"


#: The dataset ports of Execute Python Script, in order.
DATASET_PORTS = ("dataset1", "dataset2")
#: The ports that its results leave by. The second is what designer scripts return as well.
RESULT_PORTS = ("results_dataset", "results_dataset2")

#: What is connected to a port: a dataset, or the bytes of a model, a transform or a zip.
Connected = SealedTable | MemoryFile


def bytes_of(connected: Connected) -> int:
    """How many bytes it takes."""
    files = connected.files if isinstance(connected, SealedTable) else [connected]
    return sum(file.size for file in files)


@dataclass(frozen=True, kw_only=True)
class Contract:
    """How to call a job's `azureml_main`, and where its return values go."""

    #: In the order of the arguments.
    inputs: Sequence[InputPort]
    #: In the order of the returned values.
    outputs: Sequence[OutputPort]
    #: A module's arguments each have their own port, and it returns exactly its outputs; a script
    #: follows the classic rules, which bend towards what people write.
    module: bool


#: That of Execute Python Script; its bundle is not an argument.
SCRIPT_CONTRACT = Contract(
    inputs=[
        InputPort(
            name=PortName(port), label=port.capitalize(), kind=PortKind.DATASET, optional=True
        )
        for port in DATASET_PORTS
    ],
    outputs=[
        OutputPort(
            name=PortName(port),
            label="Results Dataset",
            kind=PortKind.DATASET,
            optional=port != RESULT_PORTS[0],
        )
        for port in RESULT_PORTS
    ],
    module=False,
)


@dataclass(frozen=True, kw_only=True)
class ColumnParameter:
    """A parameter that names columns of a connected dataset, to be looked up in the run."""

    port: PortName
    #: Whether it is one column: the module gets its name, not a list.
    single: bool
    #: As `modules.column_selection` gives it, or the name of the one column.
    selection: Any


@dataclass(frozen=True, kw_only=True)
class Job:
    """One script to run once."""

    #: The script's text.
    source: str
    #: Its file name, as tracebacks show it.
    script_name: str = "script.py"
    contract: Contract = SCRIPT_CONTRACT
    #: What is connected, by the names of the contract's inputs.
    inputs: Mapping[str, Connected] = field(default_factory=dict)
    #: A zip with the user's own modules.
    bundle: MemoryFile | None = None
    #: Values for keyword-only parameters of `azureml_main`; text is converted in the sandbox.
    parameters: Mapping[str, Any] = field(default_factory=dict)
    #: Those that are columns of an input.
    column_parameters: Mapping[str, ColumnParameter] = field(default_factory=dict)
    #: Those that are datasets, or files that the module reads itself.
    dataset_parameters: Mapping[str, Connected] = field(default_factory=dict)
    #: The names of these files, by parameter.
    file_names: Mapping[str, str] = field(default_factory=dict)
    port_binding: PortBinding = PortBinding.CONNECTED
    #: Whether integers with missing values arrive in pandas' nullable types, not as floats.
    nullable: bool = False
    #: Makes the run draw the same random numbers each time.
    seed: int | None = None
    #: Environment variables of this run alone, which nothing that is kept of it shows.
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True)
class TracebackFrame:
    """One place in the user's own code."""

    file: str
    line: int
    function: str
    #: The line's text.
    source: str
    #: The column a syntax error points at, from 1; 0 where none is known.
    column: int = 0
    #: Its local variables when the script failed.
    variables: FrameVariables = field(default_factory=FrameVariables)


class Remedy(StrEnum):
    """The remedy for a failure; the one that shows it adds how to apply it."""

    MORE_TIME = "more-time"
    MORE_MEMORY = "more-memory"
    ALLOW_TARGET = "allow-target"


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Why a script did not succeed."""

    #: Stable; has an entry in the documentation.
    code: str
    #: The number that the classic studio gave, where it had one.
    classic_number: int | None
    #: A sentence or more: what happened, and what to do unless ``remedy`` says it.
    message: str
    #: What the message is about: the exception's own text, the missing library's name.
    subject: str = ""
    #: What the message is made of, by name, where an error of ours says why.
    facts: Mapping[str, Fact] = field(default_factory=dict)
    #: The exception's class, where it was one.
    exception_type: str = ""
    #: Python's own traceback, cut to the user's frames.
    traceback: str = ""
    #: The same as data, outermost first.
    frames: Sequence[TracebackFrame] = ()
    #: How many more there were, between the outermost ones and the innermost ones.
    frames_left_out: int = 0
    remedy: Remedy | None = None

    @property
    def sentence(self) -> str:
        """The message; after the name of its class where it is the exception's own text."""
        # A sentence of ours, or of a module, needs no name of an exception.
        own_words = self.code == "script-exception" or self.message == self.subject
        named = own_words and self.exception_type and self.code != "module-refused"
        return f"{self.exception_type}: {self.message}" if named else self.message


@dataclass(frozen=True, kw_only=True)
class Image:
    """A picture that a script left in its working directory."""

    #: Its name, with the folder below the working directory if it was in one.
    name: str
    #: `image/png`, `image/jpeg` or `image/svg+xml`.
    media_type: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class PythonDevice:
    """The second output of Execute Python Script: what the script printed and drew."""

    #: stdout and stderr in the order written.
    console: str
    #: Bytes of it that were left out, because there were more than is kept.
    console_dropped: int
    images: Sequence[Image]

    @staticmethod
    def joined(devices: "Sequence[PythonDevice]") -> "PythonDevice":
        """Those of several scripts, as of one."""
        return PythonDevice(
            console="".join(device.console for device in devices),
            console_dropped=sum(device.console_dropped for device in devices),
            images=[image for device in devices for image in device.images],
        )


@dataclass(frozen=True, kw_only=True)
class Timings:
    """Where the time went, in seconds. The host's clock, except ``phases``."""

    #: From the job's arrival to the request's leaving for a process that waited.
    start: float
    #: From there until the script's process reported its end, or was ended.
    run: float
    #: Checking what came back.
    collect: float
    #: What the guest says of its own phases; informative, a script can forge it.
    phases: Mapping[str, float]

    @property
    def total(self) -> float:
        """The whole."""
        return self.start + self.run + self.collect


@dataclass(frozen=True, kw_only=True)
class JobFacts:
    """The facts about a job that has ended, without its results."""

    status: Status
    #: Set if the status is failed.
    failure: Failure | None
    #: What was printed and drawn.
    device: PythonDevice
    #: What the contract did that a person should know, a sentence each.
    log: Sequence[str]
    timings: Timings
    #: The most bytes of memory that the run took, beyond the libraries that it shares with the
    #: zygote; None where it could not be read.
    peak_memory: int | None
    #: Processor time from the request on, in seconds, of the run's process and of those of its
    #: children that it has waited for; None where it could not be read.
    cpu_seconds: float | None
    isolation: IsolationReport
    #: What it talked to in the network, and what it was refused.
    network: Sequence[NetworkConnection] = ()

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.timings.total

    @property
    def facts(self) -> Mapping[str, Any]:
        """The facts by name, to pass on to the next shape of the outcome."""
        return {field.name: getattr(self, field.name) for field in fields(JobFacts)}


@dataclass(frozen=True, kw_only=True)
class Outcome(JobFacts):
    """The outcome of one job. A script's failure is an outcome, not an exception."""

    #: By output port; empty if the status is failed, and without the ports left empty.
    results: Mapping[str, Connected]
    #: For a call of a program: what each step printed and drew, of those that began.
    devices: Sequence[PythonDevice] = ()
    #: For a call of a program: the position of the step that failed.
    step: int | None = None

    @property
    def tables(self) -> Mapping[str, pa.Table]:
        """The datasets among the results."""
        return {
            port: result.table
            for port, result in self.results.items()
            if isinstance(result, SealedTable)
        }
