"""The steps that the host itself carries out: it reads files, and text that is a dataset."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from studiolo.runs.planning.plan import Step
from studiolo.sandbox.exchange.job import Connected
from studiolo.sandbox.exchange.memory_file import MemoryFile
from studiolo.sandbox.exchange.sealed_table import SealedTable


@dataclass(frozen=True, kw_only=True)
class SourceOutcome:
    """The outcome of a step that the host carries out: it reads a file."""

    #: By output port.
    results: Mapping[str, Connected]
    #: Remarks that are not errors, a sentence each.
    log: Sequence[str] = ()
    seconds: float


@dataclass(frozen=True, kw_only=True)
class DatasetSources:
    """The host's own part in steps: reading files, and text that is a dataset."""

    #: Carries out a dataset step.
    read: Callable[[Step], SourceOutcome]
    #: Gives the dataset in the zip of a dataset step.
    unpacked: Callable[[Step, MemoryFile], SealedTable]
    #: Carries out the step of a saved model or transform.
    saved: Callable[[Step], SourceOutcome]
    #: Gives the datasets that a module's parameters stand for.
    files: Callable[[Step, list[str]], Mapping[str, Connected]]
