"""The request for a run, as the host wrote it into the request file."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

#: The port binding of modules; those of scripts are in `ports`.
MODULE_BINDING = "module"


@dataclass(frozen=True, kw_only=True)
class Request:
    """One script, or one module, to run once."""

    source: str
    #: The file name that tracebacks show.
    name: str
    #: Every input port in order: name and label.
    ports: Sequence[Mapping[str, str]]
    #: What is connected, and the datasets that parameters stand for; see `inputs`.
    inputs: Sequence[Mapping[str, Any]]
    #: Every output port in order: name, kind and whether it may be left empty.
    outputs: Sequence[Mapping[str, Any]]
    has_bundle: bool
    #: `connected` or `slot`, or `module`.
    binding: str
    parameters: Mapping[str, Any]
    #: Parameters that are columns: by name the port, whether it is one column, and the selection.
    columns: Mapping[str, Mapping[str, Any]]
    #: Whether integers with missing values arrive in pandas' nullable types, not as floats.
    nullable: bool
    #: For a run that draws the same random numbers each time; None for fresh ones.
    seed: int | None
    #: Bytes of address space for each process of the run.
    address_space: int
    #: `run`, or `console` or `debug` where a person is at the other end of a socket.
    mode: str = "run"
    #: The folder of debugpy, for that.
    debugger: str = ""
    #: Environment variables of this run alone.
    secrets: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def read(content: bytes) -> "Request":
        """Read the request file."""
        return Request(**json.loads(content))

    @property
    def is_module(self) -> bool:
        """Whether each input has its own argument and each output its own returned value."""
        return self.binding == MODULE_BINDING
